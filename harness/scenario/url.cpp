#include "scenario/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "base/number.hpp"
#include "base/text.hpp"

namespace outlive::harness {
namespace {

struct Scheme {
  std::string_view name;
  bool tls;
};
constexpr Scheme schemes[] = {
    {"valkey", false}, {"redis", false}, {"valkeys", true}, {"rediss", true}};

constexpr std::string_view separator = "://";
constexpr std::string_view example = "valkey://127.0.0.1:6379";
constexpr int database_max = 1'000'000;

// A stretch of the URL, and where it begins: what is wrong with it is told with its column.
struct Part {
  std::string_view text;
  std::size_t at = 0;  // from 0

  Part first(std::size_t size) const { return {text.substr(0, size), at}; }
  Part from(std::size_t begin) const {
    begin = std::min(begin, text.size());
    return {text.substr(begin), at + begin};
  }
  // What stands before the mark, which is taken off with it; all of it where there is no mark.
  Part take_until(char mark) {
    const std::size_t end = std::min(text.find(mark), text.size());
    const Part taken = first(end);
    *this = from(end + 1);
    return taken;
  }
};

struct Mistake {
  std::size_t at;  // from 0
  std::string what;
};
using Outcome = std::optional<Mistake>;

std::string in_quotes(std::string_view word) {
  return "\"" + std::string{word} + "\"";
}

const Scheme* scheme_called(std::string_view name) {
  const auto* found = std::ranges::find_if(
      schemes, [name](const Scheme& one) { return equal_ignoring_case(one.name, name); });
  return found == std::end(schemes) ? nullptr : found;
}

std::string unknown_scheme(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Scheme& one : schemes) names.push_back(one.name);
  std::string what = "the scheme " + in_quotes(name) + " is not one of Valkey's";
  if (const auto near = nearest_name(to_lower(name), names)) {
    return what + "; did you mean " + in_quotes(*near) + "?";
  }
  return what + ": valkey, redis, and with TLS valkeys, rediss";
}

// "%40" is '@'.
Outcome decode(Part part, std::string& into) {
  for (std::size_t i = 0; i < part.text.size(); ++i) {
    if (part.text[i] != '%') {
      into += part.text[i];
      continue;
    }
    unsigned char letter = 0;
    const char* const begin = part.text.data() + i + 1;
    if (i + 2 >= part.text.size() ||
        std::from_chars(begin, begin + 2, letter, 16).ptr != begin + 2) {
      return Mistake{part.at + i,
                     "a '%' in a user or password wants two hexadecimal digits behind it; '%' "
                     "itself is written %25"};
    }
    into += static_cast<char>(letter);
    i += 2;
  }
  return {};
}

Outcome read_user(Part info, ServerUrl& url) {
  const Part user = info.take_until(':');
  if (Outcome wrong = decode(user, url.user)) return wrong;
  return decode(info, url.password);
}

bool is_ipv4(std::string_view text) {
  int numbers = 0;
  while (true) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    const auto number = dot > 3 ? std::nullopt : parse_integer(text.substr(0, dot));
    if (!number || *number > 255) return false;
    ++numbers;
    if (dot == text.size()) return numbers == 4;
    text.remove_prefix(dot + 1);
  }
}

// As far as letters tell. A zone (RFC 6874) stands behind '%' or "%25".
bool is_ipv6(std::string_view text) {
  text = text.substr(0, text.find('%'));
  return std::ranges::count(text, ':') >= 2 &&
         text.find_first_not_of("0123456789abcdefABCDEF:.") == text.npos;
}

Outcome read_name(Part name, ServerUrl& url) {
  const std::string_view text = name.text;
  if (text.empty()) {
    return Mistake{name.at, "the URL names no host; it looks like " + in_quotes(example)};
  }
  const auto odd = std::ranges::find_if(text, [](char letter) {
    return !is_digit(letter) && (to_lower(letter) < 'a' || to_lower(letter) > 'z') &&
           letter != '-' && letter != '.' && letter != '_';
  });
  if (odd != text.end()) {
    return Mistake{name.at + static_cast<std::size_t>(odd - text.begin()),
                   "a host has letters of ASCII, digits, '-', '.' and '_', or is an IPv6 address "
                   "in brackets"};
  }
  if (text.find_first_not_of("0123456789.") == text.npos && !is_ipv4(text)) {
    return Mistake{name.at, in_quotes(text) + " is no IPv4 address: four numbers, 0 to 255"};
  }
  url.host = text;
  return {};
}

// What stands there is not told: behind a forgotten '@' it would be a password.
Outcome read_port(Part port, ServerUrl& url, bool has_user) {
  if (port.text.empty()) return {};
  const auto number = parse_integer(port.text);
  if (number && *number >= 1 && *number <= 65'535) {
    url.port = static_cast<int>(*number);
    return {};
  }
  std::string what = "this is no port: 1 to 65535, or nothing for 6379";
  if (!has_user) what += "; a password stands before an '@'";
  return Mistake{port.at, what};
}

Outcome read_bracketed(Part host, ServerUrl& url, Part& port) {
  const std::size_t end = host.text.find(']');
  if (end == host.text.npos) return Mistake{host.at, "this '[' lacks its ']', as in [::1]:6379"};
  const Part address = host.first(end).from(1);
  if (!is_ipv6(address.text)) {
    return Mistake{address.at, in_quotes(address.text) + " is no IPv6 address, as ::1 is"};
  }
  url.host = address.text;
  if (const std::size_t zone = url.host.find("%25"); zone != url.host.npos)
    url.host.erase(zone + 1, 2);
  const Part rest = host.from(end + 1);
  if (!rest.text.empty() && !rest.text.starts_with(':')) {
    return Mistake{rest.at, "behind the ']' stands nothing or a port, as in [::1]:6379"};
  }
  port = rest.from(1);
  return {};
}

// HOST[:PORT] or [ADDRESS][:PORT].
Outcome read_host(Part host, ServerUrl& url, bool has_user) {
  Part port;
  if (host.text.starts_with('[')) {
    if (Outcome wrong = read_bracketed(host, url, port)) return wrong;
    return read_port(port, url, has_user);
  }
  if (is_ipv6(host.text)) {
    return Mistake{host.at, "an IPv6 address stands in brackets: [::1]:6379"};
  }
  const Part name = host.take_until(':');
  if (Outcome wrong = read_name(name, url)) return wrong;
  return read_port(host, url, has_user);
}

Outcome read_database(Part path, ServerUrl& url) {
  if (path.text.empty()) return {};
  const auto number = parse_integer(path.text);
  if (!number || *number < 0 || *number > database_max) {
    return Mistake{path.at, in_quotes(path.text) + " is no database: a number, or nothing for 0"};
  }
  url.database = static_cast<int>(*number);
  return {};
}

Outcome read_query(Part query, ServerUrl& url) {
  using Protocol = ServerUrl::Protocol;
  constexpr std::pair<std::string_view, Protocol> protocols[] = {{"resp2", Protocol::resp2},
                                                                 {"2", Protocol::resp2},
                                                                 {"resp3", Protocol::resp3},
                                                                 {"3", Protocol::resp3}};
  while (!query.text.empty()) {
    Part value = query.take_until('&');
    const Part name = value.take_until('=');
    if (name.text != "protocol") {
      return Mistake{name.at, in_quotes(name.text) +
                                  " is no word of such a URL; there is "
                                  "protocol=resp2 or protocol=resp3"};
    }
    const auto* known =
        std::ranges::find(protocols, value.text, &std::pair<std::string_view, Protocol>::first);
    if (known == std::end(protocols)) {
      return Mistake{value.at, in_quotes(value.text) + " is no protocol: resp2 or resp3"};
    }
    url.protocol = known->second;
  }
  return {};
}

// Where HOST, or the user before it, ends: at the first of "/?#". An '@' further on shows that the
// letter belongs to a password, which must not be read as host, port or database and be told.
Outcome must_end_user(Part rest, std::size_t end) {
  if (end == rest.text.npos || rest.text.find('@', end) == rest.text.npos) return {};
  constexpr std::string_view letters = "/?#";
  constexpr std::string_view codes[] = {"%2F", "%3F", "%23"};
  const std::string letter{rest.text[end]};
  return Mistake{rest.at + end, "a '" + letter + "' in a user or password is written " +
                                    std::string{codes[letters.find(letter)]}};
}

std::string without_password(const Scheme& scheme, Part user, Part host, const ServerUrl& url) {
  std::string shown = std::string{scheme.name} + std::string{separator};
  const std::string_view name = user.text.substr(0, user.text.find(':'));
  if (!name.empty()) shown.append(name).append("@");
  shown += host.text;
  if (url.database != 0) shown += "/" + std::to_string(url.database);
  return shown;
}

Outcome read(Part rest, const Scheme& scheme, ServerUrl& url) {
  const std::size_t end = rest.text.find_first_of("/?#");
  if (Outcome wrong = must_end_user(rest, end)) return wrong;
  Part host = rest.first(end);
  Part user{{}, host.at};
  const std::size_t at = host.text.rfind('@');
  if (at != host.text.npos) {
    user = host.first(at);
    host = host.from(at + 1);
    if (Outcome wrong = read_user(user, url)) return wrong;
  }
  if (Outcome wrong = read_host(host, url, at != host.text.npos)) return wrong;
  Part path = end == rest.text.npos ? rest.from(rest.text.size()) : rest.from(end);
  if (const std::size_t mark = path.text.find('#'); mark != path.text.npos) {
    return Mistake{path.at + mark, "a URL of Valkey has no '#'"};
  }
  Part query = path;
  path = query.take_until('?');
  if (Outcome wrong = read_database(path.from(1), url)) return wrong;
  if (Outcome wrong = read_query(query, url)) return wrong;
  url.shown = without_password(scheme, user, host, url);
  return {};
}

ServerUrl refused(const Mistake& mistake) {
  ServerUrl url;
  url.mistake = "column " + std::to_string(mistake.at + 1) + ": " + mistake.what;
  return url;
}

}  // namespace

ServerUrl parse_server_url(std::string_view text) {
  const std::size_t end = text.find(separator);
  if (end == text.npos) return refused({0, "a URL looks like " + in_quotes(example)});
  const Scheme* scheme = scheme_called(text.substr(0, end));
  if (!scheme) return refused({0, unknown_scheme(text.substr(0, end))});
  ServerUrl url;
  url.tls = scheme->tls;
  const std::size_t begin = end + separator.size();
  if (const Outcome wrong = read({text.substr(begin), begin}, *scheme, url)) return refused(*wrong);
  return url;
}

std::string masked_url(std::string_view url) {
  constexpr std::string_view mask = "***";
  const std::size_t scheme = url.rfind(separator);
  const std::size_t begin = scheme == url.npos ? 0 : scheme + separator.size();
  const std::size_t at = url.rfind('@');
  const bool has_user = at != url.npos && at >= begin;
  // Without an '@' it may have been forgotten: only what is a port is shown.
  const std::size_t end = has_user ? at : std::min(url.find_first_of("/?#", begin), url.size());
  if (url.substr(begin).starts_with('[') && !has_user) return std::string{url};
  const std::size_t colon = url.find(':', begin);
  if (colon == url.npos || colon >= end) return std::string{url};
  const auto port = parse_integer(url.substr(colon + 1, end - colon - 1));
  if (!has_user && (end == colon + 1 || (port && *port >= 0 && *port <= 65'535))) {
    return std::string{url};
  }
  return std::string{url.substr(0, colon + 1)}.append(mask).append(url.substr(end));
}

std::string without_passwords(std::string_view text) {
  std::string told;
  for (std::size_t at = text.find(separator); at != text.npos; at = text.find(separator)) {
    const std::size_t end = std::min(text.find_first_of(" \t\"'", at), text.size());
    told += masked_url(text.substr(0, end));
    text.remove_prefix(end);
  }
  return told.append(text);
}

ValkeyUrl parse_valkey_url(std::string_view text) {
  const auto refuse = [](std::string what) {
    return ValkeyUrl{.host = {}, .mistake = std::move(what)};
  };
  ServerUrl url = parse_server_url(text);
  if (!url.mistake.empty()) return refuse(std::move(url.mistake));
  if (!url.user.empty() || !url.password.empty()) {
    return refuse("a user or password in the URL is not played; leave it out");
  }
  return {.host = std::move(url.host), .database = url.database, .mistake = {}};
}

}  // namespace outlive::harness
