#include "check/claim.hpp"

#include <array>
#include <limits>

#include "base/number.hpp"
#include "check/judges.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

using namespace wording;

constexpr double any = std::numeric_limits<double>::infinity();

std::string of_outlives(const Check& check) {
  return "no " + check.keys + " is evicted while any " + check.others + " is there";
}

std::string of_order(const Check& check) {
  std::string claim = "evictions take";
  for (const std::string& keys : check.classes) {
    claim += (&keys == &check.classes.front() ? " first " : ", then ") + keys;
  }
  return claim;
}

std::string of_never_evicted(const Check& check) {
  return "no " + check.keys + " is evicted";
}

std::string of_evicted_share(const Check& check) {
  return bounds(check, percent) + " of " + check.keys + " are evicted";
}

std::string of_no_stale_pool(const Check& check) {
  return "no " + check.keys + " is evicted on a score that its renewal had made void";
}

std::string of_loses_nothing(const Check& check) {
  return "each " + check.keys + " that was written stays until it expires";
}

std::string of_resident(const Check& check) {
  return bounds(check, shown_count) + " " + check.keys + " are there at the end" +
         (check.instance.empty() ? "" : " on " + check.instance);
}

std::string of_ttl(const Check& check) {
  return "a new " + check.keys + " lives " + bounds(check, shown_seconds);
}

std::string of_only_on(const Check& check) {
  return check.keys + " only on " + check.instance;
}

std::string of_memory(const Check& check) {
  return "used_memory of " + check.instance + " is " + bounds(check, shown_bytes);
}

std::string of_over_admission(const Check& check) {
  const double most = check.at_most.value_or(check.worst_at_most ? any : 0);
  if (most == 0) return "nobody gets a ticket beyond the limit";
  if (most < any) return "at most " + format_double(most) + " tickets too many";
  return "at most " + format_double(check.worst_at_most.value_or(any)) +
         " tickets too many a client";
}

std::string of_hit_ratio(const Check& check) {
  const std::string least = percent(check.at_least.value_or(0));
  const std::string share =
      check.at_most ? least + " to " + percent(*check.at_most) : least + " or more";
  return "the cache answers " + share + " of its look-ups";
}

std::string of_errors(const Check& check) {
  const double least = check.at_least.value_or(0);
  const double most = check.at_most.value_or(check.at_least ? any : 0);
  const std::string many = most == 0     ? "no"
                           : most == any ? format_double(least) + " or more"
                                         : format_double(least) + " to " + format_double(most);
  return many + " errors" +
         (check.operation ? " of " + std::string{to_string(*check.operation)} : "") +
         (check.saying.empty() ? "" : " that begin with \"" + check.saying + '"');
}

std::string of_recovers_within(const Check& check) {
  const std::string what =
      check.operation ? std::string{to_string(*check.operation)} : "any command";
  return "from " + format_span(check.within) + " after " + format_span(check.after) + " on, " +
         what + " fails no more";
}

std::string of_latency(const Check& check) {
  const bool any_wait = check.longer_than == Span::zero();
  const std::string what =
      any_wait ? " for a reply" : " longer than " + format_span(check.longer_than);
  const double most = check.at_most.value_or(0);
  return most == 0 ? "no request waits" + what
                   : "at most " + format_double(most) + " requests wait" + what;
}

// In the order of CheckKind.
constexpr std::array<std::string (*)(const Check&), check_kind_count> claims{
    of_outlives,       of_order,     of_never_evicted, of_evicted_share,   of_no_stale_pool,
    of_loses_nothing,  of_resident,  of_ttl,           of_only_on,         of_memory,
    of_over_admission, of_hit_ratio, of_errors,        of_recovers_within, of_latency};

}  // namespace

std::string claim_of(const Check& check) {
  return claims[static_cast<std::size_t>(check.kind)](check);
}

}  // namespace outlive::harness
