// Finds rows by name. Made once an engine from the families' rows; nothing registers itself.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/command.hpp"
#include "memory/profile.hpp"

namespace outlive {

class CommandTable {
 public:
  // The rows that this profile's version has.
  CommandTable(std::span<const CommandRows> families, const Profile& profile);

  struct Found {
    const Command* command = nullptr;    // the row that will run
    const Command* container = nullptr;  // its parent when it is a subcommand
    std::size_t index = 0;               // a number of its own, for statistics

    // Whether the first word alone says what to run.
    bool is_by_name() const { return command && !container && command->subcommands.empty(); }
  };

  // The top-level row, whatever the case of the name.
  const Command* find(std::string_view name) const { return find_slot(name).command; }
  // The row for a request: a container's subcommand where it has any. `command` is null if there is
  // none; `container` then tells whether the first word was known.
  Found resolve(std::span<const std::string_view> words) const;

  // The row of a name as COMMAND INFO and ACL write it: "get", "config", "config|get".
  const Command* find_full(std::string_view name) const;

  // All top-level rows, in the families' order.
  const std::vector<const Command*>& rows() const { return rows_; }
  std::size_t index_of(const Command& command) const;
  std::size_t count() const { return total_; }

 private:
  struct Slot {
    std::uint64_t letters = 0;  // eight of the name's, or all: most names are told apart by them
    std::string_view name;
    const Command* command = nullptr;
    std::size_t index = 0;
  };
  const Slot& find_slot(std::string_view name) const;
  // Where this very spelling is, or would be.
  std::size_t place_of(std::string_view name) const;
  void add(std::string_view name, const Command& row);
  // The row as it is, or a copy of what it was in an older version.
  const Command* as_of(const Command& row, const Profile& profile);

  // Open addressing, a power of two: every name in small letters and in capitals, as clients write
  // them; others are put into small letters first.
  std::vector<Slot> slots_;
  std::deque<std::string> capitals_;
  std::vector<const Command*> rows_;
  std::deque<Command> older_;
  std::deque<std::vector<Command>> older_subcommands_;
  std::size_t total_ = 0;
};

// Remembers what was found last: clients mostly repeat a command, and need not look again.
class RepeatedCommand {
 public:
  // As `table`, always the same, resolves the request.
  const CommandTable::Found& resolve(const CommandTable& table,
                                     std::span<const std::string_view> words) {
    if (!found_.is_by_name() || words[0] != name_) {
      found_ = table.resolve(words);
      if (found_.is_by_name()) name_ = words[0];  // else it may be of any length
    }
    return found_;
  }

 private:
  std::string name_;
  CommandTable::Found found_;
};

}  // namespace outlive
