// Patterns of checks and events, beside the keys that the traffic can write.
#include <algorithm>
#include <set>
#include <string>

#include "base/text.hpp"
#include "scenario/key_prefixes.hpp"
#include "scenario/validate.hpp"

namespace outlive::harness {
namespace {

// What the names of some keys have in common: how they begin; all of it, where nothing is drawn.
struct KeyShape {
  std::string begins;
  bool whole = false;

  friend auto operator<=>(const KeyShape&, const KeyShape&) = default;
};

KeyShape shape_of(const CommandTemplate::Word& word) {
  KeyShape shape{.begins = {}, .whole = true};
  for (const CommandTemplate::Piece& piece : word) {
    if (piece.kind != CommandTemplate::Piece::Kind::text) return {shape.begins, false};
    shape.begins += piece.text;
  }
  return shape;
}

// The letters that every key of a pattern begins with.
std::string_view plain_part(std::string_view pattern) {
  return pattern.substr(0, pattern.find_first_of("*?[\\"));
}

class KeyShapes {
 public:
  explicit KeyShapes(const Scenario& scenario) {
    for (const Traffic& traffic : scenario.traffic) add(traffic);
  }

  // Scripts may write anything, and of traffic that could not be read nothing is known.
  bool anything() const { return anything_ || shapes_.empty(); }

  // Whether there may be a key that fits. In doubt there may.
  bool may_fit(std::string_view pattern) const {
    const std::string_view plain = plain_part(pattern);
    return std::ranges::any_of(shapes_, [&](const KeyShape& shape) {
      if (shape.whole) return glob_match(pattern, shape.begins);
      return shape.begins.starts_with(plain) || plain.starts_with(shape.begins);
    });
  }

  // Patterns for what there is, some of them.
  std::vector<std::string> patterns() const {
    constexpr std::size_t shown_max = 5;
    std::set<std::string> shown;
    for (const KeyShape& shape : shapes_) {
      if (shown.size() == shown_max) break;
      const bool bucket = shape.begins.starts_with(bucket_prefix);
      const std::string begins = bucket ? std::string{bucket_prefix} : shape.begins;
      shown.insert(shape.whole ? shape.begins : begins + "*");
    }
    return {shown.begin(), shown.end()};
  }

 private:
  void add(const Traffic& traffic) {
    for (const Limit& limit : traffic.limits) {
      shapes_.insert({std::string{bucket_prefix} + R"({"resource":")" + limit.resource, false});
    }
    if (traffic.uses_cache()) shapes_.insert({std::string{cache_prefix}, false});
    for (const CommandTemplate& command : traffic.commands) {
      // One that could not be read has no keys.
      anything_ |= command.is_script || command.words.empty() || command.keys.empty();
      for (const CommandTemplate::Key& key : command.keys) {
        shapes_.insert(shape_of(command.words[key.word]));
      }
    }
    if (!traffic.transcript) {
      anything_ |= traffic.kind == TrafficKind::transcript;
      return;
    }
    for (const Transcript::Key& key : traffic.transcript->keys) shapes_.insert({key.name, true});
  }

  std::set<KeyShape> shapes_;
  bool anything_ = false;
};

class Patterns {
 public:
  Patterns(const Scenario& scenario, Mistakes& mistakes) : keys_{scenario}, mistakes_{mistakes} {}

  void require(std::string_view pattern, int line, std::string_view word) const {
    if (pattern.empty() || keys_.anything() || keys_.may_fit(pattern)) return;
    const std::vector<std::string> patterns = keys_.patterns();
    const std::vector<std::string_view> known{patterns.begin(), patterns.end()};
    const auto near = nearest_of(pattern, known);
    std::string what =
        std::string{word} + ": no key of this scenario can fit " + in_quotes(pattern);
    if (!near) what += "; there is: " + listed(known);
    mistakes_.add(line, what, std::string{near.value_or("")});
  }

 private:
  KeyShapes keys_;
  Mistakes& mistakes_;
};

void require_few(const Scenario& scenario, Mistakes& mistakes) {
  std::set<std::string_view> patterns;
  for (const Check& check : scenario.checks) {
    std::vector<std::string_view> named{check.classes.begin(), check.classes.end()};
    named.insert(named.end(), {check.keys, check.others});
    for (const std::string_view pattern : named) {
      if (pattern.empty()) continue;
      if (patterns.insert(pattern).second && patterns.size() == pattern_count_max + 1) {
        mistakes.add(check.line, "from here on the checks name more than " +
                                     std::to_string(pattern_count_max) +
                                     " different patterns, which is the most");
      }
    }
  }
}

}  // namespace

void validate_patterns(const Scenario& scenario, Mistakes& mistakes) {
  require_few(scenario, mistakes);
  const Patterns patterns{scenario, mistakes};
  for (const Check& check : scenario.checks) {
    patterns.require(check.keys, line_of(check, "keys"), "keys");
    patterns.require(check.others, line_of(check, "others"), "others");
    for (const std::string& one : check.classes) {
      patterns.require(one, line_of(check, "classes"), "classes");
    }
  }
  for (const Event& event : scenario.events) {
    patterns.require(event.keys, line_of(event, "keys"), "keys");
  }
}

}  // namespace outlive::harness
