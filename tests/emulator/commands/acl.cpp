#include <catch2/catch_test_macros.hpp>

#include "support/test_engine.hpp"

using namespace outlive;
using namespace outlive::test;

TEST_CASE("the one user there is signs in with requirepass, with or without its name") {
  TestEngine engine;
  engine.run({"CONFIG", "SET", "requirepass", "secret"});
  Session& client = engine.open();
  CHECK(engine.run_on(client, {"GET", "key"}) == "-NOAUTH Authentication required.\r\n");
  CHECK(engine.run_on(client, {"AUTH", "alice", "secret"}) ==
        "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
  CHECK(engine.run_on(client, {"AUTH", "default", "secret"}) == "+OK\r\n");
  CHECK(engine.run_on(client, {"ACL", "WHOAMI"}) == "$7\r\ndefault\r\n");
}

TEST_CASE("ACL tells categories and what is in them") {
  TestEngine engine;
  CHECK(engine.run({"ACL", "CAT"}).starts_with("*21\r\n$8\r\nkeyspace\r\n"));
  CHECK(engine.run({"ACL", "CAT", "transaction"}).find("multi") != std::string::npos);
  CHECK(engine.run({"ACL", "CAT", "nonsense"}) == "-ERR Unknown category 'nonsense'\r\n");
  CHECK(engine.run({"ACL", "USERS"}) == "*1\r\n$7\r\ndefault\r\n");
}

TEST_CASE("other users are refused by name") {
  TestEngine engine;
  CHECK(engine.run({"ACL", "SETUSER", "alice", "on"}) ==
        "-ERR ACL SETUSER is not supported by outlive: there is no user but 'default', who may do "
        "everything\r\n");
}
