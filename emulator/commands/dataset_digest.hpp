// Valkey's digest of a keyspace or a value, digit for digit: equal content has equal digests on
// both (debug.c, computeDatasetDigest).
#pragma once

#include <string>

#include "keyspace/keyspace.hpp"

namespace outlive {

// Forty digits; zeros for an empty keyspace.
std::string dataset_digest(const Keyspace& keyspace);
// Forty digits; zeros for no entry.
std::string value_digest(const Entry* entry);

}  // namespace outlive
