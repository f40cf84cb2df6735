#include "engine/directives.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/number.hpp"
#include "base/text.hpp"
#include "engine/directive_rows.hpp"
#include "engine/services.hpp"

namespace outlive {
namespace {

// A checked value, or what is wrong.
struct Checked {
  std::string value = {};
  std::optional<std::string> error = {};
  std::string acts_as =
      {};  // what takes effect, where the value as it is told leaves something out

  static Checked wrong(std::string text) { return {{}, std::move(text), {}}; }
};

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const auto word : words) {
    if (!text.empty()) text += " ";
    text += word;
  }
  return text;
}

Checked check_boolean(std::string_view word) {
  if (equal_ignoring_case(word, "yes")) return {"yes"};
  if (equal_ignoring_case(word, "no")) return {"no"};
  return Checked::wrong("argument must be 'yes' or 'no'");
}

std::vector<std::string_view> choices_of(const Directive& directive) {
  std::vector<std::string_view> choices;
  for (std::string_view rest = directive.choices; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    choices.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return choices;
}

Checked check_choice(const Directive& directive, std::span<const std::string_view> words) {
  const auto choices = choices_of(directive);
  std::string value;
  // A list of choices that is empty names none of them.
  constexpr std::string_view none[] = {""};
  for (const auto word : words.empty() ? std::span<const std::string_view>(none) : words) {
    const auto known = std::find_if(choices.begin(), choices.end(), [&](std::string_view choice) {
      return equal_ignoring_case(choice, word);
    });
    if (known == choices.end()) {
      std::string list;
      for (const auto choice : choices) list += (list.empty() ? "" : ", ") + std::string(choice);
      return Checked::wrong("argument(s) must be one of the following: " + list);
    }
    value += (value.empty() ? "" : " ") + std::string(*known);
  }
  return {value};
}

std::optional<std::int64_t> parse_octal(std::string_view word) {
  std::int64_t value = 0;
  for (const char digit : word) {
    if (digit < '0' || digit > '7') return {};
    value = value * 8 + (digit - '0');
  }
  return word.empty() ? std::nullopt : std::optional(value);
}

// Digits of more than 64 bits 9.1 refuses; before, they were taken for the most that can be.
std::optional<std::uint64_t> parse_bytes(const Options& options, std::string_view word) {
  std::uint64_t digits = 0;
  const auto error = std::from_chars(word.data(), word.data() + word.size(), digits).ec;
  const bool beyond = error == std::errc::result_out_of_range;
  if (beyond && profile_of(options).has("9.1.0")) return {};
  return parse_memory(word);
}

// A number in the forms that the directive takes (config.c, numericParseString).
std::optional<std::int64_t> parse_number(const Options& options, const Directive& directive,
                                         std::string_view word) {
  if (directive.has(Directive::memory)) {
    if (const auto bytes = parse_bytes(options, word)) return static_cast<std::int64_t>(*bytes);
  }
  if (directive.has(Directive::percent) && word.size() > 1 && word.back() == '%') {
    const auto share = parse_integer(word.substr(0, word.size() - 1));
    if (share && *share >= 0) return -*share;
  }
  if (directive.has(Directive::octal)) return parse_octal(word);
  if (directive.has(Directive::memory | Directive::percent)) return {};
  return parse_integer(word);
}

std::string_view number_error(const Directive& directive) {
  if (directive.has(Directive::percent)) return "argument must be a memory or percent value";
  if (directive.has(Directive::memory)) return "argument must be a memory value";
  if (directive.has(Directive::octal)) return "argument couldn't be parsed as an octal number";
  return "argument couldn't be parsed into an integer";
}

bool within_bounds(const Directive& directive, std::int64_t value) {
  if (directive.has(Directive::unsigned_number)) {
    const auto plain = static_cast<std::uint64_t>(value);
    return plain >= static_cast<std::uint64_t>(directive.min) && plain <= directive.max;
  }
  return value >= directive.min &&
         (value < 0 || static_cast<std::uint64_t>(value) <= directive.max);
}

Checked check_integer(const Options& options, const Directive& directive, std::string_view word) {
  const auto value = parse_number(options, directive, word);
  if (!value) return Checked::wrong(std::string(number_error(directive)));
  if (!within_bounds(directive, *value)) {
    if (directive.has(Directive::percent) && *value < 0) {
      return Checked::wrong("percentage argument must be less or equal to " +
                            std::to_string(-directive.min));
    }
    return Checked::wrong("argument must be between " + std::to_string(directive.min) + " and " +
                          std::to_string(directive.max) + " inclusive");
  }
  if (directive.has(Directive::percent) && *value < 0) return {std::to_string(-*value) + "%"};
  if (directive.has(Directive::unsigned_number) && !directive.has(Directive::octal)) {
    return {std::to_string(static_cast<std::uint64_t>(*value))};
  }
  if (directive.has(Directive::octal)) return {std::string(word)};
  if (directive.capped_max == 0) return {std::to_string(*value)};
  return {std::to_string(std::clamp(*value, directive.capped_min, directive.capped_max))};
}

// ---- the directives with a syntax of their own
// ----------------------------------------------------

Checked check_events(const Options&, std::span<const std::string_view> words) {
  constexpr std::string_view order = "g$lshzxetdnKEm";
  constexpr std::string_view all = "g$lshzxetd";
  std::string seen;
  for (const char letter : joined(words)) {
    if (letter == 'A') {
      seen += all;
    } else if (order.find(letter) == std::string_view::npos) {
      return Checked::wrong("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
    } else {
      seen += letter;
    }
  }
  const auto has = [&](char letter) { return seen.find(letter) != std::string::npos; };
  const bool everything = std::all_of(all.begin(), all.end(), has);
  std::string value = everything ? "A" : "";
  for (const char letter : order) {
    const bool in_all = all.find(letter) != std::string_view::npos;
    // n is told only beside the others' letters (notify.c, keyspaceEventsFlagsToString).
    if (has(letter) && !(everything && (in_all || letter == 'n'))) value += letter;
  }
  return {.value = value, .acts_as = everything && has('n') ? value + 'n' : value};
}

Checked check_output_limits(const Options& options, std::span<const std::string_view> words) {
  if (words.size() % 4 != 0) {
    return Checked::wrong("Wrong number of arguments in buffer limit configuration.");
  }
  auto limits =
      *split_words(directive_value(options, *find_directive("client-output-buffer-limit")));
  for (std::size_t i = 0; i < words.size(); i += 4) {
    const std::string_view given = words[i] == "replica" ? "slave" : words[i];
    const auto known = std::find_if(limits.begin(), limits.end(), [&](const std::string& word) {
      return equal_ignoring_case(word, given);
    });
    if (known == limits.end()) {
      return Checked::wrong("Invalid client class specified in buffer limit configuration.");
    }
    const auto hard = parse_bytes(options, words[i + 1]);
    const auto soft = parse_bytes(options, words[i + 2]);
    const auto seconds = parse_integer(words[i + 3]);
    if (!hard || !soft || !seconds || *seconds < 0) {
      return Checked::wrong(
          "Error in hard, soft or soft_seconds setting in buffer limit configuration.");
    }
    *(known + 1) = std::to_string(*hard);
    *(known + 2) = std::to_string(*soft);
    *(known + 3) = std::to_string(*seconds);
  }
  return {joined(std::vector<std::string_view>(limits.begin(), limits.end()))};
}

Checked check_score_values(const Options&, std::span<const std::string_view> words) {
  if (words.size() != 3) return Checked::wrong("wrong number of arguments");
  for (const auto word : words) {
    const auto value = parse_integer(word);
    if (!value || *value < -2000 || *value > 2000) {
      return Checked::wrong(
          "Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
    }
  }
  return {joined(words)};
}

Checked check_percentiles(const Options&, std::span<const std::string_view> words) {
  std::string value;
  for (const auto word : words) {
    const auto share = parse_double(word);
    if (!share) return Checked::wrong("Invalid latency-tracking-info-percentiles parameters");
    if (*share < 0 || *share > 100) {
      return Checked::wrong(
          "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
    }
    value += (value.empty() ? "" : " ") + format_double(*share);
  }
  return {value};
}

Checked check_anything(const Options&, std::span<const std::string_view> words) {
  return {joined(words)};
}

struct SpecialDirective {
  std::string_view name;
  Checked (*check)(const Options&, std::span<const std::string_view>);
};
constexpr SpecialDirective specials[] = {
    {"client-output-buffer-limit", check_output_limits},
    {"latency-tracking-info-percentiles", check_percentiles},
    {"notify-keyspace-events", check_events},
    {"oom-score-adj-values", check_score_values},
};

Checked check_special(const Options& options, const Directive& directive,
                      std::span<const std::string_view> words) {
  for (const SpecialDirective& special : specials) {
    if (special.name == directive.name) return special.check(options, words);
  }
  return check_anything(options, words);
}

Checked check(const Options& options, const Directive& directive,
              std::span<const std::string_view> words) {
  using Kind = Directive::Kind;
  if (directive.kind == Kind::special) return check_special(options, directive, words);
  if (words.size() != 1 && !directive.has(Directive::several)) {
    return Checked::wrong("wrong number of arguments");
  }
  switch (directive.kind) {
    case Kind::boolean:
      return check_boolean(words[0]);
    case Kind::integer:
      return check_integer(options, directive, words[0]);
    case Kind::choice:
      return check_choice(directive, words);
    default:
      return {std::string(words[0])};
  }
}

// Why a value that Valkey would take is not to be had here; nothing if it is.
std::optional<std::string> refusal(const Directive& directive, const std::string& value) {
  for (const UnsupportedDirective& lacking : unsupported_directives()) {
    if (lacking.name != directive.name) continue;
    const std::string_view wanted = value.empty() ? "-" : std::string_view(value);
    for (std::string_view rest = lacking.inert; !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      if (rest.substr(0, end) == wanted) return {};
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return "'" + value + "' is not supported by outlive: " + std::string(lacking.reason);
  }
  return {};
}

bool has_name(const Directive& directive, std::string_view name) {
  return equal_ignoring_case(directive.name, name) ||
         (!directive.alias.empty() && equal_ignoring_case(directive.alias, name));
}

std::size_t index_of(const Directive& directive) {
  return static_cast<std::size_t>(&directive - all_directives().data());
}

// What the service that is imitated says of it; null if nothing.
const ServiceDirective* service_row(const Service* service, const Directive& directive) {
  if (!service) return nullptr;
  for (const ServiceDirective& row : service->directives) {
    if (has_name(directive, row.name)) return &row;
  }
  return nullptr;
}

// Why the service would not have this value; nothing if it would.
std::optional<std::string> service_refusal(const Service* service, const Directive& directive,
                                           const std::string& value) {
  const ServiceDirective* row = service_row(service, directive);
  if (!row || row->allows(value)) return {};
  return "'" + value + "' is not to be had on " + std::string(service->name) +
         ", which allows only " + (row->allowed == "-" ? "''" : std::string(row->allowed)) + " (" +
         std::string(row->source) + ")";
}

// The same of all that was set before it was said which service it is.
std::optional<std::string> service_refusal(const Options& options, const Service* service) {
  for (const auto& [index, value] : options.directives) {
    const Directive& directive = all_directives()[index];
    if (auto refused = service_refusal(service, directive, value)) {
      return std::string(directive.name) + " " + *refused;
    }
  }
  return {};
}

}  // namespace

const Directive* find_directive(std::string_view name) {
  for (const Directive& directive : all_directives()) {
    if (has_name(directive, name)) return &directive;
  }
  return nullptr;
}

bool offered(const Directive& directive, const Options& options) {
  if (directive.name == reserved_memory_directive) {
    return options.service && options.service->directive(reserved_memory_directive);
  }
  if (directive.since.empty() && directive.until.empty()) return true;
  return profile_of(options).is_within(directive.since, directive.until);
}

const Directive* find_offered(const Options& options, std::string_view name) {
  for (const Directive& directive : all_directives()) {
    if (has_name(directive, name) && offered(directive, options)) return &directive;
  }
  return nullptr;
}

std::string_view initial_of(const Options& options, const Directive& directive) {
  if (const ServiceDirective* row = service_row(options.service, directive)) return row->value;
  if (directive.initial_before_8_0.empty()) return directive.initial;
  return profile_of(options).has("8.0.0") ? directive.initial : directive.initial_before_8_0;
}

std::string directive_value(const Options& options, const Directive& directive) {
  const auto found = options.directives.find(index_of(directive));
  return found == options.directives.end() ? std::string(initial_of(options, directive))
                                           : found->second;
}

// As its value now has it.
static void apply_effect(Options& options, const Directive& directive) {
  for (const DirectiveEffect& effect : directive_effects()) {
    if (effect.name == directive.name) effect.apply(options, directive_value(options, directive));
  }
}

// Defaults that differ between versions act as the chosen profile has them.
static void settle_initials(Options& options) {
  for (const Directive& directive : all_directives()) {
    if (!directive.initial_before_8_0.empty()) apply_effect(options, directive);
  }
}

// The same of what the service, or the one that was said before, sets otherwise than Valkey.
static void settle_service(Options& options, const Service* before) {
  for (const Directive& directive : all_directives()) {
    if (service_row(options.service, directive) || service_row(before, directive)) {
      apply_effect(options, directive);
    }
  }
}

std::optional<std::string> set_directive(Options& options, const Directive& directive,
                                         std::span<const std::string_view> words) {
  Checked checked = check(options, directive, words);
  if (checked.error) return checked.error;
  if (auto refused = service_refusal(options.service, directive, checked.value)) return refused;
  if (auto refused = refusal(directive, checked.value)) return refused;
  const Service* before = options.service;
  if (directive.name == "outlive-like") {
    if (auto refused = service_refusal(options, find_service(checked.value))) return refused;
  }
  for (const DirectiveEffect& effect : directive_effects()) {
    if (effect.name != directive.name) continue;
    effect.apply(options, checked.acts_as.empty() ? checked.value : checked.acts_as);
  }
  options.directives[index_of(directive)] = std::move(checked.value);
  if (directive.name == "outlive-profile") settle_initials(options);
  if (directive.name == "outlive-like") settle_service(options, before);
  return {};
}

std::optional<std::string> set_directive(Options& options, std::string_view name,
                                         std::span<const std::string_view> words) {
  const Directive* directive = find_offered(options, name);
  if (!directive && equal_ignoring_case(name, reserved_memory_directive)) {
    return std::string(reserved_memory_lacking);
  }
  if (!directive) return "Bad directive or wrong number of arguments";
  return set_directive(options, *directive, words);
}

DirectiveReading read_directive(const Options& options, const Directive& directive,
                                std::span<const std::string_view> words) {
  Checked checked = check(options, directive, words);
  if (!checked.error) checked.error = service_refusal(options.service, directive, checked.value);
  return {std::move(checked.value), checked.error.value_or("")};
}

bool poses_as_redis(const Options& options) {
  const Directive& directive = *find_directive("extended-redis-compatibility");
  return offered(directive, options) && directive_value(options, directive) == "yes";
}

const Profile& profile_of(const Options& options) {
  return *find_profile(directive_value(options, *find_directive("outlive-profile")));
}

const Allocation& allocation_of(const Options& options) {
  const bool coarse =
      directive_value(options, *find_directive("outlive-allocator-quantum")) == "16";
  if (profile_of(options).keys == KeyLayout::in_object_over_pointer) {
    return coarse ? quantum_16_over_pointer : quantum_8_over_pointer;
  }
  return coarse ? quantum_16 : quantum_8;
}

}  // namespace outlive
