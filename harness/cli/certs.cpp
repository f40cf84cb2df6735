// outlive certs: throw-away certificates for tests.
#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "cli/certificates.hpp"
#include "cli/command_line.hpp"
#include "cli/subcommands.hpp"
#include "server/clock.hpp"

namespace outlive::harness {
namespace {

struct Options {
  std::string folder;
  int days = 3650;
};

// The lines that use what is in this folder.
std::string uses_of(const std::string& folder) {
  const auto file = [&](const char* name) { return " " + folder + "/" + name; };
  return "A server, TLS alone:\n  outlive serve --port 0 --tls-port 6380 --tls-cert-file" +
         file("server.crt") + " --tls-key-file" + file("server.key") + " --tls-ca-cert-file" +
         file("ca.crt") +
         "\n  (--tls-auth-clients no: clients need no certificate; valkey-server takes the same)\n"
         "A client:\n  valkey-cli --tls -p 6380 --cacert" +
         file("ca.crt") + " --cert" + file("client.crt") + " --key" + file("client.key") +
         "\nA scenario, played there:\n  outlive run FILE --target valkeys://127.0.0.1:6380 "
         "--cacert" +
         file("ca.crt") + " --cert" + file("client.crt") + " --key" + file("client.key") + "\n";
}

void describe(CLI::App& app, Options& options) {
  app.description(
      "Makes a throw-away CA, and a certificate and key for a server (localhost, 127.0.0.1, ::1) "
      "and for a client. For tests alone: anyone who may read the folder can pass for them.");
  app.add_option("DIR", options.folder,
                 "where to: ca.crt, ca.key, server.crt, server.key, client.crt, client.key. The "
                 "folder is made; a file that is there is never overwritten")
      ->required()
      ->type_name("");
  app.add_option("--days", options.days, "how long they hold (default: 3650)")
      ->check(CLI::Range(1, 36'500))
      ->type_name("NUMBER");
  app.footer("Example:\n  outlive certs tls\n\n" + uses_of("tls") +
             "\nExit status: 0 when they were written, 2 when not.");
}

}  // namespace

int make_certs(std::span<char* const> words) {
  CLI::App app;
  app.name("outlive certs");
  Options options;
  describe(app, options);
  if (const auto status = read_words(app, words)) return *status;
  const auto files = make_certificates(system_now(), options.days);
  write_certificates(options.folder, files);
  std::cout << options.folder << ":";
  for (const PemFile& file : files) std::cout << ' ' << file.name;
  std::cout << "\n\n" << uses_of(options.folder);
  return 0;
}

}  // namespace outlive::harness
