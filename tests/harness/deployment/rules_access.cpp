#include <catch2/catch_test_macros.hpp>

#include "harness/deployment/support.hpp"

using namespace outlive;
using namespace outlive::harness;

namespace {

Deployment at(const std::string& url, const std::string& config = {}) {
  return with(shared(sound_shared + config), "TENSORZERO_VALKEY_URL", url);
}

}  // namespace

TEST_CASE("tls-off: what goes to a public address is encrypted") {
  CHECK(found("tls-off", at("valkey://203.0.113.7"))[0].severity == Severity::error);
  CHECK(found("tls-off", at("redis://[2001:db8::1]:6379"))[0].severity == Severity::error);
  CHECK(found("tls-off", at("redis://valkey.example.com"))[0].severity == Severity::warning);
  for (const char* sound :
       {"valkeys://203.0.113.7", "rediss://valkey.example.com", "valkey://10.1.2.3",
        "valkey://valkey", "valkey://localhost", "redis://valkey.prod.svc.cluster.local",
        "redis://x.abc123.0001.euw1.cache.amazonaws.com"}) {
    INFO(sound);
    CHECK_FALSE(finds("tls-off", at(sound)));
  }
}

TEST_CASE("open-to-all: whoever reaches a port needs a password") {
  const auto published = [](const std::string& address, const std::string& config) {
    DeployedServer valkey = server("valkey", sound_shared + config);
    valkey.in_container = true;
    valkey.published = {{address, 6379, 6379, {"compose.yaml", 5, "ports"}}};
    return found("open-to-all", shared(std::move(valkey)));
  };
  REQUIRE(published("0.0.0.0", "").size() == 1);
  CHECK(to_string(published("0.0.0.0", "")[0].origin) == "compose.yaml:5");
  CHECK(published("127.0.0.1", "").empty());
  CHECK(published("::1", "").empty());
  CHECK(published("0.0.0.0", "requirepass secret").empty());
  CHECK(published("0.0.0.0", "user default on >secret ~* &* +@all").empty());
  CHECK(published("0.0.0.0", "user default off").empty());
  CHECK(published("0.0.0.0", "aclfile /etc/users.acl").empty());
  CHECK_FALSE(published("0.0.0.0", "user me on >secret ~* +@all").empty());
  CHECK_FALSE(published("0.0.0.0", "user default on nopass ~* +@all").empty());
  CHECK(published("0.0.0.0", "protected-mode yes").empty());
}

TEST_CASE("open-to-all: outside of containers protected mode is a guard") {
  CHECK_FALSE(finds("open-to-all", shared(sound_shared)));
  CHECK(finds("open-to-all", shared(sound_shared + "protected-mode no")));
  CHECK_FALSE(
      finds("open-to-all", shared(sound_shared + "protected-mode no\nbind 127.0.0.1 -::1")));
}

TEST_CASE("password: URL and server agree on it") {
  CHECK(finds("password", at("valkey://valkey", "requirepass secret")));
  CHECK(finds("password", at("valkey://:other@valkey", "requirepass secret")));
  CHECK(finds("password", at("valkey://:secret@valkey")));
  CHECK_FALSE(finds("password", at("valkey://:secret@valkey", "requirepass secret")));
  CHECK_FALSE(finds("password", at("valkey://valkey")));
  SECTION("a secret that nobody has shown is one all the same") {
    CHECK_FALSE(finds("password", at("valkey://:${SECRET}@valkey", "requirepass secret")));
    CHECK(finds("password", at("valkey://valkey", "requirepass ${SECRET}")));
  }
  SECTION("users have passwords of their own") {
    CHECK_FALSE(finds("password", at("valkey://me:mine@valkey", "user me on >mine ~* +@all")));
  }
}

TEST_CASE("client-certificate: the gateway has none to show") {
  const std::string tls = "port 0\ntls-port 6379\n";
  const auto all = found("client-certificate", at("valkeys://valkey", tls));
  REQUIRE(all.size() == 1);
  CHECK(all[0].found.find("default") != std::string::npos);
  CHECK_FALSE(finds("client-certificate", at("valkeys://valkey", tls + "tls-auth-clients no")));
  CHECK_FALSE(
      finds("client-certificate", at("valkeys://valkey", tls + "tls-auth-clients optional")));
  CHECK_FALSE(finds("client-certificate", at("valkey://valkey")));
}

TEST_CASE("database: the URL's database is there") {
  CHECK(finds("database", at("valkey://valkey/16")));
  CHECK_FALSE(finds("database", at("valkey://valkey/15")));
  CHECK_FALSE(finds("database", at("valkey://valkey/16", "databases 32")));
}
