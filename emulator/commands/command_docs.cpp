#include "commands/command_docs.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "engine/categories.hpp"
#include "engine/key_positions.hpp"

namespace outlive {
namespace {

struct FlagName {
  std::uint64_t bit;
  std::string_view name;
};

// server.c, addReplyFlagsForCommand; some flags are not shown on purpose.
constexpr FlagName command_flags[] = {{flag::write, "write"},
                                      {flag::readonly, "readonly"},
                                      {flag::denyoom, "denyoom"},
                                      {flag::admin, "admin"},
                                      {flag::pubsub, "pubsub"},
                                      {flag::noscript, "noscript"},
                                      {flag::blocking, "blocking"},
                                      {flag::loading, "loading"},
                                      {flag::stale, "stale"},
                                      {flag::skip_monitor, "skip_monitor"},
                                      {flag::skip_slowlog, "skip_commandlog"},
                                      {flag::asking, "asking"},
                                      {flag::fast, "fast"},
                                      {flag::no_auth, "no_auth"},
                                      {flag::no_mandatory_keys, "no_mandatory_keys"},
                                      {flag::no_async_loading, "no_async_loading"},
                                      {flag::no_multi, "no_multi"},
                                      {flag::movablekeys, "movablekeys"},
                                      {flag::allow_busy, "allow_busy"}};

constexpr auto command_flags_8_0 = [] {
  auto names = std::to_array(command_flags);
  for (FlagName& name : names) {
    if (name.bit == flag::skip_slowlog) name.name = "skip_slowlog";
  }
  return names;
}();

constexpr FlagName key_flags[] = {{keyflag::ro, "RO"},
                                  {keyflag::rw, "RW"},
                                  {keyflag::ow, "OW"},
                                  {keyflag::rm, "RM"},
                                  {keyflag::access, "access"},
                                  {keyflag::update, "update"},
                                  {keyflag::insert, "insert"},
                                  {keyflag::remove, "delete"},
                                  {keyflag::not_key, "not_key"},
                                  {keyflag::incomplete, "incomplete"},
                                  {keyflag::variable_flags, "variable_flags"}};

void write_flags(ReplyWriter& reply, std::span<const FlagName> names, std::uint64_t flags) {
  const auto set = [flags](const FlagName& name) { return (flags & name.bit) != 0; };
  reply.set(static_cast<std::size_t>(std::count_if(names.begin(), names.end(), set)));
  for (const FlagName& name : names) {
    if (set(name)) reply.simple(name.name);
  }
}

void write_categories(ReplyWriter& reply, const Command& command) {
  const std::uint64_t bits = categories_of(command);
  const std::size_t start = reply.defer();
  std::size_t shown = 0;
  for (const Category& category : categories()) {
    if (!(bits & category.bit)) continue;
    reply.simple("@" + std::string(category.name));
    ++shown;
  }
  reply.close_set(start, shown);
}

void write_tips(ReplyWriter& reply, std::string_view tips) {
  const std::size_t start = reply.defer();
  std::size_t shown = 0;
  while (!tips.empty()) {
    const std::size_t end = std::min(tips.find(' '), tips.size());
    reply.bulk(tips.substr(0, end));
    ++shown;
    tips.remove_prefix(std::min(end + 1, tips.size()));
  }
  reply.close_set(start, shown);
}

struct Number {
  std::string_view name;
  int value;
};

// A half of a specification: its type, and what the type needs to know.
void write_search(ReplyWriter& reply, std::string_view half, std::string_view type,
                  std::span<const Number> numbers, std::string_view keyword = {}) {
  reply.bulk(half);
  reply.map(2);
  reply.bulk("type");
  reply.bulk(type);
  reply.bulk("spec");
  reply.map(numbers.size() + !keyword.empty());
  if (!keyword.empty()) {
    reply.bulk("keyword");
    reply.bulk(keyword);
  }
  for (const Number& number : numbers) {
    reply.bulk(number.name);
    reply.integer(number.value);
  }
}

void write_beginning(ReplyWriter& reply, const KeySpec& spec) {
  constexpr std::string_view half = "begin_search";
  if (spec.begin == KeySpec::Begin::index) {
    const Number numbers[] = {{"index", spec.begin_at}};
    write_search(reply, half, "index", numbers);
  } else if (spec.begin == KeySpec::Begin::keyword) {
    const Number numbers[] = {{"startfrom", spec.begin_at}};
    write_search(reply, half, "keyword", numbers, spec.keyword);
  } else {
    write_search(reply, half, "unknown", {});
  }
}

void write_finding(ReplyWriter& reply, const KeySpec& spec) {
  constexpr std::string_view half = "find_keys";
  if (spec.find == KeySpec::Find::range) {
    const Number numbers[] = {
        {"lastkey", spec.last}, {"keystep", spec.step}, {"limit", spec.limit}};
    write_search(reply, half, "range", numbers);
  } else if (spec.find == KeySpec::Find::keynum) {
    const Number numbers[] = {
        {"keynumidx", spec.keynum_at}, {"firstkey", spec.first_at}, {"keystep", spec.step}};
    write_search(reply, half, "keynum", numbers);
  } else {
    write_search(reply, half, "unknown", {});
  }
}

void write_key_specs(ReplyWriter& reply, const Command& command) {
  const std::size_t start = reply.defer();
  std::size_t shown = 0;
  for (const KeySpec& spec : command.keys.specs) {
    if (spec.begin == KeySpec::Begin::none) continue;
    ++shown;
    reply.map(spec.notes.empty() ? 3 : 4);
    if (!spec.notes.empty()) {
      reply.bulk("notes");
      reply.bulk(spec.notes);
    }
    reply.bulk("flags");
    write_key_flags(reply, spec.flags);
    write_beginning(reply, spec);
    write_finding(reply, spec);
  }
  reply.close_set(start, shown);
}

}  // namespace

void write_key_flags(ReplyWriter& reply, std::uint32_t flags) {
  write_flags(reply, key_flags, flags);
}

void write_command_info(ReplyWriter& reply, const Command* command, const Profile& profile) {
  if (!command) return reply.null();
  const KeyRange range = key_range(*command);
  reply.array(10);
  reply.bulk(command->full_name());
  reply.integer(command->arity);
  write_flags(reply,
              profile.has("8.1.0") ? std::span<const FlagName>(command_flags) : command_flags_8_0,
              command->flags | (range.movable ? flag::movablekeys : 0));
  reply.integer(range.first);
  reply.integer(range.last);
  reply.integer(range.step);
  write_categories(reply, *command);
  write_tips(reply, command->docs.tips);
  write_key_specs(reply, *command);
  if (command->subcommands.empty() && !profile.has("9.1.0")) return reply.set(0);
  reply.array(command->subcommands.size());
  for (const Command& subcommand : command->subcommands)
    write_command_info(reply, &subcommand, profile);
}

void write_command_docs(ReplyWriter& reply, const Command& command) {
  const CommandDocs& docs = command.docs;
  const std::size_t start = reply.defer();
  std::size_t fields = 0;
  const auto field = [&](std::string_view name, std::string_view text) {
    if (text.empty()) return;
    reply.bulk(name);
    reply.bulk(text);
    ++fields;
  };
  field("summary", docs.summary);
  field("since", docs.since);
  field("group", docs.group);
  field("complexity", docs.complexity);
  const bool deprecated = !docs.deprecated_since.empty();
  if (deprecated || docs.system) {
    reply.bulk("doc_flags");
    reply.set(deprecated + docs.system);
    if (deprecated) reply.simple("deprecated");
    if (docs.system) reply.simple("syscmd");
    ++fields;
  }
  field("deprecated_since", docs.deprecated_since);
  field("replaced_by", docs.replaced_by);
  if (!command.subcommands.empty()) {
    reply.bulk("subcommands");
    reply.map(command.subcommands.size());
    for (const Command& subcommand : command.subcommands) {
      reply.bulk(subcommand.full_name());
      write_command_docs(reply, subcommand);
    }
    ++fields;
  }
  reply.close_map(start, fields);
}

}  // namespace outlive
