#include <catch2/catch_test_macros.hpp>

#include "harness/deployment/support.hpp"

using namespace outlive;
using namespace outlive::harness;

namespace {

const std::string unsaved = sound_shared + "save \"\"\n";

Deployment in_container(const std::string& config, std::optional<bool> keeps_data) {
  DeployedServer valkey = server("valkey", config);
  valkey.in_container = true;
  valkey.keeps_data = keeps_data;
  return shared(std::move(valkey));
}

}  // namespace

TEST_CASE("functions-not-saved: a server that saves nothing comes back without functions") {
  const auto all = found("functions-not-saved", shared(unsaved));
  REQUIRE(all.size() == 1);
  CHECK(to_string(all[0].origin) == "valkey.conf:3");
  CHECK_FALSE(finds("functions-not-saved", shared(unsaved + "appendonly yes")));
  SECTION("nothing said is saved: that is Valkey's default") {
    CHECK_FALSE(finds("functions-not-saved", shared(sound_shared)));
  }
  SECTION("a cache may forget") {
    CHECK_FALSE(finds("functions-not-saved", split(sound_primary, sound_cache + "save \"\"")));
  }
}

TEST_CASE("limits-not-saved: a warning where limits refill slowly, a note where they are short") {
  CHECK(found("limits-not-saved", shared(unsaved))[0].severity == Severity::warning);
  CHECK(found("limits-not-saved", with(shared(unsaved), day_limits))[0].severity ==
        Severity::warning);
  CHECK(found("limits-not-saved", with(shared(unsaved), minute_limits))[0].severity ==
        Severity::note);
  CHECK_FALSE(finds("limits-not-saved", shared(sound_shared + "save 60 1")));
}

TEST_CASE("data-not-kept: snapshots inside a container go with it") {
  CHECK(finds("data-not-kept", in_container(sound_shared, false)));
  CHECK_FALSE(finds("data-not-kept", in_container(sound_shared, true)));
  CHECK_FALSE(finds("data-not-kept", in_container(sound_shared, std::nullopt)));
  CHECK_FALSE(finds("data-not-kept", in_container(unsaved, false)));  // told by another rule
}

TEST_CASE("snapshots-far-apart: what was spent since the last one is given back") {
  CHECK(finds("snapshots-far-apart", shared(sound_shared + "save 7200 1")));
  CHECK(finds("snapshots-far-apart", with(shared(sound_shared + "save 7200 1"), day_limits)));
  CHECK_FALSE(
      finds("snapshots-far-apart", with(shared(sound_shared + "save 7200 1"), minute_limits)));
  CHECK_FALSE(finds("snapshots-far-apart", shared(sound_shared + "save 7200 1\nsave 300 100")));
  CHECK_FALSE(finds("snapshots-far-apart", shared(sound_shared + "save 7200 1\nappendonly yes")));
  CHECK_FALSE(finds("snapshots-far-apart", shared(sound_shared)));
}
