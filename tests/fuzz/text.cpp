// Text and numbers from untrusted bytes: whatever is read must be what writing it gives back.
#include "base/text.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ensure.hpp"
#include "base/number.hpp"

using outlive::ensure;

// The first byte says how the rest is cut in two.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const std::size_t cut = data[0] < bytes.size() ? data[0] : bytes.size();
  const std::string_view head = bytes.substr(0, cut);
  const std::string_view tail = bytes.substr(cut);

  const bool fits = outlive::glob_match(head, tail);
  ensure(!fits || outlive::glob_match(head, tail, true) || head.find('[') != head.npos,
         "what fits also fits when case is ignored, classes apart");
  if (const auto words = outlive::split_words(bytes)) {
    for (const std::string& word : *words) {
      if (word.find_first_of("\"\\") != word.npos) continue;  // which 8.1 leaves as they are
      const auto again = outlive::split_words(outlive::quoted(word));
      ensure(again && again->size() == 1 && again->front() == word, "quoting can be undone");
    }
  }
  if (const auto integer = outlive::parse_integer(bytes)) {
    std::string written;
    outlive::append_integer(written, *integer);
    ensure(written == bytes, "an integer is written as it was read");
  }
  if (const auto number = outlive::parse_double(bytes)) {
    ensure(outlive::parse_double(outlive::format_double(*number)) == number,
           "a double reads back as itself");
  }
  if (const auto number = outlive::parse_long_double(bytes)) {
    ensure(!outlive::format_long_double_human(*number).empty(), "every long double can be written");
  }
  static_cast<void>(outlive::parse_unsigned(bytes));
  static_cast<void>(outlive::parse_memory(bytes));
  return 0;
}
