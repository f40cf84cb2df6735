// A bounded look over the names of keys.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "doctor/examine.hpp"

namespace outlive::harness {

// The keys of a group whose names are known.
struct NamedKeys {
  KeyGroup group;
  std::vector<std::string> names;
};

struct Scanned {
  std::vector<NamedKeys> groups;  // those with most keys first
  std::uint64_t named = 0;
};

// Names so many keys of all databases together, of each database its share. SCAN walks by the
// hashes of names, so that the first keys it names are as good a sample as any.
Scanned scan_databases(GentleClient& client, const ServerFacts& facts,
                       const ExamineOptions& options, int database, const ExamineProgress& progress,
                       std::vector<Unseen>& unseen);

}  // namespace outlive::harness
