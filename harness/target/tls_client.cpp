#include "target/tls_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;

void must(bool done, const std::string& what) {
  if (done) return;
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  throw UserError{what + ": " + (reason ? reason : "OpenSSL does not say why")};
}

const char* path_or_null(const std::string& path) {
  return path.empty() ? nullptr : path.c_str();
}

void trust_authorities(SSL_CTX* context, const TlsTrust& trust) {
  if (trust.ca_cert.empty() && trust.ca_cert_dir.empty()) {
    must(SSL_CTX_set_default_verify_paths(context), "the system's certificates");
    return;
  }
  const bool by_file = !trust.ca_cert.empty();
  must(SSL_CTX_load_verify_locations(context, path_or_null(trust.ca_cert),
                                     path_or_null(trust.ca_cert_dir)),
       by_file ? "--cacert " + trust.ca_cert : "--cacertdir " + trust.ca_cert_dir);
}

void show_certificate(SSL_CTX* context, const TlsTrust& trust) {
  if (trust.cert.empty() && trust.key.empty()) return;
  if (trust.cert.empty() || trust.key.empty()) {
    throw UserError{
        "--cert and --key come together: a certificate, and the key that belongs to it"};
  }
  must(SSL_CTX_use_certificate_chain_file(context, trust.cert.c_str()), "--cert " + trust.cert);
  must(SSL_CTX_use_PrivateKey_file(context, trust.key.c_str(), SSL_FILETYPE_PEM),
       "--key " + trust.key);
}

// A name is told to the server too, which may have certificates for several.
void expect_host(SSL* session, const std::string& host) {
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1) return;
  ERR_clear_error();
  // SSL_set_tlsext_host_name() is a macro with a cast of C's.
  const bool told = SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                             const_cast<char*>(host.c_str())) == 1;
  must(told && SSL_set1_host(session, host.c_str()), "the host " + host);
}

}  // namespace

void FreeTls::operator()(ssl_st* session) const {
  SSL_free(session);
}

TlsSession begin_tls(const TlsTrust& trust, const std::string& host) {
  ERR_clear_error();
  const Context context{SSL_CTX_new(TLS_client_method())};
  must(context != nullptr, "TLS");
  trust_authorities(context.get(), trust);
  show_certificate(context.get(), trust);
  TlsSession session{SSL_new(context.get())};
  must(session != nullptr, "TLS");
  SSL_set_verify(session.get(), trust.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  expect_host(session.get(), host);
  return session;
}

std::string certificate_mistake(const ssl_st& session) {
  const long result = SSL_get_verify_result(&session);
  if (result == X509_V_OK || SSL_get_verify_mode(&session) == SSL_VERIFY_NONE) return {};
  return X509_verify_cert_error_string(result);
}

}  // namespace outlive::harness
