// Boost.Beast's own code, compiled here and nowhere else.
#include <boost/beast/src.hpp>
