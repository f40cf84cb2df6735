// outlive serve: a stand-in for valkey-server.
#include "server/serve.hpp"

#include "cli/subcommands.hpp"

namespace outlive::harness {

int serve_clients(std::span<char* const> words) {
  return serve(words.subspan(1));
}

}  // namespace outlive::harness
