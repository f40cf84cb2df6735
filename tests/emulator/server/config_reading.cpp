#include "server/config_reading.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace outlive;

namespace {

LineReading read(const std::string& line) {
  return read_line(parse_config(line, "valkey.conf")[0]);
}

}  // namespace

TEST_CASE("a line is read as Valkey would, by the directive's own name and in its own words") {
  CHECK(read("maxmemory 1GB").value == "1073741824");
  CHECK(read("slaveof 10.0.0.1 6379").name == "replicaof");
  CHECK(read("APPENDONLY YES").value == "yes");
}

TEST_CASE("what outlive lacks is no mistake in a configuration") {
  for (const char* line : {"appendonly yes", "save 60 1", "tls-port 6380", "cluster-enabled yes",
                           "replicaof 10.0.0.1 6379", "loadmodule /x.so", "user me on nopass"}) {
    INFO(line);
    CHECK(read(line).mistake.empty());
  }
}

TEST_CASE("what Valkey would refuse is one, in Valkey's words") {
  CHECK(read("maxmemory much").mistake == "argument must be a memory value");
  CHECK(read("maxmemory-samples 100").mistake == "argument must be between 1 and 64 inclusive");
  CHECK(read("maxmemry 1gb").mistake ==
        "Bad directive or wrong number of arguments; did you mean 'maxmemory'?");
}

TEST_CASE("the default of a directive is that of a server without arguments") {
  CHECK(default_value("maxmemory-policy") == "noeviction");
  CHECK(default_value("save") == "3600 1 300 100 60 10000");
  CHECK(default_value("appendonly") == "no");
  CHECK(default_value("no-such-thing").empty());
}
