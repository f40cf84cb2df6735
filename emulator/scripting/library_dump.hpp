// FUNCTION DUMP's payload: each library as in an RDB file, then the format's version and a
// checksum.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scripting/library.hpp"

namespace outlive {

// `compress`: texts by LZF where that is shorter (rdbcompression). `rdb_version` is written behind.
std::string dump_libraries(const Libraries& libraries, bool compress, unsigned rdb_version);

struct ParsedDump {
  std::vector<std::string> codes;
  std::string error;  // without a code
};
// The libraries' texts. Reads strings compressed with LZF too.
ParsedDump parse_dump(std::string_view payload);
// Whether the version at the end is no later than this one, and the checksum right (cluster.c,
// verifyDumpPayload).
bool dump_is_intact(std::string_view payload, unsigned rdb_version);

}  // namespace outlive
