// The URLs of TENSORZERO_VALKEY_URL and TENSORZERO_VALKEY_CACHE_URL.
#pragma once

#include <string>
#include <string_view>

namespace outlive::harness {

struct ValkeyUrl {
  std::string host;  // the name of an instance
  int database = 0;
  std::string mistake;  // what is wrong with it; empty: nothing
};

// scheme://name[:port][/database][?protocol=…]. The schemes are the gateway's (redis, rediss,
// valkey, valkeys); TLS, port and protocol make no difference to what is evicted and are not
// played. A password would, and is refused.
ValkeyUrl parse_valkey_url(std::string_view url);

// A server that is running, as --target names it.
struct ServerUrl {
  std::string host;
  int port = 6379;
  std::string user;  // "": the default one
  std::string password;
  int database = 0;
  std::string shown;    // the URL as reports may show it: without the password
  std::string mistake;  // what is wrong with it; empty: nothing
};

// valkey://[[user][:password]@]host[:port][/database][?protocol=resp3]; redis:// is the same. User
// and password may be percent-encoded, an IPv6 address stands in brackets.
ServerUrl parse_server_url(std::string_view url);

}  // namespace outlive::harness
