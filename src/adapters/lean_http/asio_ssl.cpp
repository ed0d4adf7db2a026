// Asio's TLS, compiled once: see adapters/system/asio.cpp.
#include <boost/asio/ssl/impl/src.hpp>
