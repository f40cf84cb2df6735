#include "deployment/gateway_url.hpp"

#include <asio/ip/address.hpp>

#include "base/text.hpp"
#include "scenario/mistakes.hpp"

namespace outlive::harness {
namespace {

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

std::string address_of(const ServerUrl& url) {
  const bool bracket = url.host.find(':') != url.host.npos;
  return (bracket ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

ServerUrl read_gateway_url(std::string_view text) {
  // redis-rs would take "#insecure"; the gateway does not.
  const std::size_t fragment = text.find('#');
  if (fragment != text.npos && text.find('@', fragment) == text.npos) {
    ServerUrl refused;
    refused.mistake = "the gateway takes no " + in_quotes(text.substr(fragment)) +
                      "; a certificate of your own is trusted by SSL_CERT_FILE";
    return refused;
  }
  ServerUrl url = parse_server_url(text);
  url.host = to_lower(url.host);
  return url;
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
