#include "scenario/url.hpp"

#include <array>

#include "base/number.hpp"
#include "base/text.hpp"

namespace outlive::harness {
namespace {

constexpr std::array<std::string_view, 4> schemes{"redis", "rediss", "valkey", "valkeys"};

// Takes what stands before the mark off the text; all of it where there is no mark.
std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == text.npos ? text.size() : at + 1);
  return taken;
}

ValkeyUrl refused(std::string why) {
  return {.host = {}, .database = 0, .mistake = std::move(why)};
}

std::string scheme_mistake(std::string_view scheme) {
  std::string what = "the scheme \"" + std::string{scheme} + "\" is not one of the gateway's";
  if (const auto near = nearest_name(scheme, schemes)) {
    return what + "; did you mean \"" + std::string{*near} + "\"?";
  }
  return what + ": redis, rediss, valkey, valkeys";
}

}  // namespace

ValkeyUrl parse_valkey_url(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == url.npos) return refused("a URL looks like \"valkey://primary:6379\"");
  const std::string_view scheme = url.substr(0, colon);
  bool known = false;
  for (const std::string_view name : schemes) known |= name == scheme;
  if (!known) return refused(scheme_mistake(scheme));

  std::string_view rest = url.substr(colon + 3);
  std::string_view location = take_until(rest, '?');
  std::string_view host = take_until(location, '/');
  if (host.find('@') != host.npos) {
    return refused("a user or password in the URL is not played; leave it out");
  }
  constexpr std::int64_t last_database = 15;  // `databases` is 16 by default
  const auto database = location.empty() ? 0 : parse_integer(location);
  if (!database || *database < 0 || *database > last_database) {
    return refused("\"" + std::string{location} + "\" is no database: 0 to 15");
  }
  const std::string_view name = take_until(host, ':');
  const auto port = parse_integer(host);
  if (!host.empty() && (!port || *port < 1 || *port > 65'535)) {
    return refused("\"" + std::string{host} + "\" is no port");
  }
  if (name.empty()) return refused("the URL names no instance");
  return {.host = std::string{name}, .database = static_cast<int>(*database), .mistake = {}};
}

}  // namespace outlive::harness
