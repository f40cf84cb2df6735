#include "scenario/url.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace outlive::harness {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using Protocol = ServerUrl::Protocol;

std::string mistake(std::string_view url) {
  return parse_server_url(url).mistake;
}

TEST_CASE("a URL names host, port, database, user, password and protocol") {
  const ServerUrl all =
      parse_server_url("redis://me:p%40ss%3a@valkey.example:7000/3?protocol=resp3");
  CHECK(all.mistake.empty());
  CHECK_FALSE(all.tls);
  CHECK(all.host == "valkey.example");
  CHECK(all.port == 7000);
  CHECK(all.user == "me");
  CHECK(all.password == "p@ss:");
  CHECK(all.database == 3);
  CHECK(all.protocol == Protocol::resp3);
  CHECK(all.shown == "redis://me@valkey.example:7000/3");
}

TEST_CASE("what a URL leaves out has a default") {
  const ServerUrl least = parse_server_url("valkey://h");
  CHECK(least.port == 6379);
  CHECK(least.database == 0);
  CHECK(least.user.empty());
  CHECK(least.password.empty());
  CHECK(least.protocol == Protocol::unstated);
  CHECK(parse_server_url("valkey://h/").database == 0);
  CHECK(parse_server_url("valkey://h:/").port == 6379);
  CHECK(parse_server_url("valkey://h?protocol=2").protocol == Protocol::resp2);
  CHECK(parse_server_url("valkey://h/?protocol=resp2").protocol == Protocol::resp2);
}

TEST_CASE("valkeys and rediss are TLS, in letters of either case") {
  CHECK_FALSE(parse_server_url("valkey://h").tls);
  CHECK_FALSE(parse_server_url("redis://h").tls);
  CHECK(parse_server_url("valkeys://h").tls);
  CHECK(parse_server_url("rediss://h:6380/1").tls);
  CHECK(parse_server_url("Rediss://h").tls);
  CHECK(parse_server_url("VALKEYS://h").shown == "valkeys://h");
}

TEST_CASE("a user may lack, and a password may lack or have any letter, percent-encoded") {
  CHECK(parse_server_url("valkey://:only-a-password@h").user.empty());
  CHECK(parse_server_url("valkey://:only-a-password@h").password == "only-a-password");
  CHECK(parse_server_url("valkey://only-a-user@h").user == "only-a-user");
  CHECK(parse_server_url("valkey://u:a:b@h").password == "a:b");
  CHECK(parse_server_url("valkey://u:%2f%3F%23%25%20@h").password == "/?#% ");
  CHECK(parse_server_url("valkey://u%3av:w@h").user == "u:v");
  CHECK(parse_server_url("valkey://u:a@b@h").password == "a@b");  // the last '@' counts
}

TEST_CASE("a host is a name, an IPv4 address or an IPv6 address in brackets") {
  CHECK(parse_server_url("valkey://my_cache-1.svc.cluster.local").host ==
        "my_cache-1.svc.cluster.local");
  CHECK(parse_server_url("valkey://127.0.0.1:7000").host == "127.0.0.1");
  CHECK(parse_server_url("valkey://[::1]").host == "::1");
  CHECK(parse_server_url("valkey://[::1]").shown == "valkey://[::1]");
  CHECK(parse_server_url("valkey://u:p@[fe80::1%25eth0]:7000/2").host == "fe80::1%eth0");
  CHECK(parse_server_url("valkey://u:p@[fe80::1]:7000/2").port == 7000);
  CHECK(parse_server_url("valkey://u:p@[::ffff:10.0.0.1]/2").database == 2);
}

TEST_CASE("a mistake is told with its column, and with what would be right") {
  CHECK(mistake("primary:6379") == "column 1: a URL looks like \"valkey://127.0.0.1:6379\"");
  CHECK(mistake("valky://h") ==
        "column 1: the scheme \"valky\" is not one of Valkey's; did you mean \"valkey\"?");
  CHECK(mistake("http://h") ==
        "column 1: the scheme \"http\" is not one of Valkey's: valkey, redis, and with TLS "
        "valkeys, rediss");
  CHECK(mistake("valkey://:6379") ==
        "column 10: the URL names no host; it looks like \"valkey://127.0.0.1:6379\"");
  CHECK(mistake("valkey://me@h:65536") ==
        "column 15: this is no port: 1 to 65535, or nothing for 6379");
  CHECK(mistake("valkey://h/one") ==
        "column 12: \"one\" is no database: a number, or nothing for 0");
  CHECK(mistake("valkey://h/0?protocol=resp4") ==
        "column 23: \"resp4\" is no protocol: resp2 or resp3");
  CHECK(mistake("valkey://h?db=1") ==
        "column 12: \"db\" is no word of such a URL; there is protocol=resp2 or protocol=resp3");
  CHECK_THAT(mistake("valkey://u:ab%zz@h"), StartsWith("column 14: a '%' in a user or password"));
  CHECK_THAT(mistake("valkey://u:%4@h"), StartsWith("column 12: "));
  CHECK_THAT(mistake("valkey://1.2.3.256"), StartsWith("column 10: \"1.2.3.256\" is no IPv4"));
  CHECK_THAT(mistake("valkey://my host"), StartsWith("column 12: a host has letters"));
  CHECK_THAT(mistake("valkey://::1:7000"),
             ContainsSubstring("column 10") && ContainsSubstring("[::1]"));
  CHECK_THAT(mistake("valkey://[::1"), StartsWith("column 10: this '[' lacks its ']'"));
  CHECK_THAT(mistake("valkey://[::1]7000"), StartsWith("column 15: "));
  CHECK_THAT(mistake("valkey://[host]:1"), StartsWith("column 11: \"host\" is no IPv6 address"));
  CHECK_THAT(mistake("valkey://h#insecure"), StartsWith("column 11: "));
  for (const char* url :
       {"", "valkey", "://h", "valkey://", "valkey://h:0", "valkey://h/-1", "valkey://h/1/2"}) {
    INFO(url);
    CHECK_FALSE(mistake(url).empty());
  }
}

TEST_CASE("a password is in no mistake, even where it is not recognised as one") {
  for (const char* url :
       {"valkey://me:s3cret@h:x", "valkey://me:s3cret%@h", "valkey://me:s3cret/x@h",
        "valkey://me:x/s3cret@h", "valkey://me:x?s3cret@h", "valkey://me:s3cret#@h",
        "valkey://me:s3cret", "valkey://:s3cret", "valkey://:s3cret/0", "valky://me:s3cret@h",
        "me:s3cret@h", "valkey://me:[s3cret@h/x", "valkey://me:a@s3cret@h:99999"}) {
    INFO(url);
    CHECK_THAT(mistake(url), StartsWith("column "));
    CHECK_THAT(mistake(url), !ContainsSubstring("s3cret"));
    CHECK_THAT(masked_url(url), !ContainsSubstring("s3cret"));
  }
  CHECK_THAT(mistake("valkey://me:a/b@h"),
             ContainsSubstring("column 14: a '/'") && ContainsSubstring("%2F"));
  CHECK_THAT(mistake("valkey://me:forgot-the-at"), ContainsSubstring("stands before an '@'"));
}

TEST_CASE("a masked URL is as it was written, but for the password") {
  CHECK(masked_url("valkeys://me:pw@h:1/2?x=y") == "valkeys://me:***@h:1/2?x=y");
  CHECK(masked_url("valkey://h:7000/1") == "valkey://h:7000/1");
  CHECK(masked_url("valkey://[::1]:7000") == "valkey://[::1]:7000");
  CHECK(masked_url("valkey://me@h") == "valkey://me@h");
  CHECK(masked_url("me:pw@h") == "me:***@h");
  CHECK(masked_url("valkey://me:123456") == "valkey://me:***");
}

TEST_CASE("a text is told without the passwords of the URLs in it") {
  CHECK(without_passwords("a = valkey://u:pw@h: \"valkeys://:pw@h/2\", not: this") ==
        "a = valkey://u:***@h: \"valkeys://:***@h/2\", not: this");
  CHECK(without_passwords("time 12:30, no URL") == "time 12:30, no URL");
}

TEST_CASE("the gateway's four schemes name an instance of a scenario") {
  CHECK(parse_valkey_url("redis://primary").host == "primary");
  CHECK(parse_valkey_url("rediss://primary:6379").host == "primary");
  CHECK(parse_valkey_url("valkey://primary:6379/").host == "primary");
  CHECK(parse_valkey_url("valkeys://primary/3?protocol=resp3").database == 3);
}

TEST_CASE("a scenario's URL with a password is refused: it is not played") {
  CHECK(parse_valkey_url("redis://:secret@a").mistake ==
        "a user or password in the URL is not played; leave it out");
  CHECK_THAT(parse_valkey_url("redis://a:none").mistake, StartsWith("column 11: "));
}

}  // namespace
}  // namespace outlive::harness
