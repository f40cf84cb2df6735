#include <catch2/catch_test_macros.hpp>

#include "harness/deployment/support.hpp"

using namespace outlive;
using namespace outlive::harness;

namespace {

// A gateway that is told nothing but this.
Deployment told(const std::string& variable, const std::string& settings) {
  Deployment deployment;
  set_variable(deployment, variable, "x");
  return with(std::move(deployment), settings);
}

Deployment of_image(const std::string& image) {
  DeployedServer valkey = server("valkey", sound_shared);
  valkey.image = image;
  return shared(std::move(valkey));
}

Deployment by_gateway(const std::string& image) {
  Deployment deployment = shared(sound_shared);
  deployment.gateway_service = "gateway";
  deployment.gateway_image = image;
  return deployment;
}

}  // namespace

TEST_CASE("no-backend: rules for rate limits want a store") {
  CHECK(finds("no-backend", told("TENSORZERO_CLICKHOUSE_URL", day_limits)));
  CHECK_FALSE(finds("no-backend", told("TENSORZERO_POSTGRES_URL", day_limits)));
  CHECK(finds("no-backend",
              told("TENSORZERO_POSTGRES_URL", "rate_limiting.backend = 'valkey'\n" + day_limits)));
  CHECK_FALSE(finds("no-backend", told("TENSORZERO_CLICKHOUSE_URL", "")));
  CHECK_FALSE(finds("no-backend", told("TENSORZERO_CLICKHOUSE_URL",
                                       "rate_limiting.enabled = false\n" + day_limits)));
  CHECK_FALSE(finds("no-backend", with(shared(sound_shared), day_limits)));
}

TEST_CASE("server-too-old: functions came with Redis 7.0") {
  CHECK(finds("server-too-old", of_image("redis:6.2-alpine")));
  CHECK(finds("server-too-old", of_image("registry.example/library/redis:5")));
  CHECK_FALSE(finds("server-too-old", of_image("redis:7.0")));
  CHECK_FALSE(finds("server-too-old", of_image("redis:alpine")));
  CHECK_FALSE(finds("server-too-old", of_image("valkey/valkey:8.1")));
}

TEST_CASE("gateway-too-old: buckets live 48 h since release 2026.2.1") {
  CHECK(finds("gateway-too-old", by_gateway("tensorzero/gateway:2026.1.8")));
  CHECK(finds("gateway-too-old", by_gateway("tensorzero/gateway:2026.2.0")));
  CHECK_FALSE(finds("gateway-too-old", by_gateway("tensorzero/gateway:2026.2.1")));
  CHECK_FALSE(finds("gateway-too-old", by_gateway("tensorzero/gateway")));
}

TEST_CASE("command-renamed: commands that the gateway sends have their names") {
  const auto all = found("command-renamed", shared(sound_shared + "rename-command FUNCTION \"\""));
  REQUIRE(all.size() == 1);
  CHECK(to_string(all[0].origin) == "valkey.conf:3");
  CHECK_FALSE(finds("command-renamed", shared(sound_shared + "rename-command FLUSHALL \"\"")));
  CHECK(finds("command-renamed", split(sound_primary, sound_cache + "rename-command setex sx")));
  CHECK_FALSE(
      finds("command-renamed", split(sound_primary, sound_cache + "rename-command fcall f")));
}

TEST_CASE("replica: the gateway writes to a primary") {
  CHECK(finds("replica", shared(sound_shared + "replicaof 10.0.0.1 6379")));
  CHECK(finds("replica", shared(sound_shared + "slaveof 10.0.0.1 6379")));
  CHECK_FALSE(finds("replica", shared(sound_shared + "replicaof no one")));
  CHECK_FALSE(finds("replica", shared(sound_shared)));
}

TEST_CASE("cluster: the gateway speaks to one node") {
  CHECK(finds("cluster", shared(sound_shared + "cluster-enabled yes")));
  CHECK_FALSE(finds("cluster", shared(sound_shared + "cluster-enabled no")));
}
