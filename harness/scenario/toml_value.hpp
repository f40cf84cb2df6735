// What is wrong with a value of a TOML file that is neither a text in quotes nor a list or a table.
#pragma once

#include <string>
#include <string_view>

namespace outlive::harness {

// Whether it is a number, a date, true or false.
bool is_toml_value(std::string_view written);

// Why it is none of them, and what would be right in its place.
std::string why_no_value(std::string_view written);

}  // namespace outlive::harness
