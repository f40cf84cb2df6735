#include "server/connection.hpp"

#include <asio/buffer.hpp>
#include <utility>

#include "server/server.hpp"

namespace outlive {

Connection::Connection(Server& server, Socket socket, Session& session)
    : server_(server), socket_(std::move(socket)), session_(&session) {
  std::error_code ignored;
  socket_.non_blocking(true, ignored);
}

void Connection::flush(bool has_sent) {
  if (closed()) return;
  if (session_->closed) return close();
  if (writing_) return;
  std::string& out = session_->out;
  if (!out.empty()) {
    has_sent = true;
    std::error_code error;
    const std::size_t sent = send(out, error);
    if (error && error != asio::error::would_block) return close();
    if (sent < out.size()) {
      sending_.assign(out, sent);
      session_->unsent = sending_.size();
    }
    out.clear();
    server_.engine().sent(*session_, sent);
    if (session_->unsent > 0) return send_rest();
  }
  // Whose replies are silenced stays, though it has said QUIT: Valkey hangs up when the last reply
  // has been written, and there is none (networking.c, writeToClient).
  if ((session_->close_after_reply && has_sent) || session_->closed) close();
}

void Connection::send_rest() {
  writing_ = true;
  send_later(std::string_view(sending_).substr(sending_.size() - session_->unsent));
}

void Connection::rest_sent(std::error_code error, std::size_t sent) {
  writing_ = false;
  if (closed()) return;
  if (error || session_->closed) return close();
  session_->unsent -= sent;
  server_.engine().sent(*session_, sent);
  if (session_->unsent > 0) return send_rest();
  sending_.clear();
  flush(true);
}

void Connection::close() {
  if (closed()) return;
  say_goodbye();
  std::error_code ignored;
  socket_.close(ignored);
  Session& session = *std::exchange(session_, nullptr);
  server_.forget(session);
}

namespace {

std::shared_ptr<PlainConnection> itself(PlainConnection& connection) {
  return std::static_pointer_cast<PlainConnection>(connection.shared_from_this());
}

}  // namespace

void PlainConnection::read() {
  if (closed()) return;
  socket_.async_read_some(asio::buffer(input_),
                          [self = itself(*this)](std::error_code error, std::size_t size) {
                            if (self->closed()) return;
                            if (error) return self->close();
                            self->server_.received(*self, {self->input_.data(), size});
                          });
}

std::size_t PlainConnection::send(std::string_view bytes, std::error_code& error) {
  return socket_.write_some(asio::buffer(bytes), error);
}

void PlainConnection::send_later(std::string_view rest) {
  socket_.async_write_some(asio::buffer(rest),
                           [self = itself(*this)](std::error_code error, std::size_t sent) {
                             self->rest_sent(error, sent);
                           });
}

}  // namespace outlive
