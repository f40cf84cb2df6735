// The directives of a scenario's instance for a server that is not outlive's.
#pragma once

#include <vector>

#include "scenario/model.hpp"

namespace outlive::harness {

// Without the profile, which a real server has of its own. Of an instance that is like a managed
// service those by which any Valkey does as the service's servers do: the service's own settings where
// the instance says nothing else, and the part of maxmemory that is left for data.
std::vector<Directive> real_directives(const Instance& instance);
// A value for it while it runs: of maxmemory what is left for data.
std::string real_value(const Instance& instance, const std::string& name,
                       const std::string& value);

}  // namespace outlive::harness
