#include "doctor/facts.hpp"

#include "base/number.hpp"

namespace outlive::harness {
namespace {

using Info = std::map<std::string, std::string>;

// Directives that decide who is evicted and what a restart leaves.
constexpr std::string_view directives[] = {"maxmemory",
                                           "maxmemory-policy",
                                           "maxmemory-samples",
                                           "maxmemory-eviction-tenacity",
                                           "lfu-log-factor",
                                           "lfu-decay-time",
                                           "save",
                                           "appendonly"};

std::string text(const Info& info, const std::string& name) {
  const auto found = info.find(name);
  return found == info.end() ? std::string{} : found->second;
}

std::optional<std::uint64_t> number(const Info& info, const std::string& name) {
  return parse_unsigned(text(info, name));
}

// "keys=12,expires=3,avg_ttl=…" of a line db0.
std::optional<std::uint64_t> keys_in(std::string_view line) {
  constexpr std::string_view begin = "keys=";
  if (!line.starts_with(begin)) return std::nullopt;
  line.remove_prefix(begin.size());
  return parse_unsigned(line.substr(0, line.find(',')));
}

void read_databases(const Info& info, ServerFacts& facts) {
  for (const auto& [name, value] : info) {
    if (!name.starts_with("db")) continue;
    const auto database = parse_unsigned(std::string_view{name}.substr(2));
    const auto keys = keys_in(value);
    if (database && keys) facts.databases[static_cast<int>(*database)] = *keys;
  }
}

// CONFIG GET answers a name and its value; nothing where there is no such directive.
bool read_directives(GentleClient& client, ServerFacts& facts, std::string& why) {
  std::vector<GentleClient::Words> commands;
  for (const std::string_view name : directives) {
    commands.push_back({"CONFIG", "GET", std::string{name}});
  }
  for (const OwnedReply& reply : client.ask_all(commands)) {
    if (refused(reply)) {
      why = why_refused(reply);
      return false;
    }
    if (reply->elements < 2) continue;
    facts.directives[std::string{text_of(*reply->element[0])}] = text_of(*reply->element[1]);
  }
  return !facts.directives.empty();
}

void fill_from_directives(ServerFacts& facts) {
  const auto value = [&facts](const char* name) {
    const auto found = facts.directives.find(name);
    return found == facts.directives.end() ? std::string{} : found->second;
  };
  if (!facts.maxmemory) facts.maxmemory = parse_unsigned(value("maxmemory"));
  if (!facts.policy && !value("maxmemory-policy").empty()) facts.policy = value("maxmemory-policy");
}

void note_unseen(const ServerFacts& facts, std::vector<Unseen>& unseen) {
  if (!facts.used_memory) {
    unseen.push_back(
        {"how much memory is used: INFO does not tell used_memory", "allow INFO to the user"});
  }
  if (!facts.maxmemory) {
    unseen.push_back({"the cap: neither INFO nor CONFIG GET tells maxmemory",
                      "name it by --maxmemory SIZE; 0 says that there is none"});
  }
  if (!facts.policy) {
    unseen.push_back({"whom the server evicts: neither INFO nor CONFIG GET tells maxmemory-policy",
                      "name it by --policy NAME"});
  }
}

// Where INFO does not tell the time. Where nothing does, TTLs are told against some day.
std::int64_t read_clock(GentleClient& client, std::vector<Unseen>& unseen) {
  const OwnedReply time = client.ask({"TIME"});
  const bool told = time->type == REDIS_REPLY_ARRAY && time->elements == 2;
  const auto seconds = told ? parse_integer(text_of(*time->element[0])) : std::nullopt;
  if (seconds) return *seconds * 1'000;
  unseen.push_back({"the server's clock: TIME: " + why_refused(time), "ACL SETUSER … +time"});
  constexpr std::int64_t some_day_ms = 1'750'000'000'000;
  return some_day_ms;
}

}  // namespace

std::string why_refused(const OwnedReply& reply) {
  const std::string_view error = text_of(*reply);
  return std::string{error.substr(0, error.find(", with args beginning"))};
}

Info parse_info(std::string_view text) {
  Info info;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t at = line.find(':');
    if (line.starts_with('#') || at == line.npos) continue;
    info.emplace(line.substr(0, at), line.substr(at + 1));
  }
  return info;
}

std::string nearest_profile(std::string_view name, std::string_view version) {
  if (name != "valkey") return "redis-7.0";
  if (version.starts_with("7.") || version.starts_with("8.0")) return "valkey-8.0";
  return version.empty() || version.starts_with("8.") ? "valkey-8.1" : "valkey-9.1";
}

ServerFacts facts_of(const Info& info) {
  ServerFacts facts;
  const std::string valkey = text(info, "valkey_version");
  const std::string redis = text(info, "redis_version");
  const std::string name = valkey.empty() && !redis.empty() ? "Redis" : "Valkey";
  const std::string version = valkey.empty() ? redis : valkey;
  if (!version.empty()) facts.version = name + " " + version;
  facts.profile = nearest_profile(name == "Redis" ? "redis" : "valkey", version);
  facts.used_memory = number(info, "used_memory");
  facts.not_counted = number(info, "mem_not_counted_for_evict").value_or(0);
  facts.maxmemory = number(info, "maxmemory");
  if (const std::string policy = text(info, "maxmemory_policy"); !policy.empty()) {
    facts.policy = policy;
  }
  facts.evicted_keys = number(info, "evicted_keys");
  facts.expired_keys = number(info, "expired_keys");
  facts.hits = number(info, "keyspace_hits");
  facts.misses = number(info, "keyspace_misses");
  facts.uptime_s = number(info, "uptime_in_seconds");
  facts.is_replica = text(info, "role") == "slave";
  // The one directive of persistence that INFO tells.
  if (const auto log = number(info, "aof_enabled")) {
    facts.directives["appendonly"] = *log == 1 ? "yes" : "no";
  }
  read_databases(info, facts);
  return facts;
}

void read_facts(GentleClient& client, Examination& examination) {
  ServerFacts& facts = examination.facts;
  std::vector<Unseen>& unseen = examination.unseen;
  const OwnedReply reply = client.ask({"INFO"});
  examination.seen_at_us = client.now_us();
  std::optional<std::int64_t> now_ms;
  if (refused(reply)) {
    unseen.push_back({"INFO: " + why_refused(reply), "ACL SETUSER … +info"});
    facts.profile = nearest_profile("valkey", "");
  } else {
    const Info info = parse_info(text_of(*reply));
    facts = facts_of(info);
    if (const auto us = number(info, "server_time_usec"))
      now_ms = static_cast<std::int64_t>(*us / 1'000);
  }
  examination.now_ms = now_ms ? *now_ms : read_clock(client, unseen);
  std::string why = "it answers nothing";
  if (!read_directives(client, facts, why)) {
    unseen.push_back({"maxmemory-samples, the settings of LFU, and save: CONFIG GET is refused (" +
                          why + "); the emulator has Valkey's defaults for them",
                      "ACL SETUSER … +config|get, where that can be had; or --samples COUNT"});
  }
  fill_from_directives(facts);
  note_unseen(facts, unseen);
}

}  // namespace outlive::harness
