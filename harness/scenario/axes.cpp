#include "scenario/axes.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>

#include "base/text.hpp"
#include "scenario/quantity.hpp"
#include "scenario/toml_bytes.hpp"
#include "scenario/toml_value.hpp"

namespace outlive::harness {
namespace {

constexpr std::size_t plays_max = 1'000;

std::string in_toml(const toml::node& node) {
  std::ostringstream out;
  node.visit([&out](const auto& value) { out << value; });
  return out.str();
}

bool is_single(const toml::node& node) {
  return node.is_string() || node.is_number() || node.is_boolean();
}

Axis::Choice choice_of(const toml::node& node) {
  const auto* text = node.as_string();
  return {in_toml(node), text ? text->get() : in_toml(node)};
}

// What the user typed, as a value of the type that the axis has; none if it is of another.
std::optional<Axis::Choice> choice_of(const std::string& typed, const Axis& axis) {
  const bool wants_text =
      axis.declared.front().toml.front() == '"' || axis.declared.front().toml.front() == '\'';
  if (wants_text) {
    if (mistake_in_bytes(typed)) return std::nullopt;
    return choice_of(toml::value<std::string>{typed});
  }
  if (!is_toml_value(typed)) return std::nullopt;
  const toml::table read = toml::parse("v = " + typed);
  const toml::node& node = *read.get("v");
  return is_single(node) ? std::optional{choice_of(node)} : std::nullopt;
}

bool is_name(std::string_view text) {
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !text.empty() && text.find_first_not_of(letters) == text.npos;
}

// The play that one choice of each axis makes.
std::vector<const Axis::Choice*> choices_in(std::span<const Axis> axes, std::size_t play) {
  std::vector<const Axis::Choice*> choices(axes.size());
  for (std::size_t i = axes.size(); i-- > 0;) {
    choices[i] = &axes[i].choices[play % axes[i].choices.size()];
    play /= axes[i].choices.size();
  }
  return choices;
}

class Substitution {
 public:
  Substitution(std::span<const Axis> axes, std::size_t play, Mistakes& mistakes)
      : axes_{axes}, choices_{choices_in(axes, play)}, used_(axes.size()), mistakes_{mistakes} {}

  void in(toml::table& table) {
    for (auto&& [key, node] : table) {
      if (auto value = replaced(node)) table.insert_or_assign(key, std::move(*value->get("v")));
    }
  }

  // An axis that nothing names is one that somebody forgot to name.
  void note_unused() {
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      if (used_[i] || !axes_[i].sound) continue;
      mistakes_.add(axes_[i].line, "nothing names this axis: write \"$" + axes_[i].name +
                                       "\" where its value is meant");
    }
  }

 private:
  void in(toml::array& list) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (auto value = replaced(list[i]))
        list.replace(list.begin() + static_cast<std::ptrdiff_t>(i), std::move(*value->get("v")));
    }
  }

  // Changes what is below the node; a table with the value `v` where another node takes its place.
  std::optional<toml::table> replaced(toml::node& node) {
    if (toml::table* table = node.as_table()) in(*table);
    if (toml::array* list = node.as_array()) in(*list);
    toml::value<std::string>* text = node.as_string();
    if (!text || text->get().find('$') == std::string::npos) return std::nullopt;
    const std::string_view all = text->get();
    const Position place = place_of(node);
    if (all.starts_with('$') && is_name(all.substr(1))) {
      const Axis::Choice* choice = named(all.substr(1), place);
      if (!choice) return std::nullopt;
      // Read at the place of the name, so that mistakes are told there.
      constexpr std::string_view name = "v = ";
      const int blanks = std::max(place.column - 1 - static_cast<int>(name.size()), 0);
      return toml::parse(std::string(static_cast<std::size_t>(place.line) - 1, '\n') +
                         std::string(static_cast<std::size_t>(blanks), ' ') + std::string{name} +
                         choice->toml);
    }
    text->get() = filled(all, place);
    return std::nullopt;
  }

  std::string filled(std::string_view text, Position place) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
      const std::string_view rest = text.substr(at);
      const std::size_t end = rest.starts_with("${") ? rest.find('}') : rest.npos;
      if (rest.starts_with("$$")) {
        out += '$';
        ++at;
      } else if (end == rest.npos || !is_name(rest.substr(2, end - 2))) {
        out += text[at];
      } else {
        if (const Axis::Choice* choice = named(rest.substr(2, end - 2), place))
          out += choice->shown;
        at += end;
      }
    }
    return out;
  }

  const Axis::Choice* named(std::string_view name, Position place) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      if (axes_[i].name == name) {
        used_[i] = true;
        if (!axes_[i].sound) mistakes_.settle(place);
        return choices_[i];
      }
      names.push_back(axes_[i].name);
    }
    if (names.empty()) {
      mistakes_.add(place, in_quotes("$" + std::string{name}) +
                               " is the value of an axis, and there is no [axes] (a dollar itself "
                               "is written $$)");
    } else {
      mistakes_.add_unknown(place, "[axes]", name, names);
    }
    mistakes_.settle(place);
    return nullptr;
  }

  std::span<const Axis> axes_;
  std::vector<const Axis::Choice*> choices_;
  std::vector<bool> used_;
  Mistakes& mistakes_;
};

Axis read_axis(const toml::key& key, const toml::node& node, Mistakes& mistakes) {
  const std::string_view name = key.str();
  const Value value{name, node, mistakes};
  Axis axis{.name = std::string{name}, .line = line_of(node), .choices = {}, .declared = {}};
  if (!is_name(name)) {
    axis.sound = false;
    mistakes.add(place_of(key),
                 in_quotes(name) + ": the name of an axis has letters of ASCII, digits, _ and -");
  } else if (name == "target") {
    mistakes.add(place_of(key),
                 "an axis can't be called \"target\": in \"when\" that is where "
                 "the scenario is played");
  }
  const toml::array* list = node.as_array();
  const std::size_t count = list ? list->size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    const toml::node& each = list ? *list->get(i) : node;
    if (!is_single(each)) {
      axis.sound = false;
      value.refuse("must be a text, a number, true or false, or a list of such");
      break;
    }
    Axis::Choice choice = choice_of(each);
    if (std::ranges::find(axis.declared, choice.shown, &Axis::Choice::shown) !=
        axis.declared.end()) {
      Value{name, each, mistakes}.refuse("this axis has that value already");
    }
    axis.declared.push_back(std::move(choice));
  }
  if (list && list->empty()) {
    axis.sound = false;
    value.refuse("must have at least one value");
  }
  // Something to go on with.
  if (axis.declared.empty()) axis.declared.push_back({"\"\"", ""});
  axis.choices = axis.declared;
  return axis;
}

// The values of the setting in place of the axis's own.
void apply(const Setting& setting, Axis& axis, Mistakes& mistakes) {
  axis.choices.clear();
  for (const std::string& typed : setting.values) {
    if (auto choice = choice_of(typed, axis)) {
      axis.choices.push_back(std::move(*choice));
    } else {
      mistakes.add(axis.line, "--set " + axis.name + "=" + typed +
                                  ": the scenario gives it a value like " + axis.declared.front().toml);
    }
  }
  if (axis.choices.empty()) axis.choices = axis.declared;
}

}  // namespace

std::vector<Axis> take_axes(toml::table& root, std::span<const Setting> settings,
                            Mistakes& mistakes) {
  std::vector<Axis> axes;
  const toml::node* node = root.get("axes");
  if (!node) return axes;
  const toml::table* table = node->as_table();
  if (!table || table->empty()) {
    mistakes.add(line_of(*node), "axes is written as [axes], with a line like users = [100, 1000]");
  } else {
    for (const auto& [key, value] : *table) axes.push_back(read_axis(key, value, mistakes));
    std::ranges::stable_sort(axes, {}, &Axis::line);  // a table keeps its words by name
  }
  root.erase("axes");
  for (Axis& axis : axes) {
    const auto set = std::ranges::find(settings, axis.name, &Setting::name);
    if (set != settings.end()) apply(*set, axis, mistakes);
  }
  if (play_count(axes) > plays_max) {
    mistakes.add(axes.front().line, "the combinations of these axes' values make more than " +
                                        format_count(plays_max) + " plays; give some fewer values");
    for (Axis& axis : axes) axis.choices.resize(1);
  }
  return axes;
}

std::size_t play_count(std::span<const Axis> axes) {
  std::size_t count = 1;
  for (const Axis& axis : axes) {
    count *= axis.choices.size();
    if (count > plays_max) return plays_max + 1;  // a product of many could go round
  }
  return count;
}

std::vector<AxisValue> values_in(std::span<const Axis> axes, std::size_t play) {
  std::vector<AxisValue> values;
  const auto choices = choices_in(axes, play);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    values.push_back({axes[i].name, choices[i]->shown, axes[i].choices.size() > 1, axes[i].line});
  }
  return values;
}

void substitute(toml::table& root, std::span<const Axis> axes, std::size_t play,
                Mistakes& mistakes) {
  Substitution substitution{axes, play, mistakes};
  substitution.in(root);
  substitution.note_unused();
}

}  // namespace outlive::harness
