#include "engine/engine.hpp"

#include <algorithm>
#include <utility>

#include "engine/directives.hpp"
#include "memory/baseline.hpp"

namespace outlive {

Engine::Engine(Setup setup)
    : options(std::move(setup.options)),
      ledger(allocation_of(options), profile_of(options)),
      random(setup.seed),
      keyspace(options.databases, random, ledger, options.keyspace, *this),
      evictor(keyspace, options.eviction, random),
      expiry(keyspace),
      publisher([this](Session& to, std::string_view bytes) { deliver_message(to, bytes); },
                ledger),
      tracking([this](Session& to, std::string_view bytes) { deliver(to, bytes); },
               [this](std::uint64_t id) { return session_by_id(id); }, random.fork("tracking"),
               ledger),
      table_(setup.families, ledger.profile()),
      service_gate_(options.service, table_),
      seed_(setup.seed),
      started_(setup.start),
      client_index_(ledger.allocation(), RadixTree::Values::pointers),
      error_index_(ledger.allocation(), RadixTree::Values::pointers) {
  keyspace.moment = Moment::at(setup.start);
  keyspace.journal.set_limit(setup.journal_limit);
  keyspace.may_resize = [this](std::size_t bytes) {
    return options.keyspace.resizing && !evictor.over_after(static_cast<std::int64_t>(bytes));
  };
  ledger.add(baseline::startup(ledger) + baseline::after_startup(ledger));
  if (ledger.profile().scripts == ScriptKeeping::by_module) ++next_session_;  // its client's
  note_calls_at_start();
  next_cron_ = setup.start;
  if (setup.scripts) scripts = setup.scripts(*this);
}

Engine::~Engine() = default;

void Engine::note_calls_at_start() {
  const std::int64_t before = ledger.used();
  for (int machine = 0; machine < 2; ++machine) note_script_machine();
  stats.commands_processed = 0;
  startup_histograms_ = ledger.used() - before;
}

void Engine::note_script_machine() {
  if (ledger.profile().scripts != ScriptKeeping::by_module) return;
  constexpr std::string_view words[] = {"config", "get"};
  const CommandTable::Found found = table_.resolve(words);
  if (found.command) count_call(found, 0);
}

Session& Engine::open(Instant at) {
  begin(at);
  auto session = std::make_unique<Session>();
  session->id = next_session_++;
  session->created = session->last_interaction = at;
  session->authenticated = session->ever_authenticated = options.requirepass.empty();
  if (ledger.profile().query_buffers == QueryBuffers::own) {
    session->query_buffer.own(ledger.allocation());
  }
  enter_index(*session);
  recharge(*session);
  ++stats.connections_received;
  Session& opened = *session;
  sessions_.emplace(opened.id, std::move(session));
  return opened;
}

void Engine::disconnect(Session& session) {
  unwatch(session);
  publisher.forget(session);
  stop_monitoring(session);
  tracking.disable(session);
  forget_follower(session);
  std::erase(blocked_, &session);
  session.blocked.reset();
  drop_charge(session);
  session.closed = true;
  session.out.clear();
  mark_ready(session);
}

void Engine::close(Session& session) {
  if (std::ranges::find(interrupted_, &session) != interrupted_.end()) {
    disconnect(session);
    abandoned_.push_back(&session);
    return;
  }
  unwatch(session);
  publisher.forget(session);
  tracking.disable(session);
  forget_follower(session);
  std::erase(monitors_, &session);
  std::erase(blocked_, &session);
  std::erase(ready_, &session);
  std::erase(resumed_, &session);
  if (current_ == &session) current_ = nullptr;
  drop_charge(session);
  sessions_.erase(session.id);
  ++sessions_closed_;
}

void Engine::reset_session(Session& session) {
  if (session.monitor) stop_monitoring(session);
  publisher.forget(session);
  tracking.disable(session);
  discard_transaction(session);
  session.database = 0;
  session.protocol = Protocol::resp2;
  session.authenticated = options.requirepass.empty();
  session.user = "default";
  session.name.clear();
  session.no_touch = session.is_operator = false;
  if (!ledger.profile().is_redis()) session.no_evict = false;  // 7.0 let it stay
  // CLIENT REPLY SKIP stays: it has RESET's own reply left out.
  if (session.replies == Session::Replies::off) session.replies = Session::Replies::on;
}

Session* Engine::session_by_id(std::uint64_t id) {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : found->second.get();
}

void Engine::begin(Instant at) {
  if (at < now()) evictor.set_back(at);
  keyspace.moment.now = at;
  keyspace.moment.now_ms = unix_ms(at);
}

void Engine::take_ready(std::vector<Session*>& taken) {
  taken.clear();
  taken.swap(ready_);
  for (Session* session : taken) session->out_told = false;
}

void Engine::mark_ready(Session& session) {
  if (session.out_told || session.internal) return;
  session.out_told = true;
  ready_.push_back(&session);
}

void Engine::deliver(Session& session, std::string_view bytes) {
  // Whoever is to be closed after what was said hears no more (networking.c,
  // _addReplyToBufferOrList).
  if (session.closed || session.close_after_reply) return;
  // A client sees the reply of its own command before messages that the command caused.
  if (&session == current_ && depth_ > 0) {
    pending_pushes_.append(bytes);
    return;
  }
  session.out.append(bytes);
  settle_replies(session, {.longest = bytes.size()});
  count_evictable(session);
  mark_ready(session);
}

void Engine::deliver_message(Session& session, std::string_view bytes) {
  const bool own = &session == current_ && depth_ > 0;
  // While replies are silenced there is none to wait for.
  const bool waits = ledger.profile().messages_wait || session.replies != Session::Replies::on;
  if (!own || waits || session.closed || session.close_after_reply) return deliver(session, bytes);
  session.out.append(bytes);
}

void Engine::flush_pushes() {
  if (pending_pushes_.empty() || !current_) return;
  current_->out.append(pending_pushes_);
  pending_pushes_.clear();
  mark_ready(*current_);
}

// ---- a client that hears of departures

bool Engine::follow_departures(Session& session) {
  if (follower_ == &session) return true;
  if (keyspace.journal.has_listener()) return false;
  follower_ = &session;
  keyspace.journal.set_listener(
      [this](const Departure& departure) {
        // A push is one whatever protocol the client speaks.
        ReplyWriter push(followed_, Protocol::resp3);
        push.push(8);
        push.bulk("departure");
        push.bulk(to_string(departure.reason));
        push.integer(departure.database);
        push.bulk(departure.key);
        push.integer(departure.ttl_ms);
        push.integer(departure.idle_ms);
        push.integer(departure.stale_score ? 1 : 0);
        push.integer(departure.when.time_since_epoch().count());
      },
      false);
  return true;
}

void Engine::tell_follower(Session& session, std::size_t reply_start) {
  if (!follower_) return followed_.clear();
  const bool own = follower_ == &session;
  follower_->out.insert(own ? reply_start : follower_->out.size(), followed_);
  follower_->weightless += followed_.size();
  followed_.clear();
  mark_ready(*follower_);
}

void Engine::forget_follower(const Session& session) {
  if (follower_ != &session) return;
  follower_ = nullptr;
  keyspace.journal.set_listener({}, false);
}

// ---- keyspace listener

void Engine::key_changed(Database& database, std::string_view key) {
  if (!watchers_.empty()) touch_watchers(database, key);
  if (!tracking.idle()) tracking.invalidate(key, {current_ ? current_->id : 0, caller_});
}

void Engine::key_left(Database& database, std::string_view key) {
  if (!watchers_.empty()) touch_watchers(database, key);
  if (!tracking.idle()) tracking.invalidate(key, {current_ ? current_->id : 0, 0});
}

void Engine::key_event(Event event, std::string_view key, int database) {
  const std::uint32_t wanted = options.notify_keyspace_events;
  if (!(wanted & bits(event.event_class))) return;
  const std::string prefix = "@" + std::to_string(database) + "__:";
  if (wanted & bits(EventClass::keyspace)) {
    publisher.publish("__keyspace" + prefix + std::string(key), event.name);
  }
  if (wanted & bits(EventClass::keyevent)) {
    publisher.publish("__keyevent" + prefix + std::string(event.name), key);
  }
}

// ---- blocking and pausing

void Engine::block(Session& session, Blocked blocked) {
  session.blocked = std::move(blocked);
  blocked_.push_back(&session);
}

void Engine::unblock(Session& session) {
  if (!session.blocked) return;
  session.blocked.reset();
  std::erase(blocked_, &session);
  resumed_.push_back(&session);
}

bool Engine::unblock_by_command(Session& session, bool with_error) {
  // 8.1.1 dies when a client that CLIENT PAUSE holds is unblocked so (blocked.c,
  // replyToBlockedClientTimedOut); here it stays held.
  if (!session.blocked || session.blocked->postponed) return false;
  if (with_error) {
    constexpr std::string_view error = "UNBLOCKED client unblocked via CLIENT UNBLOCK";
    ReplyWriter(session.out, session.protocol).error(error);
    count_error(error);
  } else if (const auto on_timeout = std::move(session.blocked->on_timeout)) {
    on_timeout();
  }
  mark_ready(session);
  unblock(session);
  return true;
}

// What clients sent while they were blocked runs once the command that unblocked them is over.
void Engine::resume_unblocked() {
  while (depth_ == 0 && !resumed_.empty()) {
    Session* session = resumed_.front();
    resumed_.erase(resumed_.begin());
    run_requests(*session, session->in, 0);
  }
  while (interrupted_.empty() && !abandoned_.empty()) {
    Session* session = abandoned_.back();
    abandoned_.pop_back();
    close(*session);
  }
}

bool Engine::serve_others() {
  if (!on_busy) return true;
  const Moment moment = keyspace.moment;
  const bool out_of_memory = out_of_memory_;
  const int depth = std::exchange(depth_, 0);
  Session* const current = std::exchange(current_, nullptr);
  std::string pushes = std::exchange(pending_pushes_, {});
  interrupted_.push_back(current);
  const bool go_on = on_busy();
  interrupted_.pop_back();
  pending_pushes_ = std::move(pushes);
  current_ = current;
  depth_ = depth;
  out_of_memory_ = out_of_memory;
  keyspace.moment = moment;
  return go_on;
}

void Engine::pause(Instant until, bool all) {
  if (pause_until_ > now()) {
    // The later end and the wider scope win (networking.c, pauseActions).
    until = std::max(until, pause_until_);
    all = all || pause_all_;
  }
  pause_until_ = until;
  pause_all_ = all;
  keyspace.moment.expiry_paused = true;
}

void Engine::unpause() {
  pause_until_ = {};
  keyspace.moment.expiry_paused = false;
  const auto waiting = blocked_;
  for (Session* session : waiting) {
    if (session->blocked && session->blocked->postponed) unblock(*session);
  }
}

bool Engine::paused_for(const Command& command) const {
  if (!paused()) return false;
  return pause_all_ || command.has(flag::write | flag::may_replicate);
}

// ---- options and statistics

void Engine::change_options(Options changed) {
  const bool weigh = (options.maxmemory_clients != 0) != (changed.maxmemory_clients != 0);
  options = std::move(changed);
  if (weigh) weigh_clients();
  if (evictor.over_after(0)) evictor.start();
}

void Engine::reset_stats() {
  for (CommandStats& counted : stats.commands) {
    if (counted.histogram) ledger.add(-LatencyHistogram::valkey_bytes);
  }
  const std::int64_t errors_before = errors_bytes();
  error_index_ = RadixTree(ledger.allocation(), RadixTree::Values::pointers);
  ledger.add(errors_bytes() - errors_before);
  const std::int64_t exceeded_since = stats.eviction_exceeded_since_us;
  const std::uint64_t denied_sign_ins = stats.denied_sign_ins;  // of ACL's, which go on
  const std::uint64_t denied_commands = stats.denied_commands;
  stats = {};
  stats.denied_sign_ins = denied_sign_ins;
  stats.denied_commands = denied_commands;
  stats.eviction_exceeded_since_us = exceeded_since;
  keyspace.stats = {};
}

std::string Engine::run_id() const {
  Random digits = random.fork("run id");
  std::string id;
  while (id.size() < 40) id += "0123456789abcdef"[digits.below(16)];
  return id;
}

Instant Engine::next_due() const {
  Instant due = next_cron_;
  if (evictor.running() && !paused()) due = std::min(due, evictor.resumes());
  for (const Session* session : blocked_) {
    if (!session->blocked->forever) due = std::min(due, session->blocked->until);
  }
  return due;
}

void Engine::pass_time(Instant to, Passing how) {
  const std::string_view cause = keyspace.moment.cause;
  const std::uint64_t client = keyspace.moment.client;
  how == Passing::jumped ? jump(to) : advance(to);
  keyspace.moment.cause = cause;
  keyspace.moment.client = client;
}

void Engine::reseed(std::uint64_t seed) {
  seed_ = seed;
  random = Random(seed);
  keyspace.reseed(random);
  evictor.reseed(random);
  expiry.restart();
  tracking.reseed(random.fork("tracking"));
}

void Engine::jump(Instant to) {
  if (to < now()) begin(to);
  next_cron_ = to;
  advance(to);
}

void Engine::advance(Instant to) {
  // A clock that was set back must not wait for its old time.
  next_cron_ = std::min(next_cron_, to + Duration{1'000'000 / options.keyspace.hz});
  while (next_due() <= to) {
    const Instant due = std::max(next_due(), now());
    begin(due);
    keyspace.moment.cause = {};
    keyspace.moment.client = 0;
    if (evictor.running() && evictor.resumes() <= due && !paused()) evictor.make_room();
    if (!paused() && keyspace.moment.expiry_paused) unpause();
    const auto waiting = blocked_;
    for (Session* session : waiting) {
      if (!session->blocked || session->blocked->forever || session->blocked->until > due) continue;
      const auto on_timeout = std::move(session->blocked->on_timeout);
      if (on_timeout) on_timeout();
      mark_ready(*session);
      unblock(*session);
    }
    resume_unblocked();
    if (next_cron_ <= due) cron();
  }
  begin(to);
  // Between commands; within one (OUTLIVE CLOCK) the reply is waited for.
  if (follower_ && depth_ == 0 && !followed_.empty())
    tell_follower(*follower_, follower_->out.size());
  before_sleep();
}

void Engine::cron() {
  const std::int64_t period_us = 1'000'000 / options.keyspace.hz;
  next_cron_ = now() + Duration{period_us};
  if (!switches.cron) return;
  clients_cron();
  tracking.hold_limit(options.tracking_table_max_keys);
  if (switches.active_expiry) expiry.slow_cycle();
  // Every table that was ever made is looked at.
  for (std::size_t i = 0; i < keyspace.databases_in_use(); ++i) {
    Database& database = keyspace.database(i);
    if (database.has_had_keys()) database.keys().resize_if_needed();
    if (database.has_had_expiry()) database.expires().resize_if_needed();
    if (database.has_had_expiring_fields()) database.with_expiring_fields().resize_if_needed();
  }
  if (options.keyspace.active_rehashing) rehash_for_a_while();
}

// A hundredth of the cron's period, for all databases together; in a millisecond about so many
// buckets move (server.c, databasesCron; kvstore.c, kvstoreIncrementallyRehash).
void Engine::rehash_for_a_while() {
  bool under_way = false;
  for (std::size_t i = 0; i < keyspace.databases_in_use(); ++i) {
    const Database& database = keyspace.database(i);
    under_way |= database.keys().rehashing() || database.expires().rehashing() ||
                 database.with_expiring_fields().rehashing();
  }
  // The database to go on with would be the same after a round over all of them.
  if (!under_way) return;
  constexpr std::size_t buckets_per_ms = 3000;
  std::size_t left = buckets_per_ms * 10 / static_cast<std::size_t>(options.keyspace.hz);
  for (std::size_t i = 0; i < keyspace.databases(); ++i) {
    const std::size_t index = next_rehashed_ % keyspace.databases();
    if (index < keyspace.databases_in_use()) {
      Database& database = keyspace.database(index);
      for (Database::Table* table :
           {&database.keys(), &database.expires(), &database.with_expiring_fields()}) {
        left -= table->rehash(left);
        if (left == 0) return;
      }
    }
    ++next_rehashed_;
  }
}

}  // namespace outlive
