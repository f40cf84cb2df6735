#include <algorithm>

#include "base/text.hpp"
#include "describe/passage.hpp"
#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

using namespace words;

// A policy has a scope and a rank.
constexpr std::pair<std::string_view, std::string_view> scopes[] = {
    {"allkeys-", "of all keys"}, {"volatile-", "of the keys that have a TTL"}};
constexpr std::pair<std::string_view, std::string_view> ranks[] = {
    {"lru", "the one that was idle longest"},
    {"lfu", "the one that is used least"},
    {"ttl", "the one that would expire first"},
    {"random", "any one"}};

std::string on_full(std::string_view policy) {
  for (const auto& [scope, whose] : scopes) {
    if (!policy.starts_with(scope)) continue;
    for (const auto& [rank, which] : ranks) {
      if (policy.substr(scope.size()) != rank) continue;
      const bool sampled = rank != std::string_view{"random"};
      return "it evicts, " + std::string{whose} + ", " + std::string{which} +
             (sampled ? " among a few that it samples" : "");
    }
  }
  return "it evicts nothing, and commands that want more memory fail";
}

std::string value_of(const Instance& instance, std::string_view name) {
  std::string value;  // the last one counts, as in valkey.conf
  for (const Directive& directive : instance.directives) {
    if (equal_ignoring_case(directive.first, name)) value = directive.second;
  }
  return value;
}

// Of a server where nobody has set one.
std::string usual_policy(const Instance& instance) {
  if (instance.like().empty()) return "noeviction";
  Emulator server{{.directives = {{std::string{like_directive}, instance.like()}}}};
  constexpr std::string_view field = "\nmaxmemory_policy:";
  const std::string info = server.run({"INFO", "memory"}).text;
  const std::size_t begin = info.find(field) + field.size();
  return info.substr(begin, info.find('\r', begin) - begin);
}

bool is_told(const Directive& directive) {
  return equal_ignoring_case(directive.first, "maxmemory") ||
         equal_ignoring_case(directive.first, "maxmemory-policy") ||
         directive.first == profile_directive || directive.first == like_directive;
}

}  // namespace

Sentences sentences_of(const Instance& instance) {
  const std::string cap = value_of(instance, "maxmemory");
  const std::string stated = value_of(instance, "maxmemory-policy");
  const std::string policy = stated.empty() ? usual_policy(instance) : to_lower(stated);
  const bool capped = !cap.empty() && cap != "0";
  const std::string profile = value_of(instance, profile_directive);
  Sentences told;
  told.push_back(in_quotes(instance.name) + " is a Valkey " +
                 (profile.empty() ? "" : "(" + profile + ") ") +
                 (capped ? "that may use " + cap + " of memory." : "without a memory limit."));
  if (const std::string like = instance.like(); !like.empty()) {
    told.push_back("It is set as " + like +
                   " sets its servers, and refuses what that keeps from clients.");
  }
  told.push_back((capped ? "When it is full, " : "Were it given one, when full ") +
                 on_full(policy) + " (" + policy + ").");
  std::vector<std::string> others;
  for (const Directive& directive : instance.directives) {
    if (!is_told(directive)) others.push_back(directive.first + " is " + directive.second);
  }
  if (!others.empty()) told.push_back("Its " + listed(others) + ".");
  return told;
}

}  // namespace outlive::harness
