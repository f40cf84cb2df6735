#include "cli/interrupt.hpp"

#include <signal.h>

#include <initializer_list>

namespace outlive::harness {
namespace {

std::atomic<bool> asked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal may come at any time");

void ask(int) {
  asked = true;
}

}  // namespace

const std::atomic<bool>& interrupted() {
  static const bool listening = [] {
    struct sigaction action {};
    action.sa_handler = ask;
    action.sa_flags = SA_RESETHAND | SA_RESTART;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
    // Nobody reads any more. It comes again with the next word.
    action.sa_flags = SA_RESTART;
    sigaction(SIGPIPE, &action, nullptr);
    return true;
  }();
  static_cast<void>(listening);
  return asked;
}

}  // namespace outlive::harness
