// A double's decimal digits as Valkey prints them.
#pragma once

#include <string>

namespace outlive {

// 0.digits times ten to the power `point`.
struct Decimal {
  std::string digits;
  int point;
};

// The digits of a positive, finite number by Grisu2: they always read back as the same number and
// are nearly always the fewest and the closest that do. Where they are not (one number in four
// hundred) they are Valkey's own all the same, which is why std::to_chars() would not do.
Decimal grisu_digits(double value);

}  // namespace outlive
