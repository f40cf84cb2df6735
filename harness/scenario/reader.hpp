// Reading TOML by tables of fields: a row says what a word is called, where it has a meaning,
// whether it must be there, what it means, and how its value is read. All mistakes are collected,
// with lines.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include "scenario/mistakes.hpp"
#include "scenario/model.hpp"

namespace outlive::harness {

// Nodes that were put together have no place; they begin with their first file.
inline Position place_in(const toml::source_position& position) {
  return {std::max(static_cast<int>(position.line), 1), static_cast<int>(position.column)};
}
inline Position place_of(const toml::node& node) {
  return place_in(node.source().begin);
}
inline Position place_of(const toml::key& key) {
  return place_in(key.source().begin);
}
inline int line_of(const toml::node& node) {
  return place_of(node).line;
}

// The value of one word. Each reader gives what it read, or a harmless value after noting the
// mistake.
class Value {
 public:
  Value(std::string_view name, const toml::node& node, Mistakes& mistakes)
      : name_{name}, node_{&node}, mistakes_{&mistakes} {}

  int line() const { return line_of(*node_); }
  Position place() const { return place_of(*node_); }
  std::string_view name() const { return name_; }
  const toml::node& node() const { return *node_; }
  Mistakes& mistakes() const { return *mistakes_; }

  std::string text() const;  // of one letter or more
  std::string any_text() const;
  std::vector<std::string> texts(std::size_t least) const;  // a list of so many or more
  std::int64_t whole(std::int64_t least, std::int64_t most) const;
  double number(double least, double most) const;
  std::uint64_t bytes(std::uint64_t least, std::uint64_t most) const;  // 1000, "1kb"
  Span span(Span least = Span::zero()) const;                          // "36h"
  Rate rate(std::int64_t least = 1) const;                             // "50/s"
  bool truth() const;
  // One of the words; gives its place among them.
  std::size_t word(std::initializer_list<std::string_view> words) const;
  std::size_t word(std::span<const std::string_view> words) const;

  template <class Word>
  Word one_of(std::span<const std::pair<std::string_view, Word>> words) const {
    std::vector<std::string_view> names;
    for (const auto& [name, meaning] : words) names.push_back(name);
    return words[word(names)].second;
  }

  // "name = value: what"; with the text that was probably meant.
  void refuse(std::string_view what, std::optional<std::string> meant = {}) const;
  // "name: what", where the value is a table or a list.
  void blame(std::string_view what) const;

 private:
  std::string_view name_;
  const toml::node* node_;
  Mistakes* mistakes_;
};

// Where a word belongs that has a meaning in one kind of table alone: "in [[traffic]]"; else "".
std::string_view home_of(std::string_view word);

constexpr unsigned any_kind = ~0U;

template <class T>
struct Field {
  std::string_view name;
  unsigned kinds;  // a bit for each kind of table in which the word has a meaning
  bool required;
  std::string_view meaning;
  void (*read)(T&, const Value&);
};

// Notes a word that has no meaning in a table: where it belongs, or which others are known.
void add_unknown_word(const toml::key& key, std::string_view what,
                      std::span<const std::string_view> known, Mistakes& mistakes);

// Reads the words of one table. `kind` is one bit; `what` names the table in messages, e.g.
// `traffic of kind "cache"`. Words in `elsewhere` are read by somebody else.
template <class T>
void read_fields(const toml::table& table, std::span<const Field<T>> fields, unsigned kind,
                 std::string_view what, T& into, Mistakes& mistakes,
                 std::span<const std::string_view> elsewhere = {}) {
  std::vector<std::string_view> known;
  for (const Field<T>& field : fields) {
    if (field.kinds & kind) known.push_back(field.name);
  }
  for (const auto& [key, node] : table) {
    if (std::ranges::find(elsewhere, key.str()) != elsewhere.end()) continue;
    const Field<T>* found = nullptr;
    for (const Field<T>& field : fields) {
      // A word may mean another thing in another kind of table, and have a row for each.
      const bool better = !found || (field.kinds & kind);
      if (field.name == key.str() && better) found = &field;
    }
    if (found && (found->kinds & kind)) {
      found->read(into, Value{found->name, node, mistakes});
    } else if (found) {
      mistakes.add(place_of(key),
                   in_quotes(found->name) + " has no meaning in " + std::string{what});
    } else {
      add_unknown_word(key, what, known, mistakes);
    }
  }
  for (const Field<T>& field : fields) {
    if (field.required && (field.kinds & kind) && !table.contains(field.name)) {
      mistakes.add(place_of(table), std::string{what} + " lacks " + in_quotes(field.name) + ": " +
                                        std::string{field.meaning});
    }
  }
}

}  // namespace outlive::harness
