#include "base/grisu.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/wide_multiply.hpp"

// Grisu2 is by Florian Loitsch, "Printing floating-point numbers quickly and accurately with
// integers" (PLDI 2010). Where the paper leaves a choice (which cached power, how products round,
// how the last digit moves) this follows Valkey 8.1 `deps/fpconv/fpconv_dtoa.c`, so that the digits
// are the same.

namespace outlive {
namespace {

// fraction * 2^exponent.
struct Scaled {
  std::uint64_t fraction;
  int exponent;
};

// The high half of the product, rounded.
Scaled operator*(Scaled a, Scaled b) {
  const WideProduct product = wide_multiply(a.fraction, b.fraction);
  return {product.high + (product.low >> 63), a.exponent + b.exponent + 64};
}

Scaled normalized(Scaled number) {
  const int shift = std::countl_zero(number.fraction);
  return {number.fraction << shift, number.exponent - shift};
}

constexpr int power_first = -348;
constexpr int power_step = 8;
constexpr std::size_t power_count = 87;

// A number of some fourteen hundred bits, as long as it takes to tell the powers of ten apart.
// Limbs of 32 bits, the lowest first.
struct Wide {
  std::array<std::uint32_t, 45> limbs{};

  constexpr void multiply(std::uint32_t by) {
    std::uint64_t carry = 0;
    for (std::uint32_t& limb : limbs) {
      carry += std::uint64_t{limb} * by;
      limb = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }

  constexpr void divide(std::uint32_t by) {
    std::uint64_t rest = 0;
    for (std::size_t i = limbs.size(); i-- > 0;) {
      rest = rest << 32 | limbs[i];
      limbs[i] = static_cast<std::uint32_t>(rest / by);
      rest %= by;
    }
  }

  constexpr bool bit(int at) const {
    return at >= 0 && (limbs[static_cast<std::size_t>(at) / 32] >> (at % 32) & 1);
  }

  // The highest 64 bits, rounded. `exponent` is that of the lowest bit.
  constexpr Scaled top(int exponent) const {
    int highest = static_cast<int>(limbs.size()) * 32 - 1;
    while (!bit(highest)) --highest;
    std::uint64_t fraction = 0;
    for (int i = 0; i < 64; ++i) fraction = fraction << 1 | bit(highest - i);
    return {fraction + bit(highest - 64), exponent + highest - 63};
  }
};

// 10^-348, 10^-340 … 10^340.
constexpr std::array<Scaled, power_count> powers = [] {
  constexpr std::uint32_t step = 100'000'000;  // 10^8
  constexpr int one_exponent = -1408;          // where a one stands to be divided
  constexpr int power_zero_above = 44;         // 10^4 is the first that is no fraction
  std::array<Scaled, power_count> table{};
  Wide small;
  small.limbs[-one_exponent / 32] = 1;
  small.divide(10'000);
  for (int i = power_zero_above - 1; i >= 0; --i) {
    table[static_cast<std::size_t>(i)] = small.top(one_exponent);
    small.divide(step);
  }
  Wide large;
  large.limbs[0] = 10'000;
  for (std::size_t i = power_zero_above; i < power_count; ++i) {
    table[i] = large.top(0);
    large.multiply(step);
  }
  return table;
}();

// A power that brings a number of that exponent to one between -60 and -32. Two may; which is taken
// decides digits, so the search begins where Valkey's does.
std::size_t power_for(int exponent) {
  constexpr double log10_of_2 = 0.30102999566398114;
  const int guess = static_cast<int>(-(exponent + static_cast<int>(power_count)) * log10_of_2);
  auto index = static_cast<std::size_t>((guess - power_first) / power_step);
  for (;;) {
    const int scaled = exponent + powers[index].exponent + 64;
    if (scaled < -60) {
      ++index;
    } else if (scaled > -32) {
      --index;
    } else {
      return index;
    }
  }
}

constexpr std::array<std::uint64_t, 20> tens = [] {
  std::array<std::uint64_t, 20> table{};
  std::uint64_t ten = 1;
  for (std::uint64_t& entry : table) {
    entry = ten;
    ten *= 10;
  }
  return table;
}();

// Moves the last digit down while that comes closer to the number and stays in the interval. All
// are distances below the upper bound: of what is written, of the number, of the lower bound.
void approach(std::string& digits, std::uint64_t written, std::uint64_t number,
              std::uint64_t interval, std::uint64_t unit) {
  while (written < number && interval - written >= unit &&
         (written + unit < number || number - written > written + unit - number)) {
    --digits.back();
    written += unit;
  }
}

// Writes digits of the upper bound until the rest is smaller than the interval; `power` moves on to
// the place of the last.
std::string digits_within(Scaled lower, Scaled number, Scaled upper, int& power) {
  const int point = -upper.exponent;
  const std::uint64_t one = std::uint64_t{1} << point;
  const std::uint64_t below = upper.fraction - number.fraction;
  std::uint64_t interval = upper.fraction - lower.fraction;
  std::uint64_t whole = upper.fraction >> point;
  std::uint64_t part = upper.fraction & (one - 1);
  std::string digits;
  const auto append = [&digits](std::uint64_t digit) {
    if (digit != 0 || !digits.empty()) digits += static_cast<char>('0' + digit);
  };
  for (std::size_t place = 10; place-- > 0;) {  // the whole part has 32 bits at most
    append(whole / tens[place]);
    whole %= tens[place];
    const std::uint64_t rest = (whole << point) + part;
    if (rest <= interval) {
      power += static_cast<int>(place);
      approach(digits, rest, below, interval, tens[place] << point);
      return digits;
    }
  }
  for (std::size_t place = 1;; ++place) {
    part *= 10;
    interval *= 10;
    append(part >> point);
    part &= one - 1;
    if (part < interval) {
      power -= static_cast<int>(place);
      approach(digits, part, below * tens[place], interval, one);
      return digits;
    }
  }
}

}  // namespace

Decimal grisu_digits(double value) {
  constexpr int mantissa_bits = 52;
  constexpr std::uint64_t hidden = std::uint64_t{1} << mantissa_bits;
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const int biased = static_cast<int>(bits >> mantissa_bits & 0x7ff);
  Scaled number{bits & (hidden - 1), 1 - 1023 - mantissa_bits};
  if (biased != 0) number = {number.fraction | hidden, biased - 1023 - mantissa_bits};

  // Halfway to the neighbours; below a power of two these lie closer together.
  const Scaled upper = normalized({(number.fraction << 1) + 1, number.exponent - 1});
  const int closer = number.fraction == hidden ? 2 : 1;
  Scaled lower{(number.fraction << closer) - 1, number.exponent - closer};
  lower = {lower.fraction << (lower.exponent - upper.exponent), upper.exponent};

  const std::size_t index = power_for(upper.exponent);
  const Scaled scale = powers[index];
  Scaled high = upper * scale;
  Scaled low = lower * scale;
  --high.fraction;  // products are off by less than one: stay inside
  ++low.fraction;
  int power = -(power_first + power_step * static_cast<int>(index));
  Decimal decimal{digits_within(low, normalized(number) * scale, high, power), 0};
  decimal.point = static_cast<int>(decimal.digits.size()) + power;
  return decimal;
}

}  // namespace outlive
