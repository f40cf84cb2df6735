// Scenario files from untrusted bytes: a scenario, or mistakes told with file and line.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ensure.hpp"
#include "scenario/parse.hpp"

namespace {

class AnyDirective final : public outlive::harness::DirectiveBook {
 public:
  std::vector<std::string_view> names() const override { return {"maxmemory", "maxmemory-policy"}; }
  std::string refusal(const outlive::harness::Directive&) const override { return {}; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    outlive::harness::parse_scenario({reinterpret_cast<const char*>(data), size}, "f.toml",
                                     AnyDirective{});
  } catch (const outlive::harness::ScenarioError& error) {
    outlive::ensure(std::string_view(error.what()).starts_with("f.toml:"), "a mistake has a place");
  }
  return 0;
}
