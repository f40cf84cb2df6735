#include "server/server.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <asio/ip/address.hpp>
#include <asio/ip/v6_only.hpp>
#include <chrono>

#include "outlive/emulator.hpp"

namespace outlive {
namespace {

std::string describe(const asio::ip::tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

}  // namespace

Server::Server(Engine& engine, ServerClock& clock, asio::io_context& io)
    : engine_(engine), clock_(clock), io_(io), timer_(io) {}

void Server::listen(const ListenOptions& options) {
  if (options.port >= 0) {
    for (const std::string& address : options.addresses) {
      // A leading minus: it does not matter if this one can't be had (valkey.conf, bind).
      const bool optional = address.starts_with('-');
      const std::string host = optional ? address.substr(1) : address;
      try {
        listen_tcp(host, port_ ? port_ : options.port);
      } catch (const std::system_error& error) {
        if (optional) continue;
        throw UserError("Could not create server TCP listening socket " + host + ":" +
                        std::to_string(options.port) + ": bind: " + error.code().message());
      }
    }
  }
  if (!options.unix_socket.empty()) {
    try {
      listen_unix(options.unix_socket, options.unix_permissions);
    } catch (const std::system_error& error) {
      throw UserError("Failed opening Unix socket " + options.unix_socket + ": " +
                      error.code().message());
    }
  }
}

void Server::listen_tcp(const std::string& address, int port) {
  std::string host = address;
  if (host == "*") host = "0.0.0.0";
  if (host == "::*") host = "::";
  const Tcp::endpoint endpoint(asio::ip::make_address(host), static_cast<unsigned short>(port));
  auto acceptor = std::make_unique<Tcp::acceptor>(io_);
  acceptor->open(endpoint.protocol());
  acceptor->set_option(Tcp::acceptor::reuse_address(true));
  if (endpoint.protocol() == Tcp::v6()) acceptor->set_option(asio::ip::v6_only(true));
  acceptor->bind(endpoint);
  acceptor->listen();
  port_ = acceptor->local_endpoint().port();
  tcp_.push_back(std::move(acceptor));
  accept(*tcp_.back());
}

void Server::listen_unix(const std::string& path, int permissions) {
  ::unlink(path.c_str());  // as Valkey does: an old socket file is in the way
  local_ = std::make_unique<Local::acceptor>(io_);
  local_->open();
  local_->bind(Local::endpoint(path));
  if (permissions) ::chmod(path.c_str(), static_cast<mode_t>(permissions));
  local_->listen();
  unix_path_ = path;
  accept(*local_);
}

template <class Acceptor>
void Server::accept(Acceptor& acceptor) {
  acceptor.async_accept([this, &acceptor](std::error_code error, auto socket) {
    if (stopping_) return;
    if (!error) {
      using Transport = typename Acceptor::protocol_type;
      if constexpr (std::is_same_v<Transport, Tcp>) {
        std::error_code ignored;
        socket.set_option(Tcp::no_delay(true), ignored);
        const auto peer = socket.remote_endpoint(ignored);
        const auto local = socket.local_endpoint(ignored);
        welcome(std::move(socket), describe(peer), describe(local));
      } else {
        welcome(std::move(socket), unix_path_ + ":0", unix_path_ + ":0");
      }
    }
    accept(acceptor);
  });
}

void Server::welcome(Connection::Socket socket, std::string address, std::string local_address) {
  if (static_cast<std::int64_t>(connections_.size()) >= engine_.options.maxclients) {
    ++engine_.stats.connections_rejected;
    std::error_code ignored;
    socket.write_some(asio::buffer(std::string_view("-ERR max number of clients reached\r\n")),
                      ignored);
    return;
  }
  Session& session = engine_.open(clock_.now());
  session.address = std::move(address);
  session.local_address = std::move(local_address);
  session.over_unix_socket = session.address == unix_path_ + ":0";
  session.descriptor = socket.native_handle();
  auto connection = std::make_shared<Connection>(*this, std::move(socket), session);
  connections_.emplace(&session, connection);
  connection->start();
}

void Server::received(Connection& connection, std::string_view bytes) {
  engine_.receive(connection.session(), bytes, clock_.now());
  flush_ready();
}

void Server::flush_ready() {
  for (auto ready = engine_.take_ready(); !ready.empty(); ready = engine_.take_ready()) {
    for (Session* session : ready) {
      const auto found = connections_.find(session);
      if (found == connections_.end()) continue;
      const auto connection = found->second;  // flushing may end it
      connection->flush();
    }
    engine_.evict_clients();
  }
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
  std::error_code ignored;
  for (auto& acceptor : tcp_) acceptor->close(ignored);
  if (local_) {
    local_->close(ignored);
    ::unlink(unix_path_.c_str());
  }
  while (!connections_.empty()) {
    const auto connection = connections_.begin()->second;
    connection->close();
  }
}

}  // namespace outlive
