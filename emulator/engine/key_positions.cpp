#include "engine/key_positions.hpp"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <optional>
#include <string>

#include "base/number.hpp"
#include "base/text.hpp"

namespace outlive {
namespace {

using Words = std::span<const std::string_view>;
using Positions = std::vector<KeyPosition>;

bool present(const KeySpec& spec) {
  return spec.begin != KeySpec::Begin::none;
}

bool real(const KeySpec& spec) {
  return present(spec) && !(spec.flags & keyflag::not_key);
}

// The word at which a specification begins; 0 if its keyword is not there.
int beginning(const KeySpec& spec, Words words) {
  if (spec.begin == KeySpec::Begin::index) return spec.begin_at;
  const int n = static_cast<int>(words.size());
  const bool forward = spec.begin_at > 0;
  const int end = forward ? n - 1 : 1;
  for (int i = forward ? spec.begin_at : n + spec.begin_at; i != end && i >= 1 && i < n;
       i += forward ? 1 : -1) {
    if (equal_ignoring_case(words[static_cast<std::size_t>(i)], spec.keyword)) return i + 1;
  }
  return 0;
}

struct Run {
  std::int64_t first, last, step;
};

std::optional<Run> run_of(const KeySpec& spec, int first, Words words) {
  const int n = static_cast<int>(words.size());
  if (spec.find == KeySpec::Find::range) {
    int last = first + spec.last;
    if (spec.last < 0 && spec.limit == 0) last = n + spec.last;
    if (spec.last < 0 && spec.limit != 0) last = first + (n - first) / spec.limit + spec.last;
    return Run{first, last, spec.step};
  }
  if (spec.find != KeySpec::Find::keynum || first + spec.keynum_at >= n) return {};
  const auto count = parse_integer(words[static_cast<std::size_t>(first + spec.keynum_at)]);
  if (!count || *count < 0) return {};
  first += spec.first_at;
  // Up to 9.0 what is left of the count is kept in an int; MSETEX, whose keys have words between
  // them, came later.
  const std::int64_t keys =
      spec.step == 1 ? static_cast<int>(*count) : std::min<std::int64_t>(*count, n);
  return Run{first, first + (keys - 1) * spec.step, spec.step};
}

// False: the words do not fit the specification, or it does not tell all.
bool add_keys(const KeySpec& spec, Words words, Positions& found) {
  if (spec.begin == KeySpec::Begin::unknown) return false;
  const int first = beginning(spec, words);
  if (first == 0) return true;
  const auto run = run_of(spec, first, words);
  const int n = static_cast<int>(words.size());
  if (!run || run->last >= n || run->last < run->first || run->first >= n) return false;
  for (auto i = run->first; i <= run->last; i += run->step) {
    found.push_back({static_cast<std::size_t>(i), spec.flags});
  }
  return !(spec.flags & keyflag::incomplete);
}

// ---- commands whose options decide, which specifications can't say (db.c, *GetKeys)
// ---------------

constexpr std::uint32_t overwrites = keyflag::ow | keyflag::update;
constexpr std::uint32_t reads = keyflag::ro | keyflag::access;
constexpr std::uint32_t changes = keyflag::rw | keyflag::access | keyflag::update;

Positions set_keys(Words words) {
  const auto options = words.subspan(std::min<std::size_t>(3, words.size()));
  const bool get = std::any_of(options.begin(), options.end(), [](std::string_view word) {
    return equal_ignoring_case(word, "get");
  });
  return {{1, get ? changes : overwrites}};
}

Positions bitfield_keys(Words words) {
  for (std::size_t i = 2; i < words.size(); ++i) {
    const std::size_t after = words.size() - i - 1;
    if (equal_ignoring_case(words[i], "get") && after >= 2) {
      i += 2;
    } else if (equal_ignoring_case(words[i], "overflow") && after >= 1) {
      i += 1;
    } else {
      return {{1, changes}};
    }
  }
  return {{1, reads}};
}

// How many words follow an option; options that are not listed have none.
struct OptionWords {
  std::string_view name;
  std::size_t words;
};

std::size_t words_after(std::span<const OptionWords> options, std::string_view name) {
  for (const OptionWords& option : options) {
    if (equal_ignoring_case(option.name, name)) return option.words;
  }
  return 0;
}

Positions sort_keys(Words words) {
  static constexpr OptionWords options[] = {{"limit", 2}, {"get", 1}, {"by", 1}};
  Positions found{{1, reads}};
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (equal_ignoring_case(words[i], "store") && i + 1 < words.size()) {
      found.resize(1);  // the last STORE counts
      found.push_back({i + 1, overwrites});
    }
    i += words_after(options, words[i]);
  }
  return found;
}

Positions sort_ro_keys(Words) {
  return {{1, reads}};
}

Positions migrate_keys(Words words) {
  static constexpr OptionWords options[] = {{"auth", 1}, {"auth2", 2}};
  constexpr std::uint32_t flags = keyflag::rw | keyflag::access | keyflag::remove;
  for (std::size_t i = 6; i < words.size(); ++i) {
    if (equal_ignoring_case(words[i], "keys")) {
      Positions found;
      if (!words[3].empty()) return found;
      for (std::size_t key = i + 1; key < words.size(); ++key) found.push_back({key, flags});
      return found;
    }
    i += words_after(options, words[i]);
  }
  return {{3, flags}};
}

// As C's atoi(): blanks before and anything behind are forgiven.
int leading_integer(std::string_view word) {
  return static_cast<int>(std::strtol(std::string(word).c_str(), nullptr, 10));
}

// The keys behind a count that the specification could not read (genericGetKeys): "1.5" counts one.
// Of what is done to them nothing is known.
Positions counted_keys(const KeySpec& spec, Words words) {
  Positions found;
  const auto at = static_cast<std::size_t>(spec.begin_at + spec.keynum_at);
  const auto first = static_cast<std::size_t>(spec.begin_at + spec.first_at);
  if (at >= words.size()) return found;
  const int count = leading_integer(words[at]);
  if (count < 1 || static_cast<std::size_t>(count) > words.size() - first) return found;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) found.push_back({first + i, 0});
  return found;
}

struct Finder {
  std::string_view command;
  Positions (*find)(Words);
};
constexpr Finder finders[] = {{"bitfield", bitfield_keys},
                              {"migrate", migrate_keys},
                              {"set", set_keys},
                              {"sort", sort_keys},
                              {"sort_ro", sort_ro_keys}};

}  // namespace

bool has_keys(const Command& command) {
  return std::any_of(command.keys.specs.begin(), command.keys.specs.end(), real);
}

Positions key_positions(const Command& command, Words words) {
  Positions found;
  bool told = true;
  for (const KeySpec& spec : command.keys.specs) {
    if (!real(spec)) continue;
    told = !(spec.flags & keyflag::variable_flags) && add_keys(spec, words, found);
    if (!told) break;
  }
  if (told) return found;
  for (const Finder& finder : finders) {
    if (finder.command == command.name && command.container.empty()) return finder.find(words);
  }
  const KeySpec& spec = command.keys.specs[0];
  const bool counted = spec.find == KeySpec::Find::keynum && spec.step == 1;
  return counted ? counted_keys(spec, words) : Positions{};
}

// server.c, populateCommandLegacyRangeSpec.
KeyRange key_range(const Command& command) {
  const auto& specs = command.keys.specs;
  const auto count = std::count_if(specs.begin(), specs.end(), present);
  KeyRange range;
  if (count == 0) return range;
  int first = INT_MAX, last = 0, before = 0;
  for (const KeySpec& spec : specs) {
    if (!present(spec)) continue;
    const bool plain = spec.begin == KeySpec::Begin::index && spec.find == KeySpec::Find::range;
    if (spec.flags & keyflag::incomplete) range.movable = true;
    if (plain && count == 1) {
      const int end = spec.last < 0 ? spec.last : spec.begin_at + spec.last;
      return {spec.begin_at, end, spec.step, range.movable};
    }
    if (!plain || spec.step != 1 || (before != 0 && before != spec.begin_at - 1)) {
      range.movable = true;
      continue;
    }
    first = std::min(first, spec.begin_at);
    const int end = spec.last < 0 ? spec.last : spec.begin_at + spec.last;
    // From the end counts as later than from the beginning.
    last = static_cast<int>(std::max(static_cast<unsigned>(last), static_cast<unsigned>(end)));
    before = last;
  }
  if (first == INT_MAX) return {.first = 0, .last = 0, .step = 0, .movable = true};
  return {first, last, 1, range.movable};
}

}  // namespace outlive
