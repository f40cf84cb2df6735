#include "scenario/url.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

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

// "%40" is '@'. None: a '%' that two hexadecimal digits do not follow.
std::optional<std::string> decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    unsigned char letter = 0;
    const char* const begin = text.data() + i + 1;
    if (i + 2 >= text.size() || std::from_chars(begin, begin + 2, letter, 16).ptr != begin + 2) {
      return std::nullopt;
    }
    plain += static_cast<char>(letter);
    i += 2;
  }
  return plain;
}

std::string words_between_quotes(std::string_view word) {
  return "\"" + std::string{word} + "\"";
}

// What stands before the '@'; false: it can't be read.
bool read_user(std::string_view info, ServerUrl& server) {
  const std::size_t colon = info.find(':');
  const auto user = decoded(info.substr(0, colon));
  const auto password = colon == info.npos ? std::string{} : decoded(info.substr(colon + 1));
  if (!user || !password) return false;
  server.user = *user;
  server.password = *password;
  return true;
}

// host:port, [address]:port; what is wrong with it.
std::string read_host(std::string_view host, ServerUrl& server) {
  std::string_view port;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == host.npos) return "the address " + words_between_quotes(host) + " lacks its ']'";
    server.host = host.substr(1, end - 1);
    port = host.substr(end + 1);
    if (!port.empty() && !port.starts_with(':')) {
      return words_between_quotes(port) + " behind the address is no port";
    }
    port = port.substr(port.empty() ? 0 : 1);
  } else {
    server.host = host.substr(0, host.find(':'));
    port = host.substr(std::min(host.size(), server.host.size() + 1));
    if (port.find(':') != port.npos) return "an IPv6 address stands in brackets: [::1]:6379";
  }
  if (server.host.empty()) return "the URL names no host";
  const auto number = parse_integer(port);
  if (!port.empty() && (!number || *number < 1 || *number > 65'535)) {
    return words_between_quotes(port) + " is no port";
  }
  if (number) server.port = static_cast<int>(*number);
  return {};
}

// Departures come as pushes, which RESP2 has none of.
std::string query_mistake(std::string_view query) {
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    const std::string_view name = take_until(value, '=');
    if (name != "protocol") {
      return words_between_quotes(name) + " is no word of such a URL; only protocol is";
    }
    if (value != "3" && value != "resp3") {
      return "protocol=" + std::string{value} +
             " can't be played on: evictions are heard of by RESP3 pushes (protocol=resp3)";
    }
  }
  return {};
}

ServerUrl refused_server(std::string why) {
  ServerUrl server;
  server.mistake = std::move(why);
  return server;
}

}  // namespace

ServerUrl parse_server_url(std::string_view url) {
  std::string_view rest = url;
  const std::size_t colon = rest.find("://");
  if (colon == rest.npos) return refused_server("a URL looks like \"valkey://127.0.0.1:6379\"");
  const std::string scheme{rest.substr(0, colon)};
  if (scheme == "rediss" || scheme == "valkeys") {
    return refused_server(scheme +
                          ":// is TLS, which is not spoken here; put a TLS proxy (stunnel) "
                          "before the server and name that");
  }
  if (scheme != "redis" && scheme != "valkey") return refused_server(scheme_mistake(scheme));
  rest.remove_prefix(colon + 3);
  std::string_view location = take_until(rest, '?');
  ServerUrl server;
  if (const std::size_t at = location.rfind('@'); at != location.npos) {
    if (!read_user(location.substr(0, at), server)) {
      return refused_server("a '%' in user or password wants two hexadecimal digits behind it");
    }
    location.remove_prefix(at + 1);
  }
  const std::string host{take_until(location, '/')};
  const auto database = location.empty() ? 0 : parse_integer(location);
  if (!database || *database < 0 || *database > 1'000'000) {
    return refused_server(words_between_quotes(location) + " is no database");
  }
  server.database = static_cast<int>(*database);
  server.mistake = read_host(host, server);
  if (server.mistake.empty()) server.mistake = query_mistake(rest);
  server.shown = scheme + "://" + (server.user.empty() ? "" : server.user + "@") + host;
  if (server.database != 0) server.shown += "/" + std::to_string(server.database);
  return server;
}

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
    return refused("\"" + std::string{host} + "\" is no port: 1 to 65535");
  }
  if (name.empty()) return refused("the URL names no instance, as in \"valkey://primary:6379\"");
  return {.host = std::string{name}, .database = static_cast<int>(*database), .mistake = {}};
}

}  // namespace outlive::harness
