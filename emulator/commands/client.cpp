// CLIENT: what a server tells of its connections, and what they may ask for (networking.c of 8.1).
#include <algorithm>
#include <limits>
#include <string>

#include "base/c_text.hpp"
#include "commands/client_filter.hpp"
#include "commands/client_list.hpp"
#include "commands/client_tracking.hpp"
#include "commands/families.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"

namespace outlive {
namespace {

// ---- who is connected
// -----------------------------------------------------------------------------

void id(Call& call) {
  call.reply.integer(static_cast<std::int64_t>(call.session.id));
}

void info(Call& call) {
  call.reply.verbatim("txt", describe_client(call, call.session) + "\n");
}

void list(Call& call) {
  ClientFilter filter;
  if (call.args.left() == 1) return call.reply.error(errors::syntax);
  if (!read_client_filter(call, Filtering::list, filter)) return;
  std::string lines;
  for (const auto& [id, session] : call.engine.sessions()) {
    if (session->internal || session->closed || !filter.matches(call, *session)) continue;
    lines += describe_client(call, *session) + "\n";
  }
  call.reply.verbatim("txt", lines);
}

void kill(Call& call) {
  ClientFilter filter;
  filter.skip_me = true;
  const bool by_address = call.args.left() == 1;
  if (by_address) {
    filter.wanted.address = call.args.next();
    filter.skip_me = false;  // so one may end oneself
  } else if (!read_client_filter(call, Filtering::kill, filter)) {
    return;
  }
  std::int64_t killed = 0;
  for (const auto& [id, session] : call.engine.sessions()) {
    if (session->internal || session->closed || !filter.matches(call, *session)) continue;
    ++killed;
    if (session.get() == &call.session) {
      session->close_after_reply = true;
    } else {
      call.engine.disconnect(*session);
    }
  }
  if (!by_address) return call.reply.integer(killed);
  killed > 0 ? call.reply.ok() : call.reply.error("ERR No such client");
}

// ---- what a connection says of itself
// -------------------------------------------------------------

void setname(Call& call) {
  const auto name = call.args.next();
  if (!valid_client_name(name, call.keyspace.ledger.profile())) return call.reply.error(errors::bad_client_name);
  call.session.name = name;
  call.engine.recharge(call.session);
  call.reply.ok();
}

void getname(Call& call) {
  const std::string& name = call.session.name;
  name.empty() ? call.reply.null() : call.reply.bulk(name);
}

void setinfo(Call& call) {
  const auto attribute = call.args.next();
  const bool name = equal_ignoring_case(attribute, "lib-name");
  if (!name && !equal_ignoring_case(attribute, "lib-ver")) {
    return call.reply.error("ERR Unrecognized option '" + std::string(c_text(attribute)) + "'");
  }
  const auto value = call.args.next();
  if (!valid_client_name(value, call.keyspace.ledger.profile())) {
    return call.reply.error("ERR " + std::string(attribute) +
                            " cannot contain spaces, newlines or special characters.");
  }
  (name ? call.session.library_name : call.session.library_version) = value;
  call.engine.recharge(call.session);
  call.reply.ok();
}

void capa(Call& call) {
  // What is not known is let through, for later versions' sake.
  for (const auto word : call.args.rest()) {
    if (equal_ignoring_case(word, "redirect")) call.session.follows_redirects = true;
  }
  call.reply.ok();
}

// Takes ON or OFF; false if it was neither, which is answered.
bool read_switch(Call& call, bool& on) {
  const bool turns_on = call.args.take("on");
  if (!turns_on && !call.args.take("off")) {
    call.reply.error(errors::syntax);
    return false;
  }
  on = turns_on;
  return true;
}

void no_evict(Call& call) {
  if (!read_switch(call, call.session.no_evict)) return;
  call.engine.count_client(call.session, call.words);
  call.reply.ok();
}

void no_touch(Call& call) {
  if (read_switch(call, call.session.no_touch)) call.reply.ok();
}

void import_source(Call& call) {
  if (!call.engine.options.keyspace.importing && !equal_ignoring_case(call.args.peek(), "off")) {
    return call.reply.error("ERR Server is not in import mode");
  }
  if (read_switch(call, call.session.import_source)) call.reply.ok();
}

void reply(Call& call) {
  using Replies = Session::Replies;
  if (call.args.take("on")) {
    call.session.replies = Replies::on;
    call.reply.ok();
  } else if (call.args.take("off")) {
    call.session.replies = Replies::off;
  } else if (call.args.take("skip")) {
    if (call.session.replies != Replies::off) call.session.replies = Replies::skip_next;
  } else {
    call.reply.error(errors::syntax);
  }
}

// ---- holding clients and letting them go
// ----------------------------------------------------------

// Before 8.1 more words than there can be were told otherwise (networking.c, clientCommand).
bool refuse_more_words(Call& call, std::size_t most) {
  if (call.args.left() <= most || call.keyspace.ledger.profile().has("8.1.0")) return false;
  call.reply.error(errors::subcommand_syntax(call.words[1], call.words[0]));
  return true;
}

void pause(Call& call) {
  if (refuse_more_words(call, 2)) return;
  const auto wait_ms_word = call.args.next();
  const bool all = call.args.empty() || call.args.take("all");
  if (!all && !call.args.take("write")) {
    return call.reply.error("ERR CLIENT PAUSE mode must be WRITE or ALL");
  }
  Args number({&wait_ms_word, 1});
  const auto wait_ms = number.next_integer("ERR timeout is not an integer or out of range");
  if (!number.done(call.reply)) return;
  if (wait_ms < 0) return call.reply.error("ERR timeout is negative");
  if (wait_ms > std::numeric_limits<std::int64_t>::max() - call.moment().now_ms) {
    return call.reply.error("ERR timeout is out of range");
  }
  // An instant is kept in microseconds: some 290,000 years.
  constexpr std::int64_t wait_ms_max = std::numeric_limits<std::int64_t>::max() / 2000;
  const Instant until =
      call.moment().now + std::chrono::milliseconds(std::min(wait_ms, wait_ms_max));
  if (wait_ms > 0 || call.engine.paused()) call.engine.pause(until, all);
  call.reply.ok();
}

void unpause(Call& call) {
  call.engine.unpause();
  call.reply.ok();
}

void unblock(Call& call) {
  if (refuse_more_words(call, 2)) return;
  const auto id_word = call.args.next();
  // A reason is looked at only where it is the last word (networking.c, clientCommand).
  const bool reasoned = call.args.left() == 1;
  const bool with_error = reasoned && call.args.take("error");
  if (reasoned && !with_error && !call.args.take("timeout")) {
    return call.reply.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  }
  const auto id = parse_integer(id_word);
  if (!id) return call.reply.error(errors::not_integer);
  Session* session = call.engine.session_by_id(static_cast<std::uint64_t>(*id));
  call.reply.integer(session && call.engine.unblock_by_command(*session, with_error));
}

// By version: what CLIENT can do grew with each.
constexpr HelpLine help_lines[] = {
    "CACHING (YES|NO)",
    "    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes.",
    {"CAPA <option> [options...]", "8.0.0"},
    {"    The client claims its some capability options. Options are:", "8.0.0"},
    {"    * REDIRECT", "8.0.0"},
    {"      The client can handle redirection during primary and replica failover in standalone "
     "mode.",
     "8.0.0"},
    "GETREDIR",
    "    Return the client ID we are redirecting to when tracking is enabled.",
    "GETNAME",
    "    Return the name of the current connection.",
    "ID",
    "    Return the ID of the current connection.",
    "INFO",
    "    Return information about the current client connection.",
    "KILL <ip:port>",
    "    Kill connection made from <ip:port>.",
    "KILL <option> <value> [<option> <value> [...]]",
    "    Kill connections. Options are:",
    "    * ADDR (<ip:port>|<unixsocket>:0)",
    {"      Kill connections made from the specified address", "", "9.0.0"},
    {"      Kill connections made from the specified address.", "9.0.0"},
    "    * LADDR (<ip:port>|<unixsocket>:0)",
    {"      Kill connections made to specified local address", "", "9.0.0"},
    {"      Kill connections made to the specified local address.", "9.0.0"},
    {"    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)", "", "8.0.0"},
    {"    * TYPE (NORMAL|PRIMARY|REPLICA|PUBSUB)", "8.0.0"},
    "      Kill connections by type.",
    "    * USER <username>",
    "      Kill connections authenticated by <username>.",
    "    * SKIPME (YES|NO)",
    "      Skip killing current connection (default: yes).",
    {"    * ID <client-id>", "8.0.0", "8.1.0"},
    {"      Kill connections by client id.", "8.0.0", "8.1.0"},
    {"    * ID <client-id> [<client-id>...]", "8.1.0"},
    {"      Kill connections by client ids.", "8.1.0", "9.0.0"},
    {"      Kill connections by client IDs.", "9.0.0"},
    {"    * MAXAGE <maxage>", "8.0.0"},
    {"      Kill connections older than the specified age.", "8.0.0"},
    {"    * FLAGS <flags>", "9.0.0"},
    {"      Kill connections that include the specified flags.", "9.0.0"},
    {"    * NAME <client-name>", "9.0.0"},
    {"      Kill connections with the specified name.", "9.0.0"},
    {"    * IDLE <idle>", "9.0.0"},
    {"      Kill connections with idle time greater than or equal to <idle> seconds.", "9.0.0"},
    {"    * LIB-NAME <library-name>", "9.0.0"},
    {"      Kill connections with the specified library name.", "9.0.0"},
    {"    * LIB-VER <library-version>", "9.0.0"},
    {"      Kill connections with the specified library version.", "9.0.0"},
    {"    * DB <db-id>", "9.0.0"},
    {"      Kill connections currently operating on the specified database ID.", "9.0.0"},
    {"    * CAPA <capa>", "9.0.0"},
    {"      Kill connections currently with the specified capa.", "9.0.0"},
    {"    * IP <ip>", "9.0.0"},
    {"      Kill connections made from the specified ip.", "9.0.0"},
    "LIST [options ...]",
    "    Return information about client connections. Options:",
    {"    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)", "", "8.0.0"},
    {"    * TYPE (NORMAL|PRIMARY|REPLICA|PUBSUB)", "8.0.0"},
    "      Return clients of specified type.",
    {"    * USER <username>", "8.1.0"},
    {"      Return clients authenticated by <username>.", "8.1.0"},
    {"    * ADDR <ip:port>", "8.1.0"},
    {"      Return clients connected from the specified address.", "8.1.0"},
    {"    * LADDR <ip:port>", "8.1.0"},
    {"      Return clients connected to the specified local address.", "8.1.0"},
    {"    * ID <client-id> [<client-id>...]", "8.1.0"},
    {"      Return clients with the specified IDs.", "8.1.0"},
    {"    * SKIPME (YES|NO)", "8.1.0"},
    {"      Exclude the current client from the list (default: no).", "8.1.0"},
    {"    * MAXAGE <maxage>", "8.1.0"},
    {"      List connections older than the specified age.", "8.1.0"},
    {"    * FLAGS <flags>", "9.0.0"},
    {"      Return clients with the specified flags.", "9.0.0"},
    {"    * NAME <client-name>", "9.0.0"},
    {"      Return clients with the specified name.", "9.0.0"},
    {"    * IDLE <idle>", "9.0.0"},
    {"      Return clients with idle time greater than or equal to <idle> seconds.", "9.0.0"},
    {"    * LIB-NAME <lib-name>", "9.0.0"},
    {"      Return clients with the specified lib name.", "9.0.0"},
    {"    * LIB-VER <lib-version>", "9.0.0"},
    {"      Return clients with the specified lib version.", "9.0.0"},
    {"    * DB <db-id>", "9.0.0"},
    {"      Return clients currently operating on the specified database ID.", "9.0.0"},
    {"    * CAPA <capa>", "9.0.0"},
    {"      Return connections currently with the specified capa.", "9.0.0"},
    {"    * IP <ip>", "9.0.0"},
    {"      Return connections made from the specified ip.", "9.0.0"},
    "UNPAUSE",
    "    Stop the current client pause, resuming traffic.",
    "PAUSE <timeout> [WRITE|ALL]",
    "    Suspend all, or just write, clients for <timeout> milliseconds.",
    "REPLY (ON|OFF|SKIP)",
    "    Control the replies sent to the current connection.",
    "SETNAME <name>",
    "    Assign the name <name> to the current connection.",
    {"SETINFO <option> <value>", "8.0.0"},
    {"    Set client meta attr. Options are:", "8.0.0"},
    {"    * LIB-NAME: the client lib name.", "8.0.0"},
    {"    * LIB-VER: the client lib version.", "8.0.0"},
    "UNBLOCK <clientid> [TIMEOUT|ERROR]",
    "    Unblock the specified blocked client.",
    "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
    "         [OPTIN] [OPTOUT] [NOLOOP]",
    "    Control server assisted client side caching.",
    "TRACKINGINFO",
    "    Report tracking status for the current connection.",
    "NO-EVICT (ON|OFF)",
    "    Protect current client connection from eviction.",
    {"NO-TOUCH (ON|OFF)", "8.0.0"},
    {"    Will not touch LRU/LFU stats when this mode is on.", "8.0.0"},
    {"IMPORT-SOURCE (ON|OFF)", "8.1.0"},
    {"    Mark this connection as an import source if import-mode is enabled.", "8.1.0"},
    {"    Sync tools can set their connections into 'import-source' state to visit", "8.1.0"},
    {"    expired keys.", "8.1.0"}};

void help(Call& call) {
  reply_help(call, help_lines);
}

constexpr Command subcommands[] = {
    {.name = "caching",
     .arity = 3,
     .flags = flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = client_caching,
     .docs = {.summary = "Instructs the server whether to track the keys in the next request.",
              .since = "6.0.0",
              .group = "connection",
              .complexity = "O(1)"},
     .container = "client",
     .since_9_1 = {.flags = flag::allow_busy}},
    {.name = "capa",
     .arity = -3,
     .flags = flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = capa,
     .docs = {.summary = "A client claims its capability.",
              .since = "8.0.0",
              .group = "connection",
              .complexity = "O(1)"},
     .container = "client",
     .since_9_1 = {.flags = flag::allow_busy}},
    {.name = "getname",
     .arity = 2,
     .flags = flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = getname,
     .docs = {.summary = "Returns the name of the connection.",
              .since = "2.6.9",
              .group = "connection",
              .complexity = "O(1)"},
     .container = "client",
     .since_9_1 = {.flags = flag::allow_busy}},
    {.name = "getredir",
     .arity = 2,
     .flags = flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = client_getredir,
     .docs = {.summary = "Returns the client ID to which the connection's tracking notifications "
                         "are redirected.",
              .since = "6.0.0",
              .group = "connection",
              .complexity = "O(1)"},
     .container = "client",
     .since_9_1 = {.flags = flag::allow_busy}},
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .categories = category::connection,
     .run = help,
     .docs = {.summary = "Returns helpful text about the different subcommands.",
              .since = "5.0.0",
              .group = "connection",
              .complexity = "O(1)"},
     .container = "client"},
    {.name = "id",
     .arity = 2,
     .flags = flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = id,
     .docs = {.summary = "Returns the unique client ID of the connection.",
              .since = "5.0.0",
              .group = "connection",
              .complexity = "O(1)"},
     .container = "client",
     .since_9_1 = {.flags = flag::allow_busy}},
    {.name = "import-source",
     .arity = 3,
     .flags = flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = import_source,
     .docs = {.summary = "Mark this client as an import source when server is in import mode.",
              .since = "8.1.0",
              .group = "connection",
              .complexity = "O(1)"},
     .container = "client",
     .since_9_1 = {.summary = "Marks this client as an import source when the server is in "
                              "import mode."}},
    {.name = "info",
     .arity = 2,
     .flags = flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = info,
     .docs = {.summary = "Returns information about the connection.",
              .since = "6.2.0",
              .group = "connection",
              .complexity = "O(1)",
              .tips = "nondeterministic_output"},
     .container = "client"},
    {.name = "kill",
     .arity = -3,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = kill,
     .docs = {.summary = "Terminates open connections.",
              .since = "2.4.0",
              .group = "connection",
              .complexity = "O(N) where N is the number of client connections"},
     .container = "client"},
    {.name = "list",
     .arity = -2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = list,
     .docs = {.summary = "Lists open connections.",
              .since = "2.4.0",
              .group = "connection",
              .complexity = "O(N) where N is the number of client connections",
              .tips = "nondeterministic_output"},
     .container = "client"},
    {.name = "no-evict",
     .arity = 3,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = no_evict,
     .docs = {.summary = "Sets the client eviction mode of the connection.",
              .since = "7.0.0",
              .group = "connection",
              .complexity = "O(1)"},
     .container = "client",
     .since_9_1 = {.flags = flag::allow_busy}},
    {.name = "no-touch",
     .arity = 3,
     .flags = flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = no_touch,
     .docs =
         {.summary =
              "Controls whether commands sent by the client affect the LRU/LFU of accessed keys.",
          .since = "7.2.0",
          .group = "connection",
          .complexity = "O(1)"},
     .container = "client",
     .since_9_1 = {.flags = flag::allow_busy}},
    {.name = "pause",
     .arity = -3,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = pause,
     .docs = {.summary = "Suspends commands processing.",
              .since = "3.0.0",
              .group = "connection",
              .complexity = "O(1)"},
     .container = "client"},
    {.name = "reply",
     .arity = 3,
     .flags = flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = reply,
     .docs = {.summary = "Instructs the server whether to reply to commands.",
              .since = "3.2.0",
              .group = "connection",
              .complexity = "O(1)"},
     .container = "client",
     .since_9_1 = {.flags = flag::allow_busy | flag::no_multi}},
    {.name = "setinfo",
     .arity = 4,
     .flags = flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = setinfo,
     .docs = {.summary = "Sets information specific to the client or connection.",
              .since = "7.2.0",
              .group = "connection",
              .complexity = "O(1)",
              .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .container = "client",
     .since_9_1 = {.flags = flag::allow_busy}},
    {.name = "setname",
     .arity = 3,
     .flags = flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = setname,
     .docs = {.summary = "Sets the connection name.",
              .since = "2.6.9",
              .group = "connection",
              .complexity = "O(1)",
              .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .container = "client",
     .before_8_0 = {.tips = ""},
     .since_9_1 = {.flags = flag::allow_busy}},
    {.name = "tracking",
     .arity = -3,
     .flags = flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = client_tracking,
     .docs = {.summary = "Controls server-assisted client-side caching for the connection.",
              .since = "6.0.0",
              .group = "connection",
              .complexity = "O(1). Some options may introduce additional complexity."},
     .container = "client"},
    {.name = "trackinginfo",
     .arity = 2,
     .flags = flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = client_trackinginfo,
     .docs =
         {.summary =
              "Returns information about server-assisted client-side caching for the connection.",
          .since = "6.2.0",
          .group = "connection",
          .complexity = "O(1)"},
     .container = "client"},
    {.name = "unblock",
     .arity = -3,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = unblock,
     .docs = {.summary =
                  "Unblocks a client blocked by a blocking command from a different connection.",
              .since = "5.0.0",
              .group = "connection",
              .complexity = "O(log N) where N is the number of client connections"},
     .container = "client"},
    {.name = "unpause",
     .arity = 2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .categories = category::connection,
     .run = unpause,
     .docs = {.summary = "Resumes processing commands from paused clients.",
              .since = "6.2.0",
              .group = "connection",
              .complexity = "O(N) Where N is the number of paused clients"},
     .container = "client"},
};

constexpr Command rows[] = {
    {.name = "client",
     .arity = -2,
     .subcommands = subcommands,
     .docs = {.summary = "A container for client connection commands.",
              .since = "2.4.0",
              .group = "connection",
              .complexity = "Depends on subcommand."}},
};

}  // namespace

CommandRows client_commands() {
  return rows;
}

}  // namespace outlive
