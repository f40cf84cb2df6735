#include "server/tls_context.hpp"

#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>

#include "base/openssl_error.hpp"
#include "base/text.hpp"
#include "engine/directives.hpp"
#include "outlive/emulator.hpp"
#include "server/tls_socket.hpp"

namespace outlive {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

[[noreturn]] void refuse(const std::string& why) {
  throw UserError(why);
}

const char* path_or_null(const std::string& path) {
  return path.empty() ? nullptr : path.c_str();
}

struct ProtocolRow {
  std::string_view name;
  std::uint64_t off;  // OpenSSL's option that switches it off
};
constexpr ProtocolRow protocol_rows[] = {{"tlsv1", SSL_OP_NO_TLSv1},
                                         {"tlsv1.1", SSL_OP_NO_TLSv1_1},
                                         {"tlsv1.2", SSL_OP_NO_TLSv1_2},
                                         {"tlsv1.3", SSL_OP_NO_TLSv1_3}};

// The options that leave no other protocols than these.
std::uint64_t protocols_off(const std::string& names) {
  std::uint64_t off = SSL_OP_NO_SSLv3;
  for (const ProtocolRow& row : protocol_rows) off |= row.off;
  if (names.empty()) return off & ~(SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3);
  for (std::string_view rest = names;;) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const ProtocolRow* known = nullptr;
    for (const ProtocolRow& row : protocol_rows) {
      if (equal_ignoring_case(row.name, rest.substr(0, end))) known = &row;
    }
    if (!known) {
      refuse(
          "Invalid tls-protocols specified. Use a combination of 'TLSv1', 'TLSv1.1', 'TLSv1.2' and "
          "'TLSv1.3'.");
    }
    off &= ~known->off;
    if (end == rest.size()) return off;
    rest.remove_prefix(end + 1);
  }
}

// OpenSSL asks for the password of a key; `user` is a std::string.
int tell_password(char* buffer, int size, int, void* user) {
  if (!user) return -1;
  const auto& password = *static_cast<const std::string*>(user);
  if (password.empty() || password.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, password.data(), password.size());
  return static_cast<int>(password.size());
}

// What both ends of a connection have in common (tls.c, createSSLContext).
Context make_context(const TlsSettings& settings, const std::string& cert, const std::string& key,
                     const std::string& password) {
  Context context(SSL_CTX_new(TLS_method()), SSL_CTX_free);
  if (!context) refuse("Failed to make a TLS context: " + openssl_error());
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_options(raw, protocols_off(settings.protocols) | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_default_passwd_cb(raw, tell_password);
  SSL_CTX_set_default_passwd_cb_userdata(raw, const_cast<std::string*>(&password));
  if (SSL_CTX_use_certificate_chain_file(raw, cert.c_str()) <= 0) {
    refuse("Failed to load certificate: " + cert + ": " + openssl_error());
  }
  if (SSL_CTX_use_PrivateKey_file(raw, key.c_str(), SSL_FILETYPE_PEM) <= 0) {
    refuse("Failed to load private key: " + key + ": " + openssl_error());
  }
  SSL_CTX_set_default_passwd_cb_userdata(raw, nullptr);  // it is not ours to keep
  const char* const ca_file = path_or_null(settings.ca_cert_file);
  const char* const ca_dir = path_or_null(settings.ca_cert_dir);
  if ((ca_file || ca_dir) && SSL_CTX_load_verify_locations(raw, ca_file, ca_dir) <= 0) {
    refuse("Failed to configure CA certificate(s) file/directory: " + openssl_error());
  }
  if (!settings.ciphers.empty() && !SSL_CTX_set_cipher_list(raw, settings.ciphers.c_str())) {
    refuse("Failed to configure ciphers: " + settings.ciphers);
  }
  if (!settings.ciphersuites.empty() &&
      !SSL_CTX_set_ciphersuites(raw, settings.ciphersuites.c_str())) {
    refuse("Failed to configure ciphersuites: " + settings.ciphersuites);
  }
  return context;
}

void keep_sessions(SSL_CTX* context, const TlsSettings& settings) {
  if (!settings.session_caching) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return;
  }
  constexpr unsigned char name[] = {'o', 'u', 't', 'l', 'i', 'v', 'e'};
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
  SSL_CTX_sess_set_cache_size(context, settings.session_cache_size);
  SSL_CTX_set_timeout(context, settings.session_cache_timeout_s);
  SSL_CTX_set_session_id_context(context, name, sizeof name);
}

void use_dh_params(SSL_CTX* context, const std::string& path) {
  if (path.empty()) {
    SSL_CTX_set_dh_auto(context, 1);
    return;
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "r"),
                                                             std::fclose);
  if (!file) refuse("Failed to load " + path + ": " + std::strerror(errno));
  EVP_PKEY* parameters = nullptr;
  const std::unique_ptr<OSSL_DECODER_CTX, decltype(&OSSL_DECODER_CTX_free)> decoder(
      OSSL_DECODER_CTX_new_for_pkey(&parameters, "PEM", nullptr, "DH",
                                    OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS, nullptr, nullptr),
      OSSL_DECODER_CTX_free);
  if (!decoder || !OSSL_DECODER_from_fp(decoder.get(), file.get())) {
    refuse(path + ": failed to read DH params.");
  }
  if (SSL_CTX_set0_tmp_dh_pkey(context, parameters) <= 0) {
    const std::string why = openssl_error();
    EVP_PKEY_free(parameters);
    refuse("Failed to load DH params file: " + path + ": " + why);
  }
}

void must_be_whole(const TlsSettings& settings) {
  if (settings.cert_file.empty()) refuse("No tls-cert-file configured!");
  if (settings.key_file.empty()) refuse("No tls-key-file configured!");
  if (settings.clients != TlsSettings::Clients::need_no_certificate &&
      settings.ca_cert_file.empty() && settings.ca_cert_dir.empty()) {
    refuse(
        "Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-cluster, "
        "tls-replication or tls-auth-clients are enabled!");
  }
}

}  // namespace

TlsSettings tls_settings(const Options& options) {
  const auto text = [&](std::string_view name) {
    return directive_value(options, *find_directive(name));
  };
  const auto yes = [&](std::string_view name) { return text(name) == "yes"; };
  using Clients = TlsSettings::Clients;
  const std::string clients = text("tls-auth-clients");
  return {.cert_file = text("tls-cert-file"),
          .key_file = text("tls-key-file"),
          .key_file_pass = text("tls-key-file-pass"),
          .client_cert_file = text("tls-client-cert-file"),
          .client_key_file = text("tls-client-key-file"),
          .client_key_file_pass = text("tls-client-key-file-pass"),
          .ca_cert_file = text("tls-ca-cert-file"),
          .ca_cert_dir = text("tls-ca-cert-dir"),
          .protocols = text("tls-protocols"),
          .ciphers = text("tls-ciphers"),
          .ciphersuites = text("tls-ciphersuites"),
          .dh_params_file = text("tls-dh-params-file"),
          .prefer_server_ciphers = yes("tls-prefer-server-ciphers"),
          .session_caching = yes("tls-session-caching"),
          .session_cache_size = std::stoi(text("tls-session-cache-size")),
          .session_cache_timeout_s = std::stoi(text("tls-session-cache-timeout")),
          .clients = clients == "no"    ? Clients::need_no_certificate
                     : clients == "yes" ? Clients::need_certificate
                                        : Clients::may_have_certificate};
}

bool is_of_tls_context(std::string_view directive) {
  return directive.starts_with("tls-") && directive != "tls-port" &&
         directive != "tls-auth-clients";
}

TlsContext::TlsContext(const TlsSettings& settings) {
  must_be_whole(settings);
  ERR_clear_error();
  Context context =
      make_context(settings, settings.cert_file, settings.key_file, settings.key_file_pass);
  SSL_CTX* const raw = context.get();
  keep_sessions(raw, settings);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION);
  if (settings.prefer_server_ciphers) SSL_CTX_set_options(raw, SSL_OP_CIPHER_SERVER_PREFERENCE);
  use_dh_params(raw, settings.dh_params_file);
  // For connections to replicas, of which there are none: only its mistakes show, as in Valkey.
  if (!settings.client_cert_file.empty() && !settings.client_key_file.empty()) {
    make_context(settings, settings.client_cert_file, settings.client_key_file,
                 settings.client_key_file_pass);
  }
  context_.reset(context.release());
}

TlsContext::Session TlsContext::accept(int socket, TlsSettings::Clients clients) const {
  Session session(SSL_new(context_.get()));
  BIO* const transport = session ? open_tls_socket(socket) : nullptr;
  if (!transport) throw std::bad_alloc();
  SSL_set_bio(session.get(), transport, transport);
  using Clients = TlsSettings::Clients;
  int verified = SSL_VERIFY_NONE;
  if (clients != Clients::need_no_certificate) verified = SSL_VERIFY_PEER;
  if (clients == Clients::need_certificate) verified |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_set_verify(session.get(), verified, nullptr);
  SSL_set_accept_state(session.get());
  return session;
}

void TlsContext::FreeContext::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

void TlsContext::FreeSession::operator()(ssl_st* session) const {
  SSL_free(session);
}

}  // namespace outlive
