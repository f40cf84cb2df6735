#include "engine/command_table.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/ensure.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

namespace outlive {

std::string Command::full_name() const {
  if (container.empty()) return std::string(name);
  return std::string(container) + "|" + std::string(name);
}

namespace {

bool offered(const Command& row, const Profile& profile) {
  return profile.has(row.docs.since);
}

bool taken_back(const CommandDocs& docs, const Profile& profile) {
  return !docs.deprecated_until.empty() && profile.has(docs.deprecated_until);
}

bool differed(const Command& row, const Profile& profile) {
  if (!profile.has(row.docs.deprecated_since) || taken_back(row.docs, profile)) return true;
  if (row.before_8_0.differs() && !profile.has("8.0.0")) return true;
  if (!profile.has("8.1.0")) return row.flags_since_8_1 != 0;
  return profile.has("9.1.0") && (row.flags_since_9_1 != 0 || row.arity_since_9_1 != 0 ||
                                  !row.docs.summary_since_9_1.empty());
}

Command as_it_was(Command row, const Profile& profile) {
  if (!profile.has("8.1.0")) row.flags &= ~row.flags_since_8_1;
  if (!profile.has("8.0.0")) {
    const Former& former = row.before_8_0;
    if (former.arity != 0) row.arity = former.arity;
    row.flags = (row.flags | former.flags) & ~former.flags_since;
    row.docs.tips = former.tips.value_or(row.docs.tips);
  }
  if (profile.has("9.1.0")) {
    row.flags |= row.flags_since_9_1;
    if (row.arity_since_9_1 != 0) row.arity = row.arity_since_9_1;
    if (!row.docs.summary_since_9_1.empty()) row.docs.summary = row.docs.summary_since_9_1;
  }
  if (!profile.has(row.docs.deprecated_since) || taken_back(row.docs, profile)) {
    row.docs.deprecated_since = {};
    row.docs.replaced_by = {};
  }
  return row;
}

}  // namespace

CommandTable::CommandTable(std::span<const CommandRows> families, const Profile& profile) {
  for (const CommandRows& family : families) {
    for (const Command& row : family) {
      if (offered(row, profile)) rows_.push_back(as_of(row, profile));
    }
  }
  slots_.resize(std::bit_ceil(rows_.size() * 8));
  for (const Command* row : rows_) {
    add(row->name, *row);
    std::string capitals = to_upper(row->name);
    if (capitals != row->name) add(capitals_.emplace_back(std::move(capitals)), *row);
    // A container's number is followed by its subcommands'.
    total_ += 1 + row->subcommands.size();
  }
}

const Command* CommandTable::as_of(const Command& row, const Profile& profile) {
  const auto stays = [&](const Command& one) {
    return offered(one, profile) && !differed(one, profile);
  };
  if (!differed(row, profile) && std::ranges::all_of(row.subcommands, stays)) return &row;
  std::vector<Command>& kept = older_subcommands_.emplace_back();
  for (const Command& one : row.subcommands) {
    if (offered(one, profile)) kept.push_back(as_it_was(one, profile));
  }
  Command& copy = older_.emplace_back(as_it_was(row, profile));
  copy.subcommands = kept;
  return &copy;
}

void CommandTable::add(std::string_view name, const Command& row) {
  Slot& slot = slots_[place_of(name)];
  ensure(!slot.command, "a command has one row");
  slot = {name, &row, total_};
}

std::size_t CommandTable::place_of(std::string_view name) const {
  std::size_t at = hash_bytes(name, 0) & (slots_.size() - 1);
  while (slots_[at].command && slots_[at].name != name) at = (at + 1) & (slots_.size() - 1);
  return at;
}

const CommandTable::Slot& CommandTable::find_slot(std::string_view name) const {
  const Slot& slot = slots_[place_of(name)];
  return slot.command ? slot : slots_[place_of(to_lower(name))];
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
