#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>

#include "base/digest.hpp"
#include "snapshot/rdb_reader.hpp"
#include "snapshot/rdb_writer.hpp"
#include "support/test_engine.hpp"

using namespace outlive;
using namespace outlive::test;

namespace {

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

// Payloads that Valkey 8.1.1 (Debian) answered.
const std::string of_hello = from_hex("000568656c6c6f0b000aad620598abc983");
const std::string of_integer = from_hex("00c2ff7fffff0b00c73cf13efb596cbf");
const std::string of_repetition =
    from_hex("00c310406008616263646566676861e04c070167680b00da31512d7196647d");
const std::string of_small_hash = from_hex(
    "10323200000006008762616c616e63650864018d6c6173745f726566696c6c65640ef4f2afd1288f2706000981"
    "6e02f178ec03ff0b007cc6bf08ba6c87ac");
const std::string of_table = from_hex("0401016601760b00c42dfe254c19e775");

}  // namespace

TEST_CASE("DUMP answers with Valkey's bytes") {
  TestEngine engine;
  engine.run({"SET", "k", "hello"});
  CHECK(engine.run({"DUMP", "k"}) == bulk(of_hello));
  engine.run({"SET", "k", "-32769"});
  CHECK(engine.run({"DUMP", "k"}) == bulk(of_integer));
  std::string repetition;
  for (int i = 0; i < 12; ++i) repetition += "abcdefgh";
  engine.run({"SET", "k", repetition});
  CHECK(engine.run({"DUMP", "k"}) == bulk(of_repetition));
  engine.run({"HSET", "h", "balance", "100", "last_refilled", "1732345678901234", "n", "-5000"});
  CHECK(engine.run({"DUMP", "h"}) == bulk(of_small_hash));
  engine.engine.options.hash.entries_max = 0;
  engine.run({"HSET", "t", "f", "v"});
  CHECK(engine.run({"DUMP", "t"}) == bulk(of_table));
  CHECK(engine.run({"DUMP", "none"}) == "$-1\r\n");
}

TEST_CASE("RESTORE brings a value back with the encoding and memory it had") {
  TestEngine engine;
  CHECK(engine.run({"RESTORE", "k", "0", of_integer}) == "+OK\r\n");
  CHECK(engine.run({"GET", "k"}) == "$6\r\n-32769\r\n");
  CHECK(engine.run({"OBJECT", "ENCODING", "k"}) == "$3\r\nint\r\n");
  CHECK(engine.run({"RESTORE", "h", "0", of_small_hash}) == "+OK\r\n");
  CHECK(engine.run({"HGET", "h", "n"}) == "$5\r\n-5000\r\n");
  CHECK(engine.run({"RESTORE", "t", "0", of_table}) == "+OK\r\n");
  CHECK(engine.run({"OBJECT", "ENCODING", "t"}) == "$8\r\nlistpack\r\n");
  engine.run({"HSET", "same", "balance", "100", "last_refilled", "1732345678901234", "n", "-5000"});
  CHECK(engine.run({"MEMORY", "USAGE", "h"}) == engine.run({"MEMORY", "USAGE", "same"}));
}

TEST_CASE("RESTORE takes a TTL, from now or absolute") {
  TestEngine engine;
  CHECK(engine.run({"RESTORE", "k", "5000", of_hello}) == "+OK\r\n");
  CHECK(engine.run({"PTTL", "k"}) == ":5000\r\n");
  CHECK(engine.run({"RESTORE", "k", "0", of_hello}) ==
        "-BUSYKEY Target key name already exists.\r\n");
  const std::int64_t at_ms = unix_ms(engine.engine.now()) + 7000;
  CHECK(engine.run({"RESTORE", "k", std::to_string(at_ms), of_hello, "ABSTTL", "REPLACE"}) ==
        "+OK\r\n");
  CHECK(engine.run({"PTTL", "k"}) == ":7000\r\n");
  SECTION("in the past it leaves nothing") {
    CHECK(engine.run({"RESTORE", "k", "1", of_hello, "ABSTTL", "REPLACE"}) == "+OK\r\n");
    CHECK(engine.run({"EXISTS", "k"}) == ":0\r\n");
  }
}

TEST_CASE("RESTORE sets what eviction goes by") {
  SECTION("idle time") {
    TestEngine engine{{.policy = "allkeys-lru"}};
    engine.run({"RESTORE", "k", "0", of_hello, "IDLETIME", "1000"});
    CHECK(engine.run({"OBJECT", "IDLETIME", "k"}) == ":1000\r\n");
  }
  SECTION("frequency") {
    TestEngine engine{{.policy = "allkeys-lfu"}};
    engine.run({"RESTORE", "k", "0", of_hello, "FREQ", "77"});
    CHECK(engine.run({"OBJECT", "FREQ", "k"}) == ":77\r\n");
  }
}

TEST_CASE("RESTORE refuses what is damaged, whatever the damage") {
  TestEngine engine;
  engine.run({"PING"});
  for (const std::string& payload : {of_hello, of_repetition, of_small_hash, of_table}) {
    for (std::size_t at = 0; at < payload.size(); ++at) {
      std::string damaged = payload;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x15);
      CHECK(engine.run({"RESTORE", "k", "0", damaged}) ==
            "-ERR DUMP payload version or checksum are wrong\r\n");
      CHECK(engine.run({"RESTORE", "k", "0", payload.substr(0, at)}) ==
            "-ERR DUMP payload version or checksum are wrong\r\n");
    }
  }
}

TEST_CASE("a reader survives any bytes, and gives back the memory of what it began") {
  Ledger ledger(quantum_16);
  const HashLimits limits{.entries_max = 2, .value_max = 64};
  const ValueMaker maker{ledger, 1, limits};
  for (const std::string& payload : {of_hello, of_repetition, of_small_hash, of_table}) {
    for (std::size_t at = 0; at < payload.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string damaged = payload;
        damaged[at] = static_cast<char>(byte);
        RdbReader(damaged, maker).value();
        RdbReader(damaged.substr(0, at), maker).value();
      }
    }
  }
  CHECK(ledger.used() == 0);
}

TEST_CASE("a type that outlive lacks is refused by name") {
  TestEngine engine;
  std::string payload("\x12\x00\x0b\x00", 4);
  const std::uint64_t crc = crc64(0, payload);
  for (int shift = 0; shift < 64; shift += 8) payload.push_back(static_cast<char>(crc >> shift));
  CHECK(engine.run({"RESTORE", "k", "0", payload}) ==
        "-ERR RESTORE of a list is not supported by outlive\r\n");
}
