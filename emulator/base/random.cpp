#include "base/random.hpp"

#include "base/hash.hpp"

namespace outlive {
namespace {

// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9e37'79b9'7f4a'7c15;
  std::uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11eb;
  return mixed ^ (mixed >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed) : seed_{seed}, state_{} {
  for (std::uint64_t& word : state_) word = splitmix64(seed);
}

Random Random::fork(std::string_view name) const {
  return Random{hash_bytes(name, seed_)};
}

}  // namespace outlive
