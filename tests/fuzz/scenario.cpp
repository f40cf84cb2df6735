// Scenario files from untrusted bytes: a scenario, or mistakes told with file and line.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ensure.hpp"
#include "scenario/parse.hpp"

namespace {

class AnyDirective final : public outlive::harness::DirectiveBook {
 public:
  std::vector<std::string_view> names() const override { return {"maxmemory", "maxmemory-policy"}; }
  std::string refusal(const outlive::harness::Directive&, When, std::string_view) const override {
    return {};
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    outlive::harness::parse_scenario({reinterpret_cast<const char*>(data), size}, "f.toml",
                                     AnyDirective{});
  } catch (const outlive::harness::ScenarioError& error) {
    for (const outlive::harness::Mistake& mistake : error.mistakes()) {
      outlive::ensure(!mistake.file.empty() && mistake.line > 0, "a mistake has a place");
    }
  }
  return 0;
}
