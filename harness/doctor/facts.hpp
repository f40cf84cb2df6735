// The server by its own words: INFO, and CONFIG GET where that is allowed.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/examination.hpp"
#include "doctor/gentle_client.hpp"

namespace outlive::harness {

// "name:value" lines of INFO.
std::map<std::string, std::string> parse_info(std::string_view text);

// What INFO's lines say; what they lack is not known.
ServerFacts facts_of(const std::map<std::string, std::string>& info);

// The emulator's profile that is nearest to a server: by its name and version ("valkey", "8.1.1").
std::string nearest_profile(std::string_view name, std::string_view version);

// Asks for both, and sets `facts`, `now_ms` and `seen_at_us`. What is refused goes to `unseen`.
void read_facts(GentleClient& client, Examination& examination);

// The error of a reply: "ERR unknown command 'CONFIG', with args beginning with: …" as it stands,
// cut where arguments are repeated.
std::string why_refused(const OwnedReply& reply);

}  // namespace outlive::harness
