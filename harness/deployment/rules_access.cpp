// Who may read what goes over the wire, and who may connect.
#include <algorithm>

#include "base/text.hpp"
#include "deployment/rule.hpp"

namespace outlive::harness {
namespace {

struct UrlTo {
  const Said<ServerUrl>* url;
  const DeployedServer* server;
};

std::vector<UrlTo> urls(const Deployment& deployment) {
  std::vector<UrlTo> all;
  const auto add = [&](const std::optional<Said<ServerUrl>>& url,
                       std::optional<std::size_t> server) {
    if (!url || !url->value.mistake.empty()) return;
    all.push_back({&*url, server ? &deployment.servers[*server] : nullptr});
  };
  add(deployment.primary_url, deployment.primary);
  add(deployment.cache_url, deployment.cache);
  return all;
}

void plain_over_the_world(const Deployment& deployment, Findings& findings) {
  for (const UrlTo& one : urls(deployment)) {
    const ServerUrl& url = one.url->value;
    const Reach reach = reach_of(url.host);
    if (url.tls || reach == Reach::machine || reach == Reach::network) continue;
    const bool public_address = reach == Reach::world;
    findings.push_back({.origin = one.url->origin,
                        .found = one.url->origin.name + " goes to " + address_of(url) +
                                 (public_address ? ", a public address, without TLS"
                                                 : " without TLS; whether that leaves your network "
                                                   "can't be told from its name"),
                        .severity = public_address ? Severity::error : Severity::warning});
  }
}

bool asks_for_password(const ServerDirectives& directives) {
  return directives.default_user_closed || !directives.value("requirepass").value_or("").empty();
}

bool is_loopback(std::string_view address) {
  if (address.starts_with('-')) address.remove_prefix(1);  // may fail to be there (config.c)
  return address != "*" && address != "::*" && address != "0.0.0.0" && address != "::" &&
         reach_of(address) == Reach::machine;
}

// Where it may be reached from other machines; "": nowhere.
std::string open_at(const DeployedServer& server, Origin& origin) {
  const auto guarded = server.directives.said.find("protected-mode");
  const bool said_yes = guarded != server.directives.said.end() && guarded->second.value == "yes";
  if (server.in_container) {
    // The official images switch protected mode off.
    for (const PublishedPort& port : server.published) {
      if (said_yes || is_loopback(port.address)) continue;
      origin = port.origin;
      return port.address + ":" + std::to_string(port.host_port);
    }
    return {};
  }
  if (server.directives.value("protected-mode") != "no") return {};
  for (const std::string& address :
       split_words(*server.directives.value("bind")).value_or(std::vector<std::string>{})) {
    if (is_loopback(address)) continue;
    origin = server.directives.origin_of("protected-mode");
    return address;
  }
  return {};
}

void open_to_all(const Deployment& deployment, Findings& findings) {
  for (std::size_t i = 0; i < deployment.servers.size(); ++i) {
    const DeployedServer& server = deployment.servers[i];
    if (i != deployment.primary && i != deployment.cache) continue;
    if (!server.directives.known || asks_for_password(server.directives)) continue;
    Origin origin;
    const std::string address = open_at(server, origin);
    if (address.empty()) continue;
    findings.push_back(
        {.origin = std::move(origin),
         .found = server.name + " listens on " + address + " and asks for no password"});
  }
}

void passwords_that_differ(const Deployment& deployment, Findings& findings) {
  for (const UrlTo& one : urls(deployment)) {
    if (one.server == nullptr || !one.server->directives.known) continue;
    const ServerDirectives& directives = one.server->directives;
    const auto wanted = directives.value("requirepass");
    if (!wanted || directives.has_users) continue;  // users have passwords of their own
    const std::string& given = one.url->value.password;
    const std::string whose = one.url->origin.name + " has ";
    std::string found;
    if (wanted->empty() && !given.empty()) {
      found = whose + "a password, and " + one.server->name + " asks for none";
    } else if (!wanted->empty() && given.empty()) {
      found = whose + "no password, and " + one.server->name + " asks for one";
    } else if (*wanted != given && wanted->find("${") == wanted->npos &&
               given.find("${") == given.npos) {
      found = whose + "another password than " + one.server->name;
    }
    if (found.empty()) continue;
    findings.push_back({.origin = one.url->origin, .found = std::move(found)});
  }
}

void certificate_wanted(const Deployment& deployment, Findings& findings) {
  for (const UrlTo& one : urls(deployment)) {
    if (one.server == nullptr || !one.url->value.tls) continue;
    const ServerDirectives& directives = one.server->directives;
    const bool has_tls = directives.number("tls-port").value_or(0) > 0;
    if (!has_tls || directives.value("tls-auth-clients") != "yes") continue;
    findings.push_back(
        {.origin = directives.origin_of("tls-auth-clients"),
         .found = "tls-auth-clients yes on " + one.server->name +
                  (directives.said.contains("tls-auth-clients") ? "" : ", which is the default")});
  }
}

void database_not_there(const Deployment& deployment, Findings& findings) {
  for (const UrlTo& one : urls(deployment)) {
    if (one.server == nullptr) continue;
    const auto databases = one.server->directives.number("databases");
    const auto wanted = static_cast<std::uint64_t>(one.url->value.database);
    if (!databases || wanted < *databases) continue;
    findings.push_back({.origin = one.url->origin,
                        .found = one.url->origin.name + " wants database " +
                                 std::to_string(wanted) + " of " + one.server->name +
                                 ", which has 0 to " + std::to_string(*databases - 1)});
  }
}

constexpr Rule rules[] = {
    {.id = "tls-off",
     .severity = Severity::error,
     .title = "What leaves the network is encrypted",
     .why = "Prompts, answers, users' names and the password go over the wire as they are, and "
            "whoever "
            "is on the way can read and change them.",
     .mend = "write valkeys:// and set tls-port on the server, or keep it on a private address",
     .source = sources::security_page,
     .scenario = "",
     .look = plain_over_the_world},
    {.id = "open-to-all",
     .severity = Severity::warning,
     .title = "Who can reach the server needs a password",
     .why = "Whoever reaches the port reads all cached answers, resets limits by FLUSHALL, or "
            "changes the "
            "policy by CONFIG SET. A published port passes by the machine's own firewall rules.",
     .mend = "publish it on 127.0.0.1 alone (\"127.0.0.1:6379:6379\") or not at all, or set "
             "requirepass",
     .source = sources::security_page,
     .scenario = "incidents/flushall",
     .look = open_to_all},
    {.id = "password",
     .severity = Severity::error,
     .title = "URL and server agree on the password",
     .why = "The gateway does not start: AUTH fails, or is missing.",
     .mend = "put requirepass's value into the URL, as in valkey://:password@valkey:6379",
     .source = "measured with TensorZero's gateway 2026.6 on Valkey 8.0.1",
     .scenario = "",
     .look = passwords_that_differ},
    {.id = "client-certificate",
     .severity = Severity::error,
     .title = "The server asks the gateway for no certificate",
     .why =
         "The gateway's URL can't carry a client certificate. A server that wants one, as Valkey "
         "does unless it is told otherwise, ends the connection: the gateway does not start.",
     .mend = "set tls-auth-clients no (or optional), and a password",
     .source = "measured with TensorZero's gateway 2026.6; https://valkey.io/topics/encryption/",
     .scenario = "",
     .look = certificate_wanted},
    {.id = "database",
     .severity = Severity::error,
     .title = "The URL's database is there",
     .why = "The gateway does not start: \"DB index is out of range\".",
     .mend = "name another database, or raise databases",
     .source = "measured with TensorZero's gateway 2026.6 on Valkey 8.0.1",
     .scenario = "",
     .look = database_not_there},
};

}  // namespace

std::span<const Rule> access_rules() {
  return rules;
}

}  // namespace outlive::harness
