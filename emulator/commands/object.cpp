// OBJECT: how a value is kept, and when or how often it was used (object.c of 8.1).
#include <limits>

#include "commands/families.hpp"
#include "commands/value_access.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"
#include "keyspace/access.hpp"

namespace outlive {
namespace {

// Looking does not count as using; no key is a null.
Entry* look(Call& call) {
  Entry* entry = call.db.find(key_of(call, call.args.next()),
                              {.touch = false, .count = true, .notify = false});
  if (!entry) call.reply.null();
  return entry;
}

void encoding(Call& call) {
  if (const Entry* entry = look(call)) call.reply.bulk(encoding_name(entry->value));
}

void refcount(Call& call) {
  if (const Entry* entry = look(call)) call.reply.integer(holders(*entry));
}

void idletime(Call& call) {
  const Entry* entry = look(call);
  if (!entry) return;
  if (call.keyspace.settings.lfu) {
    return call.reply.error(
        "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when "
        "switching between policies at runtime LRU and LFU data will take some time to adjust.");
  }
  call.reply.integer(
      static_cast<std::int64_t>(access::idle_ms(entry->access, call.moment()) / 1000));
}

void freq(Call& call) {
  Entry* entry = look(call);
  if (!entry) return;
  if (!call.keyspace.settings.lfu) {
    return call.reply.error(
        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note "
        "that "
        "when switching between policies at runtime LRU and LFU data will take some time to "
        "adjust.");
  }
  if (call.keyspace.ledger.profile().decays_when_seen) {
    entry->access = access::decayed(entry->access, call.keyspace.settings, call.moment());
  }
  call.reply.integer(access::frequency(entry->access, call.keyspace.settings, call.moment()));
}

void help(Call& call) {
  static constexpr HelpLine lines[] = {
      "ENCODING <key>",
      "    Return the kind of internal representation used in order to store the value",
      "    associated with a <key>.",
      "FREQ <key>",
      "    Return the access frequency index of the <key>. The returned integer is",
      "    proportional to the logarithm of the recent access frequency of the key.",
      "IDLETIME <key>",
      "    Return the idle time of the <key>, that is the approximated number of",
      "    seconds elapsed since the last access to the key.",
      "REFCOUNT <key>",
      "    Return the number of references of the value associated with the specified",
      "    <key>."};
  reply_help(call, lines);
}

constexpr Command subcommands[] = {
    {.name = "encoding",
     .arity = 3,
     .flags = flag::readonly,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::ro, 2, 0, 1)},
     .run = encoding,
     .docs = {.summary = "Returns the internal encoding of an object.",
              .since = "2.2.3",
              .group = "generic",
              .complexity = "O(1)",
              .tips = "nondeterministic_output"},
     .container = "object"},
    {.name = "freq",
     .arity = 3,
     .flags = flag::readonly,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::ro, 2, 0, 1)},
     .run = freq,
     .docs = {.summary = "Returns the logarithmic access frequency counter of an object.",
              .since = "4.0.0",
              .group = "generic",
              .complexity = "O(1)",
              .tips = "nondeterministic_output"},
     .container = "object"},
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .categories = category::keyspace,
     .run = help,
     .docs = {.summary = "Returns helpful text about the different subcommands.",
              .since = "6.2.0",
              .group = "generic",
              .complexity = "O(1)"},
     .container = "object"},
    {.name = "idletime",
     .arity = 3,
     .flags = flag::readonly,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::ro, 2, 0, 1)},
     .run = idletime,
     .docs = {.summary = "Returns the time since the last access to an object.",
              .since = "2.2.3",
              .group = "generic",
              .complexity = "O(1)",
              .tips = "nondeterministic_output"},
     .container = "object"},
    {.name = "refcount",
     .arity = 3,
     .flags = flag::readonly,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::ro, 2, 0, 1)},
     .run = refcount,
     .docs = {.summary = "Returns the reference count of a value of a key.",
              .since = "2.2.3",
              .group = "generic",
              .complexity = "O(1)",
              .tips = "nondeterministic_output"},
     .container = "object"},
};

constexpr Command rows[] = {
    {.name = "object",
     .arity = -2,
     .subcommands = subcommands,
     .docs = {.summary = "A container for object introspection commands.",
              .since = "2.2.3",
              .group = "generic",
              .complexity = "Depends on subcommand."}},
};

}  // namespace

CommandRows object_commands() {
  return rows;
}

}  // namespace outlive
