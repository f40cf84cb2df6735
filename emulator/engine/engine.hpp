// The core's face: bytes and an instant go in, replies and "next due" come out. No socket, no
// clock, no chance of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/client_memory.hpp"
#include "engine/client_peaks.hpp"
#include "engine/clock_control.hpp"
#include "engine/command_log.hpp"
#include "engine/command_table.hpp"
#include "engine/latency_monitor.hpp"
#include "engine/memory_overview.hpp"
#include "engine/options.hpp"
#include "engine/publish.hpp"
#include "engine/scripts.hpp"
#include "engine/services.hpp"
#include "engine/session.hpp"
#include "engine/stats.hpp"
#include "engine/tracking.hpp"
#include "eviction/evictor.hpp"
#include "keyspace/expiry.hpp"
#include "keyspace/keyspace.hpp"
#include "memory/dict_tables.hpp"
#include "memory/radix_tree.hpp"

namespace outlive {

class Engine final : private KeyspaceListener {
 public:
  struct Setup {
    Options options;
    std::uint64_t seed = 0;
    Instant start{};
    std::span<const CommandRows> families;
    // Makes the script host; none: EVAL and the like must not be among the families.
    std::function<std::unique_ptr<ScriptHost>(Engine&)> scripts = {};
    std::size_t journal_limit = 0;
  };

  explicit Engine(Setup setup);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // ---- the shell's side -------------------------------------------------------------------------
  // A new client. The session lives until close().
  Session& open(Instant now);
  void close(Session& session);
  // Bytes of that client as they came. Replies are in session.out afterwards; close_after_reply
  // tells that the connection ends once they are sent.
  void receive(Session& session, std::string_view bytes, Instant now);
  // The same for one request whose words are at hand, of a client that isn't blocked.
  void execute(Session& session, std::span<const std::string_view> words, Instant now);
  // Brings keys that will soon be asked for into the processor's cache, a batch at once.
  void prefetch(std::span<const std::string_view> keys, int database) const;
  // The shell sent so many bytes of the session's output, which it took off `out` before; what it
  // holds back is in session.unsent.
  void sent(Session& session, std::size_t bytes);
  // To be called when all that is ready has been sent: maxmemory-clients is held.
  void evict_clients();
  // Runs what is due up to this instant: cron, timeouts, postponed requests.
  void advance(Instant now);
  // The clock was set rather than went: the cron runs once, at the new time, and not for all the
  // time between.
  void jump(Instant to);
  // Before this instant nothing happens by itself.
  Instant next_due() const;
  // Sessions with output, or that are to be closed, since the last call, in place of what was in
  // `taken`.
  void take_ready(std::vector<Session*>& taken);
  // How long a command took, in microseconds, for slow log and statistics: two readings of the
  // shell's stopwatch. Without one every command takes no time.
  std::function<std::int64_t()> stopwatch;
  // What INFO tells of the process around the engine; the shell fills it in.
  struct Shell {
    std::int64_t process_id = 0;
    int port = 0;
    std::string executable;
    std::string config_file;
    std::uint64_t system_memory = 0;
    std::string tcp_listener = {};   // "name=tcp,bind=…,port=…"; "" when there is none
    std::string unix_listener = {};  // "name=unix,bind=…"
    std::string tls_listener = {};   // as tcp_listener
  } shell;
  // CONFIG SET of the directives in `given`: the shell sees the new options before they hold; it
  // completes them, or says which one can't be had and why.
  struct OptionRefusal {
    std::string_view directive;
    std::string reason;
  };
  std::function<std::optional<OptionRefusal>(Options& changed,
                                             std::span<const std::string_view> given)>
      on_change_options;
  // CONFIG REWRITE: writes the configuration file; "" or what went wrong. None: there is no file.
  std::function<std::string()> on_rewrite_config;
  // The shell's clock, where OUTLIVE CLOCK may move it.
  ClockControl* clock = nullptr;
  // What the shell is asked to do.
  std::function<void(Instant now)> on_shutdown;             // SHUTDOWN succeeded
  std::function<void(std::int64_t microseconds)> on_sleep;  // DEBUG SLEEP, busy waiting of tests
  // A slow script: serve other clients. False: the server is going down, the script is to end.
  std::function<bool()> on_busy;
  std::function<void(int level, std::string_view line)> on_log;

  // ---- the commands' side -----------------------------------------------------------------------
  Options options;
  Ledger ledger;
  Random random;
  Stats stats;
  Keyspace keyspace;
  Evictor evictor;
  ActiveExpiry expiry;
  Publisher publisher;
  CommandLog command_log;
  LatencyMonitor latency;
  TrackingTable tracking;
  // What DEBUG turns on and off.
  struct DebugSwitches {
    bool active_expiry = true;
    bool cron = true;
    bool reply_buffers_resized = true;
    bool replies_in_blocks = false;            // no reply uses a client's own buffer
    std::int64_t reply_buffer_peak_ms = 5000;  // negative: peaks are never forgotten
    bool scripts_may_all = false;              // even what is flagged noscript
  } switches;
  // INFO without words has been called: what it made of its sections stays.
  bool info_sections_kept = false;
  std::unique_ptr<ScriptHost> scripts;
  const CommandTable& table() const { return table_; }
  const std::map<std::uint64_t, std::unique_ptr<Session>>& sessions() const { return sessions_; }
  Session* session_by_id(std::uint64_t id);
  // Whether a session is still there, asked after commands that may have ended any.
  class Presence {
   public:
    Presence(Engine& engine, const Session& session)
        : engine_(engine), id_(session.id), closed_before_(engine.sessions_closed_) {}
    bool lost() const {
      return engine_.sessions_closed_ != closed_before_ && !engine_.session_by_id(id_);
    }

   private:
    Engine& engine_;
    std::uint64_t id_;
    std::uint64_t closed_before_;
  };
  Instant now() const { return keyspace.moment.now; }
  Instant started() const { return started_; }
  std::uint64_t seed() const { return seed_; }
  // All chance anew from this seed. There must be no keys.
  void reseed(std::uint64_t seed);
  // The clock was moved by the command that runs: what falls due happens now, as in advance() or
  // jump().
  enum class Passing : std::uint8_t { lived_through, jumped };
  void pass_time(Instant to, Passing how);
  Session* current() { return current_; }

  // Runs a command on behalf of a transaction or a script, past the gates that its caller has seen
  // to; statistics and MONITOR included.
  void call(Session& session, const CommandTable::Found& found,
            std::span<const std::string_view> words, ReplyWriter& reply);
  // An error that a client or a script has been told: "CODE text".
  void count_error(std::string_view error);
  // Shows a command to whoever monitors. call() does so itself, but not for those flagged
  // skip_monitor.
  void feed_monitors(const Session& session, std::span<const std::string_view> words);
  // The error for a first word, or a subcommand, that is not in the table.
  static std::string unknown_command(std::span<const std::string_view> words,
                                     const Command* container);

  // Whether the service that is imitated keeps this client from running it; and what its script
  // hears that has tried.
  bool refuses(const Session& session, const CommandTable::Found& found) const {
    return service_gate_.refuses(found.index) && found.command && !session.is_operator;
  }
  std::string refuse_script(const Command& command);

  // A Lua machine begins, for scripts or for functions: its module asks for a directive, which
  // counts as a call (9.1: engine_lua.c).
  void note_script_machine();

  // The outcome of the last eviction before a top-level command: what scripts and EXEC go by.
  bool out_of_memory() const { return out_of_memory_; }
  // Whether writes wait for replicas: there are never any (server.c, checkGoodReplicasStatus).
  bool lacks_replicas() const {
    return options.min_replicas_to_write > 0 && options.min_replicas_max_lag > 0;
  }
  // In the middle of a slow script: lets the shell serve other clients, for whom this one is busy.
  // False: the script is to end.
  bool serve_others();
  // The shell is doing so; time must not pass.
  bool serving_others() const { return !interrupted_.empty(); }
  // Hands a push message or a late reply to a client.
  void deliver(Session& session, std::string_view bytes);
  // The same of what was published.
  void deliver_message(Session& session, std::string_view bytes);
  void mark_ready(Session& session);

  // Blocks a session until `until` (or for ever); then `on_timeout` writes its reply.
  void block(Session& session, Blocked blocked);
  // Ends a block without its timeout, and goes on with what the client sent meanwhile.
  void unblock(Session& session);

  // mem_clients_normal, brought up to date as Valkey does it: by the cron, and after every command
  // while there is a limit.
  std::int64_t clients_memory() const { return clients_memory_; }
  const ClientPeaks& client_peaks() const { return peaks_; }
  void count_client(Session& session, std::span<const std::string_view> running = {});
  // The same for all clients, when the limit changed.
  void weigh_clients();
  // What used_memory has of a client, brought up to date after something of it changed.
  void recharge(Session& session);

  // CLIENT KILL: nothing more is read of that client or sent to it; the shell drops it when it can.
  void disconnect(Session& session);
  // CLIENT UNBLOCK: as if its time were over, or with an error. False: it was not blocked, or only
  // by CLIENT PAUSE.
  bool unblock_by_command(Session& session, bool with_error);
  // CLIENT PAUSE: all commands, or only those that may write, wait until then.
  void pause(Instant until, bool all);
  void unpause();
  bool paused() const { return pause_until_ > now(); }
  bool pausing_all() const { return paused() && pause_all_; }
  std::int64_t pause_left_ms() const {
    return paused() ? (unix_us(pause_until_) - unix_us(now())) / 1000 : 0;
  }
  bool paused_for(const Command& command) const;

  // Tells watchers that a key changed outside Database::put.
  void key_changed_by(Database& database, std::string_view key) { key_changed(database, key); }
  void watch(Session& session, std::string_view key);
  void unwatch(Session& session);
  void discard_transaction(Session& session);
  // Sets dirty_exec inside MULTI: a command could not be queued.
  void spoil_transaction(Session& session);
  bool watched_key_expired(const Session& session);
  // Watchers of everything in a database that is about to be emptied (FLUSHDB), or to have the
  // contents of another (SWAPDB).
  void touch_all_watched(int emptied, int replaced_with = -1);
  // RESET: as if the client had just connected (networking.c, clearClientConnectionState).
  void reset_session(Session& session);
  void start_monitoring(Session& session);
  void stop_monitoring(Session& session);

  // CONFIG SET: the new options hold from the next command on; a lowered maxmemory starts evicting.
  void change_options(Options changed);
  bool may_set_guarded(const Session& session) const;
  void reset_stats();
  MemoryOverview memory_overview() const;
  // Forty hexadecimal digits that name this run, from the seed.
  std::string run_id() const;

  // From now on this client is told of every departure, by a push that comes before the reply of
  // the command which caused it and that weighs nothing. False: somebody hears of them already.
  bool follow_departures(Session& session);

  void log(int level, std::string_view line) const {
    if (on_log) on_log(level, line);
  }

 private:
  void note_calls_at_start();
  void key_changed(Database& database, std::string_view key) override;
  void key_left(Database& database, std::string_view key) override;
  void touch_watchers(Database& database, std::string_view key);
  void spoil_watch(Session& session);
  void track_reads(const Command& command, std::span<const std::string_view> words);
  void track_keys(const Command& command, std::span<const std::string_view> words);
  // What is left to do when nothing is to be served for now (server.c, beforeSleep).
  void before_sleep();
  void key_event(Event event, std::string_view key, int database) override;

  void begin(Instant now);
  static bool is_own(const CommandTable::Found& found) {
    return found.command && found.command->has(flag::outlive_own);
  }
  // A request that has arrived whole, and the command it names.
  struct Pending {
    Request request;
    CommandTable::Found found;
    Key key;  // its first, if that was hashed when it was fetched for
    bool is_own() const { return Engine::is_own(found); }
  };
  void run_requests(Session& session, std::string_view input, std::size_t received);
  RequestParser::Outcome parse_batch(Session& session, std::string_view input,
                                     std::vector<Pending>& batch);
  // How many of them need not be run again: fewer than all when the client is blocked, or gone.
  std::size_t run_batch(Session& session, const std::vector<Pending>& batch);
  void prefetch(std::vector<Pending>& batch, const Session& session) const;
  void prefetch(std::span<const std::uint64_t> hashes, int database) const;
  static bool others_wait(const std::vector<Pending>& batch, std::size_t input);
  static std::size_t own_bytes(const std::vector<Pending>& batch);
  static std::span<const std::string_view> words_of(const Session& session, const Request& request);
  void protocol_error(Session& session);
  void check_query_buffer(Session& session, std::size_t waiting);
  void process(Session& session, const CommandTable::Found& found,
               std::span<const std::string_view> words);
  // gates.cpp: a request before its command, and what must hold for it to run. It is handed on, not
  // copied: to read at once what was written piece by piece makes a processor wait.
  struct Asked {
    Session& session;
    const CommandTable::Found& found;
    std::span<const std::string_view> words;
    ReplyWriter& reply;
    std::uint64_t flags = 0;     // the command's, or its script's
    std::uint64_t combined = 0;  // and of what EXEC is about to run
    bool queued = false;         // MULTI is open, and it joins
  };
  bool pass_gates(Asked&& asked);
  bool is_shown(const Asked& asked);
  bool is_known(const Asked& asked);
  bool is_granted(const Asked& asked);
  bool suits_connection(const Asked& asked);
  bool has_room(const Asked& asked);
  bool suits_state(const Asked& asked);
  bool is_time(const Asked& asked);
  bool refuse(const Asked& asked, std::string_view error);
  bool deny(const Asked& asked, const std::string& command);
  const Service* service_for(const Session& session) const;
  bool keeps_caching(const Command* command) const;
  bool must_sign_in_first(const Session& session) const;
  void make_room(std::span<const std::string_view> words);
  void reject(Session& session, const CommandTable::Found& found, std::string_view error,
              ReplyWriter& reply);
  void count_call(const CommandTable::Found& found, std::int64_t microseconds);
  void log_call(const Session& session, const Command& command,
                std::span<const std::string_view> words, CommandLog::Values values);
  void queue(Session& session, const Command& command, std::uint64_t flags,
             std::span<const std::string_view> words, ReplyWriter& reply);
  void flush_pushes();
  // Ahead of the reply that starts here, if `session` is the follower.
  void tell_follower(Session& session, std::size_t reply_start);
  void forget_follower(const Session& session);
  std::int64_t read_stopwatch() const { return stopwatch ? stopwatch() : 0; }
  void finish(Session& session, std::size_t reply_start, const ReplyWriter::Shape& shape);
  void resume_unblocked();
  void cron();
  void rehash_for_a_while();
  std::int64_t errors_bytes() const;

  void charge_watched(int database, void (DictTables::*change)());
  // clients.cpp: what clients weigh, and what becomes of those that weigh too much.
  void enter_index(const Session& session);
  void drop_charge(Session& session);
  void count_client_as(Session& session, std::size_t total);
  void count_evictable(Session& session);
  void settle_replies(Session& session, ReplyBuffer::Shape&& shape);
  void settle_requests(Session& session, std::size_t received);
  void give_query_buffer_away(Session& session, std::span<const std::string_view> words);
  void check_output_limit(Session& session);
  std::int64_t client_eviction_limit() const;
  void clients_cron();
  void groom(Session& session);

  CommandTable table_;
  ServiceGate service_gate_;
  std::uint64_t seed_;
  Instant started_;
  std::map<std::uint64_t, std::unique_ptr<Session>> sessions_;
  // The first number is the scripting engine's own client's (8.1 `scripting_engine.c`).
  std::uint64_t next_session_ = 2;
  std::uint64_t sessions_closed_ = 0;
  Session* follower_ = nullptr;  // hears of departures
  std::string followed_;         // what it has not been told yet
  std::vector<Session*> ready_;
  std::vector<Session*> monitors_;
  std::vector<Session*> blocked_;
  std::vector<Session*> resumed_;  // unblocked, with requests to go on with
  std::map<std::pair<int, std::string>, std::vector<Session*>> watchers_;
  std::map<int, DictTables> watched_tables_;  // by database, which `watchers_` would have in Valkey
  std::vector<Pending> batch_;                // kept for its memory
  std::size_t own_received_ = 0;  // of what is being received: OUTLIVE's, which weighs nothing
  RadixTree client_index_;        // by id (server.clients_index)
  RadixTree error_index_;         // by code (server.errors)
  std::int64_t startup_histograms_ = 0;  // of those calls
  ClientBuckets client_buckets_;
  ClientPeaks peaks_;
  std::int64_t clients_memory_ = 0;
  std::size_t next_rehashed_ = 0;   // the database with which the cron goes on
  std::uint64_t last_groomed_ = 0;  // id of the client that the cron saw last
  Session* current_ = nullptr;
  std::vector<Session*> abandoned_;          // of the interrupted: their connections have gone
  std::vector<const Session*> interrupted_;  // whose slow scripts wait while others are served
  // The script under way, as the client called it.
  struct Script {
    const Command* command = nullptr;
    std::span<const std::string_view> words = {};
  } script_;
  std::uint64_t caller_ = 0;    // id of the session whose command runs: a script's within a script
  std::string pending_pushes_;  // for the session whose command is running
  Instant next_cron_{};
  Instant pause_until_{};
  bool pause_all_ = false;
  bool out_of_memory_ = false;
  std::optional<std::int64_t> last_reading_;  // of the stopwatch, while requests follow each other
  int depth_ = 0;                             // commands within commands: EXEC, scripts
  RepeatedCommand repeated_;
};

}  // namespace outlive
