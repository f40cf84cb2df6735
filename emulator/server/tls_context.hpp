// Certificates, keys and rules of TLS connections, by the tls-… directives: OpenSSL's SSL_CTX.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/options.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace outlive {

// What the directives say; "" for a file or a list that is not named.
struct TlsSettings {
  enum class Clients : std::uint8_t { need_no_certificate, need_certificate, may_have_certificate };

  std::string cert_file, key_file, key_file_pass;
  std::string client_cert_file, client_key_file, client_key_file_pass;
  std::string ca_cert_file, ca_cert_dir;
  std::string protocols;     // "TLSv1.2 TLSv1.3"; "": these two
  std::string ciphers;       // of TLS 1.2 and before, in OpenSSL's words
  std::string ciphersuites;  // of TLS 1.3
  std::string dh_params_file;
  bool prefer_server_ciphers = false;
  bool session_caching = true;
  int session_cache_size = 0;       // sessions
  int session_cache_timeout_s = 0;  // seconds
  Clients clients = Clients::need_certificate;
};
TlsSettings tls_settings(const Options& options);
// Whether CONFIG SET of this directive has the context made anew. That of tls-auth-clients has not:
// it is looked at for each connection.
bool is_of_tls_context(std::string_view directive);

class TlsContext {
 public:
  // Reads the files. Throws UserError with what Valkey's log says (tls.c, tlsConfigure).
  explicit TlsContext(const TlsSettings& settings);

  struct FreeSession {
    void operator()(ssl_st* session) const;
  };
  using Session = std::unique_ptr<ssl_st, FreeSession>;
  // The server's end of a connection over this socket, before its handshake. Sessions keep what
  // they need of the context beyond its end.
  Session accept(int socket, TlsSettings::Clients clients) const;

 private:
  struct FreeContext {
    void operator()(ssl_ctx_st* context) const;
  };
  std::unique_ptr<ssl_ctx_st, FreeContext> context_;
};

}  // namespace outlive
