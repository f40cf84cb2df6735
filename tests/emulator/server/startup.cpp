#include "server/startup.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <sstream>
#include <vector>

#include "outlive/emulator.hpp"

using namespace outlive;

namespace {

Options options_of(std::vector<std::string_view> arguments, const std::string& input = "") {
  std::istringstream stream(input);
  return start_up(arguments, stream).options;
}

void check_refused(std::vector<std::string_view> arguments, const std::string& error) {
  CHECK_THROWS_MATCHES(
      options_of(std::move(arguments)), UserError,
      Catch::Matchers::Message("*** FATAL CONFIG FILE ERROR (Version 8.1.1) *** " + error));
}

}  // namespace

TEST_CASE("directives of the command line reach the options") {
  const Options options = options_of({"--maxmemory", "10mb", "--maxclients", "7"});
  CHECK(options.eviction.maxmemory == 10u << 20);
  CHECK(options.maxclients == 7);
}

TEST_CASE("defaults of the environment hold where nothing else is said") {
  constexpr std::string_view defaults = "maxmemory 1mb\nmaxclients 7";
  std::istringstream none;
  const std::vector<std::string_view> arguments = {"--maxclients", "9"};
  const Options options = start_up(arguments, none, defaults).options;
  CHECK(options.eviction.maxmemory == 1u << 20);
  CHECK(options.maxclients == 9);
  CHECK_THROWS_MATCHES(start_up({}, none, "maxmemoryy 1mb"), UserError,
                       Catch::Matchers::MessageMatches(Catch::Matchers::ContainsSubstring(
                           "OUTLIVE_SERVE_DEFAULTS:1: 'maxmemoryy 1mb'")));
}

TEST_CASE("an unknown directive is told with the nearest known one") {
  check_refused({"--maxmemory-polic", "allkeys-lru"},
                "command line: 'maxmemory-polic \"allkeys-lru\"': Bad directive or wrong number of "
                "arguments; did you mean 'maxmemory-policy'?");
}

TEST_CASE("a directive's values are counted and read as Valkey does") {
  check_refused({"--port"}, "command line: 'port': wrong number of arguments");
  check_refused({"--port", "6379", "6380"},
                "command line: 'port \"6379\" \"6380\"': wrong number of arguments");
  check_refused({"--port", "x"},
                "command line: 'port \"x\"': argument couldn't be parsed into an integer");
  check_refused({"--shutdown-on-sigint"},
                "command line: 'shutdown-on-sigint': argument(s) must be one of the following: "
                "default, save, nosave, now, force");
}

TEST_CASE("what is not emulated is refused by name") {
  check_refused({"--user", "alice on"},
                "command line: 'user \"alice on\"': not supported by outlive: there is no user but "
                "'default'; requirepass sets the password");
  check_refused(
      {"--appendonly", "yes"},
      "command line: 'appendonly \"yes\"': 'yes' is not supported by outlive: persistence "
      "is not emulated");
}

TEST_CASE("directives without effect since long are let through") {
  CHECK_NOTHROW(options_of({}, ""));
  CHECK_NOTHROW(options_of({"--dynamic-hz", "yes", "--lua-replicate-commands", "no"}));
}

TEST_CASE("port 0 is any free port, or none where a Unix socket is to be had") {
  CHECK(listen_options(options_of({"--port", "0"})).port == 0);
  CHECK(listen_options(options_of({"--port", "0", "--unixsocket", "/tmp/a"})).port < 0);
}

// Beside the servers of these names, started with the same words.
TEST_CASE("a mistake is told by the server imitated, wherever the profile is named") {
  const std::pair<std::string_view, std::string> servers[] = {{"valkey-8.0", "Version 8.0.1"},
                                                              {"valkey-9.1", "Version 9.1.2"},
                                                              {"redis-7.0", "Redis 7.0.15"}};
  for (const auto& [profile, server] : servers) {
    CHECK_THROWS_MATCHES(
        options_of({"--foo", "1", "--outlive-profile", profile}), UserError,
        Catch::Matchers::Message("*** FATAL CONFIG FILE ERROR (" + server +
                                 ") *** command line: 'foo \"1\"': Bad directive or wrong number "
                                 "of arguments"));
  }
}

TEST_CASE("a mistake in standard input is told with its line") {
  CHECK_THROWS_MATCHES(
      options_of({"-"}, "port 0\nhz many\n"), UserError,
      Catch::Matchers::Message("*** FATAL CONFIG FILE ERROR (Version 8.1.1) *** standard input:2: "
                               "'hz many': argument couldn't be parsed into an integer"));
}
