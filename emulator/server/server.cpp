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
#include <type_traits>
#include <utility>

#include "outlive/emulator.hpp"

namespace outlive {
namespace {

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
  engine_.shell.port = port_;
  std::string& listener = engine_.shell.tcp_listener;
  listener.clear();
  if (port_ == 0) return;
  listener = "name=tcp";
  for (const std::string& address : listening_.addresses) listener += ",bind=" + address;
  listener += ",port=" + std::to_string(port_);
}

bool Server::listen_again(const ListenOptions& options) {
  const ListenOptions before = listening_;
  const int port_before = port_;
  close_tcp();
  try {
    listen_everywhere(options);
    listening_ = options;
    tell_where();
    return true;
  } catch (const UserError& error) {
    constexpr int warning = 3;
    engine_.log(warning, error.what());
  }
  close_tcp();
  ListenOptions same = before;
  if (same.port == 0) same.port = port_before;
  listen_everywhere(same);
  tell_where();
  return false;
}

void Server::listen_everywhere(const ListenOptions& options) {
  if (options.port < 0) return;
  for (const std::string& address : options.addresses) {
    // A leading minus: it does not matter if this one can't be had (valkey.conf, bind).
    const bool optional = address.starts_with('-');
    const std::string host = optional ? address.substr(1) : address;
    if (host.empty()) continue;
    try {
      listen_tcp(host, port_ ? port_ : options.port, options.backlog);
    } catch (const std::system_error& error) {
      if (optional) continue;
      throw UserError("Could not create server TCP listening socket " + host + ":" +
                      std::to_string(options.port) + ": bind: " + error.code().message());
    }
  }
}

void Server::listen_tcp(const std::string& host, int port, int backlog) {
  const std::string name = host == "*" ? "0.0.0.0" : host == "::*" ? "::" : host;
  const auto found = Tcp::resolver(io_).resolve(
      name, std::to_string(port), Tcp::resolver::passive | Tcp::resolver::numeric_service);
  const Tcp::endpoint endpoint = *found.begin();
  auto acceptor = std::make_unique<Tcp::acceptor>(io_);
  acceptor->open(endpoint.protocol());
  acceptor->set_option(Tcp::acceptor::reuse_address(true));
  if (endpoint.protocol() == Tcp::v6()) acceptor->set_option(asio::ip::v6_only(true));
  acceptor->bind(endpoint);
  acceptor->listen(backlog);
  port_ = acceptor->local_endpoint().port();
  tcp_.push_back(std::move(acceptor));
  accept(*tcp_.back());
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
  accept(*local_);
}

void Server::close_tcp() {
  std::error_code ignored;
  for (auto& acceptor : tcp_) acceptor->close(ignored);
  tcp_.clear();
  port_ = 0;
}

template <class Acceptor>
void Server::accept(Acceptor& acceptor) {
  acceptor.async_accept([this, &acceptor](std::error_code error, auto socket) {
    if (stopping_ || error == asio::error::operation_aborted) return;
    if (!error) {
      using Transport = typename Acceptor::protocol_type;
      if constexpr (std::is_same_v<Transport, Tcp>) {
        std::error_code ignored;
        socket.set_option(Tcp::no_delay(true), ignored);
        keep_alive(socket);
        const auto peer = socket.remote_endpoint(ignored);
        const auto local = socket.local_endpoint(ignored);
        const bool loopback = peer.address().is_loopback();
        welcome(std::move(socket), {describe(peer), describe(local), loopback});
      } else {
        const std::string address = listening_.unix_socket + ":0";
        welcome(std::move(socket), {address, address, true});
      }
    }
    accept(acceptor);
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

std::string_view Server::refusal(const Peer& peer) const {
  if (static_cast<std::int64_t>(connections_.size()) >= engine_.options.maxclients) {
    return "-ERR max number of clients reached\r\n";
  }
  const Options& options = engine_.options;
  if (options.protected_mode && options.requirepass.empty() && !peer.local) return denied;
  return {};
}

void Server::welcome(Connection::Socket socket, Peer peer) {
  if (const std::string_view error = refusal(peer); !error.empty()) {
    ++engine_.stats.connections_rejected;
    std::error_code ignored;
    socket.write_some(asio::buffer(error), ignored);
    return;
  }
  Session& session = engine_.open(clock_.now());
  session.address = std::move(peer.address);
  session.local_address = std::move(peer.local_address);
  session.local = peer.local;
  session.over_unix_socket = socket.local_endpoint().protocol().family() == AF_UNIX;
  session.descriptor = socket.native_handle();
  auto connection = std::make_shared<Connection>(*this, std::move(socket), session);
  connections_.emplace(&session, connection);
  connection->read();
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

// Sleeps until the engine has something to do by itself, at most a cron's period.
void Server::tick() {
  if (stopping_) return;
  using std::chrono::microseconds;
  microseconds sleep{1'000'000 / engine_.options.keyspace.hz};
  if (!engine_.serving_others()) {  // else time stands still until a slow script is over
    const Instant now = clock_.now();
    engine_.advance(now);
    flush_ready();
    const auto due = std::chrono::duration_cast<microseconds>(engine_.next_due() - now);
    sleep = std::clamp(due, microseconds(0), sleep);
  }
  timer_.expires_after(sleep);
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
