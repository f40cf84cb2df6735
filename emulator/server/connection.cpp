#include "server/connection.hpp"

#include <asio/buffer.hpp>
#include <asio/write.hpp>

#include "server/server.hpp"

namespace outlive {

Connection::Connection(Server& server, Socket socket, Session& session)
    : server_(server), socket_(std::move(socket)), session_(&session) {
  std::error_code ignored;
  socket_.non_blocking(true, ignored);
}

// All connections read into the server's one buffer: the engine takes what is there before the next
// one is looked at.
void Connection::read() {
  socket_.async_read_some(asio::buffer(server_.read_buffer()),
                          [self = shared_from_this()](std::error_code error, std::size_t size) {
                            if (self->closed()) return;
                            if (error) return self->close();
                            self->server_.received(*self, size);
                            if (!self->closed()) self->read();
                          });
}

void Connection::flush() {
  if (closed() || writing_) return;
  std::string& out = session_->out;
  if (!out.empty()) {
    std::error_code error;
    const std::size_t sent = socket_.write_some(asio::buffer(out), error);
    if (error && error != asio::error::would_block) return close();
    session_->bytes_out += out.size();
    server_.engine().stats.net_output_bytes += out.size();
    if (sent < out.size()) {
      sending_.assign(out, sent);
      out.clear();
      return write_rest();
    }
    out.clear();
  }
  if (session_->close_after_reply || session_->closed) close();
}

void Connection::write_rest() {
  writing_ = true;
  asio::async_write(socket_, asio::buffer(sending_),
                    [self = shared_from_this()](std::error_code error, std::size_t) {
                      self->writing_ = false;
                      if (self->closed()) return;
                      if (error) return self->close();
                      self->flush();
                    });
}

void Connection::close() {
  if (closed()) return;
  std::error_code ignored;
  socket_.close(ignored);
  Session& session = *std::exchange(session_, nullptr);
  server_.forget(session);
}

}  // namespace outlive
