#include "play/response_cache.hpp"

#include <catch2/catch_test_macros.hpp>

#include "target/embedded.hpp"

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;

constexpr Time start{1'800'000'000s};

Traffic traffic_with(std::optional<std::chrono::seconds> max_age) {
  Traffic traffic;
  traffic.prompts = 1;
  traffic.max_age = max_age;
  return traffic;
}

TEST_CASE("the response cache stores under the gateway's TTL") {
  Traffic traffic;
  traffic.prompts = 1;
  traffic.ttl = 1h;
  EmbeddedTarget target{Instance{}, start, 1};
  ResponseCache cache{traffic, target, {500}};
  CHECK(cache.get("k").is_null());
  CHECK_FALSE(cache.put("k", 0, start, start).is_error());
  CHECK(cache.get("k").text.size() == 500);
  CHECK(target.run({"TTL", "k"}).text == "3600");
  target.advance_to(start + 1h + 1ms);
  CHECK(cache.get("k").is_null());
}

TEST_CASE("an answer is too old by the clocks of the gateways that wrote and read it") {
  EmbeddedTarget target{Instance{}, start, 1};
  ResponseCache cache{traffic_with(1h), target, {500}};
  cache.put("k", 0, start, start + 2h);  // the writer's clock is two hours ahead
  const std::string value{cache.get("k").text};
  CHECK(value.size() == 500);
  CHECK(cache.is_fresh(value, start + 3h));
  CHECK_FALSE(cache.is_fresh(value, start + 3h + 1s));
}

TEST_CASE("without max_age an answer is never too old") {
  EmbeddedTarget target{Instance{}, start, 1};
  ResponseCache cache{traffic_with(std::nullopt), target, {500}};
  cache.put("k", 0, start, start);
  CHECK(cache.is_fresh(cache.get("k").text, start + 1000h));
}

TEST_CASE("an answer too small to say when it was written is never too old") {
  EmbeddedTarget target{Instance{}, start, 1};
  ResponseCache cache{traffic_with(1h), target, {5}};
  cache.put("k", 0, start, start);
  CHECK(cache.is_fresh(cache.get("k").text, start + 1000h));
}

}  // namespace
}  // namespace outlive::harness
