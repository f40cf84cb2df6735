#include "server/connection.hpp"

#include <asio/buffer.hpp>

#include "server/server.hpp"

namespace outlive {

Connection::Connection(Server& server, Socket socket, Session& session)
    : server_(server), socket_(std::move(socket)), session_(&session) {
  std::error_code ignored;
  socket_.non_blocking(true, ignored);
}

// Each connection has a buffer of its own: Asio may read into it long before it runs the handler.
void Connection::read() {
  if (closed()) return;
  socket_.async_read_some(asio::buffer(input_),
                          [self = shared_from_this()](std::error_code error, std::size_t size) {
                            if (self->closed()) return;
                            if (error) return self->close();
                            self->server_.received(*self, {self->input_.data(), size});
                          });
}

void Connection::flush() {
  if (closed()) return;
  if (session_->closed) return close();
  if (writing_) return;
  std::string& out = session_->out;
  if (!out.empty()) {
    std::error_code error;
    const std::size_t sent = socket_.write_some(asio::buffer(out), error);
    if (error && error != asio::error::would_block) return close();
    if (sent < out.size()) {
      sending_.assign(out, sent);
      session_->unsent = sending_.size();
    }
    out.clear();
    server_.engine().sent(*session_, sent);
    if (session_->unsent > 0) return write_rest();
  }
  if (session_->close_after_reply || session_->closed) close();
}

void Connection::write_rest() {
  writing_ = true;
  const std::size_t begin = sending_.size() - session_->unsent;
  socket_.async_write_some(asio::buffer(sending_.data() + begin, session_->unsent),
                           [self = shared_from_this()](std::error_code error, std::size_t sent) {
                             self->writing_ = false;
                             if (self->closed()) return;
                             if (error || self->session_->closed) return self->close();
                             self->session_->unsent -= sent;
                             self->server_.engine().sent(*self->session_, sent);
                             if (self->session_->unsent > 0) return self->write_rest();
                             self->sending_.clear();
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
