// How TLS servers are trusted: the words that several subcommands take.
#pragma once

#include "target/tls_client.hpp"

namespace CLI {
class App;
}

namespace outlive::harness {

// --cacert, --cacertdir, --cert, --key, --insecure. Keeps a reference to `tls`.
void add_tls_options(CLI::App& app, TlsTrust& tls);

}  // namespace outlive::harness
