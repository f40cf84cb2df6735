#include "deployment/gateway_url.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace outlive::harness;

namespace {

std::string mistake(std::string_view url) {
  return read_gateway_url(url).mistake;
}

}  // namespace

TEST_CASE("a gateway's URL has scheme, user, password, host, port and database") {
  const ServerUrl url =
      read_gateway_url("rediss://me:p%40ss@Valkey.example:6380/5?protocol=resp3");
  CHECK(url.mistake.empty());
  CHECK(url.tls);
  CHECK(url.user == "me");
  CHECK(url.password == "p@ss");
  CHECK(address_of(url) == "valkey.example:6380");
  CHECK(url.database == 5);
}

TEST_CASE("what a URL leaves out has a default") {
  const ServerUrl url = read_gateway_url("valkey://[::1]");
  CHECK(url.mistake.empty());
  CHECK_FALSE(url.tls);
  CHECK(address_of(url) == "[::1]:6379");
  CHECK(url.database == 0);
}

TEST_CASE("a URL that the gateway would refuse says what would be right") {
  CHECK(mistake("valkey:6379").find("valkey://127.0.0.1:6379") != std::string::npos);
  CHECK(mistake("valky://valkey").find("did you mean \"valkey\"?") != std::string::npos);
  CHECK(mistake("http://valkey").find("with TLS valkeys, rediss") != std::string::npos);
  CHECK(mistake("valkeys://valkey/#insecure").find("SSL_CERT_FILE") != std::string::npos);
  CHECK(mistake("valkey://valkey?timeout=1").find("protocol=resp3") != std::string::npos);
  CHECK(mistake("valkey://valkey?protocol=4").find("resp2 or resp3") != std::string::npos);
  CHECK_FALSE(mistake("valkey://valkey:99999").empty());
  CHECK_FALSE(mistake("valkey://").empty());
}

TEST_CASE("what is wrong with a URL is told without its password") {
  for (const char* url : {"valkey://:hunter2/@valkey", "valkey://:hun#ter2@valkey",
                          "valkey://me:hunter2@valkey:port", "valkey://:hunter2%@valkey"}) {
    INFO(url);
    CHECK_FALSE(mistake(url).empty());
    CHECK(mistake(url).find("hun") == std::string::npos);
    CHECK(mistake(url).find("ter2") == std::string::npos);
  }
  CHECK(mistake("valkey://:a/b@valkey").find("%2F") != std::string::npos);
}

TEST_CASE("how far a packet travels is told by the name or the address alone") {
  for (const char* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1", "0.0.0.0"}) {
    INFO(host);
    CHECK(reach_of(host) == Reach::machine);
  }
  for (const char* host : {"valkey", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
                           "100.64.0.1", "169.254.1.1", "fd00::1", "fe80::1", "db.internal",
                           "valkey.ns.svc.cluster.local", "::ffff:10.0.0.1"}) {
    INFO(host);
    CHECK(reach_of(host) == Reach::network);
  }
  for (const char* host :
       {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2001:db8::1", "::ffff:8.8.8.8"}) {
    INFO(host);
    CHECK(reach_of(host) == Reach::world);
  }
  CHECK(reach_of("valkey.example.com") == Reach::unclear);
}
