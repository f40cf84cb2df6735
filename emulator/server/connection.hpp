// One client's socket: bytes in to the engine, bytes of its session out.
#pragma once

#include <array>
#include <asio/generic/stream_protocol.hpp>
#include <memory>
#include <string>

#include "engine/session.hpp"

namespace outlive {

class Server;

// Lives while an operation on its socket is under way or the server holds it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = asio::generic::stream_protocol::socket;

  Connection(Server& server, Socket socket, Session& session);

  // Waits for the next bytes and hands them to the server; once more each time it is asked.
  void read();
  // Sends what the session has to say; what the socket won't take now goes when it will.
  void flush();
  void close();

  Session& session() { return *session_; }

 private:
  void write_rest();
  bool closed() const { return session_ == nullptr; }

  Server& server_;
  Socket socket_;
  Session* session_;
  std::array<char, QueryBuffer::read_max> input_;  // as much as Valkey reads at once
  std::string sending_;                            // bytes that the socket did not take at once
  bool writing_ = false;
};

}  // namespace outlive
