#include "scenario/reader.hpp"

#include <algorithm>
#include <tuple>

#include "base/number.hpp"
#include "base/text.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

std::string in_quotes(std::string_view text) {
  return "\"" + std::string{text} + "\"";
}

std::string list(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

// What a node holds, for messages.
std::string shown(const toml::node& node) {
  if (const auto* text = node.as_string()) return in_quotes(text->get());
  if (const auto* whole = node.as_integer()) return std::to_string(whole->get());
  if (const auto* number = node.as_floating_point()) return format_double(number->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  return node.is_table() ? "a table" : node.is_array() ? "a list" : "this";
}

}  // namespace

void Mistakes::add_unknown(int line, std::string_view what, std::string_view word,
                           std::span<const std::string_view> known) {
  std::string text = std::string{what} + " knows no " + in_quotes(word);
  if (const auto near = nearest_name(word, known)) {
    text += "; did you mean " + in_quotes(*near) + "?";
  } else {
    text += "; there is: " + list(known);
  }
  add(line, std::move(text));
}

std::vector<Mistake> Mistakes::take() {
  std::ranges::stable_sort(found_, {},
                           [](const Mistake& one) { return std::tie(one.file, one.line); });
  // Plays of one file have mistakes in common.
  const auto twice = std::ranges::unique(found_);
  found_.erase(twice.begin(), twice.end());
  return std::move(found_);
}

void Value::refuse(std::string_view what) const {
  mistakes_->add(line(), std::string{name_} + " = " + shown(*node_) + ": " + std::string{what});
}

std::string Value::text() const {
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
    refuse("must be a list of at least " + std::to_string(least) + " texts");
  }
  return read;
}

std::int64_t Value::whole(std::int64_t least, std::int64_t most) const {
  const auto* value = node_->as_integer();
  if (value && value->get() >= least && value->get() <= most) return value->get();
  refuse("must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return least;
}

double Value::number(double least, double most) const {
  const auto value = node_->value<double>();
  if (value && *value >= least && *value <= most) return *value;
  refuse("must be a number from " + format_double(least) + " to " + format_double(most));
  return least;
}

std::uint64_t Value::bytes(std::uint64_t least, std::uint64_t most) const {
  std::optional<std::uint64_t> value;
  if (const auto* whole = node_->as_integer(); whole && whole->get() >= 0) {
    value = static_cast<std::uint64_t>(whole->get());
  } else if (const auto* text = node_->as_string(); text && !text->get().empty()) {
    value = parse_memory(text->get());
  }
  if (value && *value >= least && *value <= most) return *value;
  refuse("must be a size from " + std::to_string(least) + " to " + std::to_string(most) +
         " bytes, like 1000 or \"16kb\"");
  return least;
}

Span Value::span(Span least) const {
  const auto* text = node_->as_string();
  const auto value = text ? parse_span(text->get()) : std::nullopt;
  if (value && *value < least) refuse("must be at least " + format_span(least));
  if (value) return *value;
  refuse("must be a duration like \"90s\", \"36h\" or \"1h30m\"");
  return {};
}

bool Value::truth() const {
  if (const auto* truth = node_->as_boolean()) return truth->get();
  refuse("must be true or false");
  return false;
}

Rate Value::rate(std::int64_t least) const {
  const auto* text = node_->as_string();
  const auto value = text ? parse_rate(text->get(), least) : std::nullopt;
  if (value) return *value;
  refuse("must be a rate like \"50/s\", \"3/10m\" or \"1000/d\"");
  return {};
}

std::size_t Value::word(std::initializer_list<std::string_view> words) const {
  return word(std::span{words.begin(), words.size()});
}

std::size_t Value::word(std::span<const std::string_view> words) const {
  const auto* text = node_->as_string();
  if (text) {
    const auto found = std::ranges::find(words, std::string_view{text->get()});
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    if (const auto near = nearest_name(text->get(), words)) {
      refuse("did you mean " + in_quotes(*near) + "?");
      return 0;
    }
  }
  refuse("must be one of: " + list(words));
  return 0;
}

}  // namespace outlive::harness
