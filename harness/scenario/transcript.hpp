// Reads what `valkey-cli MONITOR` printed:
//
//   1700000000.123456 [0 127.0.0.1:1234] "SET" "k" "v"
//
// Left out is what is about connections, transactions' frames, subscriptions and the server itself;
// and calls of scripts, for MONITOR shows what they did in lines of their own (`[0 lua]`).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/command_book.hpp"
#include "scenario/reader.hpp"

namespace outlive::harness {

// Mistakes are noted under `file`: the first of a kind of thing, for there may be a million.
Transcript parse_transcript(std::string_view text, const std::string& file, CommandBook& book,
                            Mistakes& mistakes);

// The words of one line after the time and the brackets, as MONITOR quotes them. None where quotes
// are missing.
std::optional<std::vector<std::string>> monitored_words(std::string_view line);

}  // namespace outlive::harness
