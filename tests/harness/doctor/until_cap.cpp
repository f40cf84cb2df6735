#include "doctor/until_cap.hpp"

#include <catch2/catch_test_macros.hpp>

#include "harness/doctor/support.hpp"

using namespace outlive::harness;
using namespace std::chrono_literals;
using When = CapForecast::When;

namespace {

constexpr std::int64_t mb = 1 << 20;

CapForecast by_writes(const Examination& seen, double a_second) {
  LoadOptions options;
  options.writes_per_second = a_second;
  return until_cap(seen, plan_load(seen, options), std::nullopt);
}

}  // namespace

TEST_CASE("memory is full within a two-hundredth of the cap") {
  CHECK(until_cap(server_with("volatile-ttl", {cached(1'000)}), {}, {}).when == When::met);
  CHECK(until_cap(server_with("volatile-ttl", {cached(1'000)}, -1'000), {}, {}).when == When::met);
  CHECK(until_cap(server_with("volatile-ttl", {cached(1'000)}, mb), {}, {}).when == When::unknown);
}

TEST_CASE("without a cap there is nothing to wait for, and without knowing it nothing to say") {
  Examination seen = server_with("volatile-ttl", {cached(1'000)});
  seen.facts.maxmemory = 0;
  CHECK(until_cap(seen, {}, 1'000.0).when == When::no_cap);
  seen.facts.maxmemory.reset();
  CHECK(until_cap(seen, {}, 1'000.0).when == When::unknown);
}

TEST_CASE("by bytes a second it is a division") {
  const Examination seen = server_with("volatile-ttl", {cached(1'000)}, 3'600'000);
  const CapForecast until = until_cap(seen, {}, 1'000.0);
  CHECK(until.when == When::after);
  CHECK(std::chrono::abs(until.after - 1h) < 1s);
}

TEST_CASE("by what was seen to grow, unless that may have been the look itself") {
  Examination seen = server_with("volatile-ttl", {cached(1'000)}, 10 * mb);
  seen.growth = Growth{.between = 10s, .bytes = 1'048'576};
  const CapForecast until = until_cap(seen, {}, {});
  CHECK(until.when == When::after);
  CHECK(std::chrono::abs(until.after - 10s) < 1s);
  seen.growth->bytes = 1'000;
  CHECK(until_cap(seen, {}, {}).when == When::unknown);
}

TEST_CASE("new answers fill memory, unless as many expire as come") {
  const Examination seen = server_with("volatile-ttl", {cached(1'000)}, 10 * mb);
  const double each = seen.groups[0].bytes_each();
  // A day's answers are more than ten megabytes and what is there.
  const double a_second = (10.0 * mb + 1'000 * each) / each / 86'400;
  CHECK(by_writes(seen, a_second * 1.1).when == When::after);
  CHECK(by_writes(seen, a_second * 0.9).when == When::settles);
  // In less than a day none of them has expired.
  const CapForecast soon = by_writes(seen, 10.0 * mb / each / 3'600);
  CHECK(std::chrono::abs(soon.after - 1h) < 10s);
}

TEST_CASE("answers that expire on the way make room") {
  // Ten megabytes of answers that expire in an hour, beside room for as much.
  const double answers =
      10.0 * mb / server_with("volatile-ttl", {cached(1)}).groups[0].bytes_each();
  const Examination seen = server_with("volatile-ttl", {cached(answers, 3'600)}, 10 * mb);
  LoadOptions options;
  options.writes_per_second = answers / 7'200;  // fills the room in two hours
  options.answer_ttl = 24h;
  const CapForecast until = until_cap(seen, plan_load(seen, options), {});
  CHECK(until.when == When::after);
  CHECK(std::chrono::abs(until.after - 4h) < 1min);
}

TEST_CASE("limits are renewed, and make no room") {
  const Examination seen = server_with("volatile-ttl", {buckets(10'000, 172'000), cached(10)}, mb);
  const double each = seen.groups[1].bytes_each();
  const CapForecast until = by_writes(seen, mb / each / 7'200);
  CHECK(until.when == When::after);
  CHECK(std::chrono::abs(until.after - 2h) < 1min);
}
