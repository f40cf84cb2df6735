// One client's socket under TLS.
//
// OpenSSL is driven by hand, as Valkey does it, and Asio tells when the socket is ready:
// asio::ssl's streams can't send at once on a socket that does not block, for what such a socket
// refuses is lost to them, and it is at once that replies are sent here.
#pragma once

#include "server/connection.hpp"
#include "server/tls_context.hpp"

namespace outlive {

class TlsConnection final : public Connection {
 public:
  TlsConnection(Server& server, Socket socket, Session& session, const TlsContext& context,
                TlsSettings::Clients clients);

  // To be called once, before all else. The server is told how it ended: Server::handshaken() or
  // Server::handshake_failed().
  void shake_hands();
  void read() override;
  // Sends it if it can be sent at once.
  void say(std::string_view last_words);

 private:
  // What OpenSSL waits for before it can go on.
  enum class Next : std::uint8_t { nothing, readable, writable, failed };

  std::size_t send(std::string_view bytes, std::error_code& error) override;
  void send_later(std::string_view rest) override;
  void say_goodbye() override;
  Next next_after(int result);
  // Calls the member once the socket is so.
  void wait(Next ready, void (TlsConnection::*then)());
  void try_to_read();
  void try_to_send();
  std::shared_ptr<TlsConnection> itself();

  TlsContext::Session tls_;
  bool established_ = false;
  std::string_view rest_;           // of send_later()
  Next send_next_ = Next::nothing;  // what the last send() waits for
};

}  // namespace outlive
