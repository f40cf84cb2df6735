// Who of a population comes next, when some join and leave, or the popular ones change, with time.
//
// A draw is a place; who holds it is found from the time alone. By turnover the first place's
// holder goes first and a new one takes the place, then the second's, and so on, round and round: a
// newcomer is as popular as the one that left. Of a popularity that moves, the places themselves
// do.
#pragma once

#include <cstdint>

#include "scenario/model.hpp"
#include "traffic/chance.hpp"

namespace outlive::harness {

class Population {
 public:
  Population(const Popularity& popularity, std::uint64_t count, const Rate& turnover,
             const Random& random)
      : chooser_{popularity, count, random},
        count_{count},
        turnover_{turnover},
        moves_{popularity.moves},
        changes_{turnover.count > 0 || popularity.moves.count > 0} {}

  // `once` alone comes to an end.
  bool exhausted() const { return chooser_.exhausted(); }

  // At so long after the scenario's start.
  std::uint32_t next(Span elapsed) {
    const std::uint32_t place = chooser_.next();
    return changes_ ? holder(place, elapsed) : place;
  }

 private:
  std::uint32_t holder(std::uint32_t place, Span elapsed) const {
    const std::uint64_t moved = (place + times_in(elapsed, moves_)) % count_;
    const std::uint64_t gone = times_in(elapsed, turnover_);
    return static_cast<std::uint32_t>(gone + (moved + count_ - gone % count_) % count_);
  }

  Chooser chooser_;
  std::uint64_t count_;
  Rate turnover_;
  Rate moves_;
  bool changes_;
};

}  // namespace outlive::harness
