#include "target/spawned_server.hpp"

#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

constexpr int start_tries = 4'000;  // brief pauses: some 20 s
// Of a Unix socket's path, with the zero at its end: macOS has the least (sys/un.h, sun_path).
constexpr std::size_t socket_path_max = 104;

}  // namespace

SpawnedServer::SpawnedServer(std::string program) : program_{std::move(program)} {}

// A Unix socket answers sooner than TCP, and no one else can take it.
void SpawnedServer::listen_on(std::vector<std::string>& arguments) {
  const std::string path = folder_.path() + "/socket";
  if (path.size() < socket_path_max) {
    address_ = {.unix_socket = path};
    arguments.insert(arguments.end(), {"--port", "0", "--unixsocket", path});
  } else {
    address_ = {.port = free_port()};
    arguments.insert(arguments.end(),
                     {"--port", std::to_string(address_.port), "--bind", "127.0.0.1"});
  }
  arguments.insert(arguments.end(), {"--dir", folder_.path()});
}

void SpawnedServer::start(std::vector<std::string> arguments) {
  listen_on(arguments);
  process_.emplace(program_, arguments);
  connect();
}

void SpawnedServer::connect() {
  std::string why;
  connection_.reset();
  for (int tries = 0; process_->running() && tries < start_tries; ++tries) {
    connection_ = Connection::open(address_, why);
    if (connection_) break;
    pause_briefly();
  }
  if (!process_->running() || !connection_) {
    throw UserError{program_ + " does not serve; its last words: " + process_->last_words()};
  }
  connection_->name(program_, [this] { return process_->last_words(); });
}

void SpawnedServer::stop() {
  connection_.reset();
  process_.reset();
}

}  // namespace outlive::harness
