#include "engine/categories.hpp"

#include "base/text.hpp"

namespace outlive {
namespace {

constexpr Category all[] = {{"keyspace", category::keyspace},
                            {"read", category::read},
                            {"write", category::write},
                            {"set", category::set},
                            {"sortedset", category::sortedset},
                            {"list", category::list},
                            {"hash", category::hash},
                            {"string", category::string},
                            {"bitmap", category::bitmap},
                            {"hyperloglog", category::hyperloglog},
                            {"geo", category::geo},
                            {"stream", category::stream},
                            {"pubsub", category::pubsub},
                            {"admin", category::admin},
                            {"fast", category::fast},
                            {"slow", category::slow},
                            {"blocking", category::blocking},
                            {"dangerous", category::dangerous},
                            {"connection", category::connection},
                            {"transaction", category::transaction},
                            {"scripting", category::scripting}};

}  // namespace

std::span<const Category> categories() {
  return all;
}

std::uint64_t categories_of(const Command& command) {
  std::uint64_t bits = command.categories;
  const bool scripts = bits & category::scripting;
  if (command.has(flag::write)) bits |= category::write;
  // Commands that run scripts are not of the readers, even where the script may only read.
  if (command.has(flag::readonly) && !scripts) bits |= category::read;
  if (command.has(flag::admin)) bits |= category::admin | category::dangerous;
  if (command.has(flag::pubsub)) bits |= category::pubsub;
  if (command.has(flag::fast)) bits |= category::fast;
  if (command.has(flag::blocking)) bits |= category::blocking;
  if (!(bits & category::fast)) bits |= category::slow;
  return bits;
}

std::uint64_t category_named(std::string_view name) {
  for (const Category& one : all) {
    if (equal_ignoring_case(one.name, name)) return one.bit;
  }
  return 0;
}

}  // namespace outlive
