// Commands from untrusted bytes, at a cap: each is answered by whole replies, and what the ledger
// holds for keys and tables is what they weigh.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ensure.hpp"
#include "resp/reply_parser.hpp"
#include "support/test_engine.hpp"

namespace {

using outlive::ensure;
using outlive::test::TestEngine;

// Words that options, numbers and scripts are made of; the fuzzer picks them by a byte.
constexpr std::string_view dictionary[] = {
    "",
    "0",
    "1",
    "-1",
    "2",
    "100",
    "4294967295",
    "-9223372036854775808",
    "9223372036854775807",
    "1e308",
    "inf",
    "nan",
    "0.1",
    "1 ",
    "ex",
    "px",
    "exat",
    "pxat",
    "keepttl",
    "nx",
    "xx",
    "gt",
    "lt",
    "get",
    "match",
    "*",
    "k*",
    "count",
    "type",
    "string",
    "hash",
    "novalues",
    "withvalues",
    "replace",
    "db",
    "absttl",
    "idletime",
    "freq",
    "persist",
    "and",
    "or",
    "xor",
    "not",
    "u8",
    "i64",
    "#1",
    "overflow",
    "wrap",
    "sat",
    "fail",
    "incrby",
    "set",
    "byte",
    "bit",
    "idx",
    "len",
    "minmatchlen",
    "withmatchlen",
    "sync",
    "async",
    "return redis.call('SET', KEYS[1], ARGV[1])",
    "return {1, 2.5, 'x', false}",
    "return redis.call('GET', KEYS[1])",
    "error('x')",
    "#!lua name=l\nserver.register_function('f', function(k, a) return a end)",
    "f",
    "help",
    "info",
    "maxmemory-policy",
    "allkeys-lfu",
    "on",
    "off",
    "bcast",
    "prefix"};
constexpr std::string_view keys[] = {"k", "k1", "k2", "hash", "number", "k3", "k4", "k5"};
// They end the process or wait by design, or move what the test itself goes by.
constexpr std::string_view left_out[] = {"debug", "shutdown", "outlive", "monitor"};

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : at_(data), left_(size) {}
  bool empty() const { return left_ == 0; }
  std::uint8_t next() {
    if (empty()) return 0;
    --left_;
    return *at_++;
  }
  std::string_view text(std::size_t wanted) {
    const std::size_t size = std::min(wanted, left_);
    const std::string_view found{reinterpret_cast<const char*>(at_), size};
    at_ += size;
    left_ -= size;
    return found;
  }

 private:
  const std::uint8_t* at_;
  std::size_t left_;
};

std::string_view word_from(Bytes& bytes) {
  const std::uint8_t kind = bytes.next();
  if (kind < 64) return keys[kind % std::size(keys)];
  if (kind < 224) return dictionary[bytes.next() % std::size(dictionary)];
  return bytes.text(kind - 223u);
}

// A command of the table, or a subcommand, with the words that follow.
std::vector<std::string_view> command_from(Bytes& bytes, const TestEngine& engine) {
  const auto& rows = engine.engine.table().rows();
  const outlive::Command& command = *rows[(bytes.next() * 256u + bytes.next()) % rows.size()];
  std::vector<std::string_view> words{command.name};
  if (std::ranges::find(left_out, command.name) != std::end(left_out)) return {"ping"};
  if (!command.subcommands.empty()) {
    words.push_back(command.subcommands[bytes.next() % command.subcommands.size()].name);
  }
  for (int more = bytes.next() % 8; more > 0; --more) words.push_back(word_from(bytes));
  return words;
}

void check_replies(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto parsed = outlive::parse_reply(bytes);
    ensure(parsed.has_value(), "every reply is whole and well-formed");
    bytes.remove_prefix(parsed->size);
  }
}

void check_ledger(TestEngine& engine) {
  outlive::Session& cleaner = engine.open();
  const auto besides_keys = [&] { return engine.used() - engine.recount(); };
  const auto run = [&](std::initializer_list<std::string_view> words) {
    engine.run_on(cleaner, words);
  };
  run({"PING"});
  const std::int64_t before = besides_keys();
  run({"DEL", "k", "k1", "k2", "hash", "number"});
  ensure(besides_keys() == before, "keys give back what they took");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  TestEngine engine({.maxmemory = bytes.next() % 2 ? 2'000'000u : 0u,
                     .policy = outlive::eviction_policies[bytes.next() % 8].name});
  engine.engine.options.proto_max_bulk_len = 1 << 20;
  std::array<outlive::Session*, 2> sessions{};
  while (!bytes.empty()) {
    const std::uint8_t how = bytes.next();
    outlive::Session*& session = sessions[how & 1];
    if (session && session->closed) {
      engine.engine.close(*session);
      session = nullptr;
    }
    if (!session) session = &engine.open();
    if (how & 2) engine.advance(outlive::Duration{how * 1000});
    if (session->blocked) continue;
    const auto words = command_from(bytes, engine);
    engine.engine.execute(*session, words, engine.now());
    for (outlive::Session* one : sessions) {
      if (one) check_replies(TestEngine::take(*one));
    }
  }
  check_ledger(engine);
  return 0;
}
