// The look itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "doctor/examination.hpp"
#include "doctor/gentle_client.hpp"

namespace outlive::harness {

struct ExamineOptions {
  std::uint64_t keys = 10'000;  // that SCAN may name, of all databases together
  std::uint64_t sample =
      2'000;     // of these, so many are looked at closely; 100 of each group at least
  Span watch{};  // between the first look and the last; the look may take longer
  std::vector<NamedPattern> patterns;
};

// Told now and then: what is done ("keys named"), how far, of how many.
using ExamineProgress =
    std::function<void(std::string_view what, std::uint64_t done, std::uint64_t of)>;

// Looks at the server: INFO, CONFIG GET, a bounded SCAN of every database, then PTTL, MEMORY USAGE
// and idle time (or LFU counter) of a sample. What is refused is passed over, and told in `unseen`.
// `database` is the one to look at where INFO does not tell which have keys. Throws UserError when
// the server no longer answers.
Examination examine(GentleClient& client, const ExamineOptions& options, int database,
                    const ExamineProgress& progress);

}  // namespace outlive::harness
