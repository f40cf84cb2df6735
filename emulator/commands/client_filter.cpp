#include "commands/client_filter.hpp"

#include <algorithm>

#include "base/c_text.hpp"
#include "base/number.hpp"
#include "base/time.hpp"
#include "engine/engine.hpp"

namespace outlive {
namespace {

struct TypeName {
  std::string_view name;
  ClientType type;
  std::string_view since = {};
};
constexpr TypeName type_names[] = {
    {"normal", ClientType::normal},   {"slave", ClientType::replica},
    {"replica", ClientType::replica}, {"pubsub", ClientType::pubsub},
    {"master", ClientType::primary},  {"primary", ClientType::primary, "8.0.0"}};

// What FLAGS and CAPA of 9.1 know.
constexpr std::string_view known_flags = "ABEIMNOPRSTUbcdeirtux";
constexpr std::string_view known_capabilities = "r";

// There are no replicas and no primary here, but their names are known.
ClientType type_of(const Session& session) {
  return session.subscriptions() > 0 ? ClientType::pubsub : ClientType::normal;
}

bool refuse(Call& call, std::string_view error) {
  call.reply.error(error);
  return false;
}

bool refuse(Call& call, std::string_view before, std::string_view word, std::string_view after) {
  return refuse(call, std::string(before) + std::string(c_text(word)) + std::string(after));
}

// Every number that follows ID; the first word that is none ends the list.
bool read_ids(Call& call, ClientTraits& traits) {
  if (!traits.ids) traits.ids.emplace();
  while (const auto id = parse_integer(call.args.peek())) {
    if (*id < 1) return refuse(call, "ERR client-id should be greater than 0");
    traits.ids->insert(*id);
    call.args.next();
  }
  return true;
}

bool read_seconds(Call& call, std::string_view name, std::int64_t& seconds) {
  const std::string no_integer = "ERR " + std::string(name) + " is not an integer or out of range";
  seconds = call.args.next_integer(no_integer);
  if (!call.args.done(call.reply)) return false;
  return seconds > 0 || refuse(call, "ERR ", name, " should be greater than 0");
}

bool read_age(Call& call, ClientFilter& filter) {
  return read_seconds(call, "maxage", filter.age_s_min);
}

bool read_idle_time(Call& call, ClientFilter& filter) {
  return read_seconds(call, "idle", filter.idle_s_min);
}

bool read_skip_me(Call& call, ClientFilter& filter) {
  const bool yes = call.args.take("yes");
  if (!yes && !call.args.take("no")) return refuse(call, errors::syntax);
  filter.skip_me = yes;
  return true;
}

bool read_type(Call& call, ClientTraits& traits) {
  const auto word = call.args.next();
  traits.type.reset();
  for (const TypeName& known : type_names) {
    if (equal_ignoring_case(known.name, word) && call.keyspace.ledger.profile().has(known.since)) {
      traits.type = known.type;
    }
  }
  return traits.type || refuse(call, "ERR Unknown client type '", word, "'");
}

bool read_user(Call& call, ClientTraits& traits) {
  traits.user = call.args.next();
  return traits.user == "default" || refuse(call, "ERR No such user '", *traits.user, "'");
}

// Whether `letters` are all among those known; errors name a filter only where it is negated.
bool are_known(Call& call, const ClientTraits& traits, std::string_view letters,
               std::string_view known, std::string_view what, std::string_view option) {
  if (letters.find_first_not_of(known) == std::string_view::npos) return true;
  const std::string filter =
      traits.negation.empty() ? "provided" : std::string(traits.negation) + std::string(option);
  return refuse(call, "ERR Unknown " + std::string(what) + " found in the " + filter + " filter: ",
                letters, "");
}

bool read_flags(Call& call, ClientTraits& traits) {
  traits.flags = c_text(call.args.next());
  return are_known(call, traits, *traits.flags, known_flags, "flags", "FLAGS");
}

bool read_capabilities(Call& call, ClientTraits& traits) {
  traits.capabilities = c_text(call.args.next());
  return are_known(call, traits, *traits.capabilities, known_capabilities, "capa", "CAPA");
}

bool read_database(Call& call, ClientTraits& traits) {
  const std::string option = "ERR " + std::string(traits.negation) + "DB";
  const auto database = parse_integer(call.args.next());
  if (!database || *database != static_cast<std::int32_t>(*database)) {
    return refuse(call, option + " is not an integer or out of range");
  }
  traits.database = *database;
  const auto most = static_cast<std::int64_t>(call.keyspace.databases()) - 1;
  return (*database >= 0 && *database <= most) ||
         refuse(call, option + " number should be between 0 and " + std::to_string(most));
}

template <std::optional<std::string_view> ClientTraits::* trait>
bool read_text(Call& call, ClientTraits& traits) {
  traits.*trait = call.args.next();
  return true;
}

struct FilterOption {
  std::string_view name;
  std::string_view since = {};
  // One of these. A trait may also be asked not to be there, as NOT-TYPE, since 9.0.
  bool (*trait)(Call&, ClientTraits&) = nullptr;
  bool (*rest)(Call&, ClientFilter&) = nullptr;
};
constexpr FilterOption filter_options[] = {
    {.name = "addr", .trait = read_text<&ClientTraits::address>},
    {.name = "capa", .since = "9.0.0", .trait = read_capabilities},
    {.name = "db", .since = "9.0.0", .trait = read_database},
    {.name = "flags", .since = "9.0.0", .trait = read_flags},
    {.name = "id", .trait = read_ids},
    {.name = "idle", .since = "9.0.0", .rest = read_idle_time},
    {.name = "ip", .since = "9.0.0", .trait = read_text<&ClientTraits::ip>},
    {.name = "laddr", .trait = read_text<&ClientTraits::local_address>},
    {.name = "lib-name", .since = "9.0.0", .trait = read_text<&ClientTraits::library_name>},
    {.name = "lib-ver", .since = "9.0.0", .trait = read_text<&ClientTraits::library_version>},
    {.name = "maxage", .since = "8.0.0", .rest = read_age},
    {.name = "name", .since = "9.0.0", .trait = read_text<&ClientTraits::name>},
    {.name = "skipme", .rest = read_skip_me},
    {.name = "type", .trait = read_type},
    {.name = "user", .trait = read_user},
};

bool read_option(Call& call, ClientFilter& filter) {
  const Profile& profile = call.keyspace.ledger.profile();
  constexpr std::string_view no = "not-";
  auto word = call.args.next();
  const bool negated = profile.has("9.0.0") && equal_ignoring_case(word.substr(0, no.size()), no);
  if (negated) word.remove_prefix(no.size());
  const auto option = std::ranges::find_if(filter_options, [&](const FilterOption& known) {
    return equal_ignoring_case(known.name, word) && profile.has(known.since);
  });
  const bool known = option != std::end(filter_options) && (option->trait || !negated);
  // No number may follow ID, where a filter is before it: that is the ID of nobody.
  const bool lone_id = known && profile.has("8.1.0") && option->trait == read_ids;
  if (!known || (call.args.empty() && !lone_id)) return refuse(call, errors::syntax);
  if (option->rest) return option->rest(call, filter);
  return option->trait(call, negated ? filter.unwanted : filter.wanted);
}

// networking.c of 8.0 and before: CLIENT LIST TYPE of one type, or CLIENT LIST ID of any numbers.
bool read_list_before_8_1(Call& call, ClientFilter& filter) {
  if (call.args.left() == 2 && call.args.take("type")) return read_type(call, filter.wanted);
  if (call.args.left() < 2 || !call.args.take("id")) return refuse(call, errors::syntax);
  filter.wanted.ids.emplace();
  while (!call.args.empty()) {
    filter.wanted.ids->insert(call.args.next_integer("ERR Invalid client ID"));
  }
  return call.args.done(call.reply);
}

// There CLIENT KILL took one ID, which had to be one.
bool read_id_before_8_1(Call& call, ClientFilter& filter) {
  constexpr std::string_view error = "ERR client-id should be greater than 0";
  const auto id = call.args.next_integer(error);
  if (!call.args.done(call.reply)) return false;
  if (id < 1) return refuse(call, error);
  filter.wanted.ids = std::set{id};
  return true;
}

bool has_all(std::string_view letters, std::string_view wanted) {
  return wanted.find_first_not_of(letters) == std::string_view::npos;
}

bool comes_from(const Session& session, std::string_view ip) {
  return session.address.starts_with(ip) && session.address.substr(ip.size()).starts_with(':');
}

// Calls `visit` with whether the session has each of the traits that are set.
template <class Visit>
bool all_of(const ClientTraits& traits, const Session& session, Visit visit) {
  return (!traits.address || visit(session.address == *traits.address)) &&
         (!traits.local_address || visit(session.local_address == *traits.local_address)) &&
         (!traits.ip || visit(comes_from(session, *traits.ip))) &&
         (!traits.type || visit(type_of(session) == *traits.type)) &&
         (!traits.ids || visit(traits.ids->contains(static_cast<std::int64_t>(session.id)))) &&
         (!traits.user || visit(session.user == *traits.user)) &&
         (!traits.name || visit(session.name == *traits.name)) &&
         (!traits.library_name || visit(session.library_name == *traits.library_name)) &&
         (!traits.library_version || visit(session.library_version == *traits.library_version)) &&
         (!traits.database || visit(session.database == *traits.database)) &&
         (!traits.flags || visit(has_all(client_flags(session), *traits.flags))) &&
         (!traits.capabilities ||
          visit(has_all(client_capabilities(session), *traits.capabilities)));
}

}  // namespace

std::int64_t seconds_since(const Call& call, Instant then) {
  return unix_ms(call.moment().now) / 1000 - unix_ms(then) / 1000;
}

bool ClientFilter::matches(const Call& call, const Session& session) const {
  if (!all_of(wanted, session, [](bool has) { return has; })) return false;
  if (!all_of(unwanted, session, [](bool has) { return !has; })) return false;
  if (skip_me && &session == call.engine.current()) return false;
  if (idle_s_min > 0 && seconds_since(call, session.last_interaction) < idle_s_min) return false;
  return age_s_min == 0 || seconds_since(call, session.created) >= age_s_min;
}

bool read_client_filter(Call& call, Filtering what, ClientFilter& filter) {
  const bool old = !call.keyspace.ledger.profile().has("8.1.0");
  if (old && what == Filtering::list) {
    return call.args.empty() || read_list_before_8_1(call, filter);
  }
  if (call.args.left() == 1) return refuse(call, errors::syntax);
  while (!call.args.empty()) {
    const bool id = old && call.args.left() > 1 && call.args.take("id");
    if (!(id ? read_id_before_8_1(call, filter) : read_option(call, filter))) return false;
  }
  return true;
}

std::string client_flags(const Session& session) {
  std::string letters;
  const auto add = [&](bool set, char letter) {
    if (set) letters += letter;
  };
  add(session.monitor, 'O');
  add(session.subscriptions() > 0, 'P');
  add(session.transaction.open, 'x');
  add(session.blocked.has_value(), 'b');
  add(session.tracking.on, 't');
  add(session.tracking.redirect_broken, 'R');
  add(session.tracking.broadcast, 'B');
  add(session.transaction.dirty_watch, 'd');
  add(session.close_after_reply, 'c');
  add(session.over_unix_socket, 'U');
  add(session.no_evict, 'e');
  add(session.no_touch, 'T');
  add(session.import_source, 'I');
  return letters.empty() ? "N" : letters;
}

std::string_view client_capabilities(const Session& session) {
  return session.follows_redirects ? "r" : "";
}

}  // namespace outlive
