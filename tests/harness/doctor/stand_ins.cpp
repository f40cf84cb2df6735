#include "doctor/stand_ins.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

using namespace outlive;
using namespace outlive::harness;

namespace {

// What MEMORY USAGE and used_memory say of a key that was written, and of its stand-in.
void compare(const std::string& profile, const std::vector<std::string>& write,
             const std::string& name, bool is_string) {
  CAPTURE(profile, name, is_string);
  Emulator valkey{{.directives = {{"outlive-profile", profile}, {"latency-tracking", "no"}}}};
  const auto run = [&valkey](const std::vector<std::string>& words) {
    return valkey.run(std::vector<std::string_view>(words.begin(), words.end()));
  };
  run({"HSET", "first", "f", "v"});
  run({"SET", "second", "v"});
  for (const char* key : {"first", "second"}) run({"EXPIRE", key, "1000"});
  const std::uint64_t before = valkey.used_memory();
  run(write);
  run({"EXPIRE", name, "1000"});
  KeySample sample;
  sample.usage = static_cast<std::uint64_t>(run({"MEMORY", "USAGE", name}).integer);
  sample.is_string = is_string;
  sample.name_bytes = name.size();
  StandIns stand_ins{profile};
  CHECK(stand_ins.like(sample, true).bytes == valkey.used_memory() - before);
}

}  // namespace

TEST_CASE("a stand-in weighs what its key weighs, in each version") {
  for (const char* profile : {"valkey-8.1", "valkey-8.0", "redis-7.0", "valkey-9.1"}) {
    const std::string cache = "tensorzero_cache:" + std::string(64, 'f');
    for (const std::size_t length : {0, 10, 300, 1'000, 20'000}) {
      compare(profile, {"SET", cache, std::string(length, 'v')}, cache, true);
    }
    const std::string bucket = "tensorzero_ratelimit:" + std::string(100, 'u');
    compare(profile, {"HSET", bucket, "balance", "100", "last_refilled", "1795421703868560"},
            bucket, false);
  }
}

TEST_CASE("names tell their group, differ, and are as long as asked") {
  std::set<std::string> names;
  for (const std::size_t group : {0, 7, 61, 62, 3'000}) {
    for (const std::uint64_t number : {0, 61, 62, 100'000}) {
      const std::string name = stand_in_name(group, number, 20);
      CHECK(name.size() == 20);
      CHECK(group_of_stand_in(name) == group);
      names.insert(name);
    }
  }
  CHECK(names.size() == 20);
  CHECK(stand_in_name(1, 100'000, 3).size() == 5);
}
