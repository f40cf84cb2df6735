// The way of a request: bytes to words, words past the gates (gates.cpp), then the handler
// (server.c of 8.1).
#include <algorithm>

#include "base/c_text.hpp"
#include "engine/engine.hpp"
#include "engine/key_positions.hpp"

namespace outlive {
namespace {

// Requests that are parsed, fetched for and run at once.
constexpr std::size_t batch_max = 64;

std::int64_t digits_of(std::size_t value) {
  std::int64_t digits = 1;
  for (; value >= 10; value /= 10) ++digits;
  return digits;
}

constexpr std::int64_t frame = 3;  // '*' or '$', and the line's end

// What a request takes on the wire, as an array of bulk strings; and what it can't pass.
std::int64_t request_bytes_max(std::span<const std::string_view> words) {
  constexpr std::size_t digits_max = 20;
  std::size_t bytes = frame + digits_max;
  for (const std::string_view word : words) bytes += word.size() + frame + digits_max + 2;
  return static_cast<std::int64_t>(bytes);
}
std::int64_t request_bytes(std::span<const std::string_view> words) {
  std::int64_t bytes = frame + digits_of(words.size());
  for (const std::string_view word : words) {
    bytes += frame + digits_of(word.size()) + static_cast<std::int64_t>(word.size()) + 2;
  }
  return bytes;
}

// A request as its client would have sent it, to be read again when the pause is over.
void append_request(std::string& in, std::span<const std::string_view> words) {
  in += "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string_view word : words) {
    in += "$" + std::to_string(word.size()) + "\r\n";
    in.append(word).append("\r\n");
  }
}

}  // namespace

void Call::changed(std::string_view key, Event event) {
  engine.key_changed_by(db, key);
  keyspace.listener.key_event(event, key, db.index());
  ++keyspace.changes;
}
void Call::touched(std::string_view key, std::uint64_t changes) {
  engine.key_changed_by(db, key);
  keyspace.changes += changes;
}

// ---- bytes to requests
// ----------------------------------------------------------------------------

void Engine::receive(Session& session, std::string_view bytes, Instant at) {
  begin(at);
  session.bytes_in += bytes.size();
  ++stats.reads;
  stats.net_input_bytes += bytes.size();
  const Presence presence(*this, session);
  own_received_ = 0;
  if (session.in.empty() && !session.blocked) {
    run_requests(session, bytes, bytes.size());
  } else {
    session.last_interaction = at;
    session.in.append(bytes);
    if (!session.blocked) run_requests(session, session.in, bytes.size());
  }
  if (!presence.lost() && !session.closed) {
    const std::size_t received = bytes.size() - std::min(own_received_, bytes.size());
    if (received > 0) settle_requests(session, received);
    count_evictable(session);
  }
  resume_unblocked();
  before_sleep();
}

void Engine::execute(Session& session, std::span<const std::string_view> words, Instant at) {
  begin(at);
  session.last_interaction = at;
  last_reading_.reset();
  if (session.query_buffer.bytes() > 0) [[unlikely]] {
    const auto received = static_cast<std::size_t>(request_bytes(words));
    if (session.query_buffer.arrive(received, ledger.allocation())) recharge(session);
  }
  const CommandTable::Found found = repeated_.resolve(table_, words);
  process(session, found, words);
  if (session.blocked && session.blocked->postponed) append_request(session.in, words);
  if (session.query_buffer.bytes() > 0 && !session.closed) [[unlikely]] {
    settle_requests(session, static_cast<std::size_t>(request_bytes(words)));
  }
  resume_unblocked();
  before_sleep();
}

void Engine::before_sleep() {
  if (depth_ == 0) tracking.broadcast();
}

// All requests that have arrived whole are parsed first, their keys hashed and fetched into the
// cache, then executed: a pipeline waits for memory once instead of once a request. What is left of
// `input` is kept in session.in, which `input` may be. `received` of it have just been read.
void Engine::run_requests(Session& session, std::string_view input, std::size_t received) {
  std::vector<Pending> batch = std::exchange(batch_, {});
  const Presence presence(*this, session);
  while (!session.blocked && !session.close_after_reply && !session.closed) {
    const auto outcome = parse_batch(session, input, batch);
    if (batch.empty() || !batch.front().is_own()) session.last_interaction = now();
    if (batch.size() > 1) prefetch(batch, session);
    const std::size_t own = own_bytes(batch);
    own_received_ += own;
    // Where some of it is OUTLIVE's, that may move the clock, and so free the buffer, before the
    // rest would have arrived: settle_requests() reckons.
    if (own == 0 && received > 0 && session.query_buffer.arrive(received, ledger.allocation())) {
      recharge(session);
    }
    received = 0;
    const bool parsed_ahead = ledger.profile().has_parsed_queue();
    if (!batch.empty() && !parsed_ahead && others_wait(batch, input.size()) &&
        session.query_buffer.bytes() == 0) {
      session.query_buffer.keep_shared(input.size() - own, ledger.allocation());
      recharge(session);
    }
    const std::size_t done = run_batch(session, batch);
    if (presence.lost()) break;
    if (done < batch.size()) {
      // The client is blocked, or gone: what it sent further waits, to be read anew.
      input.remove_prefix(done > 0 ? batch[done - 1].request.end : 0);
      session.parser = {};
      break;
    }
    input.remove_prefix(session.parser.position());
    session.parser.rebase();
    if (outcome == RequestParser::Outcome::error) {
      protocol_error(session);
      break;
    }
    if (outcome == RequestParser::Outcome::need_more) {
      check_query_buffer(session, input.size());
      break;
    }
  }
  if (!presence.lost()) session.in.assign(input);
  batch.clear();
  batch_ = std::move(batch);
}

RequestParser::Outcome Engine::parse_batch(Session& session, std::string_view input,
                                           std::vector<Pending>& batch) {
  const RequestLimits limits{.bulk_max = options.proto_max_bulk_len,
                             .authenticated = session.authenticated};
  // Before AUTH one at a time: what may follow depends on how it ends.
  const std::size_t most = session.authenticated ? batch_max : 1;
  RequestParser& parser = session.parser;
  batch.clear();
  parser.start_batch();
  auto outcome = RequestParser::Outcome::request;
  while (batch.size() < most) {
    Request request;
    outcome = parser.next(input, limits, request);
    if (outcome != RequestParser::Outcome::request) break;
    const auto& found = repeated_.resolve(table_, words_of(session, request));
    batch.push_back({request, found, {}});
  }
  return outcome;
}

// Whether there is more in the input than one request. What is for the emulator itself (OUTLIVE)
// does not count: a real client would not have sent it.
bool Engine::others_wait(const std::vector<Pending>& batch, std::size_t input) {
  if (batch.back().request.end < input) return true;
  return std::ranges::count_if(batch, [](const Pending& one) { return !one.is_own(); }) > 1;
}

std::size_t Engine::own_bytes(const std::vector<Pending>& batch) {
  std::size_t bytes = 0, begin = 0;
  for (const Pending& one : batch) {
    if (one.is_own()) bytes += one.request.end - begin;
    begin = one.request.end;
  }
  return bytes;
}

std::span<const std::string_view> Engine::words_of(const Session& session, const Request& request) {
  return std::span(session.parser.words()).subspan(request.first, request.count);
}

std::size_t Engine::run_batch(Session& session, const std::vector<Pending>& batch) {
  const Presence presence(*this, session);
  const std::uint64_t seed = seed_;
  const auto run = [&]() -> std::size_t {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!batch[i].is_own()) session.last_interaction = now();
      keyspace.expect(seed_ == seed ? batch[i].key : Key{});  // OUTLIVE SEED may be among them
      process(session, batch[i].found, words_of(session, batch[i].request));
      if (depth_ == 0 && presence.lost()) return i;
      if (session.blocked) return session.blocked->postponed ? i : i + 1;
      if (session.close_after_reply || session.closed) return i + 1;
    }
    return batch.size();
  };
  last_reading_.reset();
  const std::size_t done = run();
  last_reading_.reset();
  keyspace.expect({});
  return done;
}

void Engine::prefetch(std::vector<Pending>& batch, const Session& session) const {
  std::uint64_t hashes[batch_max];
  std::size_t n = 0;
  for (Pending& pending : batch) {
    const std::size_t at = pending.found.command ? pending.found.command->first_key_at() : 0;
    const auto words = words_of(session, pending.request);
    if (at == 0 || at >= words.size()) continue;
    pending.key = keyspace.key(words[at]);
    hashes[n++] = pending.key.hash;
  }
  prefetch(std::span(hashes, n), session.database);
}

void Engine::prefetch(std::span<const std::string_view> keys, int database) const {
  std::uint64_t hashes[batch_max];
  for (; !keys.empty(); keys = keys.subspan(std::min(keys.size(), batch_max))) {
    const std::size_t n = std::min(keys.size(), batch_max);
    for (std::size_t i = 0; i < n; ++i) hashes[i] = keyspace.hash(keys[i]);
    prefetch(std::span(hashes, n), database);
  }
}

// At most batch_max of them.
void Engine::prefetch(std::span<const std::uint64_t> hashes, int database) const {
  const Database& chosen = keyspace.database(static_cast<std::size_t>(database));
  const Database::Table& table = chosen.keys();
  for (const std::uint64_t hash : hashes) table.prefetch_bucket(hash);
  const Entry* entries[2 * batch_max];  // a few hashes have more than one that is likely
  std::size_t found = 0;
  for (const std::uint64_t hash : hashes) {
    const std::size_t before = found;
    table.each_likely(hash, [&](const Entry* entry) {
      if (found == std::size(entries)) return;
      entries[found++] = entry;
      entry->prefetch();
    });
    // A key that is made now mostly gets a TTL, too.
    if (found == before) chosen.expires().prefetch_bucket(hash);
  }
  for (std::size_t i = 0; i < found; ++i) entries[i]->prefetch_value();
  for (std::size_t i = 0; i < found; ++i) entries[i]->prefetch_parts();
}

void Engine::protocol_error(Session& session) {
  std::string unheard;
  const bool heard = session.replies == Session::Replies::on;
  ReplyWriter reply(heard ? session.out : unheard, session.protocol);
  reply.error("ERR Protocol error: " + session.parser.error());
  count_error(*reply.take_error());
  session.close_after_reply = true;
  mark_ready(session);
}

void Engine::check_query_buffer(Session& session, std::size_t waiting) {
  if (static_cast<std::int64_t>(waiting) <= options.client_query_buffer_limit) return;
  ++stats.query_buffer_limit_disconnections;
  session.closed = true;
  mark_ready(session);
}

// ---- one request
// ----------------------------------------------------------------------------------

// What does not use up a CLIENT CACHING: other subcommands of CLIENT, but for SETINFO before 8.1.
bool Engine::keeps_caching(const Command* command) const {
  if (!command || command->container != "client") return false;
  return ledger.profile().has("8.1.0") || command->name != "setinfo";
}

void Engine::process(Session& session, const CommandTable::Found& found,
                     std::span<const std::string_view> words) {
  Session* const outer = std::exchange(current_, &session);
  Moment& moment = keyspace.moment;
  moment.client = session.id;
  moment.no_touch = session.no_touch;
  moment.sees_expired = session.import_source && options.keyspace.importing;
  const std::size_t reply_start = session.out.size();
  ReplyWriter reply(session.out, session.protocol);
  if (ledger.profile().is_redis()) reply.tell_all_digits();
  session.last_command = found.command;
  if (session.arriving.bytes > 0) {
    session.arriving = {};
    recharge(session);
  }
  give_query_buffer_away(session, words);
  if (found.command) moment.cause = found.command->name;
  if (pass_gates({session, found, words, reply})) call(session, found, words, reply);
  if (current_ == &session) {
    if (is_own(found)) {
      session.weightless += session.out.size() - std::min(reply_start, session.out.size());
    }
    finish(session, reply_start, reply.shape());
    // CLIENT CACHING holds for the next command, or the next transaction (networking.c,
    // resetClient).
    if (!session.transaction.open && !keeps_caching(found.command))
      session.tracking.caching = false;
    count_evictable(session);
  }
  current_ = outer;
}

void Engine::finish(Session& session, std::size_t reply_start, const ReplyWriter::Shape& shape) {
  using Replies = Session::Replies;
  if (session.replies != Replies::on) [[unlikely]] {
    session.out.resize(reply_start);
    if (session.replies == Replies::skipping) session.replies = Replies::on;
    if (session.replies == Replies::skip_next) session.replies = Replies::skipping;
  }
  if (depth_ == 0) {
    if (!pending_pushes_.empty()) [[unlikely]]
      flush_pushes();
    if (!followed_.empty()) [[unlikely]]
      tell_follower(session, reply_start);
  }
  if (session.closed) session.out.clear();
  if (session.subscriptions() != session.subscriptions_charged) [[unlikely]] {
    session.subscriptions_charged = session.subscriptions();
    session.had_subscriptions = true;
    recharge(session);
  }
  settle_replies(session, {.longest = shape.longest,
                           .buffer_max = shape.deferred ? reply_start : ReplyBuffer::chunk,
                           .referred = shape.referred});
  if (!session.out.empty() || session.close_after_reply || session.closed) mark_ready(session);
}

void Engine::count_error(std::string_view error) {
  // More kinds than this are a client's games; counting stops (server.c, ERROR_STATS_LIMIT).
  constexpr std::size_t kinds_max = 128;
  ++stats.error_replies;
  // A code ends with a blank among the first 32 bytes, '-' included (networking.c,
  // afterErrorReply).
  const std::size_t blank = error.substr(0, 31).find(' ');
  const std::string code(blank == std::string_view::npos ? "ERR" : error.substr(0, blank));
  if (stats.errors.contains(code)) {
    ++stats.errors[code];
  } else if (stats.errors.size() < kinds_max) {
    const std::int64_t before = errors_bytes();
    error_index_.insert(code);
    ledger.add(errors_bytes() - before);
    stats.errors[code] = 1;
  }
}

// The tree of codes, with a counter for each (server.h, struct serverError).
std::int64_t Engine::errors_bytes() const {
  constexpr std::size_t counter = 8;
  return static_cast<std::int64_t>(error_index_.bytes()) +
         static_cast<std::int64_t>(error_index_.size()) * ledger.block(counter);
}

void Engine::call(Session& session, const CommandTable::Found& found,
                  std::span<const std::string_view> words, ReplyWriter& reply) {
  const Command& command = *found.command;
  const std::size_t name_words = command.container.empty() ? 1 : 2;
  const std::string_view outer_cause = keyspace.moment.cause;
  keyspace.moment.cause = command.name;
  Call one{*this,
           session,
           keyspace,
           keyspace.database(static_cast<std::size_t>(session.database)),
           command,
           words,
           Args(words.subspan(std::min(name_words, words.size()))),
           reply};
  const std::size_t reply_start = reply.out().size();
  session.redacted.clear();
  // In a pipeline a command begins when the one before it was over.
  const std::int64_t began = last_reading_ ? *std::exchange(last_reading_, {}) : read_stopwatch();
  const std::uint64_t outer_caller = std::exchange(caller_, session.id);
  const bool is_script = command.has(flag::script);
  Script outer_script;
  if (is_script) outer_script = std::exchange(script_, {&command, words});
  ++depth_;
  command.run(one);
  --depth_;
  caller_ = outer_caller;
  const std::int64_t ended = read_stopwatch();
  const std::int64_t took = ended - began;
  if (depth_ == 0) last_reading_ = ended;
  keyspace.moment.cause = outer_cause;
  if (const std::string* error = reply.take_error()) {
    ++stats.of(found.index).failed;
    for (; error; error = reply.take_error()) count_error(*error);
  }
  if (!session.blocked) {
    count_call(found, took);
    Session& counted = session.internal && current_ ? *current_ : session;  // a script's caller
    ++counted.commands_processed;
    const CommandLog::Values logged{took, request_bytes_max(words),
                                    static_cast<std::int64_t>(reply.out().size() - reply_start)};
    const bool wanted = command_log.wants(logged, options.command_log);
    if (wanted || options.latency_monitor_threshold_ms > 0) [[unlikely]]
      log_call(session, command, words, logged);
  }
  if (!monitors_.empty() && !command.has(flag::skip_monitor | flag::admin)) {
    feed_monitors(session, words);
  }
  if (!tracking.nobody() && command.has(flag::readonly)) track_reads(command, words);
  if (is_script) script_ = outer_script;
}

// The keys of a read on behalf of a client that wants to hear of their changes. Of scripts the
// commands they run count, not the keys they announce (server.c, call); in Redis 7.0 a read within
// a script was one of the keys announced.
void Engine::track_reads(const Command& command, std::span<const std::string_view> words) {
  if (command.has(flag::script | flag::pubsub)) return;
  const bool announced = script_.command && ledger.profile().is_redis();
  announced ? track_keys(*script_.command, script_.words) : track_keys(command, words);
}

void Engine::track_keys(const Command& command, std::span<const std::string_view> words) {
  if (!current_) return;
  if (!current_->tracking.on || current_->tracking.broadcast) return;
  for_each_key(command, words, [&](std::size_t index, std::uint32_t) {
    tracking.remember(*current_, words[index]);
  });
}

void Engine::count_call(const CommandTable::Found& found, std::int64_t microseconds) {
  CommandStats& counted = stats.of(found.index);
  ++counted.calls;
  counted.microseconds += static_cast<std::uint64_t>(microseconds);
  ++stats.commands_processed;
  if (!options.latency_tracking || is_own(found)) return;
  if (!counted.histogram) [[unlikely]] {
    counted.histogram = std::make_unique<LatencyHistogram>();
    ledger.add(LatencyHistogram::valkey_bytes);
  }
  counted.histogram->add(microseconds * 1000);
}

// The slow log and the latency events of a command that is over.
void Engine::log_call(const Session& session, const Command& command,
                      std::span<const std::string_view> words, CommandLog::Values values) {
  const std::int64_t milliseconds = values[CommandLog::slow] / 1000;
  const std::int64_t threshold_ms = options.latency_monitor_threshold_ms;
  if (threshold_ms > 0 && milliseconds >= threshold_ms) {
    latency.add(command.has(flag::fast) ? "fast-command" : "command", milliseconds,
                unix_seconds(now()));
  }
  if (command.has(flag::skip_slowlog)) return;
  values[CommandLog::large_request] = request_bytes(words);
  // What a script runs is logged under its caller's name.
  const Session& client = session.internal && current_ ? *current_ : session;
  command_log.offer({client, words, unix_seconds(now()), values}, options.command_log);
}

// ---- errors with names in them
// --------------------------------------------------------------------

std::string Engine::unknown_command(std::span<const std::string_view> words,
                                    const Command* container) {
  if (container) return errors::unknown_subcommand(words[1], container->name);
  // At most 128 bytes of the name and of each list of arguments (server.c, commandCheckExistence).
  constexpr std::size_t shown_max = 128;
  std::string arguments;
  for (const std::string_view word : words.subspan(1)) {
    if (arguments.size() >= shown_max) break;
    arguments += "'" + std::string(c_text(word.substr(0, shown_max - arguments.size()))) + "' ";
  }
  return "ERR unknown command '" + std::string(c_text(words[0].substr(0, shown_max))) +
         "', with args beginning with: " + arguments;
}

// ---- MONITOR
// --------------------------------------------------------------------------------------

void Engine::start_monitoring(Session& session) {
  session.monitor = true;
  monitors_.push_back(&session);
}

void Engine::stop_monitoring(Session& session) {
  session.monitor = false;
  std::erase(monitors_, &session);
}

void Engine::feed_monitors(const Session& session, std::span<const std::string_view> words) {
  if (monitors_.empty()) return;
  const std::int64_t us = unix_us(now());
  std::string fraction = std::to_string(us % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  std::string line = "+" + std::to_string(us / 1'000'000) + "." + fraction + " [" +
                     std::to_string(session.database) + " " +
                     (session.internal ? std::string("lua") : session.address) + "]";
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& secret = session.redacted;
    const bool hidden = std::find(secret.begin(), secret.end(), i) != secret.end();
    line += " " + quoted(hidden ? "(redacted)" : words[i]);
  }
  line += "\r\n";
  for (Session* monitor : monitors_) deliver(*monitor, line);
}

}  // namespace outlive
