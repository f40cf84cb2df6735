// The short forms of values in a compose file.
#pragma once

#include <optional>
#include <string_view>

#include "deployment/compose_file.hpp"

namespace outlive::harness {

// "[address:][host port:]container port[/protocol]". Of a range of ports the first. None: it is no
// port.
std::optional<PublishedPort> parse_published_port(std::string_view text);

// "[source:]target[:mode]". A source that begins with '.', '/' or '~' is a path.
Mount parse_mount(std::string_view text);

}  // namespace outlive::harness
