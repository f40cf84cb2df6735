#include "commands/expiry_options.hpp"

#include <limits>
#include <string>

#include "base/c_text.hpp"

namespace outlive {
namespace {

struct Option {
  std::string_view name;
  bool in_seconds;
  bool relative;
};
constexpr Option options[] = {
    {"EX", true, true}, {"PX", false, true}, {"EXAT", true, false}, {"PXAT", false, false}};

std::optional<ExpiryOption> take_option(Args& args) {
  // A last word without its number is no option (t_string.c).
  if (args.left() < 2) return {};
  for (const Option& option : options) {
    if (args.take(option.name))
      return ExpiryOption{args.next(), option.in_seconds, option.relative};
  }
  return {};
}

}  // namespace

bool take_expiry(Args& args, std::optional<ExpiryOption>& expiry) {
  const auto option = take_option(args);
  if (!option) return false;
  if (expiry &&
      (expiry->in_seconds != option->in_seconds || expiry->relative != option->relative)) {
    return false;
  }
  expiry = option;
  return true;
}

std::optional<std::int64_t> resolve_expiry(Call& call, const ExpiryOption& option,
                                           std::int64_t least) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const auto given = parse_integer(option.text);
  if (!given) {
    call.reply.error(errors::not_integer);
    return {};
  }
  const auto refuse = [&]() -> std::optional<std::int64_t> {
    call.reply.error(errors::invalid_expire(call.command.full_name()));
    return {};
  };
  if (*given < least || (option.in_seconds && *given > most / 1000)) return refuse();
  const std::int64_t ms = option.in_seconds ? *given * 1000 : *given;
  if (!option.relative) return ms;
  if (ms > most - call.moment().now_ms) return refuse();
  return ms + call.moment().now_ms;
}

bool read_condition(Call& call, Args& args, ExpiryCondition& condition) {
  while (!args.empty()) {
    if (args.take("NX")) {
      condition.nx = true;
    } else if (args.take("XX")) {
      condition.xx = true;
    } else if (args.take("GT")) {
      condition.gt = true;
    } else if (args.take("LT")) {
      condition.lt = true;
    } else {
      call.reply.error("ERR Unsupported option " + std::string(c_text(args.next())));
      return false;
    }
  }
  if (condition.nx && (condition.xx || condition.gt || condition.lt)) {
    call.reply.error("ERR NX and XX, GT or LT options at the same time are not compatible");
    return false;
  }
  if (condition.gt && condition.lt) {
    call.reply.error("ERR GT and LT options at the same time are not compatible");
    return false;
  }
  return true;
}

void remove_passed(Call& call, Entry& entry) {
  const std::string key(entry.key());
  call.db.remove(entry, {.reason = Departure::Reason::expired_lazily,
                         .lazily = call.keyspace.settings.lazy_expire});
  if (!call.keyspace.ledger.profile().has("8.1.0")) {
    return call.changed(key, {EventClass::generic, "del"});
  }
  ++call.keyspace.stats.expired;
  call.changed(key, {EventClass::expired, "expired"});
}

}  // namespace outlive
