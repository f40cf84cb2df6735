// Keys in groups, by their names: as the user named patterns, as TensorZero's gateway names its
// keys, else by what stands before the first delimiter.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace outlive::harness {

// What the keys of a group are to whoever wrote them.
enum class Role : std::uint8_t {
  limits,   // that must not be lost: rate limits
  answers,  // that can be had again: a cache
  other,
};
std::string_view to_string(Role role);

// A glob pattern as SCAN's MATCH takes it, and what its keys are.
struct NamedPattern {
  std::string glob;
  Role role = Role::other;
};

// The pattern of a key that nobody has named: "session:*" of "session:81f2". What stands before the
// first delimiter (: / | . # -) tells groups apart if it reads as a word; digits at the end of a
// name that has none are cut off. "*" where neither gives a word.
std::string pattern_of(std::string_view key);

class KeyGroups {
 public:
  // So many that were found by their names alone; keys of any further one are in "*".
  static constexpr std::size_t found_max = 30;

  // The first pattern that fits has the key; behind these come the gateway's own.
  explicit KeyGroups(std::vector<NamedPattern> named);

  // The number of the key's group, from 0; a group keeps its number.
  std::size_t group_of(std::string_view key);
  const NamedPattern& operator[](std::size_t group) const { return groups_[group]; }
  std::size_t size() const { return groups_.size(); }

 private:
  std::vector<NamedPattern> groups_;
  std::size_t named_;
  std::map<std::string, std::size_t, std::less<>> found_;
};

}  // namespace outlive::harness
