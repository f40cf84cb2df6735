// A deployment's files from untrusted bytes, the first of which chooses the reader: what is known, or
// mistakes told with their place.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ensure.hpp"
#include "deployment/compose_file.hpp"
#include "deployment/containers.hpp"
#include "deployment/gateway_settings.hpp"
#include "deployment/gateway_url.hpp"
#include "deployment/server_config.hpp"
#include "deployment/variables.hpp"

namespace {

using namespace outlive::harness;

void read(std::uint8_t kind, std::string_view text, ReadingMistakes& mistakes) {
  if (kind == 0) {
    ComposeFile compose;
    read_compose_file(text, "f", {}, compose, mistakes);
    for (const ComposeService& service : compose.services) server_of(service, mistakes);
  } else if (kind == 1) {
    Variables variables;
    read_env_file(text, "f", variables, mistakes);
  } else if (kind == 2) {
    GatewaySettings settings;
    read_gateway_settings(text, "f", settings, mistakes);
    settings.slowest();
  } else if (kind == 3) {
    ServerDirectives directives;
    try {
      read_server_lines(outlive::parse_config(text, "f"), {"f", 0, {}}, directives, mistakes);
    } catch (const outlive::UserError&) {
      // Quotes that don't balance.
    }
  } else {
    reach_of(read_gateway_url(text).host);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  ReadingMistakes mistakes;
  read(data[0] % 5, {reinterpret_cast<const char*>(data) + 1, size - 1}, mistakes);
  for (const Mistake& mistake : mistakes.all()) {
    outlive::ensure(!mistake.file.empty() && !mistake.what.empty(), "a mistake has a place");
  }
  return 0;
}
