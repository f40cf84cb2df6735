// Finds rows by name. Made once an engine from the families' rows; nothing registers itself.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/command.hpp"

namespace outlive {

class CommandTable {
 public:
  explicit CommandTable(std::span<const CommandRows> families);

  struct Found {
    const Command* command = nullptr;    // the row that will run
    const Command* container = nullptr;  // its parent when it is a subcommand
    std::size_t index = 0;               // a number of its own, for statistics
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
    const Command* command = nullptr;
    std::size_t index = 0;
  };
  static std::size_t hash(std::string_view name);
  const Slot& find_slot(std::string_view name) const;

  std::vector<Slot> slots_;  // open addressing, a power of two
  std::vector<const Command*> rows_;
  std::size_t total_ = 0;
};

}  // namespace outlive
