// Milliseconds from nothing to an emulator's first PONG in process, the median of many: without a
// socket, and listening on a port. The machine decides them, so no test asserts any.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <vector>

#include "outlive/emulator.hpp"

namespace {

double start_ms(std::optional<int> port) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  for (int i = 0; i < 101; ++i) {
    const auto start = Clock::now();
    outlive::Emulator emulator{{.seed = 1, .port = port}};
    if (emulator.run({"PING"}).text != "PONG") std::abort();
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  return *middle;
}

}  // namespace

int main() {
  std::printf("{\"in process\": %.3f, \"in process, listening\": %.3f}\n", start_ms({}),
              start_ms(0));
}
