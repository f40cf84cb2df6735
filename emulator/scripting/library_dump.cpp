#include "scripting/library_dump.hpp"

#include <cstdint>
#include <optional>

#include "base/digest.hpp"
#include "base/lzf.hpp"

namespace outlive {
namespace {

constexpr unsigned char function_opcode = 245;      // RDB_OPCODE_FUNCTION2
constexpr unsigned char old_function_opcode = 246;  // RDB_OPCODE_FUNCTION_PRE_GA
constexpr std::size_t footer_size = 10;  // two bytes of version, eight of checksum
constexpr unsigned char lzf = 3;         // RDB_ENC_LZF

void put_little_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

// rdb.c, rdbSaveLen: 6, 14, 32 or 64 bits, the first two bits telling which.
void put_length(std::string& out, std::uint64_t n) {
  if (n < 1u << 6) {
    out.push_back(static_cast<char>(n));
  } else if (n < 1u << 14) {
    out.push_back(static_cast<char>(0x40 | n >> 8));
    out.push_back(static_cast<char>(n & 0xff));
  } else {
    const bool wide = n > UINT32_MAX;
    out.push_back(static_cast<char>(wide ? 0x81 : 0x80));
    for (int shift = wide ? 56 : 24; shift >= 0; shift -= 8) {
      out.push_back(static_cast<char>(n >> shift & 0xff));
    }
  }
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  bool empty() const { return left_.empty(); }
  unsigned char byte() {
    const auto value = static_cast<unsigned char>(left_[0]);
    left_.remove_prefix(1);
    return value;
  }
  std::optional<std::string> string();

 private:
  // A length, or how the string is encoded.
  struct Length {
    std::uint64_t value;
    bool encoding;
  };
  std::optional<Length> length();
  std::optional<std::string_view> bytes(std::uint64_t n) {
    if (n > left_.size()) return {};
    const std::string_view taken = left_.substr(0, n);
    left_.remove_prefix(n);
    return taken;
  }

  std::string_view left_;
};

std::optional<Reader::Length> Reader::length() {
  if (empty()) return {};
  const unsigned char first = byte();
  const unsigned kind = first >> 6;
  if (kind == 0) return Length{first, false};
  if (kind == 3) return Length{first & 0x3fu, true};
  if (kind == 1) {
    if (empty()) return {};
    return Length{(first & 0x3fu) << 8 | byte(), false};
  }
  if (first != 0x80 && first != 0x81) return {};
  const auto taken = bytes(first == 0x80 ? 4 : 8);
  if (!taken) return {};
  std::uint64_t value = 0;
  for (const char digit : *taken) value = value << 8 | static_cast<unsigned char>(digit);
  return Length{value, false};
}

std::optional<std::string> Reader::string() {
  const auto head = length();
  if (!head) return {};
  if (!head->encoding) {
    const auto text = bytes(head->value);
    return text ? std::optional(std::string(*text)) : std::nullopt;
  }
  if (head->value != lzf) return {};
  const auto packed_size = length();
  const auto size = length();
  if (!packed_size || !size) return {};
  const auto packed = bytes(packed_size->value);
  return packed ? lzf_decompress(*packed, static_cast<std::size_t>(size->value)) : std::nullopt;
}

void put_text(std::string& out, std::string_view text, bool compress) {
  const auto packed = compress ? lzf_if_worthwhile(text) : std::nullopt;
  if (packed) {
    out.push_back(static_cast<char>(0xc0 | lzf));
    put_length(out, packed->size());
  }
  put_length(out, text.size());
  out += packed ? std::string_view(*packed) : text;
}

}  // namespace

std::string dump_libraries(const Libraries& libraries, bool compress, unsigned rdb_version) {
  std::string out;
  for (const auto& [name, library] : libraries.all()) {
    out.push_back(static_cast<char>(function_opcode));
    put_text(out, library->code, compress);
  }
  put_little_endian(out, rdb_version, 2);
  put_little_endian(out, crc64(0, out), 8);
  return out;
}

bool dump_is_intact(std::string_view payload, unsigned rdb_version) {
  if (payload.size() < footer_size) return false;
  const std::string_view footer = payload.substr(payload.size() - footer_size);
  if (little_endian(footer.substr(0, 2)) > rdb_version) return false;
  return little_endian(footer.substr(2)) == crc64(0, payload.substr(0, payload.size() - 8));
}

ParsedDump parse_dump(std::string_view payload) {
  ParsedDump parsed;
  Reader reader(payload.substr(0, payload.size() - footer_size));
  while (!reader.empty()) {
    const unsigned char opcode = reader.byte();
    if (opcode == old_function_opcode) {
      parsed.error = "Pre-GA function format not supported";
      break;
    }
    if (opcode != function_opcode) {
      parsed.error = "given type is not a function";
      break;
    }
    auto code = reader.string();
    if (!code) {
      parsed.error = "Failed loading library payload";
      break;
    }
    parsed.codes.push_back(std::move(*code));
  }
  return parsed;
}

}  // namespace outlive
