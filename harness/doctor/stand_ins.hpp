// Keys that weigh what others do: what a server holds is rebuilt without having read it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "doctor/examination.hpp"
#include "outlive/emulator.hpp"

namespace outlive::harness {

// A stand-in's name, so long or as long as it must be to tell its group and its number.
std::string stand_in_name(std::size_t group, std::uint64_t number, std::size_t length);
std::size_t group_of_stand_in(std::string_view name);

// What the emulators must be told to hold stand-ins: a hash of any size in one piece.
inline constexpr std::pair<const char*, const char*> stand_in_directive{"hash-max-listpack-value",
                                                                        "1gb"};

// A string stands in for a string, a hash with one field for any other type: what is not a string
// weighs its key's entry and an allocation beside it. MEMORY USAGE does not tell all (Valkey 8.1
// leaves out names and TTLs that are kept in the entry), so a stand-in is made for which it tells
// the same, and that is weighed.
class StandIns {
 public:
  // By the accounting of this profile.
  explicit StandIns(const std::string& profile);

  struct StandIn {
    std::string value;      // for SET; "" where it is a hash
    std::string payload;    // for RESTORE
    std::uint64_t bytes{};  // of used_memory, its places in tables left out
  };
  // With a TTL or without, as `has_ttl` says. Good as long as this is.
  const StandIn& like(const KeySample& sample, bool has_ttl);
  const StandIn& like(const KeySample& sample) {
    return like(sample, sample.expiry_ms.has_value());
  }

 private:
  void put(const KeySample& sample, bool has_ttl, std::size_t length);
  std::uint64_t usage(const KeySample& sample, bool has_ttl, std::size_t length);

  Emulator scales_;
  std::map<std::tuple<std::uint64_t, bool, bool, std::size_t>, StandIn> made_;
};

// Puts what they really weigh into all samples.
void weigh(Examination& examination);

}  // namespace outlive::harness
