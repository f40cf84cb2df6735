#include "deployment/origin.hpp"

namespace outlive::harness {

std::string to_string(const Origin& origin) {
  if (origin.file.empty()) return origin.name;
  return origin.line > 0 ? origin.file + ":" + std::to_string(origin.line) : origin.file;
}

}  // namespace outlive::harness
