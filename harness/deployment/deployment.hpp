// What is known of a deployment before it runs: the servers with their directives, where the
// gateway keeps what, and for how long.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "deployment/gateway_settings.hpp"
#include "deployment/gateway_url.hpp"
#include "deployment/origin.hpp"

namespace outlive::harness {

// A server's directives. Where they are known, what is not said has Valkey's default.
struct ServerDirectives {
  bool known = false;
  Origin origin;  // of all that was said: the file, the service
  std::map<std::string, Said<std::string>, std::less<>> said;
  // Those whose value hangs on a variable that nobody has set.
  std::set<std::string, std::less<>> unclear;
  // Those of which the documentation of the managed service says nothing.
  std::set<std::string, std::less<>> undocumented;
  std::string like;                        // that service; "": none
  std::vector<Said<std::string>> renamed;  // by rename-command
  std::vector<Said<std::string>> refused;  // by the service, of those that a gateway sends
  std::vector<Said<std::string>> foreign;  // directives that Valkey 8.1 has none like; newer ones
  bool has_users = false;                  // `user` lines or an aclfile
  bool default_user_closed = false;        // by these: who gives no password gets in nowhere

  // The value as CONFIG GET would tell it. None: it is not known.
  std::optional<std::string> value(std::string_view name) const;
  // The same of a number: bytes, counts.
  std::optional<std::uint64_t> number(std::string_view name) const;
  // Where it is said, else where all of them are.
  Origin origin_of(std::string_view name) const;
};

// A port of a container that the machine makes its own.
struct PublishedPort {
  std::string address;  // of the machine: "0.0.0.0" for all of them
  int host_port = 0;    // 0: any
  int container_port = 0;
  Origin origin;
};

struct DeployedServer {
  std::string name;  // as people are told: the service, or the URL's address
  ServerDirectives directives;
  // What a compose file shows.
  bool in_container = false;
  std::string image;
  Origin origin;
  std::vector<PublishedPort> published;
  std::optional<Said<std::uint64_t>> memory_limit;  // bytes
  std::optional<bool> keeps_data;   // whether /data outlives the container; none: not known
  std::vector<std::string> unseen;  // what of it is not known, and how to tell it

  std::optional<std::string> policy() const { return directives.value("maxmemory-policy"); }
  std::optional<std::uint64_t> maxmemory() const { return directives.number("maxmemory"); }
  // Whether it would push out a key: it has a cap, and a policy other than noeviction.
  std::optional<bool> evicts() const;
  // Whether it writes what it holds to disk: snapshots or the append-only file.
  std::optional<bool> saves() const;
};

struct Deployment {
  std::vector<DeployedServer> servers;
  // Where the URLs lead, and so where keys would be if Valkey is used for them; cache is primary
  // where TENSORZERO_VALKEY_CACHE_URL is unset.
  std::optional<std::size_t> primary;
  std::optional<std::size_t> cache;

  bool environment_known = false;
  std::map<std::string, Said<std::string>, std::less<>> environment;  // the gateway's
  std::set<std::string, std::less<>> from_outside;  // its variables that the shell gives
  std::optional<Said<ServerUrl>> primary_url;
  std::optional<Said<ServerUrl>> cache_url;
  std::set<std::string, std::less<>> unclear_urls;  // variables that are set to who knows what

  // The service of the gateway in a compose file.
  std::string gateway_service;
  std::string gateway_image;
  Origin gateway_origin;
  bool gateway_on_host_network = false;

  GatewaySettings settings;
  std::optional<std::uint64_t> users;  // how many come within two days

  // Servers of a compose file that no variable of any service names.
  std::vector<std::size_t> idle_servers;
  std::vector<std::string> read;    // the files
  std::vector<std::string> unseen;  // what is not known, and how to tell it

  bool has_variable(std::string_view name) const {
    return environment.contains(name) || from_outside.contains(name);
  }
  // Whether the gateway keeps them in Valkey at all.
  bool limits_in_valkey() const;
  bool answers_in_valkey() const;
  // The server that holds them; null where none does, or none is known.
  const DeployedServer* limits() const;
  const DeployedServer* answers() const;
  // Both on one server.
  bool shared() const;
  // "primary", "cache", or "valkey" for both.
  std::string role_of(const DeployedServer& server) const;
};

}  // namespace outlive::harness
