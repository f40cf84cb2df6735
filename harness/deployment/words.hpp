// Figures as findings tell them.
#pragma once

#include <cstdint>
#include <string>

namespace outlive::harness {

// The shortest that valkey.conf would take, where that is whole: "2gb", "100mb", "1536kb", "1000".
std::string bytes_in_words(std::uint64_t bytes);

}  // namespace outlive::harness
