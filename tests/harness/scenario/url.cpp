#include "scenario/url.hpp"

#include <catch2/catch_test_macros.hpp>

namespace outlive::harness {
namespace {

TEST_CASE("the gateway's four schemes name an instance") {
  CHECK(parse_valkey_url("redis://primary").host == "primary");
  CHECK(parse_valkey_url("rediss://primary:6379").host == "primary");
  CHECK(parse_valkey_url("valkey://primary:6379/").host == "primary");
  CHECK(parse_valkey_url("valkeys://primary/0?protocol=resp3").host == "primary");
}

TEST_CASE("a URL that would be played differently is refused") {
  CHECK(parse_valkey_url("primary:6379").mistake == "a URL looks like \"valkey://primary:6379\"");
  CHECK(parse_valkey_url("valky://a").mistake ==
        "the scheme \"valky\" is not one of the gateway's; did you mean \"valkey\"?");
  CHECK(parse_valkey_url("redis://:secret@a").mistake ==
        "a user or password in the URL is not played; leave it out");
  CHECK(parse_valkey_url("redis://a/16").mistake == "\"16\" is no database: 0 to 15");
  CHECK(parse_valkey_url("redis://a:none").mistake == "\"none\" is no port: 1 to 65535");
  CHECK(parse_valkey_url("redis://:6379").mistake ==
        "the URL names no instance, as in \"valkey://primary:6379\"");
}

TEST_CASE("a running server is named by host, port, database, user and password") {
  const ServerUrl all =
      parse_server_url("redis://me:p%40ss%3a@valkey.example:7000/3?protocol=resp3");
  CHECK(all.mistake.empty());
  CHECK(all.host == "valkey.example");
  CHECK(all.port == 7000);
  CHECK(all.user == "me");
  CHECK(all.password == "p@ss:");
  CHECK(all.database == 3);
  CHECK(all.shown == "redis://me@valkey.example:7000/3");
  const ServerUrl least = parse_server_url("valkey://h");
  CHECK(least.port == 6379);
  CHECK(least.database == 0);
  CHECK(parse_server_url("valkey://:only-a-password@h").user.empty());
}

TEST_CASE("an IPv6 address stands in brackets") {
  CHECK(parse_server_url("valkey://[::1]").host == "::1");
  CHECK(parse_server_url("valkey://u:p@[fe80::1]:7000/2").port == 7000);
  CHECK(parse_server_url("valkey://::1:7000").mistake.find("[::1]") != std::string::npos);
  CHECK_FALSE(parse_server_url("valkey://[::1").mistake.empty());
  CHECK_FALSE(parse_server_url("valkey://[::1]7000").mistake.empty());
}

TEST_CASE("what of a server's URL can't be done is said") {
  const auto mistake = [](const char* url) { return parse_server_url(url).mistake; };
  CHECK(mistake("valkeys://h").find("TLS") != std::string::npos);
  CHECK(mistake("valky://h").find("did you mean \"valkey\"?") != std::string::npos);
  CHECK(mistake("valkey://h?protocol=resp2").find("RESP3") != std::string::npos);
  for (const char* url :
       {"h:6379", "valkey://", "valkey://h:0", "valkey://h:x", "valkey://h/one", "valkey://h/-1",
        "valkey://u:%zz@h", "valkey://u:%4@h", "valkey://h?db=1"}) {
    INFO(url);
    CHECK_FALSE(mistake(url).empty());
  }
}

}  // namespace
}  // namespace outlive::harness
