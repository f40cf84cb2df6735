#include <catch2/catch_test_macros.hpp>

#include "harness/deployment/support.hpp"

using namespace outlive;
using namespace outlive::harness;

TEST_CASE("url: the gateway can read its URLs") {
  const auto all =
      found("url", with(shared(sound_shared), std::string{primary_variable}, "http://valkey"));
  REQUIRE(all.size() == 1);
  CHECK(to_string(all[0].origin).starts_with(".env:"));
  CHECK_FALSE(finds("url", shared(sound_shared)));
}

TEST_CASE("cache-url-is-primary: two URLs to one server split nothing") {
  Deployment same = with(shared(sound_shared), std::string{cache_variable}, "valkey://valkey:6379");
  CHECK(found("cache-url-is-primary", same)[0].scenario == "split/cache-url-unset");
  Deployment other =
      with(shared(sound_shared), std::string{cache_variable}, "valkey://valkey:6379/1");
  const auto all = found("cache-url-is-primary", other);
  REQUIRE(all.size() == 1);
  CHECK(all[0].scenario == "policies/several-databases");
  CHECK_FALSE(finds("cache-url-is-primary", split(sound_primary, sound_cache)));
  CHECK_FALSE(finds("cache-url-is-primary", shared(sound_shared)));
}

TEST_CASE("cache-url-unset: a second server is there, and nobody told the gateway") {
  Deployment deployment = shared(sound_shared);
  deployment.servers.push_back(server("valkey-cache", sound_cache));
  CHECK_FALSE(finds("cache-url-unset", deployment));
  deployment.idle_servers = {1};
  CHECK(finds("cache-url-unset", deployment));
  CHECK_FALSE(finds("cache-url-unset",
                    with(deployment, std::string{cache_variable}, "valkey://elsewhere")));
}

TEST_CASE("cache-url-unused: with ClickHouse the gateway caches there") {
  const Deployment deployment = with(split(sound_primary, sound_cache), "TENSORZERO_CLICKHOUSE_URL",
                                     "http://clickhouse:8123/tensorzero");
  CHECK(finds("cache-url-unused", deployment));
  CHECK_FALSE(finds("cache-url-unused", with(deployment, "gateway.cache.backend = 'valkey'")));
  CHECK_FALSE(
      finds("cache-url-unused", with(deployment, "gateway.observability.backend = 'postgres'")));
  CHECK_FALSE(finds("cache-url-unused", with(deployment, "gateway.observability.enabled = false")));
  CHECK_FALSE(finds("cache-url-unused", split(sound_primary, sound_cache)));
}

TEST_CASE("variable-name: a variable of another name is passed over in silence") {
  const auto all = found("variable-name", with(shared(sound_shared), "TENSORZERO_REDIS_CACHE_URL",
                                               "redis://cache:6379"));
  REQUIRE(all.size() == 1);
  CHECK(all[0].mend == "name it TENSORZERO_VALKEY_CACHE_URL");
  CHECK_FALSE(finds("variable-name", with(shared(sound_shared), "TENSORZERO_POSTGRES_URL", "x")));
  // Both may be there while a program is moved from one name to the other.
  CHECK_FALSE(finds("variable-name", with(shared(sound_shared), "VALKEY_URL", "redis://valkey")));
}

TEST_CASE("localhost: in a container localhost is the container itself") {
  Deployment deployment =
      with(shared(sound_shared), std::string{primary_variable}, "redis://localhost:6379");
  CHECK_FALSE(finds("localhost", deployment));
  deployment.gateway_service = "gateway";
  CHECK(finds("localhost", deployment));
  deployment.gateway_on_host_network = true;
  CHECK_FALSE(finds("localhost", deployment));
}

TEST_CASE("port: URL and server agree on the port, and on TLS") {
  const auto wrong = [](const std::string& config, const std::string& url) {
    return finds("port", with(shared(sound_shared + config), std::string{primary_variable}, url));
  };
  CHECK_FALSE(wrong("", "valkey://valkey"));
  CHECK(wrong("", "valkey://valkey:6380"));
  CHECK(wrong("port 6380", "valkey://valkey"));
  CHECK(wrong("", "valkeys://valkey"));
  CHECK(wrong("port 0\ntls-port 6379", "valkey://valkey"));
  CHECK_FALSE(wrong("port 0\ntls-port 6379", "valkeys://valkey"));
  CHECK_FALSE(finds(
      "port", with(shared(stranger("valkey")), std::string{primary_variable}, "valkey://x:1")));
}

TEST_CASE("port: from outside a container has the port that it publishes") {
  DeployedServer valkey = server("valkey", sound_shared);
  valkey.in_container = true;
  valkey.published = {{"127.0.0.1", 16379, 6379, {}}};
  Deployment deployment = shared(valkey);
  CHECK_FALSE(
      finds("port", with(deployment, std::string{primary_variable}, "valkey://localhost:16379")));
  deployment.gateway_service = "gateway";
  CHECK(finds("port", with(deployment, std::string{primary_variable}, "valkey://valkey:16379")));
}
