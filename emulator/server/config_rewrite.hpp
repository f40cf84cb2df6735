// CONFIG REWRITE: the configuration file as it should read now.
#pragma once

#include <string>
#include <string_view>

#include "engine/options.hpp"

namespace outlive {

// Lines of directives get the values that hold, the second and further lines of one go, those of
// directives that were changed without being there are added at the end; all else stays (config.c,
// rewriteConfig).
std::string rewritten_config(std::string_view text, const Options& options);

// Does so to a file, whole or not at all. "" or what went wrong.
std::string rewrite_config_file(const std::string& path, const Options& options);

}  // namespace outlive
