// The shell around an engine: listens, accepts, keeps time. One thread, one io_context.
#pragma once

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/engine.hpp"
#include "server/clock.hpp"
#include "server/connection.hpp"

namespace outlive {

// Where to listen.
struct ListenOptions {
  std::vector<std::string> addresses = {"127.0.0.1"};
  int port = 6379;               // 0: any free one; negative: no TCP
  int backlog = 511;             // tcp-backlog
  std::string unix_socket = {};  // a path; empty: none
  int unix_permissions = 0;      // octal mode; 0: as the umask says
  std::string unix_group = {};   // a group's name; empty: the process's
};

class Server {
 public:
  Server(Engine& engine, ServerClock& clock, asio::io_context& io);

  // Throws UserError with the address and the reason.
  void listen(const ListenOptions& options);
  // Other TCP addresses or another port from now on; connections stay. False: they can't be had, so
  // all is as before.
  bool listen_again(const ListenOptions& options);
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

  // Who is at the other end.
  struct Peer {
    std::string address;        // as CLIENT LIST shows it
    std::string local_address;  // of our end
    bool local = true;          // on this machine: loopback, or a Unix socket
  };

  void listen_everywhere(const ListenOptions& options);
  void listen_tcp(const std::string& host, int port, int backlog);
  void listen_unix(const ListenOptions& options);
  // Lets INFO know.
  void tell_where();
  void close_tcp();
  template <class Acceptor>
  void accept(Acceptor& acceptor);
  // Why this peer may not come in, as the error it is sent; "" if it may.
  std::string_view refusal(const Peer& peer) const;
  void keep_alive(Tcp::socket& socket) const;
  void welcome(Connection::Socket socket, Peer peer);
  // Replies to all who were heard since the last time, then listens to them again. Those who are
  // answered first have often sent their next request when it is their turn to be read, and what
  // the kernel does to send stays in the processor's caches for all of them.
  void answer();
  void tick();

  Engine& engine_;
  ServerClock& clock_;
  asio::io_context& io_;
  asio::steady_timer timer_;
  std::vector<std::unique_ptr<Tcp::acceptor>> tcp_;
  std::unique_ptr<Local::acceptor> local_;
  std::unordered_map<const Session*, std::shared_ptr<Connection>> connections_;
  std::vector<std::shared_ptr<Connection>> heard_;  // and not answered yet
  std::vector<Session*> ready_;                     // of flush_ready(), kept for its memory
  ListenOptions listening_;
  int port_ = 0;
  bool stopping_ = false;
};

}  // namespace outlive
