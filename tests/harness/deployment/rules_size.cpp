#include <catch2/catch_test_macros.hpp>

#include "deployment/sizes.hpp"
#include "harness/deployment/support.hpp"

using namespace outlive;
using namespace outlive::harness;

namespace {

Deployment of_users(Deployment deployment, std::uint64_t users) {
  deployment.users = users;
  return deployment;
}

}  // namespace

TEST_CASE("a bucket weighs some hundred bytes, and as many again for each limit") {
  CHECK(bucket_bytes(10'000) / 10'000 > 200);
  CHECK(bucket_bytes(10'000) / 10'000 < 500);
  GatewaySettings settings;
  CHECK(buckets_of(settings, 10) == 10);
  ReadingMistakes mistakes;
  read_gateway_settings(
      "[[rate_limiting.rules]]\nalways = true\ntokens_per_day = 1\nmodel_inferences_per_day = 1\n"
      "scope = [{ tag_key = \"user_id\", tag_value = \"tensorzero::each\" }]\n"
      "[[rate_limiting.rules]]\nalways = true\ntokens_per_day = 1",
      "tensorzero.toml", settings, mistakes);
  CHECK(buckets_of(settings, 10) == 21);
}

TEST_CASE("limits-do-not-fit: the buckets of all users fit into maxmemory") {
  const std::string small = "maxmemory 20mb\nmaxmemory-policy ";
  const auto all =
      found("limits-do-not-fit", of_users(split(small + "noeviction", sound_cache), 100'000));
  REQUIRE(all.size() == 1);
  CHECK(all[0].scenario == "split/primary-full");
  CHECK(all[0].found.find("100,000 users") != std::string::npos);
  CHECK(found("limits-do-not-fit", of_users(shared(small + "volatile-ttl"), 100'000))[0].scenario ==
        "rate-limits/domination");
  CHECK_FALSE(finds("limits-do-not-fit", of_users(split(sound_primary, sound_cache), 100'000)));
  CHECK_FALSE(finds("limits-do-not-fit", split(small + "noeviction", sound_cache)));
}

TEST_CASE("no-headroom: four fifths of the cap are too much, half of it beside a cache") {
  const std::uint64_t users = 50'000;
  const std::uint64_t need = empty_server_bytes() + bucket_bytes(users);
  const auto cap = [need](double times) {
    return "maxmemory " +
           std::to_string(static_cast<std::uint64_t>(static_cast<double>(need) * times)) + "\n";
  };
  const std::string alone = "maxmemory-policy noeviction";
  CHECK(finds("no-headroom", of_users(split(cap(1.1) + alone, sound_cache), users)));
  CHECK_FALSE(finds("no-headroom", of_users(split(cap(1.3) + alone, sound_cache), users)));
  const std::string beside = "maxmemory-policy volatile-ttl";
  CHECK(finds("no-headroom", of_users(shared(cap(1.9) + beside), users)));
  CHECK_FALSE(finds("no-headroom", of_users(shared(cap(2.1) + beside), users)));
}

TEST_CASE("maxmemory-too-small: a forgotten unit is found") {
  CHECK(finds("maxmemory-too-small", shared("maxmemory 100\nmaxmemory-policy volatile-ttl")));
  CHECK_FALSE(finds("maxmemory-too-small", shared("maxmemory 2mb\nmaxmemory-policy volatile-ttl")));
}

TEST_CASE("container-memory: the cap stays below what the container has") {
  const auto in_container = [](const std::string& cap, const std::string& more = "") {
    DeployedServer valkey =
        server("valkey", "maxmemory " + cap + "\nmaxmemory-policy volatile-ttl\n" + more);
    valkey.memory_limit = {std::uint64_t{1} << 30, {"compose.yaml", 9, {}}};
    return shared(std::move(valkey));
  };
  CHECK(found("container-memory", in_container("1gb"))[0].severity == Severity::error);
  CHECK(found("container-memory", in_container("900mb"))[0].severity == Severity::warning);
  CHECK_FALSE(finds("container-memory", in_container("900mb", "save \"\"")));
  CHECK_FALSE(finds("container-memory", in_container("700mb")));
}
