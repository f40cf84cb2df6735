#include "deployment/compose_values.hpp"

#include <cmath>

#include "base/number.hpp"
#include "base/text.hpp"

namespace outlive::harness {
namespace {

std::optional<int> first_port(std::string_view text) {
  const auto port = parse_integer(text.substr(0, text.find('-')));
  if (!port || *port < 0 || *port > 65'535) return std::nullopt;
  return static_cast<int>(*port);
}

}  // namespace

std::optional<PublishedPort> parse_published_port(std::string_view text) {
  text = text.substr(0, text.find('/'));
  PublishedPort port{"0.0.0.0", 0, 0, {}};
  const std::size_t last = text.rfind(':');
  const auto container = first_port(last == text.npos ? text : text.substr(last + 1));
  if (!container) return std::nullopt;
  port.container_port = *container;
  if (last == text.npos) return port;
  std::string_view host = text.substr(0, last);
  if (const std::size_t colon = host.rfind(':'); colon != host.npos) {
    std::string_view address = host.substr(0, colon);
    host.remove_prefix(colon + 1);
    if (address.starts_with('[') && address.ends_with(']')) {
      address = address.substr(1, address.size() - 2);
    }
    if (!address.empty()) port.address = address;
  }
  if (host.empty()) return port;
  const auto published = first_port(host);
  if (!published) return std::nullopt;
  port.host_port = *published;
  return port;
}

Mount parse_mount(std::string_view text) {
  Mount mount;
  const std::size_t first = text.find(':');
  if (first == text.npos) {
    mount.target = text;
    return mount;
  }
  mount.source = text.substr(0, first);
  const std::string_view rest = text.substr(first + 1);
  mount.target = rest.substr(0, rest.find(':'));
  const char begin = mount.source.empty() ? '\0' : mount.source.front();
  mount.is_file = begin == '.' || begin == '/' || begin == '~';
  return mount;
}

std::optional<std::uint64_t> parse_compose_bytes(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && (is_digit(text[digits]) || text[digits] == '.')) ++digits;
  const auto number = parse_double(text.substr(0, digits));
  const std::string unit = to_lower(text.substr(digits));
  if (digits == 0 || !number) return std::nullopt;
  // All of them powers of 1,024 (docker/go-units, RAMInBytes).
  constexpr std::string_view letters = "bkmgt";
  std::size_t power = 0;
  if (!unit.empty()) {
    power = letters.find(unit.front());
    const std::string_view rest = std::string_view{unit}.substr(1);
    const bool known = rest.empty() || (power > 0 && (rest == "b" || rest == "ib"));
    if (power == letters.npos || !known) return std::nullopt;
  }
  const double bytes = *number * std::pow(1024.0, static_cast<double>(power));
  if (bytes > 1e18) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace outlive::harness
