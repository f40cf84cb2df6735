// MATCH, COUNT, TYPE and NOVALUES, as the SCAN family reads them (db.c, scanGenericCommand).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "engine/command.hpp"

namespace outlive {

struct ScanOptions {
  std::size_t cursor = 0;
  std::int64_t count = 10;
  std::optional<std::string_view> pattern = {};  // none: everything
  std::string_view type = {};                    // its name; SCAN alone
  bool only_fields = false;                      // NOVALUES; HSCAN alone

  // Ten looks for each element wanted, so that a sparse table does not hold everybody up.
  std::int64_t looks_max() const {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return count > most / 10 ? most : count * 10;
  }
  bool matches(std::string_view text) const { return !pattern || glob_match(*pattern, text); }
};

enum class ScanKind : std::uint8_t { keys, set, hash, zset };

// Reads the cursor, which is the next word; none, and an error reply, if it is no number.
std::optional<std::size_t> read_cursor(Call& call);
// Reads what follows the cursor; false, and an error reply, for what the kind does not take.
bool read_scan_options(Call& call, ScanKind kind, ScanOptions& options);

}  // namespace outlive
