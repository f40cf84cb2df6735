#include "scenario/reader.hpp"

#include <algorithm>
#include <sstream>

#include "base/number.hpp"
#include "base/text.hpp"
#include "scenario/quantity.hpp"
#include "scenario/slips.hpp"

namespace outlive::harness {
namespace {

// What a node holds, for messages.
std::string shown(const toml::node& node) {
  if (const auto* text = node.as_string()) return in_quotes(text->get());
  if (node.is_table()) return "a table";
  if (node.is_array()) return "a list";
  if (const auto* number = node.as_floating_point()) return with_point(number->get());
  std::ostringstream out;
  node.visit([&out](const auto& value) { out << value; });
  return out.str();
}

bool is_number(std::string_view text) {
  return parse_double(text).has_value();
}

// Letters of a text, or digits of a number: what somebody wrote with the wrong quotes.
std::string letters_of(const toml::node& node) {
  const auto* text = node.as_string();
  return text ? text->get() : shown(node);
}

}  // namespace

void add_unknown_word(const toml::key& key, std::string_view what,
                      std::span<const std::string_view> known, Mistakes& mistakes) {
  const std::string_view home = home_of(key.str());
  if (home.empty()) return mistakes.add_unknown(place_of(key), what, key.str(), known);
  mistakes.add(place_of(key), std::string{what} + " knows no " + in_quotes(key.str()) +
                                  ": it belongs " + std::string{home});
}

void Value::blame(std::string_view what) const {
  mistakes_->add(place(), std::string{name_} + ": " + std::string{what});
  mistakes_->doubt(line());
}

void Value::refuse(std::string_view what, std::optional<std::string> meant) const {
  mistakes_->add(place(), std::string{name_} + " = " + shown(*node_) + ": " + std::string{what},
                 meant.value_or(""));
  mistakes_->doubt(line());
}

std::string Value::text() const {
  const auto* text = node_->as_string();
  if (text && text->get().empty()) refuse("must not be empty");
  return any_text();
}

std::string Value::any_text() const {
  if (const auto* text = node_->as_string()) return text->get();
  refuse("must be text in quotes");
  return {};
}

std::vector<std::string> Value::texts(std::size_t least) const {
  std::vector<std::string> read;
  const toml::array* list = node_->as_array();
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    read.push_back(Value{name_, (*list)[i], *mistakes_}.text());
  }
  if (!list || list->size() < least) {
    refuse("must be a list of at least " + std::to_string(least) +
           (least == 1 ? " text" : " texts"));
  }
  return read;
}

std::int64_t Value::whole(std::int64_t least, std::int64_t most) const {
  const auto* value = node_->as_integer();
  if (value && value->get() >= least && value->get() <= most) return value->get();
  std::string what =
      "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  if (node_->is_string()) what += ", without quotes";
  if (node_->is_floating_point()) what += ", without a point";
  refuse(what);
  return least;
}

double Value::number(double least, double most) const {
  const auto value = node_->value<double>();
  if (value && *value >= least && *value <= most) return *value;
  std::string what = "must be a number from " + format_double(least) + " to " + format_double(most);
  if (node_->is_string()) what += ", without quotes";
  refuse(what);
  return least;
}

std::uint64_t Value::bytes(std::uint64_t least, std::uint64_t most) const {
  std::optional<std::uint64_t> value;
  if (const auto* whole = node_->as_integer(); whole && whole->get() >= 0) {
    value = static_cast<std::uint64_t>(whole->get());
  } else if (const auto* text = node_->as_string()) {
    value = parse_size(text->get());
  }
  if (value && *value >= least && *value <= most) return *value;
  refuse("must be a size from " + std::to_string(least) + " to " + std::to_string(most) +
             " bytes, like 1000 or \"16kb\"",
         value ? std::nullopt : size_meant(letters_of(*node_)));
  return least;
}

Span Value::span(Span least) const {
  const auto* text = node_->as_string();
  const auto value = text ? parse_span(text->get()) : std::nullopt;
  if (value && *value < least) {
    refuse(least == Span{1} ? "must be more than none" : "must be at least " + format_span(least));
  }
  if (value) return *value;
  const std::string letters = letters_of(*node_);
  if (is_number(letters)) {
    refuse("must be a duration with its unit, like \"90s\", \"36h\" or \"1h30m\"");
  } else if (is_spelled_as_span(letters)) {
    refuse("must be at most a thousand years, \"366000d\"");
  } else {
    refuse("must be a duration like \"90s\", \"36h\" or \"1h30m\"", span_meant(letters));
  }
  return {};
}

bool Value::truth() const {
  if (const auto* truth = node_->as_boolean()) return truth->get();
  refuse("must be true or false, without quotes");
  return false;
}

Rate Value::rate(std::int64_t least) const {
  const auto* text = node_->as_string();
  const auto value = text ? parse_rate(text->get(), least) : std::nullopt;
  if (value) return *value;
  if (text && parse_rate(text->get(), 0)) {
    refuse("must be a rate like \"50/s\", above none");
  } else if (is_spelled_as_rate(letters_of(*node_))) {
    refuse("must be a rate of at most one a microsecond, \"1000000/s\"");
  } else {
    refuse("must be a rate like \"50/s\", \"3/10m\" or \"1000/d\"",
           rate_meant(letters_of(*node_), least));
  }
  return {};
}

std::size_t Value::word(std::initializer_list<std::string_view> words) const {
  return word(std::span{words.begin(), words.size()});
}

std::size_t Value::word(std::span<const std::string_view> words) const {
  const auto* text = node_->as_string();
  const auto found = text ? std::ranges::find(words, std::string_view{text->get()}) : words.end();
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const auto near = nearest_of(letters_of(*node_), words);
  if (near) {
    mistakes_->add(place(), std::string{name_} + " = " + shown(*node_) + " is unknown",
                   std::string{*near});
    mistakes_->doubt(line());
  } else {
    refuse("must be one of: " + listed(words));
  }
  return 0;
}

}  // namespace outlive::harness
