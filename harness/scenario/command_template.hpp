// Reads commands written with placeholders, e.g. SET session:{key} {value} EX {60..120}.
#pragma once

#include <vector>

#include "scenario/command_book.hpp"
#include "scenario/reader.hpp"

namespace outlive::harness {

// A list of commands, each as text or, with a weight, { weight = 3, command = "GET session:{key}"
// }.
std::vector<CommandTemplate> read_commands(const Value& value);

// Whether a {key} is drawn for it.
bool draws_key(const CommandTemplate& command);

}  // namespace outlive::harness
