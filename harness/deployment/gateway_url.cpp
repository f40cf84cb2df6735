#include "deployment/gateway_url.hpp"

#include <array>
#include <asio/ip/address.hpp>
#include <optional>

#include "base/text.hpp"
#include "scenario/mistakes.hpp"
#include "scenario/url.hpp"

namespace outlive::harness {
namespace {

struct Scheme {
  std::string_view name;
  bool tls;
};
constexpr Scheme schemes[] = {
    {"valkey", false}, {"redis", false}, {"valkeys", true}, {"rediss", true}};

std::optional<Scheme> scheme_of(std::string_view name) {
  for (const Scheme& one : schemes) {
    if (one.name == name) return one;
  }
  return std::nullopt;
}

GatewayUrl refused(std::string why) {
  GatewayUrl url;
  url.mistake = std::move(why);
  return url;
}

std::string unknown_scheme(std::string_view name) {
  constexpr std::array<std::string_view, 4> names{"valkey", "redis", "valkeys", "rediss"};
  std::string what = "the scheme " + in_quotes(name) + " is not one of the gateway's";
  if (const auto near = nearest_name(name, names)) {
    return what + "; did you mean " + in_quotes(*near) + "?";
  }
  return what + ": " + listed(names);
}

// redis-rs knows one word here, and the gateway hands the URL on to it.
std::string query_mistake(std::string_view query) {
  constexpr std::array<std::string_view, 4> protocols{"2", "resp2", "3", "resp3"};
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::string_view name = pair.substr(0, pair.find('='));
    const std::string_view value = pair.substr(std::min(pair.size(), name.size() + 1));
    if (name != "protocol") {
      return in_quotes(name) + " is no word of such a URL; there is: protocol=resp3";
    }
    if (std::find(protocols.begin(), protocols.end(), value) == protocols.end()) {
      return "protocol=" + std::string{value} + " is none: resp2 or resp3";
    }
  }
  return {};
}

// Suffixes of names that lead nowhere outside: RFC 6762 (local), RFC 8375 (home.arpa), RFC 6761
// (localhost, test), ICANN's resolution 2024.07.29.06 (internal), and what routers, Kubernetes and
// Docker call their own. Amazon ElastiCache gives addresses inside the customer's VPC.
constexpr std::string_view inner_suffixes[] = {
    ".local",   ".home.arpa",     ".test",   ".internal", ".lan",  ".intranet",
    ".private", ".cluster.local", ".docker", ".svc",      ".corp", ".cache.amazonaws.com"};

Reach reach_of_address(const asio::ip::address_v4& address) {
  const std::uint32_t bits = address.to_uint();
  const auto within = [bits](std::uint32_t network, int length) {
    return (bits >> (32 - length)) == (network >> (32 - length));
  };
  if (address.is_loopback() || address.is_unspecified()) return Reach::machine;
  const bool inner = within(0x0A000000, 8) || within(0xAC100000, 12) || within(0xC0A80000, 16) ||
                     within(0xA9FE0000, 16) || within(0x64400000, 10);
  return inner ? Reach::network : Reach::world;
}

Reach reach_of_address(const asio::ip::address_v6& address) {
  if (address.is_v4_mapped()) {
    return reach_of_address(asio::ip::make_address_v4(asio::ip::v4_mapped, address));
  }
  if (address.is_loopback() || address.is_unspecified()) return Reach::machine;
  const bool unique_local = (address.to_bytes()[0] & 0xfe) == 0xfc;
  return unique_local || address.is_link_local() ? Reach::network : Reach::world;
}

}  // namespace

std::string GatewayUrl::address() const {
  const bool bracket = host.find(':') != host.npos;
  return (bracket ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

GatewayUrl read_gateway_url(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == text.npos) return refused("a URL looks like \"valkey://valkey:6379\"");
  const auto scheme = scheme_of(text.substr(0, colon));
  if (!scheme) return refused(unknown_scheme(text.substr(0, colon)));
  // Told before anything of it is shown.
  const std::size_t at = text.rfind('@');
  const std::size_t outside = text.find_first_of("/?#", colon + 3);
  if (at != text.npos && outside < at) {
    return refused("in user and password '/' is written %2F, '?' %3F, '#' %23, '@' %40");
  }
  if (const std::size_t fragment = text.find('#'); fragment != text.npos) {
    return refused("the gateway takes no " + in_quotes(text.substr(fragment)) +
                   "; a certificate of your own is trusted by SSL_CERT_FILE");
  }
  const std::size_t mark = text.find('?');
  if (mark != text.npos) {
    if (std::string why = query_mistake(text.substr(mark + 1)); !why.empty()) return refused(why);
  }
  // The rest is the same with TLS and without.
  const std::string_view rest = text.substr(0, mark).substr(colon);
  ServerUrl server = parse_server_url("valkey" + std::string{rest});
  if (!server.mistake.empty()) return refused(std::move(server.mistake));
  return {.tls = scheme->tls,
          .host = to_lower(server.host),
          .port = server.port,
          .user = std::move(server.user),
          .password = std::move(server.password),
          .database = server.database,
          .mistake = {}};
}

Reach reach_of(std::string_view host) {
  asio::error_code error;
  const asio::ip::address address = asio::ip::make_address(std::string{host}, error);
  if (!error) {
    return address.is_v4() ? reach_of_address(address.to_v4()) : reach_of_address(address.to_v6());
  }
  std::string name = to_lower(host);
  if (name.ends_with('.')) name.pop_back();
  if (name == "localhost" || name.ends_with(".localhost")) return Reach::machine;
  if (name.find('.') == name.npos) return Reach::network;
  for (const std::string_view suffix : inner_suffixes) {
    if (name.ends_with(suffix)) return Reach::network;
  }
  return Reach::unclear;
}

}  // namespace outlive::harness
