// One client's socket: bytes in to the engine, bytes of its session out. What kind of bytes travel
// is the transports' matter: plain here, TLS in tls_connection.hpp.
#pragma once

#include <array>
#include <asio/generic/stream_protocol.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "engine/session.hpp"

namespace outlive {

class Server;

// Lives while an operation on its socket is under way or the server holds it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = asio::generic::stream_protocol::socket;

  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Waits for the next bytes and hands them to the server; once more each time it is asked.
  virtual void read() = 0;
  // Sends what the session has to say; what the socket won't take now goes when it will.
  // `has_sent`: the rest of what was said before is gone just now.
  void flush(bool has_sent = false);
  void close();

  Session& session() { return *session_; }

 protected:
  Connection(Server& server, Socket socket, Session& session);

  // Sends what the socket takes at once, perhaps nothing (would_block).
  virtual std::size_t send(std::string_view bytes, std::error_code& error) = 0;
  // Sends some of it when the socket can take it, and then calls rest_sent().
  virtual void send_later(std::string_view rest) = 0;
  void rest_sent(std::error_code error, std::size_t sent);
  // The last words of a transport, before its socket closes.
  virtual void say_goodbye() {}

  bool closed() const { return session_ == nullptr; }

  Server& server_;
  Socket socket_;
  // As much as Valkey reads at once. Each connection has one of its own: Asio may read into it long
  // before it runs the handler.
  std::array<char, QueryBuffer::read_max> input_;

 private:
  void send_rest();

  Session* session_;
  std::string sending_;  // bytes that the socket did not take at once
  bool writing_ = false;
};

// The bytes as they are.
class PlainConnection final : public Connection {
 public:
  PlainConnection(Server& server, Socket socket, Session& session)
      : Connection(server, std::move(socket), session) {}

  void read() override;

 private:
  std::size_t send(std::string_view bytes, std::error_code& error) override;
  void send_later(std::string_view rest) override;
};

}  // namespace outlive
