// For tests of the harness: scenario files in a few lines, and a server's opinion of directives
// that needs no server.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/parse.hpp"

namespace outlive::harness {

class KnownDirectives final : public DirectiveBook {
 public:
  std::vector<std::string_view> names() const override {
    return {"maxmemory", "maxmemory-policy", "maxmemory-samples"};
  }
  std::string refusal(const Directive& directive, When,
                      std::span<const Directive> kind) const override {
    const auto& [name, value] = directive;
    const auto is = [&](std::string_view what, std::string_view said) {
      return std::ranges::find(kind, Directive{what, said}) != kind.end();
    };
    if (name == "maxmemory-policy" && value == "volatile-tll") return "no such policy";
    if (name == profile_directive && value != "old") return "no such profile";
    if (name == like_directive && value != "cloud") return "no such service";
    if (name == "maxmemory-samples" && is(profile_directive, "old")) return "not in the old version";
    if (name == "maxmemory-samples" && is(like_directive, "cloud")) return "fixed by the cloud";
    return "";
  }
};

// A sound scenario, to which a test adds its own words: first those that stand before any table.
inline std::string scenario_text(std::string_view top, std::string_view tables) {
  return "title = \"t\"\nduration = \"1h\"\n" + std::string{top} +
         "\n[[instance]]\nname = \"valkey\"\n[environment]\n"
         "TENSORZERO_VALKEY_URL = \"valkey://valkey\"\n" +
         std::string{tables};
}

constexpr std::string_view cache_traffic =
    "[[traffic]]\nkind = \"cache\"\nrate = \"10/s\"\nprompts = 100\n";
constexpr std::string_view limit_traffic =
    "[[traffic]]\nkind = \"rate-limit\"\nrate = \"1/s\"\nusers = 10\n"
    "limits = [{ window = \"day\", capacity = 3 }]\n";
constexpr std::string_view errors_check = "[[check]]\nkind = \"errors\"\n";

inline Scenario parsed(std::string_view text) {
  return parse_scenario(text, "test.toml", KnownDirectives{});
}

// The mistakes of a scenario, a line each; empty when it is sound.
inline std::string mistakes_in(std::string_view text) {
  try {
    parsed(text);
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return {};
}

}  // namespace outlive::harness
