// What a kind of target can do, and what is therefore approximated where a scenario is played on
// one that can't.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/model.hpp"

namespace outlive::harness {

enum class Ability : std::uint8_t {
  moves_clock,    // its clock is the scenario's
  fixes_seed,     // all its chance comes from the play's seed
  tells_scores,   // on which score a key was evicted
  models_memory,  // used_memory is the emulator's
  has_profiles,   // it is of the version that the instance says
  restarts,       // it can be ended and started again
  alone,          // nobody else uses it
};

class Abilities {
 public:
  constexpr Abilities() = default;
  constexpr Abilities(std::initializer_list<Ability> all) {
    for (const Ability one : all) bits_ |= bit(one);
  }
  constexpr bool has(Ability one) const { return (bits_ & bit(one)) != 0; }

 private:
  static constexpr unsigned bit(Ability one) { return 1U << static_cast<unsigned>(one); }
  unsigned bits_ = 0;
};

// What of one play is not as in the scenario: a word for programs, a sentence for people, and whom
// it is about.
struct Approximation {
  std::string word;
  std::string meaning;
  std::vector<std::string> instances;
};

// Of an instance that is played where these are the abilities.
std::vector<Approximation> approximations_of(const Scenario& scenario, const Instance& instance,
                                             const Abilities& abilities);

// Adds to a list; one that is known already is about one more instance.
void add_approximation(std::vector<Approximation>& all, const Approximation& one);

}  // namespace outlive::harness
