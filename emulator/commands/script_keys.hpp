// The words of EVAL and FCALL: a name, how many keys, the keys, the arguments.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "engine/command.hpp"

namespace outlive {

// Where the keys of a script are, of which only the script knows what it does with them.
inline constexpr KeySpec any_write =
    KeySpec::counted(keyflag::rw | keyflag::access | keyflag::update, 2)
        .noted("We cannot tell how the keys will be used so we assume the worst, RW and UPDATE");
inline constexpr KeySpec any_read =
    KeySpec::counted(keyflag::ro | keyflag::access, 2)
        .noted("We cannot tell how the keys will be used so we assume the worst, RO and ACCESS");

struct ScriptWords {
  std::span<const std::string_view> keys;
  std::span<const std::string_view> arguments;
};

// None if the client was told that the number of keys is wrong; `not_a_number` is what it hears
// when there is none.
inline std::optional<ScriptWords> split_keys(Call& call, std::string_view not_a_number) {
  const auto words = call.words.subspan(3);
  const auto keys = parse_integer(call.words[2]);
  const auto refuse = [&](std::string_view error) {
    call.reply.error(error);
    return std::nullopt;
  };
  if (!keys) return refuse(not_a_number);
  if (*keys > static_cast<std::int64_t>(words.size())) {
    return refuse("ERR Number of keys can't be greater than number of args");
  }
  if (*keys < 0) return refuse("ERR Number of keys can't be negative");
  const auto n = static_cast<std::size_t>(*keys);
  return ScriptWords{words.first(n), words.subspan(n)};
}

}  // namespace outlive
