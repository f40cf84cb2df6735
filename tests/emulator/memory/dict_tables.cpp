#include "memory/dict_tables.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace outlive;

TEST_CASE("a dictionary's table doubles when full, and both count while it is rehashed") {
  DictTables tables;
  CHECK(tables.bytes(quantum_16) == 0);
  for (int i = 0; i < 4; ++i) tables.insert();
  CHECK(tables.bytes(quantum_16) == 4 * 8);
  tables.insert();
  CHECK(tables.buckets() == 4 + 8);
  for (int i = 0; i < 3; ++i) tables.look_up();
  CHECK(tables.buckets() == 8);
}

TEST_CASE("a dictionary's table shrinks at an eighth of its room") {
  DictTables tables;
  for (int i = 0; i < 32; ++i) tables.insert();
  for (int i = 0; i < 32; ++i) tables.look_up();
  CHECK(tables.buckets() == 32);
  while (tables.used() > 5) tables.erase();
  CHECK(tables.buckets() == 32);
  tables.erase();
  CHECK(tables.buckets() == 32 + 4);
  while (tables.used() > 0) tables.erase();
  CHECK(tables.buckets() == 4);
}
