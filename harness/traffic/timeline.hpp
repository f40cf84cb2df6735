// A scenario's requests, one after the other in virtual time, whatever block they come from. The
// same scenario and seed give the same requests.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "scenario/model.hpp"
#include "traffic/population.hpp"
#include "traffic/rate_curve.hpp"

namespace outlive::harness {

struct Request {
  Time at{};
  std::uint32_t traffic = 0;  // the block, as counted in the scenario
  std::uint32_t user = 0;
  std::uint32_t prompt = 0;
  std::uint32_t command = 0;  // commands: which of them; transcript: which line
  std::uint32_t key = 0;      // commands: which {key}

  bool operator==(const Request&) const = default;
};

class Timeline {
 public:
  Timeline(const Scenario& scenario, std::uint64_t seed);

  // False when all traffic has ended. Of requests at one instant the earlier block's comes first.
  bool next(Request& request);

  // The next ones, as many as fit or are left; how many.
  std::size_t next(std::span<Request> requests);

  // About how many there will be.
  std::uint64_t expected() const { return expected_; }

 private:
  // The requests of one block.
  class Source {
   public:
    Source(const Traffic& traffic, const Scenario& scenario, const Random& random);

    Time at() const { return at_; }
    bool ended() const { return ended_; }
    std::uint64_t expected() const;
    void take(Request& request);

   private:
    void schedule();
    void schedule_by_curve();
    void schedule_line();
    bool is_exhausted() const;

    const Traffic* traffic_;
    Time start_;  // of the scenario
    Time begin_;
    Time end_;
    Time at_{};
    bool ended_ = false;
    std::int64_t arrived_ = 0;
    double mean_us_;                  // between two arrivals
    double elapsed_us_ = 0;           // poisson: from the beginning to the next arrival
    std::optional<RateCurve> curve_;  // where the rate changes
    Population users_;
    Population prompts_;
    Population keys_;
    std::optional<Chooser> commands_;  // by weight
    Random arrivals_;
  };

  std::vector<Source> sources_;
  std::uint64_t expected_ = 0;
};

}  // namespace outlive::harness
