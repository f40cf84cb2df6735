#include "scenario/expect.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>

namespace outlive::harness {
namespace {

constexpr std::string_view target_word = "target";
// As TargetKind::family() calls them.
constexpr std::array<std::string_view, 4> families{"embedded", "serve", "exec", "wire"};
constexpr std::string_view example = "{ when = { target = \"exec\" }, finding = \"violated\" }";

bool is_violated(const Value& value) {
  return value.word({"holds", "violated"}) == 1;
}

// A value as axes show theirs.
std::string shown(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  std::ostringstream out;
  node.visit([&out](const auto& value) { out << value; });
  return out.str();
}

std::vector<std::string> alternatives(const toml::node& node) {
  std::vector<std::string> texts;
  if (const toml::array* list = node.as_array()) {
    for (const toml::node& each : *list) texts.push_back(shown(each));
  } else {
    texts.push_back(shown(node));
  }
  return texts;
}

class Condition {
 public:
  Condition(std::span<const Axis> axes, std::span<const AxisValue> values)
      : axes_{axes}, values_{values} {}

  // Whether the axes are as it wants; what it says of targets goes into `targets`.
  bool holds(const toml::table& when, std::vector<std::string>& targets, const Value& value) const {
    bool fits = true;
    for (const auto& [key, node] : when) {
      const std::vector<std::string> wanted = alternatives(node);
      const Value word{key.str(), node, value.mistakes()};
      const auto* list = node.as_array();
      if (list && list->empty()) word.refuse("must be a value, or a list with one or more");
      if (key.str() == target_word) {
        for (const std::string& target : wanted) require_one_of(target, families, word);
        targets = wanted;
      } else {
        fits &= axis_fits(key.str(), wanted, word);
      }
    }
    return fits;
  }

 private:
  bool axis_fits(std::string_view name, const std::vector<std::string>& wanted,
                 const Value& word) const {
    const auto axis = std::ranges::find(axes_, name, &Axis::name);
    if (axis == axes_.end()) {
      std::vector<std::string_view> known{target_word};
      for (const Axis& each : axes_) known.push_back(each.name);
      word.mistakes().add_unknown(word.place(), "when", name, known);
      return true;
    }
    std::vector<std::string_view> known;
    for (const auto* choices : {&axis->declared, &axis->choices}) {
      for (const Axis::Choice& choice : *choices) {
        const bool fresh = std::ranges::find(known, choice.shown) == known.end();
        if (fresh) known.push_back(choice.shown);
      }
    }
    for (const std::string& value : wanted) require_one_of(value, known, word);
    const auto now = std::ranges::find(values_, name, &AxisValue::name);
    return std::ranges::find(wanted, now->value) != wanted.end();
  }

  static void require_one_of(std::string_view word, std::span<const std::string_view> known,
                             const Value& value) {
    if (std::ranges::find(known, word) == known.end()) {
      value.mistakes().add_unknown(value.place(), "when " + std::string{value.name()}, word, known);
    }
  }

  std::span<const Axis> axes_;
  std::span<const AxisValue> values_;
};

struct Entry {
  const toml::table* when = nullptr;
  std::optional<bool> violated;
};

constexpr Field<Entry> entry_fields[] = {
    {"when", any_kind, false, "values of axes, and target: all must fit",
     [](Entry& into, const Value& value) {
       const toml::table* table = value.node().as_table();
       if (table && !table->empty()) {
         into.when = table;
       } else {
         value.refuse("must be a table like { target = \"exec\" }, with one word or more");
       }
     }},
    {"finding", any_kind, true, "holds or violated",
     [](Entry& into, const Value& value) { into.violated = is_violated(value); }},
};

}  // namespace

void read_expectations(const Value& value, std::span<const Axis> axes,
                       std::span<const AxisValue> values, Check& into) {
  const toml::array* list = value.node().as_array();
  if (!list) {
    into.expect_violated = is_violated(value);
    return;
  }
  if (list->empty()) value.refuse("must have one entry or more, like " + std::string{example});
  const Condition condition{axes, values};
  bool open = true;  // whether later entries still count
  bool last_is_bound = true;
  for (const toml::node& node : *list) {
    const toml::table* table = node.as_table();
    if (!table) {
      Value{"expect", node, value.mistakes()}.refuse("each of the list looks like " +
                                                     std::string{example});
      continue;
    }
    Entry entry;
    read_fields(*table, std::span<const Field<Entry>>{entry_fields}, any_kind, "expect", entry,
                value.mistakes());
    if (!last_is_bound) {
      value.mistakes().add(place_of(node),
                           "expect: what comes after an entry without \"when\" "
                           "never counts");
    }
    last_is_bound = table->contains("when");
    std::vector<std::string> targets;
    const bool fits = !entry.when || condition.holds(*entry.when, targets, value);
    if (!open || !fits || !entry.violated) continue;
    if (targets.empty()) {
      into.expect_violated = *entry.violated;
      open = false;
    } else {
      into.expect_on.push_back({std::move(targets), *entry.violated});
    }
  }
}

}  // namespace outlive::harness
