#include "cli/tls_options.hpp"

#include <CLI/CLI.hpp>

namespace outlive::harness {

void add_tls_options(CLI::App& app, TlsTrust& tls) {
  app.add_option("--cacert", tls.ca_cert,
                 "whom to trust over TLS: a file of CA certificates (default: as the system does)")
      ->type_name("FILE");
  app.add_option("--cacertdir", tls.ca_cert_dir, "the same: a folder, made by `openssl rehash`")
      ->type_name("DIR");
  app.add_option("--cert", tls.cert, "the certificate to show to a TLS server, with --key")
      ->type_name("FILE");
  app.add_option("--key", tls.key, "the key that belongs to it")->type_name("FILE");
  app.add_flag("--insecure", tls.insecure,
               "trust any TLS server, without looking at its certificate");
}

}  // namespace outlive::harness
