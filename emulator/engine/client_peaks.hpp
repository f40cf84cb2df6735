// The largest client buffers of the last seconds: INFO's client_recent_max_input_buffer and
// client_recent_max_output_buffer (server.c, clientsCronTrackExpensiveClients).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace outlive {

class ClientPeaks {
 public:
  // A cron run begins: the slot of the coming second is forgotten.
  void start(std::int64_t now_s) {
    slot_ = static_cast<std::size_t>(now_s) % slots;
    input_[(slot_ + 1) % slots] = output_[(slot_ + 1) % slots] = 0;
  }
  void see(std::uint64_t input, std::uint64_t output) {
    input_[slot_] = std::max(input_[slot_], input);
    output_[slot_] = std::max(output_[slot_], output);
  }
  std::uint64_t input() const { return *std::max_element(input_.begin(), input_.end()); }
  std::uint64_t output() const { return *std::max_element(output_.begin(), output_.end()); }

 private:
  static constexpr std::size_t slots = 8;  // CLIENTS_PEAK_MEM_USAGE_SLOTS
  std::array<std::uint64_t, slots> input_{};
  std::array<std::uint64_t, slots> output_{};
  std::size_t slot_ = 0;
};

}  // namespace outlive
