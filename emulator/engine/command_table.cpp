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

// Whether this version calls it deprecated.
bool deprecated(const CommandDocs& docs, const Profile& profile) {
  return !docs.deprecated_since.empty() &&
         profile.is_within(docs.deprecated_since, docs.deprecated_until);
}

template <class Visit>
void each_difference(const Command& row, const Profile& profile, Visit visit) {
  if (profile.has("9.1.0")) visit(row.since_9_1);
  if (!profile.has("8.1.0")) visit(row.before_8_1);
  if (!profile.has("8.0.0")) visit(row.before_8_0);
}

bool differed(const Command& row, const Profile& profile) {
  bool differs = !row.docs.deprecated_since.empty() && !deprecated(row.docs, profile);
  each_difference(row, profile, [&](const Difference& one) { differs |= !one.is_none(); });
  return differs;
}

Command as_it_was(const Command& row, const Profile& profile) {
  Command was = row;
  each_difference(row, profile, [&was](const Difference& one) {
    if (one.arity != 0) was.arity = one.arity;
    was.flags = (was.flags | one.flags) & ~one.without;
    was.docs.tips = one.tips.value_or(was.docs.tips);
    was.docs.summary = one.summary.value_or(was.docs.summary);
  });
  if (!deprecated(row.docs, profile)) was.docs.deprecated_since = was.docs.replaced_by = {};
  return was;
}

// The first eight letters of a name; all of a shorter one, in some order.
std::uint64_t letters_of(std::string_view name) {
  const char* at = name.data();
  const std::size_t size = name.size();
  if (size >= 8) return hashing::load_8(at);
  if (size >= 4) return hashing::load_4(at) | hashing::load_4(at + size - 4) << 32;
  std::uint64_t letters = 0;
  for (const char letter : name) letters = letters << 8 | static_cast<unsigned char>(letter);
  return letters;
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
  slot = {letters_of(name), name, &row, total_};
}

std::size_t CommandTable::place_of(std::string_view name) const {
  const std::uint64_t letters = letters_of(name);
  const std::uint64_t hash =
      hashing::fold(letters ^ hashing::salt_1, name.size() ^ hashing::salt_2);
  const auto is_this = [&](const Slot& slot) {
    return slot.letters == letters && slot.name.size() == name.size() &&
           (name.size() <= sizeof letters || slot.name == name);
  };
  std::size_t at = hash & (slots_.size() - 1);
  while (slots_[at].command && !is_this(slots_[at])) at = (at + 1) & (slots_.size() - 1);
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
