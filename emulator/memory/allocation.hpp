// What an allocation weighs: the size class that jemalloc gives a request.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace outlive {

// jemalloc 5 with 4 KiB pages. Below eight quanta the classes are a quantum apart (after 8, and
// after 16 when the quantum is 8); above that there are four to a doubling. The allocator bundled
// with Valkey (and so the upstream images) has quantum 8, Debian's system jemalloc 16.
//
// It also says how an object with a short text inside it is asked for, which every argument of a
// request is: up to 8.1 beside the pointer that it has no use for, in 64 bytes; since 9.0 over it,
// in 128 (object.c, createEmbeddedStringObject).
enum class ShortTexts : std::uint8_t { beside_pointer, over_pointer };

// jemalloc 5.3.1, Debian's beside Valkey 9.1, has no size classes above 16 KiB but whole pages
// (measured).
enum class LargeSizes : std::uint8_t { classes, pages };

class Allocation {
 public:
  explicit constexpr Allocation(std::size_t quantum,
                                ShortTexts short_texts = ShortTexts::beside_pointer,
                                LargeSizes large_sizes = LargeSizes::classes)
      : quantum_(quantum), short_texts_(short_texts), large_sizes_(large_sizes) {
    for (std::size_t i = 0; i < small_.size(); ++i) {
      small_[i] = static_cast<std::uint16_t>(compute(i * 8));
    }
  }

  // Usable bytes of a request for `n` bytes.
  constexpr std::size_t size(std::size_t n) const {
    const std::size_t slot = (n + 7) / 8;
    if (slot < small_.size()) return small_[slot];
    constexpr std::size_t page = 4096;
    const bool in_pages = large_sizes_ == LargeSizes::pages && n > 4 * page;
    return in_pages ? round_up(n, page) : doubling(n);
  }
  constexpr std::size_t quantum() const { return quantum_; }
  constexpr ShortTexts short_texts() const { return short_texts_; }

 private:
  constexpr std::size_t compute(std::size_t n) const {
    if (n <= 8) return 8;
    if (n <= 8 * quantum_) return round_up(n, quantum_);
    if (n <= 128) return round_up(n, 16);
    return doubling(n);
  }
  static constexpr std::size_t doubling(std::size_t n) {
    const std::size_t top = std::bit_ceil(n);
    return round_up(n, top >> 3);
  }
  static constexpr std::size_t round_up(std::size_t n, std::size_t step) {
    return (n + step - 1) / step * step;
  }

  std::size_t quantum_;
  ShortTexts short_texts_;
  LargeSizes large_sizes_;
  std::array<std::uint16_t, 257> small_{};  // by (n + 7) / 8, up to 2 KiB
};

// The two allocators in the field.
inline constexpr Allocation quantum_8{8};
inline constexpr Allocation quantum_16{16};
// And with 9.0's objects, each as the upstream image and Debian build 9.1.
inline constexpr Allocation quantum_8_over_pointer{8, ShortTexts::over_pointer};
inline constexpr Allocation quantum_16_over_pointer{16, ShortTexts::over_pointer,
                                                    LargeSizes::pages};

}  // namespace outlive
