#include "scenario/toml_bytes.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace outlive::harness {
namespace {

constexpr std::size_t none = 0;

// How many bytes the letter at the front of the text has in UTF-8; `none`: it is no letter.
std::size_t length_of_letter(std::string_view text) {
  struct Form {
    unsigned char mask, bits;
    std::size_t length;
    std::uint32_t least;  // what is smaller has a shorter form
  };
  constexpr std::array<Form, 4> forms{{{0x80, 0x00, 1, 0},
                                       {0xe0, 0xc0, 2, 0x80},
                                       {0xf0, 0xe0, 3, 0x800},
                                       {0xf8, 0xf0, 4, 0x10000}}};
  const auto first = static_cast<unsigned char>(text[0]);
  for (const Form& form : forms) {
    if ((first & form.mask) != form.bits) continue;
    if (text.size() < form.length) return none;
    std::uint32_t letter = first & static_cast<unsigned char>(~form.mask);
    for (std::size_t i = 1; i < form.length; ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if ((byte & 0xc0) != 0x80) return none;
      letter = (letter << 6) | (byte & 0x3f);
    }
    const bool surrogate = letter >= 0xd800 && letter <= 0xdfff;
    return letter < form.least || letter > 0x10ffff || surrogate ? none : form.length;
  }
  return none;
}

std::string hex(unsigned char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {'0', 'x', digits[byte >> 4], digits[byte & 15]};
}

// What the byte is, where it is one that no text has.
std::string why_no_text(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte == '\r') {
    return "a carriage return (0x0d) stands alone; save the file with line ends of Unix or Windows";
  }
  if (byte == 0)
    return "the byte 0x00: this is no text file, or one in another encoding than UTF-8";
  if (byte == 0x7f || byte < 0x20) {
    const std::string number = hex(byte).substr(2);
    return "the control character " + hex(byte) +
           " may not stand here; in a text in \"…\" it is "
           "written \\u00" +
           number;
  }
  const bool binary = text.find('\0') != text.npos;
  return "the byte " + hex(byte) +
         (binary ? ": this is no text file" : " is not UTF-8; save the file as UTF-8");
}

}  // namespace

std::optional<ByteMistake> mistake_in_bytes(std::string_view text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    return ByteMistake{0, "this file is UTF-16; save it as UTF-8"};
  }
  for (std::size_t at = 0; at < text.size();) {
    const char letter = text[at];
    const bool control = (letter >= 0 && letter < 0x20) || letter == 0x7f;
    const bool ends_line = letter == '\r' && text.substr(at + 1).starts_with('\n');
    const std::size_t length = length_of_letter(text.substr(at));
    if (length == none || (control && letter != '\t' && letter != '\n' && !ends_line)) {
      return ByteMistake{at, why_no_text(text, at)};
    }
    at += length;
  }
  return std::nullopt;
}

}  // namespace outlive::harness
