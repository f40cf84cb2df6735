#include "deployment/gateway_settings.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "scenario/toml_bytes.hpp"
#include "scenario/toml_mistake.hpp"

namespace outlive::harness {
namespace {

struct Window {
  std::string_view name;
  Span length;
};
constexpr Window windows[] = {
    {"second", std::chrono::seconds{1}}, {"minute", std::chrono::minutes{1}},
    {"hour", std::chrono::hours{1}},     {"day", std::chrono::hours{24}},
    {"week", std::chrono::hours{168}},   {"month", std::chrono::hours{720}}};
constexpr std::array<std::string_view, 3> resources{"model_inferences", "tokens", "cost"};

std::vector<std::string_view> window_names() {
  std::vector<std::string_view> names;
  for (const Window& one : windows) names.push_back(one.name);
  return names;
}

class SettingsReader {
 public:
  SettingsReader(std::string file, GatewaySettings& into, ReadingMistakes& mistakes)
      : file_{std::move(file)}, into_{into}, mistakes_{mistakes} {}

  void read(const toml::table& root) {
    into_.known = true;
    if (const toml::table* gateway = table_in(root, "gateway", "[gateway]")) {
      if (const toml::table* cache = table_in(*gateway, "cache", "[gateway.cache]")) {
        read_cache(*cache);
      }
      if (const toml::table* observed =
              table_in(*gateway, "observability", "[gateway.observability]")) {
        read_truth(*observed, "enabled", into_.observability_enabled);
        Said<std::string> backend;
        read_choice(*observed, "backend", {"auto", "clickhouse", "postgres"}, backend);
        if (!backend.value.empty()) into_.observability_backend = backend.value;
      }
    }
    if (const toml::table* limits = table_in(root, "rate_limiting", "[rate_limiting]")) {
      read_limits(*limits);
    }
  }

 private:
  Origin origin_of(const toml::node& node, std::string name = {}) const {
    return {file_, static_cast<int>(node.source().begin.line), std::move(name)};
  }
  Origin origin_of(const toml::key& key) const {
    return {file_, static_cast<int>(key.source().begin.line), std::string{key.str()}};
  }

  const toml::table* table_in(const toml::table& table, std::string_view name,
                              const std::string& heading) {
    const toml::node* node = table.get(name);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) {
      mistakes_.add(origin_of(*node),
                    in_quotes(name) + " is written as " + heading + ", with its words below");
    }
    return node->as_table();
  }

  // The gateway refuses to start with a word that it does not know here.
  void allow(const toml::table& table, const std::string& heading,
             std::span<const std::string_view> known) {
    for (const auto& [key, node] : table) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      const auto near = nearest_of(key.str(), known);
      mistakes_.add(origin_of(key),
                    heading + " knows no " + in_quotes(key.str()) +
                        (near ? "" : "; there is: " + listed(known)),
                    std::string{near.value_or("")});
    }
  }

  void read_truth(const toml::table& table, std::string_view name, std::optional<bool>& into) {
    const toml::node* node = table.get(name);
    if (node == nullptr) return;
    into = node->value_exact<bool>();
    if (!into) mistakes_.add(origin_of(*node), std::string{name} + " is true or false");
  }

  void read_choice(const toml::table& table, std::string_view name,
                   std::vector<std::string_view> choices, Said<std::string>& into) {
    const toml::node* node = table.get(name);
    if (node == nullptr) return;
    const std::string text = node->value_exact<std::string>().value_or("");
    if (std::ranges::find(choices, text) != choices.end()) {
      into = {text, origin_of(*node, std::string{name})};
      return;
    }
    mistakes_.add(origin_of(*node), std::string{name} + " is one of " + listed(choices),
                  std::string{nearest_of(text, choices).value_or("")});
  }

  void read_cache(const toml::table& cache) {
    constexpr std::array<std::string_view, 3> words{"enabled", "backend", "valkey"};
    const toml::node* misplaced = cache.get("ttl_s");
    if (misplaced != nullptr) {
      mistakes_.add(origin_of(*misplaced),
                    "ttl_s stands in [gateway.cache.valkey], not in [gateway.cache]");
    } else {
      allow(cache, "[gateway.cache]", words);
    }
    read_truth(cache, "enabled", into_.cache_enabled);
    read_choice(cache, "backend", {"auto", "clickhouse", "valkey"}, into_.cache_backend);
    const toml::table* valkey = table_in(cache, "valkey", "[gateway.cache.valkey]");
    if (valkey == nullptr) return;
    constexpr std::array<std::string_view, 1> only{"ttl_s"};
    allow(*valkey, "[gateway.cache.valkey]", only);
    const toml::node* ttl = valkey->get("ttl_s");
    if (ttl == nullptr) return;
    const auto seconds = ttl->value_exact<std::int64_t>();
    constexpr std::int64_t longest = 1'000'000'000;  // thirty years
    if (!seconds || *seconds < 0 || *seconds > longest) {
      mistakes_.add(origin_of(*ttl), "ttl_s is a whole number of seconds, as in ttl_s = 86400");
      return;
    }
    into_.cache_ttl = {std::chrono::seconds{*seconds}, origin_of(*ttl, "ttl_s")};
  }

  void read_limits(const toml::table& limits) {
    std::optional<bool> enabled;
    read_truth(limits, "enabled", enabled);
    into_.limits_enabled = enabled.value_or(true);
    read_choice(limits, "backend", {"auto", "postgres", "valkey"}, into_.limits_backend);
    const toml::node* rules = limits.get("rules");
    if (rules == nullptr) return;
    const toml::array* list = rules->as_array();
    if (list == nullptr || !std::ranges::all_of(*list, &toml::node::is_table)) {
      mistakes_.add(origin_of(*rules),
                    "rules are written as [[rate_limiting.rules]], a heading for each");
      return;
    }
    for (const toml::node& rule : *list) read_rule(*rule.as_table());
  }

  void read_rule(const toml::table& table) {
    RateRule rule;
    rule.origin = origin_of(table, "rate_limiting.rules");
    std::optional<bool> always;
    read_truth(table, "always", always);
    rule.always = always.value_or(false);
    const toml::node* priority = table.get("priority");
    if (priority != nullptr) {
      const auto number = priority->value_exact<std::int64_t>();
      if (!number || *number < 0) {
        mistakes_.add(origin_of(*priority), "priority is a whole number from 0");
      }
      rule.priority = number.value_or(0);
    }
    if (rule.always == (priority != nullptr)) {
      mistakes_.add(rule.origin, "a rule has either always = true or a priority");
    }
    read_scope(table, rule);
    for (const auto& [key, node] : table) {
      if (key.str().find("_per_") != std::string_view::npos) {
        read_word(key, node, rule);
      } else if (key != "always" && key != "priority" && key != "scope") {
        mistakes_.add(origin_of(key),
                      "[[rate_limiting.rules]] knows no " + in_quotes(key.str()) +
                          "; a limit is written as in model_inferences_per_day = 10");
      }
    }
    into_.rules.push_back(std::move(rule));
  }

  void read_word(const toml::key& key, const toml::node& node, RateRule& rule) {
    const std::string_view name = key.str();
    const std::size_t at = name.find("_per_");
    RateWord word{std::string{name.substr(0, at)}, std::string{name.substr(at + 5)}, 0, 0,
                  origin_of(key)};
    const auto names = window_names();
    if (!is_one_of(resources, "resource", word.resource, word.origin)) return;
    if (!is_one_of(names, "window", word.window, word.origin)) return;
    const toml::table* bucket = node.as_table();
    const auto capacity = bucket ? amount(bucket->get("capacity")) : amount(&node);
    const auto rate = bucket ? amount(bucket->get("refill_rate")) : capacity;
    if (!capacity || !rate) {
      mistakes_.add(
          word.origin,
          std::string{name} + " is a number from 0, or { capacity = 100, refill_rate = 10 }");
      return;
    }
    word.capacity = *capacity;
    word.refill_rate = *rate;
    rule.words.push_back(std::move(word));
  }

  bool is_one_of(std::span<const std::string_view> names, const std::string& kind,
                 const std::string& name, const Origin& origin) {
    if (std::ranges::find(names, name) != names.end()) return true;
    mistakes_.add(origin,
                  "no " + kind + " is called " + in_quotes(name) + "; there is: " + listed(names),
                  std::string{nearest_of(name, names).value_or("")});
    return false;
  }

  static std::optional<double> amount(const toml::node* node) {
    if (node == nullptr) return std::nullopt;
    const auto number = node->value<double>();
    return number && *number >= 0 && std::isfinite(*number) ? number : std::nullopt;
  }

  void read_scope(const toml::table& table, RateRule& rule) {
    const toml::node* node = table.get("scope");
    if (node == nullptr) return;
    std::vector<std::string> entries;
    const toml::array* list = node->as_array();
    for (const toml::node& one : list ? *list : toml::array{}) {
      const toml::table* entry = one.as_table();
      const auto text = [entry](std::string_view name) {
        return entry ? (*entry)[name].value_exact<std::string>() : std::nullopt;
      };
      const auto key = text("tag_key");
      const auto value = key ? text("tag_value") : text("api_key_public_id");
      if (!value) return refuse_scope(one);
      rule.each |= *value == "tensorzero::each";
      entries.push_back(key.value_or("api_key_public_id") + "=" + *value);
    }
    if (list == nullptr) return refuse_scope(*node);
    std::ranges::sort(entries);
    for (const std::string& entry : entries) rule.scope += entry + ";";
  }

  void refuse_scope(const toml::node& node) {
    mistakes_.add(
        origin_of(node),
        "scope is a list of { tag_key = \"user_id\", tag_value = \"tensorzero::each\" } or "
        "{ api_key_public_id = \"tensorzero::each\" }");
  }

  std::string file_;
  GatewaySettings& into_;
  ReadingMistakes& mistakes_;
};

}  // namespace

std::optional<Span> RateWord::refill_time() const {
  if (refill_rate <= 0) return std::nullopt;
  const auto* found =
      std::ranges::find_if(windows, [this](const Window& one) { return one.name == window; });
  const double refills = std::ceil(capacity / refill_rate);
  const double us = refills * static_cast<double>(found->length.count());
  constexpr double longest = 3e16;  // a thousand years, in microseconds
  return Span{static_cast<std::int64_t>(std::min(us, longest))};
}

Span RateWord::ttl() const {
  const auto refill = refill_time();
  return refill ? std::max(bucket_ttl_min, *refill * 2) : bucket_ttl_min;
}

const RateWord* GatewaySettings::slowest() const {
  const RateWord* slowest = nullptr;
  for (const RateRule& rule : rules) {
    for (const RateWord& word : rule.words) {
      const auto time = word.refill_time();
      if (time && (slowest == nullptr || *time > *slowest->refill_time())) slowest = &word;
    }
  }
  return slowest;
}

void read_gateway_settings(std::string_view text, const std::string& file, GatewaySettings& into,
                           ReadingMistakes& mistakes) {
  if (const auto bytes = mistake_in_bytes(text)) {
    const auto line = std::ranges::count(text.substr(0, bytes->at), '\n') + 1;
    return mistakes.add({file, static_cast<int>(line), {}}, bytes->what);
  }
  try {
    const toml::table root = toml::parse(text, file);
    SettingsReader{file, into, mistakes}.read(root);
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    const TomlMistake why =
        toml_mistake(text, static_cast<int>(at.line), static_cast<int>(at.column));
    mistakes.add({file, why.line, {}}, why.what);
  }
}

}  // namespace outlive::harness
