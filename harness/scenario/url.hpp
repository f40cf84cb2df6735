// The URL of a Valkey, as gateways and clients write it: the one parser of all programs.
//
//   valkey://[[USER][:PASSWORD]@]HOST[:PORT][/DATABASE][?protocol=resp2|resp3]
//
// redis:// is the same; valkeys:// and rediss:// are the same over TLS. HOST is a name, an IPv4
// address or an IPv6 address in brackets. In user and password "%40" stands for '@', as in all URLs
// (RFC 3986).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace outlive::harness {

// The gateway's variables for its servers.
inline constexpr std::string_view primary_variable = "TENSORZERO_VALKEY_URL";
inline constexpr std::string_view cache_variable = "TENSORZERO_VALKEY_CACHE_URL";

struct ServerUrl {
  enum class Protocol : std::uint8_t { unstated, resp2, resp3 };

  std::string host;
  int port = 6379;  // 1 to 65535
  bool tls = false;
  std::string user;  // "": the default one
  std::string password;
  int database = 0;
  Protocol protocol = Protocol::unstated;
  std::string shown;  // the URL as reports may show it: without the password
  std::string
      mistake;  // "column N: " and what is wrong there, and what would be right; "": nothing
};

// A mistake names its column (from 1, in bytes), never a password, nor what could be one.
ServerUrl parse_server_url(std::string_view url);

// The text of a URL, sound or not, with "***" for all that is or could be its password.
std::string masked_url(std::string_view url);
// The same for every URL in a text.
std::string without_passwords(std::string_view text);

// An instance of a scenario, as TENSORZERO_VALKEY_URL and TENSORZERO_VALKEY_CACHE_URL name it.
struct ValkeyUrl {
  std::string host;  // the name of an instance
  int database = 0;
  std::string mistake;  // as of ServerUrl
};

// The same, less what is not played: TLS, port and protocol make no difference to what is evicted,
// and are taken and forgotten. A password would, and is refused.
ValkeyUrl parse_valkey_url(std::string_view url);

}  // namespace outlive::harness
