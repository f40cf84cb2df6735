#include "deployment/server_config.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace outlive;
using namespace outlive::harness;

namespace {

ServerDirectives read(const std::string& config, std::string* mistakes = nullptr) {
  ServerDirectives directives;
  ReadingMistakes found;
  read_server_lines(parse_config(config, "valkey.conf"), {"valkey.conf", 0, {}}, directives, found);
  if (mistakes) *mistakes = to_string(found.all());
  return directives;
}

std::string mistake(const std::string& config) {
  std::string mistakes;
  read(config, &mistakes);
  return mistakes;
}

ServerDirectives started_with(std::vector<std::string> words) {
  ServerDirectives directives;
  ReadingMistakes mistakes;
  read_server_arguments(
      {std::move(words), {"compose.yaml", 4, "command"}},
      [](const std::string& path) { return path; }, directives, mistakes);
  CHECK(to_string(mistakes.all()).empty());
  return directives;
}

}  // namespace

TEST_CASE("what valkey.conf does not say has Valkey's default") {
  const ServerDirectives directives = read("maxmemory 1gb\n");
  CHECK(directives.value("maxmemory") == "1073741824");
  CHECK(directives.value("maxmemory-policy") == "noeviction");
  CHECK(directives.value("save") == "3600 1 300 100 60 10000");
  CHECK(directives.value("databases") == "16");
  CHECK(to_string(directives.origin_of("maxmemory")) == "valkey.conf:1");
  CHECK(to_string(directives.origin_of("save")) == "valkey.conf");
}

TEST_CASE("what a managed service's configuration does not say has the service's default") {
  const ServerDirectives directives =
      started_with({"--maxmemory", "100mb", "--like", "elasticache"});
  CHECK(directives.value("maxmemory-policy") == "volatile-lru");
  CHECK(directives.number("maxmemory") == 75U << 20);  // a quarter is reserved
  CHECK(directives.value("appendonly") == "no");
  CHECK_FALSE(directives.value("save"));  // nobody says what it is
  CHECK(directives.undocumented.contains("save"));
  CHECK(to_string(directives.origin_of("maxmemory-policy")) == "compose.yaml:4");
  CHECK(started_with({"--like", "memorystore", "--maxmemory-policy", "noeviction"})
            .value("maxmemory-policy") == "noeviction");
}

TEST_CASE("what a managed service does not let be set is a mistake") {
  CHECK(mistake("maxclients 100\noutlive-like memorystore-redis\n") ==
        "valkey.conf:1: `maxclients 100`: '100' is not to be had on memorystore-redis, which allows "
        "only 65000 "
        "(https://docs.cloud.google.com/memorystore/docs/redis/supported-redis-configurations)");
  CHECK(mistake("outlive-like elasticcache\n").find("did you mean") != std::string::npos);
}

TEST_CASE("of a server that is not known nothing has a value") {
  CHECK_FALSE(ServerDirectives{}.value("maxmemory"));
}

TEST_CASE("later lines win, save points add up") {
  CHECK(read("maxmemory 1gb\nmaxmemory 2gb").value("maxmemory") == "2147483648");
  CHECK(read("save 900 1\nsave 60 1000").value("save") == "900 1 60 1000");
  CHECK(read("save 900 1\nsave \"\"").value("save") == "");
  CHECK(read("save \"\"\nsave 60 1").value("save") == "60 1");
}

TEST_CASE("what outlive itself lacks is read all the same: persistence, TLS, users") {
  const ServerDirectives directives = read(
      "appendonly yes\ntls-port 6380\nreplicaof 10.0.0.1 6379\naclfile /etc/users.acl\n"
      "user me on >secret ~* +@all\nrename-command FLUSHALL \"\"\nloadmodule /x.so\n");
  CHECK(directives.value("appendonly") == "yes");
  CHECK(directives.value("tls-port") == "6380");
  CHECK(directives.value("replicaof") == "10.0.0.1 6379");
  CHECK(directives.has_users);
  CHECK(directives.renamed.at(0).value == "flushall");
}

TEST_CASE("what Valkey would refuse is told with its place and what would be right") {
  CHECK(mistake("\nmaxmemory-polcy x") ==
        "valkey.conf:2: `maxmemory-polcy x`: Bad directive or wrong number of arguments; did you "
        "mean 'maxmemory-policy'?");
  CHECK(mistake("maxmemory-policy lru").find("volatile-ttl") != std::string::npos);
  CHECK(mistake("maxmemory lots").find("argument must be a memory value") != std::string::npos);
  CHECK(mistake("save 60").find("save 300 100") != std::string::npos);
  CHECK(mistake("maxmemory 1gb\nmaxmemory-samples 0\ndatabases x").find("valkey.conf:3") !=
        std::string::npos);
}

TEST_CASE("a directive like none of Valkey 8.1 is another version's, and hinders nothing") {
  const ServerDirectives directives = read("maxmemory 1gb\nquantum-tunnelling yes");
  CHECK(directives.value("maxmemory") == "1073741824");
  REQUIRE(directives.foreign.size() == 1);
  CHECK(to_string(directives.foreign[0].origin) == "valkey.conf:2");
}

TEST_CASE("a line with a secret is told of without it") {
  CHECK(mistake("requirepass hunter2 x") ==
        "valkey.conf:1: `requirepass …`: wrong number of arguments");
  ServerDirectives directives;
  ReadingMistakes mistakes;
  read_server_arguments(
      {{"--requirepass", "\"hunter2"}, {{}, 0, "--config primary"}},
      [](const std::string& path) { return path; }, directives, mistakes);
  CHECK(to_string(mistakes.all()).find("hunter2") == std::string::npos);
}

TEST_CASE("a value with a variable that nobody set is not known; a password is one") {
  const ServerDirectives directives = read("maxmemory ${MEMORY}\nrequirepass ${PASSWORD}");
  CHECK_FALSE(directives.value("maxmemory"));
  CHECK(directives.value("maxmemory-policy") == "noeviction");
  CHECK(directives.value("requirepass") == "${PASSWORD}");
}

TEST_CASE("valkey-server's arguments are a file, directives, or both") {
  const ServerDirectives directives =
      started_with({"--maxmemory", "2gb", "--save", "", "--maxmemory-policy", "volatile-ttl"});
  CHECK(directives.value("maxmemory") == "2147483648");
  CHECK(directives.value("save") == "");
  CHECK(directives.value("maxmemory-policy") == "volatile-ttl");
  CHECK(to_string(directives.origin_of("maxmemory")) == "compose.yaml:4");
}

TEST_CASE("a file that can't be had leaves the directives unknown") {
  ServerDirectives directives;
  ReadingMistakes mistakes;
  read_server_arguments(
      {{"/etc/valkey.conf"}, {}}, [](const std::string&) { return ""; }, directives, mistakes);
  CHECK_FALSE(directives.known);
  CHECK_FALSE(mistakes.any());
}
