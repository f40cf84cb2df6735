#include "server/serve.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/signal_set.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

#include "base/text.hpp"
#include "commands/table.hpp"
#include "engine/directives.hpp"
#include "engine/services.hpp"
#include "outlive/emulator.hpp"
#include "server/config_rewrite.hpp"
#include "server/log.hpp"
#include "server/server.hpp"
#include "server/startup.hpp"

namespace outlive {
namespace {

constexpr std::string_view version_line =
    "Valkey server v=8.1.1 sha=00000000:0 malloc=modelled bits=64 build=outlive";

constexpr std::string_view help_text =
    R"(outlive serve: a stand-in for valkey-server 8.1, started the same way.

Usage: outlive serve [FILE] [--DIRECTIVE VALUE …] [-]

  FILE                a configuration file, as valkey.conf; `include` works in it
  --DIRECTIVE VALUE   any directive of it; comes after the file, so it wins
  -                   first or last: read more directives from standard input
  --help, -h          this
  --version, -v       the version of Valkey that is imitated

A server that is full after 10 MB and evicts what expires first:
  outlive serve --port 6379 --maxmemory 10mb --maxmemory-policy volatile-ttl

Any free port; the log tells which (`port=`):
  outlive serve --port 0

TLS alone, with certificates that `outlive certs DIR` makes:
  outlive serve --port 0 --tls-port 6380 --tls-cert-file DIR/server.crt --tls-key-file DIR/server.key \
    --tls-ca-cert-file DIR/ca.crt

What only outlive knows:
  --outlive-seed N                     the same chance every time: hashing, sampling, RANDOMKEY
  --outlive-clock system|frozen|MS     a clock that stands still until OUTLIVE CLOCK moves it
  --outlive-profile NAME               the version to imitate: its memory, tables, commands, directives;
                                       valkey-8.1 (as it is by default), valkey-9.1,
                                       valkey-8.0, redis-7.0
  --outlive-allocator-quantum 8|16     memory as the upstream images weigh it (8), or Debian's build (16)
  --enable-outlive-command yes|local   the command OUTLIVE and the journal of keys that left
  --like SERVICE                       what a managed service's documentation says that it refuses, sets
                                       and fixes: elasticache, elasticache-serverless, memorystore,
                                       memorystore-redis; `--like help` lists every row with its source

As Memorystore gives it, CONFIG and the rest refused, evicting by volatile-lru:
  outlive serve --like memorystore --maxmemory 100mb

The variable OUTLIVE_SERVE_DEFAULTS may hold lines as of a configuration file; file and arguments come after it.

valkey-cli -p 6379 talks to it; Ctrl-C or `valkey-cli shutdown nosave` ends it. What is not emulated
(persistence, replication, cluster, modules) is refused by name, never ignored.
Started by the name valkey-server or redis-server (a link), it does this without the word `serve`.
)";

// Writes the pid file, and takes it away again.
class PidFile {
 public:
  PidFile(std::string path, Log& log) : path_(std::move(path)), log_(log) {
    if (path_.empty()) return;
    std::ofstream file(path_);
    file << ::getpid() << "\n";
    file.flush();
    written_ = file.good();
    if (!written_) log_.line(Log::warning, "Failed to write PID file: " + path_);
  }
  ~PidFile() {
    if (!written_) return;
    log_.line(Log::notice, "Removing the pid file.");
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;

 private:
  std::string path_;
  Log& log_;
  bool written_ = false;
};

// Makes room for maxclients, or lowers it to what the system allows (server.c,
// adjustOpenFilesLimit).
void fit_open_files(Options& options, Log& log) {
  constexpr std::int64_t reserved = 32;  // CONFIG_MIN_RESERVED_FDS
  const std::int64_t wanted = options.maxclients + reserved;
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  if (static_cast<std::int64_t>(limit.rlim_cur) >= wanted) return;
  limit.rlim_cur = std::min(static_cast<::rlim_t>(wanted), limit.rlim_max);
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto had = static_cast<std::int64_t>(limit.rlim_cur);
  if (had >= wanted) return;
  const std::string fitting = std::to_string(std::max<std::int64_t>(1, had - reserved));
  const std::string_view words[] = {fitting};
  // What this machine lacks, no service makes up for.
  const Service* service = std::exchange(options.service, nullptr);
  set_directive(options, "maxclients", words);
  options.service = service;
  log.line(Log::warning,
           "Current maximum open files is " + std::to_string(had) +
               ". maxclients has been reduced to " + fitting +
               " to compensate for low ulimit. If you need higher maxclients increase "
               "'ulimit -n'.");
}

// What the engine is told of the process around it.
Engine::Shell describe_process(const std::string& config_file) {
  std::error_code ignored;
  const auto pages = ::sysconf(_SC_PHYS_PAGES);
  const auto page_bytes = ::sysconf(_SC_PAGESIZE);
  return {.process_id = ::getpid(),
          .executable = std::filesystem::read_symlink("/proc/self/exe", ignored).string(),
          .config_file = config_file,
          .system_memory = static_cast<std::uint64_t>(std::max(0L, pages)) *
                           static_cast<std::uint64_t>(std::max(0L, page_bytes))};
}

// An engine with its shell around it, from the first socket to the last.
class Process {
 public:
  Process(const Startup& startup, const ShellOptions& shell, std::uint64_t seed, Log& log)
      : shell_(shell),
        log_(log),
        config_file_(startup.config_file),
        engine_({.options = startup.options,
                 .seed = seed,
                 .start = start_clock(clock_, shell).now(),
                 .families = all_commands(),
                 .scripts = make_script_host,
                 .journal_limit = journal_limit(startup.options)}),
        server_(engine_, clock_, io_),
        signals_(io_, SIGTERM, SIGINT) {
    engine_.clock = &clock_;
    // By a clock that stands still commands take no time, so that runs repeat.
    if (!shell.frozen_at) engine_.stopwatch = stopwatch_us;
    engine_.on_log = [this](int level, std::string_view line) { log_.line(level, line); };
    // Later, for it ends the very session whose request is being served.
    engine_.on_shutdown = [this](Instant) { asio::post(io_, [this] { shut_down(); }); };
    engine_.on_busy = [this] {
      io_.poll();
      return !io_.stopped();
    };
    engine_.on_sleep = [](std::int64_t us) {
      std::this_thread::sleep_for(std::chrono::microseconds(us));
    };
    engine_.on_change_options = [this](Options& changed, std::span<const std::string_view> given) {
      return obey(changed, given);
    };
    if (startup.config_file.empty()) return;
    engine_.on_rewrite_config = [this] {
      return rewrite_config_file(config_file_, engine_.options);
    };
  }

  // Returns the exit status.
  int run() {
    engine_.shell = describe_process(config_file_);
    if (shell_.listen.tls_port >= 0 && !use_tls(engine_.options)) {
      log_.line(Log::warning, "Failed to configure TLS. Check logs for more info.");
      return 1;
    }
    if (!listen()) return 1;
    const PidFile pid_file(shell_.pid_file, log_);
    wait_for_signal();
    std::signal(SIGPIPE, SIG_IGN);
    tell_start();
    server_.start();
    io_.run();
    return 0;
  }

 private:
  static const ServerClock& start_clock(ServerClock& clock, const ShellOptions& shell) {
    if (shell.frozen_at) clock.freeze(*shell.frozen_at);
    return clock;
  }
  static std::size_t journal_limit(const Options& options) {
    return options.enable_outlive_command != Permission::no ? 100'000 : 0;
  }

  // By these options; the log says what is wrong with them.
  bool use_tls(const Options& options) {
    try {
      server_.use_tls(tls_settings(options));
      return true;
    } catch (const UserError& error) {
      log_.line(Log::warning, error.what());
      return false;
    }
  }

  bool listen() {
    try {
      server_.listen(shell_.listen);
      return true;
    } catch (const UserError& error) {
      // The words that tools which launch a server look for, to try another port.
      const bool plain = shell_.listen.port >= 0 && server_.port() == 0;
      const int port = plain ? shell_.listen.port : shell_.listen.tls_port;
      log_.line(Log::warning, "Warning: " + std::string(error.what()));
      log_.line(Log::warning, "Failed listening on port " + std::to_string(port) +
                                  (plain ? " (tcp), aborting." : " (tls), aborting."));
      return false;
    }
  }

  void tell_start() {
    log_.line(Log::notice, "Running mode=standalone, port=" + std::to_string(engine_.shell.port) +
                               ". PID: " + std::to_string(::getpid()) + " ");
    log_.line(Log::notice, "Server initialized");
    if (server_.port()) log_.line(Log::notice, "Ready to accept connections tcp");
    if (!shell_.listen.unix_socket.empty()) {
      log_.line(Log::notice, "Ready to accept connections unix");
    }
    if (server_.tls_port()) log_.line(Log::notice, "Ready to accept connections tls");
  }

  void wait_for_signal() {
    signals_.async_wait([this](std::error_code error, int signal) {
      if (error) return;
      const std::string name = signal == SIGINT ? "SIGINT" : "SIGTERM";
      log_.line(Log::warning, "Received " + name + " scheduling shutdown...");
      log_.line(Log::notice, "User requested shutdown...");
      shut_down();
    });
  }

  void shut_down() {
    log_.line(Log::warning, "Valkey is now ready to exit, bye bye...");
    server_.stop();
    io_.stop();
  }

  // CONFIG SET of what the shell obeys.
  std::optional<Engine::OptionRefusal> obey(Options& changed,
                                            std::span<const std::string_view> given) {
    const auto differs = [&](std::string_view name) {
      const Directive& directive = *find_directive(name);
      return directive_value(changed, directive) != directive_value(engine_.options, directive);
    };
    if (differs("dir")) {
      const std::string reason = change_directory(directive_value(changed, *find_directive("dir")));
      if (!reason.empty()) return Engine::OptionRefusal{"dir", reason};
      note_directory(changed);
    }
    const ListenOptions listen = listen_options(changed);
    const bool tls_moved = differs("tls-port");
    // A first TLS port at run time (config.c, applyTLSPort).
    if (tls_moved && listen.tls_port > 0 && !use_tls(changed)) {
      return Engine::OptionRefusal{"tls-port",
                                   "Unable to update TLS configuration. Check server logs."};
    }
    if (listen.tls_port > 0) {
      if (auto refusal = server_.follow_tls(changed, given)) return refusal;
    }
    const bool moved = differs("port");
    if (moved || tls_moved || differs("bind")) {
      if (!server_.listen_again(listen)) {
        if (!moved && !tls_moved) {
          return Engine::OptionRefusal{"bind", "Failed to bind to specified addresses."};
        }
        return Engine::OptionRefusal{moved ? "port" : "tls-port",
                                     "Unable to listen on this port. Check server logs."};
      }
    }
    log_.set_level(directive_value(changed, *find_directive("loglevel")));
    return {};
  }

  const ShellOptions& shell_;
  Log& log_;
  const std::string config_file_;
  ServerClock clock_;
  Engine engine_;
  asio::io_context io_{1};
  Server server_;
  asio::signal_set signals_;
};

int serve_with(std::span<const std::string_view> arguments) {
  const char* defaults = std::getenv(defaults_variable);
  Startup startup = start_up(arguments, std::cin, defaults ? defaults : "");
  const ShellOptions shell = shell_options(startup.options);
  Log log(shell.log_file);
  log.set_level(shell.log_level);
  fit_open_files(startup.options, log);
  const std::uint64_t seed = shell.seed != 0 ? shell.seed : std::random_device{}();
  log.line(Log::notice, "oO0OoO0OoO0Oo Valkey is starting oO0OoO0OoO0Oo");
  log.line(Log::notice, "outlive stands in for Valkey " +
                            std::string(profile_of(startup.options).version) + " (seed " +
                            std::to_string(seed) + ")");
  return Process(startup, shell, seed, log).run();
}

// valkey-server's jobs besides serving.
constexpr std::string_view other_jobs[] = {"--check-system", "--sentinel", "--test-memory"};

}  // namespace

int serve(std::span<char* const> words) {
  const std::vector<std::string_view> arguments(words.begin(), words.end());
  const std::string_view first = arguments.empty() ? std::string_view{} : arguments[0];
  if (first == "-v" || first == "--version") {
    std::cout << version_line << "\n";
    return 0;
  }
  if (first == "-h" || first == "--help") {
    std::cout << help_text;
    return 0;
  }
  const auto like = std::ranges::find(arguments, "--like");
  if (like != arguments.end() && like + 1 != arguments.end() && like[1] == "help") {
    std::cout << describe_services();
    return 0;
  }
  try {
    if (std::ranges::find(other_jobs, first) != std::end(other_jobs)) {
      throw UserError("outlive serve: '" + std::string(first) + "' is not supported by outlive");
    }
    return serve_with(arguments);
  } catch (const UserError& error) {
    std::cerr << error.what() << "\n";
  } catch (const std::system_error& error) {
    std::cerr << "outlive serve: " << error.what() << "\n";
  }
  return 1;
}

}  // namespace outlive
