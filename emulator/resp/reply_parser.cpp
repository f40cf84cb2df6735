#include "resp/reply_parser.hpp"

#include <charconv>
#include <string>

#include "base/number.hpp"

namespace outlive {
namespace {

// How a type byte is read: a line of text, a counted text, or counted elements.
enum class Form : std::uint8_t { line, text, elements };

struct Type {
  char byte;
  Form form;
  ReplyKind kind;
  std::size_t factor = 1;  // replies for each counted element
};
constexpr Type types[] = {
    {'+', Form::line, ReplyKind::simple},     {'-', Form::line, ReplyKind::error},
    {':', Form::line, ReplyKind::integer},    {'_', Form::line, ReplyKind::null},
    {',', Form::line, ReplyKind::number},     {'#', Form::line, ReplyKind::boolean},
    {'(', Form::line, ReplyKind::big_number}, {'$', Form::text, ReplyKind::bulk},
    {'=', Form::text, ReplyKind::verbatim},   {'*', Form::elements, ReplyKind::array},
    {'%', Form::elements, ReplyKind::map, 2}, {'~', Form::elements, ReplyKind::set},
    {'>', Form::elements, ReplyKind::push},
};

const Type* type_of(char byte) {
  for (const Type& type : types) {
    if (type.byte == byte) return &type;
  }
  return nullptr;
}

class Parser {
 public:
  explicit Parser(std::string_view bytes) : bytes_(bytes) {}

  bool parse(Reply& reply) {
    if (at_ >= bytes_.size()) return false;
    const Type* type = type_of(bytes_[at_]);
    if (!type) return fail();
    const std::size_t end = bytes_.find("\r\n", at_);
    if (end == std::string_view::npos) return false;
    const std::string_view line = bytes_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 2;
    reply.kind = type->kind;
    if (type->form == Form::line) return read_line(reply, line);
    const auto count = parse_integer(line);
    if (!count || *count < -1) return fail();
    if (*count == -1) {
      reply.kind = ReplyKind::null;
      return true;
    }
    const auto size = static_cast<std::size_t>(*count);
    return type->form == Form::text ? read_text(reply, size)
                                    : read_elements(reply, size * type->factor);
  }

  std::size_t at() const { return at_; }
  bool malformed() const { return malformed_; }

 private:
  bool fail() {
    malformed_ = true;
    return false;
  }
  bool read_line(Reply& reply, std::string_view line) {
    switch (reply.kind) {
      case ReplyKind::integer: {
        const auto value = parse_integer(line);
        if (!value) return fail();
        reply.integer = *value;
        return true;
      }
      case ReplyKind::boolean:
        reply.integer = line == "t";
        return true;
      case ReplyKind::number:
        reply.number = parse_double(line).value_or(0);
        return true;
      default:
        reply.text = line;
        return true;
    }
  }
  bool read_text(Reply& reply, std::size_t size) {
    if (bytes_.size() < at_ + size + 2) return false;
    reply.text = bytes_.substr(at_, size);
    at_ += size + 2;
    // A verbatim text begins with its format: "txt:".
    if (reply.kind == ReplyKind::verbatim && reply.text.size() >= 4) reply.text.erase(0, 4);
    return true;
  }
  bool read_elements(Reply& reply, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (!parse(reply.elements.emplace_back())) return false;
    }
    return true;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool malformed_ = false;
};

std::string indented(const Reply& reply, std::size_t depth);

std::string items(const Reply& reply, std::size_t depth) {
  if (reply.elements.empty()) return "(empty array)";
  std::string text;
  std::size_t number = 0;
  for (const Reply& element : reply.elements) {
    if (number > 0) text += "\n" + std::string(depth * 3, ' ');
    text += std::to_string(++number) + ") " + indented(element, depth + 1);
  }
  return text;
}

std::string indented(const Reply& reply, std::size_t depth) {
  switch (reply.kind) {
    case ReplyKind::null:
      return "(nil)";
    case ReplyKind::error:
      return "(error) " + reply.text;
    case ReplyKind::integer:
      return "(integer) " + std::to_string(reply.integer);
    case ReplyKind::boolean:
      return reply.integer ? "(true)" : "(false)";
    case ReplyKind::number:
      return "(double) " + format_double(reply.number);
    case ReplyKind::bulk:
      return "\"" + reply.text + "\"";
    case ReplyKind::array:
    case ReplyKind::map:
    case ReplyKind::set:
    case ReplyKind::push:
      return items(reply, depth);
    default:
      return reply.text;
  }
}

}  // namespace

std::optional<ParsedReply> parse_reply(std::string_view bytes, bool* malformed) {
  Parser parser(bytes);
  ParsedReply parsed;
  const bool whole = parser.parse(parsed.reply);
  if (malformed) *malformed = parser.malformed();
  if (!whole) return {};
  parsed.size = parser.at();
  return parsed;
}

std::string to_string(const Reply& reply) {
  return indented(reply, 0);
}

}  // namespace outlive
