// Plays scenario files with whatever emulator is linked, up to the first that does not turn out as
// it states: a line a file, "as-stated FILE" or "turned FILE", then what was found otherwise.
#include <cstdio>

#include "outlive/harness.hpp"

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    try {
      const outlive::ScenarioResult result = outlive::play_scenario(argv[i]);
      std::printf("%s %s\n", result.as_stated() ? "as-stated" : "turned", argv[i]);
      if (result.as_stated()) continue;
      for (const outlive::CheckResult& check : result.checks) {
        if (check.as_stated()) continue;
        std::printf("  %s, stated %s: %s: %s\n", check.verdict.c_str(), check.stated.c_str(),
                    check.claim.c_str(), check.seen.c_str());
      }
      return 1;
    } catch (const outlive::UserError& error) {
      std::printf("failed %s\n  %s\n", argv[i], error.what());
      return 2;
    }
  }
}
