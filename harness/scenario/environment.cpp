#include "scenario/environment.hpp"

#include <algorithm>
#include <string>

#include "scenario/url.hpp"
#include "scenario/validate.hpp"

namespace outlive::harness {
namespace {

// Only where nothing comes through a gateway.
void without_environment(const toml::table& root, Mistakes& mistakes) {
  const toml::array* blocks = root["traffic"].as_array();
  const auto is_plain = [](const toml::node& block) {
    const toml::table* table = block.as_table();
    const auto kind = table ? (*table)["kind"].value<std::string_view>() : std::nullopt;
    return kind == to_string(TrafficKind::commands) || kind == to_string(TrafficKind::transcript);
  };
  if (blocks && !blocks->empty() && std::ranges::all_of(*blocks, is_plain)) return;
  mistakes.add(place_of(root),
               "a scenario lacks \"environment\": [environment] with TENSORZERO_VALKEY_URL");
}

ValkeyUrl url_of(const Value& value, const Scenario& scenario) {
  const std::string text = value.text();
  if (text.empty()) return {};
  ValkeyUrl url = parse_valkey_url(text);
  if (!url.mistake.empty()) {
    value.refuse(url.mistake);
    return {};
  }
  if (require_instance(scenario, url.host, value.place(), value.name(), value.mistakes())) {
    require_database(scenario, url.host, url.database, value.place(), value.mistakes());
  }
  return url;
}

}  // namespace

void read_environment(const toml::table& root, Scenario& into, Mistakes& mistakes) {
  const toml::node* node = root.get("environment");
  if (!node) return without_environment(root, mistakes);
  const toml::table* table = node->as_table();
  if (!table) {
    return mistakes.add(place_of(*node),
                        "environment is written as [environment], with a line "
                        "TENSORZERO_VALKEY_URL = \"valkey://…\"");
  }
  constexpr std::string_view variables[] = {primary_variable, cache_variable};
  for (const auto& [key, value] : *table) {
    if (std::ranges::find(variables, key.str()) == std::end(variables)) {
      mistakes.add_unknown(place_of(key), "[environment]", key.str(), variables);
    }
  }
  const toml::node* primary = table->get(primary_variable);
  const toml::node* cache = table->get(cache_variable);
  if (!primary) {
    mistakes.add(place_of(*table),
                 "[environment] lacks \"TENSORZERO_VALKEY_URL\": where rate limits are kept");
  }
  const ValkeyUrl first = primary ? url_of({primary_variable, *primary, mistakes}, into) : ValkeyUrl{};
  // As the gateway: without a URL of its own the cache goes to the primary.
  const ValkeyUrl second = cache ? url_of({cache_variable, *cache, mistakes}, into) : first;
  into.primary = first.host;
  into.primary_database = first.database;
  into.cache = second.host;
  into.cache_database = second.database;
}

}  // namespace outlive::harness
