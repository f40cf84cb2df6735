// Managed services, by outlive-like: what they refuse, set and fix.
#include "engine/services.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "engine/directives.hpp"
#include "outlive/emulator.hpp"

using namespace outlive;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

using Directives = std::vector<std::pair<std::string, std::string>>;

Emulator like(std::string name, Directives others = {}) {
  others.emplace_back("outlive-like", std::move(name));
  return Emulator{{.directives = std::move(others), .seed = 1}};
}

std::string error_of(Emulator& emulator, std::vector<std::string_view> words) {
  const Reply reply = emulator.run(words);
  return reply.is_error() ? reply.text : "";
}

// A field of INFO.
std::string info(Emulator& emulator, const std::string& field) {
  const std::string text = emulator.run({"INFO", "everything"}).text;
  const std::size_t at = text.find("\n" + field + ":");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + field.size() + 2;
  return text.substr(begin, text.find('\r', begin) - begin);
}

std::string refusal_of(const Directives& directives) {
  try {
    const Emulator emulator{{.directives = directives}};
  } catch (const UserError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

// ---- the table

TEST_CASE("outlive-like takes the name of every service, and none") {
  std::string names = "none";
  for (const Service& service : services()) names += " " + std::string(service.name);
  CHECK(names == service_names);
}

TEST_CASE("every row of a service has the page that it was read from") {
  for (const Service& service : services()) {
    INFO(service.name);
    CHECK_THAT(std::string(service.refusal_source), StartsWith("https://"));
    CHECK_THAT(std::string(service.refused_source), StartsWith("https://"));
    CHECK(service.supported.empty() == service.supported_source.empty());
    for (const ServiceDirective& row : service.directives) {
      INFO(row.name);
      CHECK_THAT(std::string(row.source), StartsWith("https://"));
    }
  }
}

TEST_CASE("a service's values are of directives that there are, as CONFIG GET tells them") {
  for (const Service& service : services()) {
    for (const ServiceDirective& row : service.directives) {
      INFO(service.name << " " << row.name);
      const Directive* directive = find_directive(row.name);
      REQUIRE(directive);
      const std::string_view words[] = {row.value};
      const DirectiveReading reading = read_directive({}, *directive, words);
      CHECK(reading.mistake.empty());
      CHECK(reading.value == row.value);
      CHECK(row.allows(row.value));
    }
  }
}

// ---- commands

TEST_CASE("ElastiCache has no CONFIG, as if it were renamed") {
  Emulator emulator = like("elasticache");
  CHECK(error_of(emulator, {"CONFIG", "GET", "maxmemory"}) ==
        "ERR unknown command 'CONFIG', with args beginning with: 'GET' 'maxmemory' ");
  CHECK(error_of(emulator, {"config", "nonsense"}) ==
        "ERR unknown command 'config', with args beginning with: 'nonsense' ");
  CHECK(error_of(emulator, {"CONFIG"}) == "ERR unknown command 'CONFIG', with args beginning with: ");
}

TEST_CASE("ElastiCache lacks some subcommands of ACL, and has the others") {
  Emulator emulator = like("elasticache");
  CHECK(error_of(emulator, {"ACL", "SETUSER", "x"}) == "ERR unknown subcommand 'SETUSER'. Try ACL HELP.");
  CHECK(emulator.run({"ACL", "WHOAMI"}).text == "default");
}

TEST_CASE("functions are to be had of node-based ElastiCache, not of Serverless") {
  const std::vector<std::string_view> load = {"FUNCTION", "LOAD", "#!lua name=l\n"
                                              "server.register_function('f', function() return 1 end)"};
  Emulator nodes = like("elasticache");
  CHECK(error_of(nodes, load).empty());
  CHECK(nodes.run({"FCALL", "f", "0"}).integer == 1);
  Emulator serverless = like("elasticache-serverless");
  CHECK_THAT(error_of(serverless, load), StartsWith("ERR unknown command 'FUNCTION'"));
  CHECK_THAT(error_of(serverless, {"FCALL", "f", "0"}), StartsWith("ERR unknown command 'FCALL'"));
  CHECK(error_of(serverless, {"EVAL", "return 1", "0"}).empty());
}

TEST_CASE("Memorystore answers NOPERM, in ACL's words") {
  Emulator emulator = like("memorystore");
  CHECK(error_of(emulator, {"CONFIG", "GET", "maxmemory"}) ==
        "NOPERM User default has no permissions to run the 'config|get' command");
  CHECK(error_of(emulator, {"SLOWLOG", "GET"}) ==
        "NOPERM User default has no permissions to run the 'slowlog|get' command");
  CHECK(emulator.run({"CONFIG", "HELP"}).is_error() == false);
  CHECK(error_of(emulator, {"SET", "key", "value"}).empty());
  CHECK(info(emulator, "acl_access_denied_cmd") == "2");
}

TEST_CASE("Memorystore answers NOPERM to what outlive does not know either, not to nonsense") {
  Emulator emulator = like("memorystore");
  CHECK(error_of(emulator, {"REPLICAOF", "NO", "ONE"}) ==
        "NOPERM User default has no permissions to run the 'replicaof' command");
  CHECK_THAT(error_of(emulator, {"NONSENSE"}), StartsWith("ERR unknown command 'NONSENSE'"));
}

TEST_CASE("Memorystore for Redis keeps CLIENT and COMMAND from its clients") {
  Emulator emulator = like("memorystore-redis");
  CHECK_THAT(error_of(emulator, {"CLIENT", "SETNAME", "me"}), StartsWith("NOPERM "));
  CHECK_THAT(error_of(emulator, {"COMMAND"}), StartsWith("NOPERM "));
  CHECK(error_of(emulator, {"SLOWLOG", "GET"}).empty());
}

TEST_CASE("a command that the service refuses spoils a transaction") {
  Emulator emulator = like("memorystore");
  emulator.run({"MULTI"});
  emulator.run({"SET", "key", "value"});
  emulator.run({"CONFIG", "GET", "maxmemory"});
  CHECK_THAT(error_of(emulator, {"EXEC"}), StartsWith("EXECABORT "));
}

TEST_CASE("a script may run no more than its caller") {
  Emulator emulator = like("memorystore-redis");
  emulator.run({"SET", "key", "value"});
  constexpr std::string_view script = "return redis.pcall('OBJECT', 'ENCODING', 'key')";
  CHECK(error_of(emulator, {"EVAL", script, "0"}) ==
        "ERR ACL failure in script: User default has no permissions to run the 'object|encoding' "
        "command");
  constexpr std::string_view may = "return tostring(redis.acl_check_cmd('OBJECT', 'ENCODING', 'key'))";
  CHECK(emulator.run({"EVAL", may, "0"}).text == "false");
  Emulator serverless = like("elasticache-serverless");
  CHECK_THAT(error_of(serverless, {"EVAL", script, "0"}),
             ContainsSubstring("Unknown command called from script"));
}

TEST_CASE("whoever runs the service may do everything") {
  Emulator emulator = like("memorystore");
  emulator.run({"OUTLIVE", "OPERATOR", "ON"});
  CHECK(error_of(emulator, {"CONFIG", "SET", "maxmemory", "10mb"}).empty());
  emulator.run({"OUTLIVE", "OPERATOR", "OFF"});
  CHECK_THAT(error_of(emulator, {"CONFIG", "SET", "maxmemory", "20mb"}), StartsWith("NOPERM "));
  CHECK(info(emulator, "maxmemory") == "10485760");
}

// ---- directives

TEST_CASE("a service sets what nobody has set") {
  for (const std::string name :
       {"elasticache", "elasticache-serverless", "memorystore", "memorystore-redis"}) {
    INFO(name);
    Emulator emulator = like(name);
    CHECK(info(emulator, "maxmemory_policy") == "volatile-lru");
  }
  Emulator stated = like("memorystore", {{"maxmemory-policy", "noeviction"}});
  CHECK(info(stated, "maxmemory_policy") == "noeviction");
}

TEST_CASE("what a service fixes can't be set otherwise, whichever is said first") {
  const std::string words =
      "'100' is not to be had on memorystore-redis, which allows only 65000 "
      "(https://docs.cloud.google.com/memorystore/docs/redis/supported-redis-configurations)";
  CHECK(refusal_of({{"outlive-like", "memorystore-redis"}, {"maxclients", "100"}}) ==
        "directive 'maxclients 100': " + words);
  CHECK(refusal_of({{"maxclients", "100"}, {"outlive-like", "memorystore-redis"}}) ==
        "directive 'maxclients 100': " + words);
  CHECK(refusal_of({{"outlive-like", "memorystore-redis"}, {"maxclients", "65000"}}).empty());
  CHECK(refusal_of({{"outlive-like", "memorystore"}, {"maxclients", "100"}}).empty());
}

TEST_CASE("nor while it runs, by whoever runs it") {
  Emulator emulator = like("elasticache-serverless");
  emulator.run({"OUTLIVE", "OPERATOR", "ON"});
  CHECK_THAT(error_of(emulator, {"CONFIG", "SET", "notify-keyspace-events", "KEA"}),
             ContainsSubstring("'AKE' is not to be had on elasticache-serverless"));
  CHECK(error_of(emulator, {"CONFIG", "SET", "notify-keyspace-events", ""}).empty());
}

TEST_CASE("a quarter of an ElastiCache node's memory is not for data") {
  Emulator emulator = like("elasticache", {{"maxmemory", "100mb"}});
  CHECK(info(emulator, "maxmemory") == std::to_string(75 << 20));
  Emulator less = like("elasticache", {{"maxmemory", "100mb"}, {"reserved-memory-percent", "10"}});
  CHECK(info(less, "maxmemory") == std::to_string(90 << 20));
  Emulator none = like("elasticache", {{"reserved-memory-percent", "0"}, {"maxmemory", "100mb"}});
  CHECK(info(none, "maxmemory") == std::to_string(100 << 20));
  Emulator elsewhere = like("memorystore", {{"maxmemory", "100mb"}});
  CHECK(info(elsewhere, "maxmemory") == std::to_string(100 << 20));
}

TEST_CASE("reserved memory is ElastiCache's, not Valkey's") {
  CHECK_THAT(refusal_of({{"reserved-memory-percent", "10"}}),
             ContainsSubstring("Valkey has no such directive; outlive-like elasticache has"));
  Emulator plain{{.seed = 1}};
  CHECK(plain.run({"CONFIG", "GET", "reserved-memory-percent"}).elements.empty());
}

TEST_CASE("Memorystore for Redis keeps larger hashes in listpacks") {
  Emulator emulator = like("memorystore-redis");
  emulator.run({"OUTLIVE", "OPERATOR", "ON"});
  for (int i = 0; i < 2000; ++i) emulator.run({"HSET", "hash", std::to_string(i), "1"});
  CHECK(emulator.run({"OBJECT", "ENCODING", "hash"}).text == "listpack");
}

TEST_CASE("a service that there is none of is told with those that there are") {
  CHECK_THAT(refusal_of({{"outlive-like", "elastic"}}), ContainsSubstring(
      "must be one of the following: none, elasticache, elasticache-serverless, memorystore, "
      "memorystore-redis"));
}

TEST_CASE("of several services the last one counts") {
  Emulator emulator = like("memorystore", {{"outlive-like", "elasticache"}, {"maxmemory", "100mb"}});
  CHECK(info(emulator, "maxmemory") == std::to_string(100 << 20));
  CHECK_THAT(error_of(emulator, {"CONFIG", "GET", "hz"}), StartsWith("NOPERM "));
  Emulator none = like("none", {{"outlive-like", "elasticache"}});
  CHECK(info(none, "maxmemory_policy") == "noeviction");
  CHECK(error_of(none, {"CONFIG", "GET", "hz"}).empty());
}
