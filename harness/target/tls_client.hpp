// How a client makes sure of a TLS server, and shows itself to it; in valkey-cli's words.
#pragma once

#include <memory>
#include <string>

struct ssl_st;

namespace outlive::harness {

struct TlsTrust {
  // --cacert, a file; with the next one empty too it is trusted whom the system trusts.
  std::string ca_cert = {};
  std::string ca_cert_dir = {};     // --cacertdir, as c_rehash makes it
  std::string cert = {}, key = {};  // --cert and --key, files; "": none is shown
  bool insecure = false;            // --insecure: any certificate will do

  bool is_stated() const {
    return insecure || !ca_cert.empty() || !ca_cert_dir.empty() || !cert.empty() || !key.empty();
  }
};

struct FreeTls {
  void operator()(ssl_st* session) const;
};
using TlsSession = std::unique_ptr<ssl_st, FreeTls>;

// The client's end of a connection to this host, before its handshake: its certificate must be
// trusted and name the host. Throws UserError, with the option, for a file that can't be used.
TlsSession begin_tls(const TlsTrust& trust, const std::string& host);

// Why its handshake failed, where that was for the server's certificate: "" if it was not.
std::string certificate_mistake(const ssl_st& session);

}  // namespace outlive::harness
