// DEBUG: what the memory model says of one key. The expected lines are those of Valkey 8.1.1,
// with keys for which the allocator's quantum makes no difference.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "support/test_engine.hpp"

namespace outlive::test {

using Catch::Matchers::ContainsSubstring;

namespace {

struct DebugEngine : TestEngine {
  explicit DebugEngine(TestOptions options = {}) : TestEngine(options) {
    engine.options.enable_debug_command = Permission::yes;
  }
};

}  // namespace

TEST_CASE("DEBUG STRUCTSIZE tells the sizes of Valkey's structures") {
  DebugEngine engine;
  CHECK(engine.run({"DEBUG", "STRUCTSIZE"}) ==
        "$83\r\nbits:64 robj:16 dictentry:24 sdshdr5:1 sdshdr8:3 sdshdr16:5 sdshdr32:9 "
        "sdshdr64:17 \r\n");
}

TEST_CASE("DEBUG SDSLEN gives an embedded value what its key's block leaves over") {
  DebugEngine engine;
  engine.run({"SET", "quux", "xyzzy"});
  CHECK(
      engine.run({"DEBUG", "SDSLEN", "quux"}) ==
      "+key_sds_len:4 key_sds_avail:0 obj_alloc:32 val_sds_len:5 val_sds_avail:0 val_alloc:0\r\n");
  engine.run({"SET", "embed", std::string(30, 'x')});
  CHECK(
      engine.run({"DEBUG", "SDSLEN", "embed"}) ==
      "+key_sds_len:5 key_sds_avail:0 obj_alloc:64 val_sds_len:30 val_sds_avail:6 val_alloc:0\r\n");
}

TEST_CASE("DEBUG SDSLEN tells a raw value's own block and its room to grow") {
  DebugEngine engine;
  engine.run({"SET", "eleven-long", std::string(100, 'x')});
  engine.run({"APPEND", "eleven-long", "yyy"});
  CHECK(engine.run({"DEBUG", "SDSLEN", "eleven-long"}) ==
        "+key_sds_len:11 key_sds_avail:0 obj_alloc:32 val_sds_len:103 val_sds_avail:5 "
        "val_alloc:112\r\n");
}

TEST_CASE("DEBUG SDSLEN tells of the key's own text where it has one") {
  DebugEngine keeps_room{{.profile = "valkey-8.0"}};
  keeps_room.run({"SET", "k", "abc"});
  CHECK(keeps_room.run({"DEBUG", "SDSLEN", "k"}) ==
        "+key_sds_len:1, key_sds_avail:3, key_zmalloc: 8, val_sds_len:3, val_sds_avail:1, "
        "val_zmalloc: 8\r\n");
  DebugEngine trims{{.profile = "redis-7.0"}};
  trims.run({"SET", "k", std::string(46, 'x')});
  CHECK(trims.run({"DEBUG", "SDSLEN", "k"}) ==
        "+key_sds_len:1, key_sds_avail:0, key_zmalloc: 8, val_sds_len:46, val_sds_avail:0, "
        "val_zmalloc: 56\r\n");
}

TEST_CASE("DEBUG SDSLEN gives a short value over its pointer what it leaves of that") {
  DebugEngine engine{{.profile = "valkey-9.1"}};
  engine.run({"SET", "k", "x"});
  CHECK(
      engine.run({"DEBUG", "SDSLEN", "k"}) ==
      "+key_sds_len:1 key_sds_avail:0 obj_alloc:24 val_sds_len:1 val_sds_avail:7 val_alloc:0\r\n");
}

TEST_CASE("DEBUG SDSLEN refuses what has no text") {
  DebugEngine engine;
  engine.run({"SET", "number", "12"});
  engine.run({"HSET", "hash", "field", "value"});
  CHECK(engine.run({"DEBUG", "SDSLEN", "number"}) == "-ERR Not an sds encoded string.\r\n");
  CHECK(engine.run({"DEBUG", "SDSLEN", "hash"}) == "-ERR Not an sds encoded string.\r\n");
  CHECK(engine.run({"DEBUG", "SDSLEN", "nothing"}) == "-ERR no such key\r\n");
}

TEST_CASE("DEBUG OBJECT tells how long a value would be when saved") {
  DebugEngine engine;
  engine.run({"SET", "number", "12345"});
  CHECK_THAT(engine.run({"DEBUG", "OBJECT", "number"}),
             ContainsSubstring(" serializedlength:3 lru:"));
  CHECK_THAT(engine.run({"DEBUG", "OBJECT", "number", "fast"}),
             !ContainsSubstring("serializedlength"));
}

TEST_CASE("DEBUG HTSTATS-KEY is a read that counts") {
  DebugEngine engine;
  engine.run({"DEBUG", "HTSTATS-KEY", "none"});
  CHECK_THAT(engine.run({"INFO", "stats"}), ContainsSubstring("keyspace_misses:1"));
}

}  // namespace outlive::test
