// The directives of valkey.conf and CONFIG SET: names, types, bounds, and the members they set.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/options.hpp"

namespace outlive {

// Sets one directive from its words. Nothing, or what is wrong with it in Valkey's words.
std::optional<std::string> set_directive(Options& options, std::string_view name,
                                         std::span<const std::string_view> values);

}  // namespace outlive
