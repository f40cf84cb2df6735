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
  CHECK(parse_valkey_url("redis://a:none").mistake == "\"none\" is no port");
  CHECK(parse_valkey_url("redis://:6379").mistake == "the URL names no instance");
}

}  // namespace
}  // namespace outlive::harness
