// A finding as programs read it: in `outlive check` and `outlive doctor`.
#pragma once

#include <nlohmann/json.hpp>

#include "deployment/rule.hpp"

namespace outlive::harness {

nlohmann::ordered_json json_of(const Judged& one);

// null for "".
nlohmann::ordered_json text_or_null(std::string_view text);

}  // namespace outlive::harness
