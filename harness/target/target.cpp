#include "target/target.hpp"

#include <cstdlib>

#include "base/text.hpp"
#include "outlive/emulator.hpp"
#include "scenario/quantity.hpp"
#include "target/embedded.hpp"
#include "target/exec.hpp"

namespace outlive::harness {
namespace {

constexpr std::string_view exec_prefix = "exec:";

// A maxmemory relative to what is used at this moment, as bytes; other values as they are.
std::string absolute(Target& target, const Directive& directive) {
  const auto& [name, value] = directive;
  const auto distance = name == "maxmemory" ? parse_used(value) : std::nullopt;
  if (!distance) return value;
  // A server's first CONFIG SET itself takes memory: a histogram of its latency (Valkey 8.1
  // `latency.c`). It is in use before one looks.
  target.run({"CONFIG", "SET", name, "0"});
  const auto used = static_cast<std::int64_t>(target.used_memory());
  return std::to_string(std::max<std::int64_t>(1, used + *distance));
}

}  // namespace

void Target::change_database(int database) {
  const Answer answer = run({"SELECT", std::to_string(database)});
  if (answer.is_error()) {
    throw UserError{"SELECT " + std::to_string(database) + ": " + std::string{answer.text}};
  }
  database_ = database;
}

// Out of lines like "db3:keys=12,expires=0,avg_ttl=0".
std::vector<int> Target::databases() {
  std::vector<int> found;
  const std::string info{run({"INFO", "keyspace"}).text};
  for (std::size_t at = info.find("\ndb"); at != info.npos; at = info.find("\ndb", at + 1)) {
    found.push_back(std::atoi(info.c_str() + at + 3));
  }
  return found;
}

std::vector<std::string> Target::keys(std::span<const int> databases) {
  std::vector<std::string> all;
  const int before = database_;
  for (const int database : databases) {
    select(database);
    for (std::string& key : keys_of_database()) all.push_back(std::move(key));
  }
  select(before);
  return all;
}

void configure(Target& target, std::span<const Directive> directives) {
  for (const Directive& directive : directives) {
    const std::string value = absolute(target, directive);
    const Answer answer = target.run({"CONFIG", "SET", directive.first, value});
    if (answer.is_error()) {
      throw UserError{"CONFIG SET " + directive.first + " " + value + ": " +
                      std::string{answer.text}};
    }
  }
}

TargetKind::TargetKind(std::string_view name) : name_{name} {
  if (name == "embedded") return;
  if (name.starts_with(exec_prefix) && name.size() > exec_prefix.size()) {
    program_ = name.substr(exec_prefix.size());
    return;
  }
  throw UserError{"--target " + quoted(name) + ": must be embedded or exec:PATH"};
}

std::string_view TargetKind::caveat() const {
  if (repeatable()) return {};
  return "a real server's clock can't be moved: its keys expire by the scenario's clock, but idle "
         "times and LFU's minutes are shrunk, so LRU and LFU choose more coarsely";
}

std::unique_ptr<Target> TargetKind::start(const Instance& instance, Time at,
                                          std::uint64_t seed) const {
  if (program_.empty()) return std::make_unique<EmbeddedTarget>(instance, at, seed);
  return std::make_unique<ExecTarget>(program_, instance, at);
}

}  // namespace outlive::harness
