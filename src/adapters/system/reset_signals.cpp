#include "adapters/system/reset_signals.hpp"

#include <csignal>
#include <initializer_list>

namespace spotvane::adapters {

void reset_signals() {
  for (const int signal : {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    ::signal(signal, SIG_DFL);
  }
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace spotvane::adapters
