// Matchers for Catch2 v3, for tests that ask what evictions did. Header only; the test links
// Catch2.
//
//   CHECK_THAT(result, outlive::AllAsStated());
//   CHECK_THAT(result, outlive::Holds("over-admission"));
//   CHECK_THAT(result, outlive::LosesNone("tensorzero_ratelimit:*"));
//   CHECK_THAT(valkey, outlive::Lost("user:1", outlive::Departure::Reason::evicted));
//
// What does not match is told with its evidence: the keys, when they went and why.
#pragma once

#include <catch2/matchers/catch_matchers_templated.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "outlive/emulator.hpp"
#include "outlive/harness.hpp"

namespace Catch {

template <>
struct StringMaker<outlive::ScenarioResult> {
  static std::string convert(const outlive::ScenarioResult& result) { return result.summary(); }
};

template <>
struct StringMaker<outlive::Emulator> {
  static std::string convert(const outlive::Emulator& emulator) {
    return "an emulator whose clock shows " +
           std::to_string(emulator.now().time_since_epoch().count()) + " us, " +
           std::to_string(emulator.departures().size()) + " keys left";
  }
};

}  // namespace Catch

namespace outlive {

// Every check found what the scenario states.
class AllAsStated : public Catch::Matchers::MatcherGenericBase {
 public:
  bool match(const ScenarioResult& result) const { return result.as_stated(); }
  std::string describe() const override { return "finds what the scenario states"; }
};

// Every check of this kind (at least one) came to this verdict.
class CheckFinds : public Catch::Matchers::MatcherGenericBase {
 public:
  CheckFinds(std::string_view kind, std::string_view verdict) : kind_{kind}, verdict_{verdict} {}

  bool match(const ScenarioResult& result) const {
    bool any = false;
    for (const CheckResult& check : result.checks) {
      if (check.kind != kind_) continue;
      if (check.verdict != verdict_) return false;
      any = true;
    }
    return any;
  }
  std::string describe() const override { return "finds \"" + kind_ + "\" " + verdict_; }

 private:
  std::string kind_;
  std::string verdict_;
};

inline CheckFinds Holds(std::string_view kind) {
  return {kind, "holds"};
}
inline CheckFinds Violates(std::string_view kind) {
  return {kind, "violated"};
}

// Of the keys that fit a pattern which the scenario watches, at most so many different ones were
// evicted, on all instances together.
class LosesAtMost : public Catch::Matchers::MatcherGenericBase {
 public:
  LosesAtMost(std::string_view pattern, std::uint64_t most) : pattern_{pattern}, most_{most} {}

  bool match(const ScenarioResult& result) const { return result.keys(pattern_).lost <= most_; }
  std::string describe() const override {
    return "evicts at most " + std::to_string(most_) + " keys " + pattern_;
  }

 private:
  std::string pattern_;
  std::uint64_t most_;
};

inline LosesAtMost LosesNone(std::string_view pattern) {
  return {pattern, 0};
}

// By the emulator's journal this key left, for this reason, and has not come back to leave for
// another.
class Lost : public Catch::Matchers::MatcherGenericBase {
 public:
  Lost(std::string_view key, Departure::Reason reason) : key_{key}, reason_{reason} {}

  bool match(const Emulator& emulator) const {
    const std::vector<Departure> departures = emulator.departures();
    for (auto last = departures.rbegin(); last != departures.rend(); ++last) {
      if (last->key == key_) return last->reason == reason_;
    }
    return false;
  }
  std::string describe() const override {
    return "lost \"" + key_ + "\" as " + std::string{to_string(reason_)};
  }

 private:
  std::string key_;
  Departure::Reason reason_;
};

}  // namespace outlive
