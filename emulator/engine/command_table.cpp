#include "engine/command_table.hpp"

#include <bit>

#include "base/ensure.hpp"
#include "base/text.hpp"

namespace outlive {

std::string Command::full_name() const {
  if (container.empty()) return std::string(name);
  return std::string(container) + "|" + std::string(name);
}

CommandTable::CommandTable(std::span<const CommandRows> families) {
  for (const CommandRows& family : families) {
    for (const Command& row : family) rows_.push_back(&row);
  }
  slots_.resize(std::bit_ceil(rows_.size() * 4));
  for (const Command* row : rows_) {
    std::size_t at = hash(row->name) & (slots_.size() - 1);
    while (slots_[at].command) {
      ensure(slots_[at].command->name != row->name, "a command has one row");
      at = (at + 1) & (slots_.size() - 1);
    }
    // A container's number is followed by its subcommands'.
    slots_[at] = {row, total_};
    total_ += 1 + row->subcommands.size();
  }
}

std::size_t CommandTable::hash(std::string_view name) {
  // FNV-1a over the lower-cased letters: names are short.
  std::size_t hash = 0xcbf29ce484222325u;
  for (const char letter : name) {
    hash = (hash ^ static_cast<unsigned char>(letter | 0x20)) * 0x100000001b3u;
  }
  return hash ^ (hash >> 32);
}

const CommandTable::Slot& CommandTable::find_slot(std::string_view name) const {
  std::size_t at = hash(name) & (slots_.size() - 1);
  while (slots_[at].command && !equal_ignoring_case(slots_[at].command->name, name)) {
    at = (at + 1) & (slots_.size() - 1);
  }
  return slots_[at];
}

CommandTable::Found CommandTable::resolve(std::span<const std::string_view> words) const {
  const Slot& slot = find_slot(words[0]);
  if (!slot.command) return {};
  if (slot.command->subcommands.empty()) return {slot.command, nullptr, slot.index};
  if (words.size() == 1) return {slot.command, nullptr, slot.index};
  std::size_t index = slot.index;
  for (const Command& row : slot.command->subcommands) {
    ++index;
    if (equal_ignoring_case(row.name, words[1])) return {&row, slot.command, index};
  }
  return {nullptr, slot.command, slot.index};
}

const Command* CommandTable::find_full(std::string_view name) const {
  const std::size_t bar = name.find('|');
  const Command* container = find(name.substr(0, bar));
  if (!container || bar == std::string_view::npos) return container;
  for (const Command& row : container->subcommands) {
    if (equal_ignoring_case(row.name, name.substr(bar + 1))) return &row;
  }
  return nullptr;
}

std::size_t CommandTable::index_of(const Command& command) const {
  const std::string_view top = command.container.empty() ? command.name : command.container;
  const Slot& slot = find_slot(top);
  if (command.container.empty()) return slot.index;
  return slot.index + 1 + static_cast<std::size_t>(&command - slot.command->subcommands.data());
}

}  // namespace outlive
