// Figures of a live server as people read them.
#pragma once

#include <string>

namespace outlive::harness {

// "12,345", rounded; what is less than nothing is "0".
std::string keys_in_words(double keys);
// The same, but "0.1" and "2.5" below ten, where rounding would tell another rate.
std::string rate_in_words(double a_second);
// "1.5 GB", "19.1 MB", "312 KB", "40 bytes": three digits are enough.
std::string size_in_words(double bytes);
// "9.0 %", "0.02 %", "100 %"; of nothing "0 %".
std::string percent_in_words(double part, double whole);

}  // namespace outlive::harness
