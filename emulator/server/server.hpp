// The shell around an engine: listens, accepts, keeps time. One thread, one io_context.
#pragma once

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "server/clock.hpp"
#include "server/connection.hpp"

namespace outlive {

// Where to listen.
struct ListenOptions {
  std::vector<std::string> addresses = {"127.0.0.1"};
  int port = 6379;               // 0: any free one; negative: no TCP
  std::string unix_socket = {};  // a path; empty: none
  int unix_permissions = 0;      // octal mode; 0: as the umask says
};

class Server {
 public:
  Server(Engine& engine, ServerClock& clock, asio::io_context& io);

  // Throws UserError with the address and the reason.
  void listen(const ListenOptions& options);
  // The TCP port in use, 0 without one.
  int port() const { return port_; }
  // Keeps the engine's time from now on; run the io_context to serve.
  void start();
  // Closes the doors and every connection.
  void stop();

  Engine& engine() { return engine_; }
  // For connections: bytes have arrived in the read buffer; a session is over.
  void received(Connection& connection, std::string_view bytes);
  void forget(Session& session);
  // Sends what sessions have to say.
  void flush_ready();

 private:
  using Tcp = asio::ip::tcp;
  using Local = asio::local::stream_protocol;

  void listen_tcp(const std::string& address, int port);
  void listen_unix(const std::string& path, int permissions);
  template <class Acceptor>
  void accept(Acceptor& acceptor);
  void welcome(Connection::Socket socket, std::string address, std::string local_address);
  void tick();

  Engine& engine_;
  ServerClock& clock_;
  asio::io_context& io_;
  asio::steady_timer timer_;
  std::vector<std::unique_ptr<Tcp::acceptor>> tcp_;
  std::unique_ptr<Local::acceptor> local_;
  std::map<const Session*, std::shared_ptr<Connection>> connections_;
  std::string unix_path_;
  int port_ = 0;
  bool stopping_ = false;

};

}  // namespace outlive
