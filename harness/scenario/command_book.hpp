// What Valkey knows of commands, asked of an emulator: which there are, what they are about, which
// of their words are keys, and what they do to these.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "outlive/emulator.hpp"
#include "scenario/commands.hpp"

namespace outlive::harness {

struct CommandFacts {
  enum class About : std::uint8_t {
    data,
    script,   // EVAL, FCALL: what it does is not seen from outside
    session,  // the connection, a transaction's frame, subscriptions, the server itself
  };
  std::string mistake = {};  // why it can't be played; empty: it can
  About about = About::data;
  bool touches_all = false;
  // Keys by name, in the order in which Valkey names them.
  std::vector<std::pair<std::string, KeyEffect>> keys = {};
};

class CommandBook {
 public:
  CommandFacts look_up(std::span<const std::string_view> words);
  // Why there is no command of that name, with the nearest; "": there is one.
  std::string unknown(std::string_view name);

 private:
  // All that does not hang on the arguments.
  struct Row {
    bool known = false;
    bool has_subcommands = false;
    bool blocks = false;
    bool writes = false;
    CommandFacts::About about = CommandFacts::About::data;
  };

  // Of "get", or "config|get".
  const Row& row_of(const std::string& name);

  Emulator emulator_;
  std::map<std::string, Row> rows_;  // by the name in small letters
};

}  // namespace outlive::harness
