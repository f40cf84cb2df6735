// The shell around an engine: listens, accepts, keeps time. One thread, one io_context.
#pragma once

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/engine.hpp"
#include "server/clock.hpp"
#include "server/connection.hpp"
#include "server/tls_context.hpp"

namespace outlive {

class TlsConnection;

// Where to listen.
struct ListenOptions {
  std::vector<std::string> addresses = {"127.0.0.1"};
  int port = 6379;               // 0: any free one; negative: no plain TCP
  int tls_port = -1;             // 0: any free one; negative: no TLS
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
  // Other TCP addresses or other ports from now on; connections stay. False: they can't be had, so
  // all is as before.
  bool listen_again(const ListenOptions& options);
  // By which TLS connections are made from now on; files are read anew. To be called before
  // listen() where that is told a TLS port. Throws UserError, and goes on as before, where a file
  // or a list is not as it should be.
  void use_tls(const TlsSettings& settings);
  // The same for CONFIG SET of these directives: what of it can't be had, and the log says why.
  std::optional<Engine::OptionRefusal> follow_tls(const Options& changed,
                                                  std::span<const std::string_view> given);
  // The ports in use, 0 without one.
  int port() const { return port_; }
  int tls_port() const { return tls_port_; }
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
  // For TLS connections: the client may speak now; it never will, for this reason.
  void handshaken(TlsConnection& connection);
  void handshake_failed(TlsConnection& connection, const std::string& why);

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
  // One address, plain or TLS.
  void listen_tcp(const std::string& host, const ListenOptions& options, bool tls);
  void listen_unix(const ListenOptions& options);
  // Lets INFO know.
  void tell_where();
  void close_tcp();
  void accept_tcp(Tcp::acceptor& acceptor, bool tls);
  void accept_local();
  bool is_full() const;
  // Whether protected mode keeps this peer out.
  bool is_denied(bool local) const;
  void keep_alive(Tcp::socket& socket) const;
  // A session for it, or a refusal that it is sent.
  void welcome(Connection::Socket socket, Peer peer);
  // The same, after a handshake.
  void welcome_tls(Connection::Socket socket, Peer peer);
  Session& open_session(Connection::Socket& socket, Peer peer);
  void refuse(Connection::Socket& socket, std::string_view error);
  // Replies to all who were heard since the last time, then listens to them again. Those who are
  // answered first have often sent their next request when it is their turn to be read, and what
  // the kernel does to send stays in the processor's caches for all of them.
  void answer();
  void tick();
  void sleep();

  Engine& engine_;
  ServerClock& clock_;
  asio::io_context& io_;
  asio::steady_timer timer_;
  std::vector<std::unique_ptr<Tcp::acceptor>> tcp_;  // plain and TLS
  std::unique_ptr<Local::acceptor> local_;
  std::unordered_map<const Session*, std::shared_ptr<Connection>> connections_;
  std::vector<std::shared_ptr<Connection>> heard_;  // and not answered yet
  std::vector<Session*> ready_;                     // of flush_ready(), kept for its memory
  ListenOptions listening_;
  std::optional<TlsContext> tls_;  // none: never asked for
  TlsSettings::Clients tls_clients_ = TlsSettings::Clients::need_certificate;
  int port_ = 0;
  int tls_port_ = 0;
  bool stopping_ = false;
};

}  // namespace outlive
