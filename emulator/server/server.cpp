#include "server/server.hpp"

#include <grp.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <asio/ip/v6_only.hpp>
#include <asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "outlive/emulator.hpp"
#include "server/tls_connection.hpp"

namespace outlive {
namespace {

constexpr int log_warning = 3;  // Engine::on_log's level

std::string describe(const asio::ip::tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

// networking.c, clientAcceptHandler.
constexpr std::string_view denied =
    "-DENIED Running in protected mode because protected mode is enabled and no password is set "
    "for "
    "the default user. In this mode connections are only accepted from the loopback interface. If "
    "you want to connect from external computers, you may adopt one of the following solutions: 1) "
    "Just disable protected mode sending the command 'CONFIG SET protected-mode no' from the "
    "loopback interface by connecting from the same host the server is running, however MAKE SURE "
    "it's not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this "
    "change "
    "permanent. 2) Alternatively you can just disable the protected mode by editing the "
    "configuration file, and setting the protected mode option to 'no', and then restarting the "
    "server. 3) If you started the server manually just for testing, restart it with the "
    "'--protected-mode no' option. 4) Set up an authentication password for the default user. "
    "NOTE: "
    "You only need to do one of the above things in order for the server to start accepting "
    "connections from the outside.\r\n";

}  // namespace

Server::Server(Engine& engine, ServerClock& clock, asio::io_context& io)
    : engine_(engine), clock_(clock), io_(io), timer_(io) {}

void Server::listen(const ListenOptions& options) {
  listening_ = options;
  listen_everywhere(options);
  tell_where();
  if (options.unix_socket.empty()) return;
  try {
    listen_unix(options);
  } catch (const std::system_error& error) {
    throw UserError("Failed opening Unix socket " + options.unix_socket + ": " +
                    error.code().message());
  }
  engine_.shell.unix_listener = "name=unix,bind=" + options.unix_socket;
}

void Server::tell_where() {
  engine_.shell.port = port_ != 0 ? port_ : tls_port_;
  const auto listener = [&](const char* kind, int port) {
    if (port == 0) return std::string{};
    std::string told = std::string("name=") + kind;
    for (const std::string& address : listening_.addresses) told += ",bind=" + address;
    return told + ",port=" + std::to_string(port);
  };
  engine_.shell.tcp_listener = listener("tcp", port_);
  engine_.shell.tls_listener = listener("tls", tls_port_);
}

bool Server::listen_again(const ListenOptions& options) {
  ListenOptions before = listening_;
  if (before.port == 0) before.port = port_;
  if (before.tls_port == 0) before.tls_port = tls_port_;
  close_tcp();
  try {
    listen_everywhere(options);
    listening_ = options;
    tell_where();
    return true;
  } catch (const UserError& error) {
    engine_.log(log_warning, error.what());
  }
  close_tcp();
  listen_everywhere(before);
  tell_where();
  return false;
}

void Server::use_tls(const TlsSettings& settings) {
  tls_ = TlsContext(settings);
  tls_clients_ = settings.clients;
}

// Files are read again even under the same names, as when a certificate was renewed (config.c,
// VOLATILE_CONFIG).
std::optional<Engine::OptionRefusal> Server::follow_tls(const Options& changed,
                                                        std::span<const std::string_view> given) {
  if (!tls_) return {};
  const TlsSettings settings = tls_settings(changed);
  const auto first = std::ranges::find_if(given, is_of_tls_context);
  try {
    if (first != given.end()) use_tls(settings);
  } catch (const UserError& error) {
    engine_.log(log_warning, error.what());
    return Engine::OptionRefusal{*first, "Unable to update TLS configuration. Check server logs."};
  }
  tls_clients_ = settings.clients;
  return {};
}

void Server::listen_everywhere(const ListenOptions& options) {
  for (const bool tls : {false, true}) {
    const int port = tls ? options.tls_port : options.port;
    if (port < 0) continue;
    for (const std::string& address : options.addresses) {
      // A leading minus: it does not matter if this one can't be had (valkey.conf, bind).
      const bool optional = address.starts_with('-');
      const std::string host = optional ? address.substr(1) : address;
      if (host.empty()) continue;
      try {
        listen_tcp(host, options, tls);
      } catch (const std::system_error& error) {
        if (optional) continue;
        throw UserError("Could not create server TCP listening socket " + host + ":" +
                        std::to_string(port) + ": bind: " + error.code().message());
      }
    }
  }
}

void Server::listen_tcp(const std::string& host, const ListenOptions& options, bool tls) {
  const std::string name = host == "*" ? "0.0.0.0" : host == "::*" ? "::" : host;
  int& port = tls ? tls_port_ : port_;
  const int wanted = port != 0 ? port : tls ? options.tls_port : options.port;
  const auto found = Tcp::resolver(io_).resolve(
      name, std::to_string(wanted), Tcp::resolver::passive | Tcp::resolver::numeric_service);
  const Tcp::endpoint endpoint = *found.begin();
  auto acceptor = std::make_unique<Tcp::acceptor>(io_);
  acceptor->open(endpoint.protocol());
  acceptor->set_option(Tcp::acceptor::reuse_address(true));
  if (endpoint.protocol() == Tcp::v6()) acceptor->set_option(asio::ip::v6_only(true));
  acceptor->bind(endpoint);
  acceptor->listen(options.backlog);
  port = acceptor->local_endpoint().port();
  tcp_.push_back(std::move(acceptor));
  accept_tcp(*tcp_.back(), tls);
}

void Server::listen_unix(const ListenOptions& options) {
  const std::string& path = options.unix_socket;
  ::unlink(path.c_str());  // as Valkey does: an old socket file is in the way
  local_ = std::make_unique<Local::acceptor>(io_);
  local_->open();
  local_->bind(Local::endpoint(path));
  if (options.unix_permissions) {
    ::chmod(path.c_str(), static_cast<mode_t>(options.unix_permissions));
  }
  if (!options.unix_group.empty()) {
    const ::group* found = ::getgrnam(options.unix_group.c_str());
    constexpr auto same_owner = static_cast<uid_t>(-1);
    if (!found || ::chown(path.c_str(), same_owner, found->gr_gid) != 0) {
      throw std::system_error(found ? errno : ENOENT, std::generic_category());
    }
  }
  local_->listen(options.backlog);
  accept_local();
}

void Server::close_tcp() {
  std::error_code ignored;
  for (auto& acceptor : tcp_) acceptor->close(ignored);
  tcp_.clear();
  port_ = tls_port_ = 0;
}

void Server::accept_tcp(Tcp::acceptor& acceptor, bool tls) {
  acceptor.async_accept([this, &acceptor, tls](std::error_code error, Tcp::socket socket) {
    if (stopping_ || error == asio::error::operation_aborted) return;
    if (!error) {
      std::error_code ignored;
      socket.set_option(Tcp::no_delay(true), ignored);
      keep_alive(socket);
      const auto peer = socket.remote_endpoint(ignored);
      const auto local = socket.local_endpoint(ignored);
      Peer who{describe(peer), describe(local), peer.address().is_loopback()};
      tls ? welcome_tls(std::move(socket), std::move(who))
          : welcome(std::move(socket), std::move(who));
    }
    accept_tcp(acceptor, tls);
  });
}

void Server::accept_local() {
  local_->async_accept([this](std::error_code error, Local::socket socket) {
    if (stopping_ || error == asio::error::operation_aborted) return;
    if (!error) {
      const std::string address = listening_.unix_socket + ":0";
      welcome(std::move(socket), {address, address, true});
    }
    accept_local();
  });
}

// A probe after so many seconds without a word, then three more in as many again (anet.c,
// anetKeepAlive).
void Server::keep_alive(Tcp::socket& socket) const {
  const auto seconds = static_cast<int>(engine_.options.tcp_keepalive_s);
  if (seconds == 0) return;
  std::error_code ignored;
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
#ifdef TCP_KEEPIDLE
  const auto set = [&](int option, int value) {
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
  };
  constexpr int probes = 3;
  set(TCP_KEEPIDLE, seconds);
  set(TCP_KEEPINTVL, std::max(1, seconds / probes));
  set(TCP_KEEPCNT, probes);
#endif
}

bool Server::is_full() const {
  return static_cast<std::int64_t>(connections_.size()) >= engine_.options.maxclients;
}

bool Server::is_denied(bool local) const {
  return engine_.options.protected_mode && engine_.options.requirepass.empty() && !local;
}

void Server::refuse(Connection::Socket& socket, std::string_view error) {
  ++engine_.stats.connections_rejected;
  std::error_code ignored;
  socket.write_some(asio::buffer(error), ignored);
}

Session& Server::open_session(Connection::Socket& socket, Peer peer) {
  Session& session = engine_.open(clock_.now());
  session.address = std::move(peer.address);
  session.local_address = std::move(peer.local_address);
  session.local = peer.local;
  session.over_unix_socket = socket.local_endpoint().protocol().family() == AF_UNIX;
  session.descriptor = socket.native_handle();
  return session;
}

void Server::welcome(Connection::Socket socket, Peer peer) {
  if (is_full()) return refuse(socket, "-ERR max number of clients reached\r\n");
  if (is_denied(peer.local)) return refuse(socket, denied);
  Session& session = open_session(socket, std::move(peer));
  auto connection = std::make_shared<PlainConnection>(*this, std::move(socket), session);
  connections_.emplace(&session, connection);
  connection->read();
}

// The client is there, and counts, before its handshake (networking.c, acceptCommonHandler).
void Server::welcome_tls(Connection::Socket socket, Peer peer) {
  if (is_full()) {  // not a word, for it would not be TLS
    ++engine_.stats.connections_rejected;
    return;
  }
  Session& session = open_session(socket, std::move(peer));
  auto connection =
      std::make_shared<TlsConnection>(*this, std::move(socket), session, *tls_, tls_clients_);
  connections_.emplace(&session, connection);
  connection->shake_hands();
}

void Server::handshaken(TlsConnection& connection) {
  if (!is_denied(connection.session().local)) return connection.read();
  ++engine_.stats.connections_rejected;
  --engine_.stats.connections_received;
  connection.say(denied);
  connection.close();
}

void Server::handshake_failed(TlsConnection& connection, const std::string& why) {
  const Session& session = connection.session();
  engine_.log(log_warning, "Error accepting a client connection: " + why + " (addr=" +
                               session.address + " laddr=" + session.local_address + ")");
  // Only who gets through is counted (networking.c, clientAcceptHandler).
  --engine_.stats.connections_received;
  connection.close();
}

void Server::received(Connection& connection, std::string_view bytes) {
  engine_.receive(connection.session(), bytes, clock_.now());
  heard_.push_back(connection.shared_from_this());
  if (heard_.size() == 1) asio::post(io_, [this] { answer(); });
}

void Server::answer() {
  flush_ready();
  for (const auto& connection : heard_) connection->read();
  heard_.clear();
  if (engine_.evictor.running()) sleep();  // shorter than it was going to be
}

void Server::flush_ready() {
  std::vector<Session*> ready = std::exchange(ready_, {});
  for (engine_.take_ready(ready); !ready.empty(); engine_.take_ready(ready)) {
    for (Session* session : ready) {
      const auto found = connections_.find(session);
      if (found == connections_.end()) continue;
      const auto connection = found->second;  // flushing may end it
      connection->flush();
    }
    engine_.evict_clients();
  }
  ready_ = std::move(ready);
}

void Server::forget(Session& session) {
  connections_.erase(&session);
  engine_.close(session);
}

void Server::start() {
  tick();
}

void Server::tick() {
  if (stopping_) return;
  if (!engine_.serving_others()) {  // else time stands still until a slow script is over
    engine_.advance(clock_.now());
    flush_ready();
  }
  sleep();
}

// Until the engine has something to do by itself, at most a cron's period.
void Server::sleep() {
  using std::chrono::microseconds;
  microseconds time{1'000'000 / engine_.options.keyspace.hz};
  if (!clock_.fixed() && !engine_.serving_others()) {
    const auto due = std::chrono::duration_cast<microseconds>(engine_.next_due() - clock_.now());
    time = std::clamp(due, microseconds(0), time);
  }
  timer_.expires_after(time);
  timer_.async_wait([this](std::error_code error) {
    if (!error) tick();
  });
}

void Server::stop() {
  stopping_ = true;
  timer_.cancel();
  close_tcp();
  if (local_) {
    std::error_code ignored;
    local_->close(ignored);
    engine_.log(2, "Removing the unix socket file.");
    ::unlink(listening_.unix_socket.c_str());
  }
  while (!connections_.empty()) {
    const auto connection = connections_.begin()->second;
    connection->close();
  }
}

}  // namespace outlive
