#include "doctor/key_groups.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "scenario/key_prefixes.hpp"

namespace outlive::harness {
namespace {

constexpr std::string_view delimiters = ":/|.#-";
constexpr std::string_view specials = "*?[]\\^";
constexpr std::size_t word_max = 40;  // what is longer is no name that somebody thought of

bool is_letter(char byte) {
  const char small = to_lower(byte);
  return small >= 'a' && small <= 'z';
}

// Whether it names a kind of keys rather than one of them: it has letters, and does not read as a
// hash or an identifier, in which digits stand among them.
bool is_word(std::string_view text) {
  if (text.empty() || text.size() > word_max) return false;
  if (!std::ranges::any_of(text, is_letter)) return false;
  if (!std::ranges::all_of(text, [](char byte) { return byte > ' ' && byte <= '~'; })) return false;
  const auto digits = std::ranges::count_if(text, is_digit);
  return digits * 3 <= static_cast<std::ptrdiff_t>(text.size());
}

std::string escaped(std::string_view text) {
  std::string glob;
  for (const char byte : text) {
    if (specials.find(byte) != specials.npos) glob += '\\';
    glob += byte;
  }
  return glob;
}

}  // namespace

std::string_view to_string(Role role) {
  switch (role) {
    case Role::limits:
      return "limits";
    case Role::answers:
      return "answers";
    default:
      return "other";
  }
}

std::string pattern_of(std::string_view key) {
  const std::size_t at = key.find_first_of(delimiters);
  if (at != key.npos) {
    const std::string_view word = key.substr(0, at);
    return is_word(word) ? escaped(key.substr(0, at + 1)) + "*" : "*";
  }
  std::string_view word = key;
  while (!word.empty() && is_digit(word.back())) word.remove_suffix(1);
  return word.size() < key.size() && is_word(word) ? escaped(word) + "*" : "*";
}

KeyGroups::KeyGroups(std::vector<NamedPattern> named) : groups_{std::move(named)} {
  groups_.push_back({std::string{bucket_prefix} + "*", Role::limits});
  groups_.push_back({std::string{cache_prefix} + "*", Role::answers});
  named_ = groups_.size();
}

std::size_t KeyGroups::group_of(std::string_view key) {
  for (std::size_t i = 0; i < named_; ++i) {
    if (glob_match(groups_[i].glob, key)) return i;
  }
  std::string pattern = pattern_of(key);
  auto found = found_.find(pattern);
  if (found != found_.end()) return found->second;
  if (found_.size() >= found_max && pattern != "*") return group_of("*");
  groups_.push_back({pattern, Role::other});
  found_.emplace(std::move(pattern), groups_.size() - 1);
  return groups_.size() - 1;
}

}  // namespace outlive::harness
