// MULTI, EXEC, DISCARD, WATCH, UNWATCH (multi.c of 8.1).
#include <string>
#include <utility>
#include <vector>

#include "commands/families.hpp"
#include "engine/engine.hpp"

namespace outlive {
namespace {

void multi(Call& call) {
  if (call.session.transaction.open) {
    return call.reply.error("ERR MULTI calls can not be nested");
  }
  call.session.transaction.open = true;
  call.session.had_transaction = true;
  call.reply.ok();
}

void run_queue(Call& call, const std::vector<QueuedCommand>& queue) {
  call.reply.array(queue.size());
  std::vector<std::string_view> words;
  for (const QueuedCommand& queued : queue) {
    words.assign(queued.words.begin(), queued.words.end());
    // HELLO may have changed the protocol on the way.
    ReplyWriter reply(call.reply.out(), call.session.protocol);
    call.engine.call(call.session,
                     {queued.command, nullptr, call.engine.table().index_of(*queued.command)},
                     words, reply);
  }
}

void exec(Call& call) {
  Transaction& transaction = call.session.transaction;
  if (!transaction.open) return call.reply.error("ERR EXEC without MULTI");
  const bool changed = transaction.dirty_watch || call.engine.watched_key_expired(call.session);
  if (changed || transaction.dirty_exec) {
    if (transaction.dirty_exec) {
      call.reply.error(errors::exec_abort);
    } else {
      call.reply.null_array();
    }
    return call.engine.discard_transaction(call.session);
  }
  call.engine.unwatch(call.session);
  const bool denied = std::exchange(call.session.deny_blocking, true);
  // It is over, and weighs nothing, only when all have run (multi.c, execCommand).
  run_queue(call, transaction.queue);
  call.session.deny_blocking = denied;
  transaction.reset();
}

void discard(Call& call) {
  if (!call.session.transaction.open) return call.reply.error("ERR DISCARD without MULTI");
  call.engine.discard_transaction(call.session);
  call.reply.ok();
}

void watch(Call& call) {
  if (call.session.transaction.open) {
    return call.reply.error("ERR WATCH inside MULTI is not allowed");
  }
  if (!call.session.transaction.dirty_watch) {
    for (const auto name : call.args.rest()) call.engine.watch(call.session, name);
  }
  call.reply.ok();
}

void unwatch(Call& call) {
  call.engine.unwatch(call.session);
  call.reply.ok();
}

constexpr Command rows[] = {
    {.name = "discard",
     .arity = 1,
     .flags = flag::noscript | flag::loading | flag::stale | flag::fast | flag::allow_busy |
              flag::never_queued,
     .categories = category::transaction,
     .run = discard,
     .docs = {.summary = "Discards a transaction.",
              .since = "2.0.0",
              .group = "transactions",
              .complexity = "O(N), when N is the number of queued commands"}},
    {.name = "exec",
     .arity = 1,
     .flags =
         flag::noscript | flag::loading | flag::stale | flag::skip_slowlog | flag::never_queued,
     .categories = category::transaction,
     .run = exec,
     .docs = {.summary = "Executes all commands in a transaction.",
              .since = "1.2.0",
              .group = "transactions",
              .complexity = "Depends on commands in the transaction"}},
    {.name = "multi",
     .arity = 1,
     .flags = flag::noscript | flag::loading | flag::stale | flag::fast | flag::no_multi |
              flag::allow_busy | flag::never_queued,
     .categories = category::transaction,
     .run = multi,
     .docs = {.summary = "Starts a transaction.",
              .since = "1.2.0",
              .group = "transactions",
              .complexity = "O(1)"},
     .before_8_0 = {.without = flag::no_multi}},
    {.name = "unwatch",
     .arity = 1,
     .flags = flag::noscript | flag::loading | flag::stale | flag::fast | flag::allow_busy,
     .categories = category::transaction,
     .run = unwatch,
     .docs = {.summary = "Forgets about watched keys of a transaction.",
              .since = "2.2.0",
              .group = "transactions",
              .complexity = "O(1)"}},
    {.name = "watch",
     .arity = -2,
     .flags = flag::noscript | flag::loading | flag::stale | flag::fast | flag::no_multi |
              flag::allow_busy | flag::never_queued,
     .categories = category::transaction,
     .keys = {KeySpec::range(keyflag::ro, 1, -1, 1)},
     .run = watch,
     .docs = {.summary = "Monitors changes to keys to determine the execution of a transaction.",
              .since = "2.2.0",
              .group = "transactions",
              .complexity = "O(1) for every key."},
     .before_8_0 = {.without = flag::no_multi}},
};

}  // namespace

CommandRows transaction_commands() {
  return rows;
}

}  // namespace outlive
