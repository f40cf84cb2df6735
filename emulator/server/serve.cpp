#include "server/serve.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/signal_set.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <random>
#include <thread>

#include "base/number.hpp"
#include "base/text.hpp"
#include "commands/table.hpp"
#include "engine/directives.hpp"
#include "outlive/emulator.hpp"
#include "server/config_file.hpp"
#include "server/server.hpp"

namespace outlive {
namespace {

constexpr std::string_view version_line =
    "Valkey server v=8.1.1 sha=00000000:0 malloc=modelled bits=64 build=outlive";

// What only the shell obeys.
struct ShellOptions {
  ListenOptions listen;
  std::string directory;
  std::string log_file;
  std::string pid_file;
  std::uint64_t seed = 0;
  const Allocation* allocation = &quantum_8;
  std::optional<Instant> frozen_at;  // where a clock that stands still starts
};

// outlive-clock: "system", "frozen" (where it is now), or the Unix time in milliseconds at which it
// stands until OUTLIVE CLOCK moves it.
std::optional<Instant> frozen_at(std::string_view setting) {
  if (setting == "system") return std::nullopt;
  if (setting == "frozen") return system_now();
  const auto ms = parse_integer(setting);
  if (!ms || *ms < 0) {
    throw UserError("outlive-clock '" + std::string(setting) +
                    "': write system, frozen, or a Unix time in milliseconds");
  }
  return instant_from_ms(*ms);
}

// Reads what the shell obeys out of the directives.
ShellOptions shell_options(const Options& options) {
  const auto value = [&](std::string_view name) {
    return directive_value(options, *find_directive(name));
  };
  ShellOptions shell;
  shell.listen.port = std::stoi(value("port"));
  if (shell.listen.port == 0 && !value("unixsocket").empty()) shell.listen.port = -1;
  shell.listen.addresses = *split_words(value("bind"));
  shell.listen.unix_socket = value("unixsocket");
  shell.listen.unix_permissions = static_cast<int>(std::stol(value("unixsocketperm"), nullptr, 8));
  shell.directory = value("dir");
  shell.log_file = value("logfile");
  shell.pid_file = value("pidfile");
  shell.seed = std::stoull(value("outlive-seed"));
  if (shell.seed == 0) shell.seed = std::random_device{}();
  if (value("outlive-allocator-quantum") == "16") shell.allocation = &quantum_16;
  shell.frozen_at = frozen_at(value("outlive-clock"));
  return shell;
}

void apply(const DirectiveLine& line, Options& options) {
  std::vector<std::string_view> values(line.values.begin(), line.values.end());
  if (values.empty()) values.emplace_back();
  if (const auto error = set_directive(options, line.name, values)) {
    throw UserError(config_error(line, *error));
  }
}

void configure(std::span<char* const> arguments, Options& options) {
  std::vector<DirectiveLine> lines;
  if (!arguments.empty() && !std::string_view(arguments[0]).starts_with("--")) {
    const std::string path = arguments[0];
    std::ifstream file(path);
    if (!file) throw UserError("Fatal error, can't open config file '" + path + "'");
    lines = parse_config(std::string(std::istreambuf_iterator<char>(file), {}));
    arguments = arguments.subspan(1);
  }
  const auto more = parse_arguments(arguments);
  lines.insert(lines.end(), more.begin(), more.end());
  for (const DirectiveLine& line : lines) apply(line, options);
}

// Valkey's line: pid, role, time, level sign, text.
std::shared_ptr<spdlog::logger> open_log(const std::string& path) {
  std::shared_ptr<spdlog::logger> log;
  if (path.empty()) {
    log = std::make_shared<spdlog::logger>("serve",
                                           std::make_shared<spdlog::sinks::stdout_sink_st>());
  } else {
    log = std::make_shared<spdlog::logger>(
        "serve", std::make_shared<spdlog::sinks::basic_file_sink_st>(path));
  }
  log->set_pattern("%P:M %d %b %Y %H:%M:%S.%e %v");
  log->flush_on(spdlog::level::info);
  return log;
}

void log_start(spdlog::logger& log, const Server& server, const ShellOptions& shell) {
  log.info("* oO0OoO0OoO0Oo Valkey is starting oO0OoO0OoO0Oo");
  log.info("* outlive stands in for Valkey 8.1.1 (seed {})", shell.seed);
  log.info("* Running mode=standalone, port={}. PID: {} ", server.port(), ::getpid());
  log.info("* Server initialized");
  if (server.port()) log.info("* Ready to accept connections tcp");
  if (!shell.listen.unix_socket.empty()) log.info("* Ready to accept connections unix");
}

// Writes the pid file, and takes it away again.
class PidFile {
 public:
  explicit PidFile(std::string path) : path_(std::move(path)) {
    if (!path_.empty()) std::ofstream(path_) << ::getpid() << "\n";
  }
  ~PidFile() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
  }
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;

 private:
  std::string path_;
};

int run(const Options& options, const ShellOptions& shell) {
  if (!shell.directory.empty()) std::filesystem::current_path(shell.directory);
  const auto log = open_log(shell.log_file);
  ServerClock clock;
  if (shell.frozen_at) clock.freeze(*shell.frozen_at);
  Engine engine(
      {.options = options,
       .seed = shell.seed,
       .allocation = shell.allocation,
       .start = clock.now(),
       .families = all_commands(),
       .scripts = make_script_host,
       .journal_limit = options.enable_outlive_command != Permission::no ? 100'000u : 0u});
  engine.stopwatch = stopwatch_us;
  engine.clock = &clock;
  engine.shell.process_id = ::getpid();
  engine.on_log = [&](int, std::string_view line) { log->info("* {}", line); };
  asio::io_context io(1);
  Server server(engine, clock, io);
  const auto shut_down = [&] {
    log->info("# Valkey is now ready to exit, bye bye...");
    server.stop();
    io.stop();
  };
  // Later, for it ends the very session whose request is being served.
  engine.on_shutdown = [&](Instant) { asio::post(io, shut_down); };
  engine.on_busy = [&] {
    io.poll();
    return !io.stopped();
  };
  engine.on_sleep = [](std::int64_t us) {
    std::this_thread::sleep_for(std::chrono::microseconds(us));
  };
  try {
    server.listen(shell.listen);
  } catch (const UserError& error) {
    // The words that tools which launch a server look for, to try another port.
    log->info("# Warning: {}", error.what());
    log->info("# Failed listening on port {} (tcp), aborting.", shell.listen.port);
    return 1;
  }
  engine.shell.port = server.port();
  const PidFile pid_file(shell.pid_file);
  asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&](std::error_code error, int signal) {
    if (error) return;
    log->info("* Received {} scheduling shutdown...", signal == SIGINT ? "SIGINT" : "SIGTERM");
    log->info("* User requested shutdown...");
    shut_down();
  });
  std::signal(SIGPIPE, SIG_IGN);
  log_start(*log, server, shell);
  server.start();
  io.run();
  return 0;
}

}  // namespace

int serve(std::span<char* const> arguments) {
  try {
    if (!arguments.empty()) {
      const std::string_view first = arguments[0];
      if (first == "-v" || first == "--version") {
        std::cout << version_line << "\n";
        return 0;
      }
    }
    Options options;
    configure(arguments, options);
    return run(options, shell_options(options));
  } catch (const UserError& error) {
    std::cerr << error.what() << "\n";
    return 1;
  } catch (const std::system_error& error) {
    std::cerr << "outlive serve: " << error.what() << "\n";
    return 1;
  }
}

}  // namespace outlive
