#include "target/target.hpp"

#include <cstdlib>

#include "outlive/emulator.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

// A maxmemory relative to what is used at this moment, as bytes; other values as they are.
std::string absolute(Target& target, const Directive& directive) {
  const auto& [name, value] = directive;
  const auto distance = name == "maxmemory" ? parse_used(value) : std::nullopt;
  if (!distance) return value;
  // A server's first CONFIG SET itself takes memory: a histogram of its latency (Valkey 8.1
  // `latency.c`). It is in use before one looks.
  target.set_directive(name, "0");
  const auto used = static_cast<std::int64_t>(target.used_memory());
  return std::to_string(std::max<std::int64_t>(1, used + *distance));
}

}  // namespace

void Target::change_database(int database) {
  const std::string number = std::to_string(database_number(database));
  const Answer answer = run({"SELECT", number});
  if (answer.is_error()) {
    throw UserError{"SELECT " + number + ": " + std::string{answer.text}};
  }
  database_ = database;
}

Answer Target::set_directive(const std::string& name, const std::string& value) {
  const AsOperator as_operator{*this};
  Answer answer = run({"CONFIG", "SET", name, value});
  refusal_ = answer.text;  // which the operator's leaving takes away
  answer.text = refusal_;
  return answer;
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

std::vector<Directive> configure(Target& target, std::span<const Directive> directives) {
  std::vector<Directive> set;
  for (const Directive& directive : directives) {
    const std::string value = absolute(target, directive);
    const Answer answer = target.set_directive(directive.first, value);
    if (answer.is_error()) {
      throw UserError{"CONFIG SET " + directive.first + " " + value + ": " +
                      std::string{answer.text}};
    }
    set.emplace_back(directive.first, value);
  }
  return set;
}

}  // namespace outlive::harness
