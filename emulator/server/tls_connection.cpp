#include "server/tls_connection.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <asio/post.hpp>
#include <cerrno>
#include <cstring>

#include "base/openssl_error.hpp"
#include "server/server.hpp"

namespace outlive {

TlsConnection::TlsConnection(Server& server, Socket socket, Session& session,
                             const TlsContext& context, TlsSettings::Clients clients)
    : Connection(server, std::move(socket), session),
      tls_(context.accept(socket_.native_handle(), clients)) {}

std::shared_ptr<TlsConnection> TlsConnection::itself() {
  return std::static_pointer_cast<TlsConnection>(shared_from_this());
}

TlsConnection::Next TlsConnection::next_after(int result) {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_NONE:
      return Next::nothing;
    case SSL_ERROR_WANT_READ:
      return Next::readable;
    case SSL_ERROR_WANT_WRITE:
      return Next::writable;
    default:
      established_ = false;  // after an error, or a goodbye, nothing more is said
      return Next::failed;
  }
}

void TlsConnection::wait(Next ready, void (TlsConnection::*then)()) {
  const auto kind = ready == Next::readable ? Socket::wait_read : Socket::wait_write;
  socket_.async_wait(kind, [self = itself(), then](std::error_code error) {
    if (self->closed()) return;
    if (error) return self->close();
    (*self.*then)();
  });
}

void TlsConnection::shake_hands() {
  ERR_clear_error();
  errno = 0;
  const int result = SSL_do_handshake(tls_.get());
  const int system_error = errno;
  const Next next = next_after(result);
  if (next == Next::nothing) {
    established_ = true;
    return server_.handshaken(*this);
  }
  if (next != Next::failed) return wait(next, &TlsConnection::shake_hands);
  // tls.c, handleSSLReturnCode; "(null)" is what printf() makes of no reason.
  std::string why = "(null)";
  if (ERR_peek_error() != 0) {
    why = openssl_error();
  } else if (system_error != 0) {
    why = std::strerror(system_error);
  }
  server_.handshake_failed(*this, why);
}

// What OpenSSL has read already no socket tells of.
void TlsConnection::read() {
  if (closed()) return;
  if (SSL_pending(tls_.get()) == 0) return wait(Next::readable, &TlsConnection::try_to_read);
  asio::post(socket_.get_executor(), [self = itself()] {
    if (!self->closed()) self->try_to_read();
  });
}

void TlsConnection::try_to_read() {
  ERR_clear_error();
  const int size = SSL_read(tls_.get(), input_.data(), static_cast<int>(input_.size()));
  if (size > 0) return server_.received(*this, {input_.data(), static_cast<std::size_t>(size)});
  const Next next = next_after(size);
  if (next == Next::failed || next == Next::nothing) return close();
  wait(next, &TlsConnection::try_to_read);
}

// A record at a time, of at most 16 KB.
std::size_t TlsConnection::send(std::string_view bytes, std::error_code& error) {
  constexpr std::size_t most = 1 << 30;
  std::size_t sent = 0;
  error = {};
  while (sent < bytes.size()) {
    ERR_clear_error();
    const auto left = static_cast<int>(std::min(bytes.size() - sent, most));
    const int taken = SSL_write(tls_.get(), bytes.data() + sent, left);
    send_next_ = next_after(taken);
    if (send_next_ == Next::failed) error = asio::error::connection_reset;
    if (taken <= 0) break;
    sent += static_cast<std::size_t>(taken);
  }
  if (sent < bytes.size() && !error) error = asio::error::would_block;
  return sent;
}

// OpenSSL wants the very same bytes again.
void TlsConnection::send_later(std::string_view rest) {
  rest_ = rest;
  wait(send_next_, &TlsConnection::try_to_send);
}

void TlsConnection::try_to_send() {
  std::error_code error;
  const std::size_t sent = send(rest_, error);
  if (error == asio::error::would_block) error = {};
  rest_sent(error, sent);
}

void TlsConnection::say(std::string_view last_words) {
  std::error_code ignored;
  send(last_words, ignored);
}

void TlsConnection::say_goodbye() {
  if (!established_) return;
  ERR_clear_error();
  SSL_shutdown(tls_.get());
  ERR_clear_error();
}

}  // namespace outlive
