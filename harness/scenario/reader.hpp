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

#include "scenario/model.hpp"

namespace outlive::harness {

struct Mistake {
  int line = 0;
  std::string what;
  std::string file = {};  // empty: the scenario's own, or one that it includes

  friend bool operator==(const Mistake&, const Mistake&) = default;
};

class Mistakes {
 public:
  void add(int line, std::string what) { found_.push_back({line, std::move(what)}); }
  // In a file that the scenario names.
  void add_in(const std::string& file, int line, std::string what) {
    found_.push_back({line, std::move(what), file});
  }
  // For a word that is not among those known there: with the nearest, or all of them.
  void add_unknown(int line, std::string_view what, std::string_view word,
                   std::span<const std::string_view> known);
  bool any() const { return !found_.empty(); }
  // By file, the scenario's own first, and line; each once.
  std::vector<Mistake> take();

 private:
  std::vector<Mistake> found_;
};

inline int line_of(const toml::node& node) {
  return static_cast<int>(node.source().begin.line);
}

// The value of one word. Each reader gives what it read, or a harmless value after noting the
// mistake.
class Value {
 public:
  Value(std::string_view name, const toml::node& node, Mistakes& mistakes)
      : name_{name}, node_{&node}, mistakes_{&mistakes} {}

  int line() const { return line_of(*node_); }
  std::string_view name() const { return name_; }
  const toml::node& node() const { return *node_; }
  Mistakes& mistakes() const { return *mistakes_; }

  std::string text() const;
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

  void refuse(std::string_view what) const;

 private:
  std::string_view name_;
  const toml::node* node_;
  Mistakes* mistakes_;
};

constexpr unsigned any_kind = ~0U;

template <class T>
struct Field {
  std::string_view name;
  unsigned kinds;  // a bit for each kind of table in which the word has a meaning
  bool required;
  std::string_view meaning;
  void (*read)(T&, const Value&);
};

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
      mistakes.add(line_of(node),
                   "\"" + std::string{found->name} + "\" has no meaning in " + std::string{what});
    } else {
      mistakes.add_unknown(line_of(node), what, key.str(), known);
    }
  }
  for (const Field<T>& field : fields) {
    if (field.required && (field.kinds & kind) && !table.contains(field.name)) {
      mistakes.add(line_of(table), std::string{what} + " lacks \"" + std::string{field.name} +
                                       "\": " + std::string{field.meaning});
    }
  }
}

}  // namespace outlive::harness
