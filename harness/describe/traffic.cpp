#include <array>

#include "base/number.hpp"
#include "describe/passage.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

using namespace words;

// In the order of TrafficKind.
constexpr std::array<std::string_view, 5> ways{
    "Each request takes its tickets and does not look into the cache.",
    "Each request looks for its answer in the cache and, after a miss, stores it; it takes no "
    "ticket.",
    "Each request looks for its answer in the cache; a hit takes no ticket, a miss takes its "
    "tickets and stores the answer.",
    "Each is one of these commands, by their weights:", "Each is a command as it was recorded."};

std::string when(const Traffic& traffic) {
  const bool late = traffic.from > Span::zero();
  std::string text = late ? "from " + format_span(traffic.from) + " on" : "from the start";
  text += traffic.until ? " until " + format_span(*traffic.until) : late ? "" : " to the end";
  return text;
}

bool same(const Rate& one, const Rate& other) {
  return one.count == other.count && one.per == other.per;
}

// One stretch: "5 a second for 10 min".
std::string stretch(const Phase& phase) {
  const bool ramp = !same(phase.first, phase.last);
  const std::string much =
      ramp ? "evenly from " + rate(phase.first) + " to " + rate(phase.last) : rate(phase.first);
  if (phase.lasting == Span::zero()) return much + " until the end";
  return much + (ramp ? " within " : " for ") + format_span(phase.lasting);
}

std::string by_day(const Traffic& traffic) {
  std::vector<std::string> hours;
  Span at = *traffic.day_begins;
  for (const Phase& phase : traffic.phases) {
    const bool ramp = !same(phase.first, phase.last);
    hours.push_back("from " + time_of_day(at) + " UTC on " +
                    (ramp ? stretch(phase) : rate(phase.first)));
    at = (at + phase.lasting) % Span{std::chrono::hours{24}};
  }
  return "Their number hangs on the time of day: " + listed(hours) + ".";
}

std::string by_phases(const Traffic& traffic) {
  std::vector<std::string> stretches;
  for (const Phase& phase : traffic.phases) stretches.push_back(stretch(phase));
  return "There come " + listed(stretches, "then") +
         (traffic.repeats ? ", and so over again." : ".");
}

std::string how_many(const Traffic& traffic) {
  if (traffic.day_begins) return by_day(traffic);
  return by_phases(traffic);
}

std::string who_is_next(const Popularity& popularity, std::string_view whom) {
  const std::string hot = popularity.hot == 1 ? std::string{"one of them has "}
                                              : format_count(popularity.hot) + " of them have ";
  switch (popularity.shape) {
    case Popularity::Shape::uniform:
      return "each as likely " + std::string{whom} + " as any other";
    case Popularity::Shape::zipf:
      return "of which some are far more popular than others (Zipf, exponent " +
             format_double(popularity.exponent) + ")";
    case Popularity::Shape::once:
      return "each of them once, in order";
    case Popularity::Shape::hot:
      return "of which " + hot + format_double(popularity.share * 100) + " % of the requests" +
             (popularity.moves.count > 0 ? ", which are others with time: " +
                                               words::rate(popularity.moves) + " change places"
                                         : "");
  }
  return {};
}

std::string turnover(const Rate& rate) {
  return "There are as many throughout, but " + words::rate(rate) +
         " leave for good and new ones take their places.";
}

void add_users(const Traffic& traffic, Sentences& told) {
  const std::string names =
      traffic.user_prefix == "u" ? "" : ", called " + traffic.user_prefix + "0 and so on";
  told.push_back("Behind them are " + format_count(traffic.users) +
                 (traffic.users == 1 ? " user" : " users") + names + ", " +
                 who_is_next(traffic.user_popularity, "to come next") + ".");
  if (traffic.user_turnover.count > 0) told.push_back(turnover(traffic.user_turnover));
}

constexpr std::pair<std::string_view, std::string_view> resources[] = {
    {"model_inference", "tickets for a model's answer"},
    {"token", "tickets for tokens"},
    {"cost", "tickets for costs"}};

std::string_view tickets_of(std::string_view resource) {
  for (const auto& [name, tickets] : resources) {
    if (name == resource) return tickets;
  }
  return resource;
}

std::string sentence_of(const Limit& limit) {
  const bool each = limit.scope == Limit::Scope::each;
  const auto number = [](std::int64_t count) {
    return format_count(static_cast<std::uint64_t>(count));
  };
  std::string text = each ? "Each user has " : "All users together have ";
  text += "a bucket of " + number(limit.capacity) + " " + std::string{tickets_of(limit.resource)} +
          ", and " + (limit.refill == limit.capacity ? "as many" : number(limit.refill)) +
          " come back " + per(limit.window);
  if (limit.tickets != 1) text += "; a request takes " + number(limit.tickets);
  return text + ".";
}

void add_prompts(const Traffic& traffic, Sentences& told) {
  const std::string set =
      traffic.prompt_set == "prompts" ? "" : " of the set " + in_quotes(traffic.prompt_set);
  told.push_back("They ask " + format_count(traffic.prompts) +
                 (traffic.prompts == 1 ? " prompt" : " different prompts") + set + ", " +
                 who_is_next(traffic.prompt_popularity, "to be asked next") + ".");
  if (traffic.prompt_turnover.count > 0) told.push_back(turnover(traffic.prompt_turnover));
}

std::string sentence_of(const Sizes& sizes) {
  switch (sizes.shape) {
    case Sizes::Shape::fixed:
      return "An answer is " + bytes(sizes.least) + " long.";
    case Sizes::Shape::uniform:
      return "An answer is from " + format_count(sizes.least) + " to " + bytes(sizes.most) +
             " long, each length as likely.";
    case Sizes::Shape::lognormal:
      return "Half of the answers are shorter than " + bytes(sizes.median) +
             ", some are far longer (log-normal, sigma " + format_double(sizes.sigma) +
             ", at most " + bytes(sizes.most) + ").";
    case Sizes::Shape::histogram:
      return "Answers are as long as " + sizes.file + " has counted them.";
  }
  return {};
}

void add_cache(const Traffic& traffic, Sentences& told) {
  told.push_back(sentence_of(traffic.sizes));
  told.push_back("An answer stays in the cache for " + format_span(traffic.ttl) + ".");
  if (!traffic.max_age) return;
  told.push_back("One that is older than " + format_span(*traffic.max_age) +
                 " by the gateway's clock counts as a miss.");
}

}  // namespace

Sentences sentences_of(const Traffic& traffic) {
  const std::string arrivals =
      traffic.arrivals == Arrivals::poisson ? "at random moments" : "evenly spaced";
  Sentences told;
  if (traffic.phases.empty()) {
    const auto count = static_cast<std::uint64_t>(traffic.rate.count);
    told.push_back(in_quotes(traffic.name) + ": " + format_count(count) +
                   (count == 1 ? " request " : " requests ") + per(traffic.rate.per) + ", " +
                   arrivals + ", " + when(traffic) + ".");
  } else {
    told.push_back(in_quotes(traffic.name) + ": requests " + arrivals + ", " + when(traffic) + ".");
    told.push_back(how_many(traffic));
  }
  if (traffic.gateway != "gateway") {
    told.push_back("They come through the gateway " + in_quotes(traffic.gateway) + ".");
  }
  told.emplace_back(ways[static_cast<std::size_t>(traffic.kind)]);
  for (const CommandTemplate& command : traffic.commands) {
    told.push_back(command.text +
                   (command.weight == 1 ? "" : ", weight " + format_double(command.weight)) + ".");
  }
  if (!traffic.instance.empty())
    told.push_back("They are said to " + in_quotes(traffic.instance) + ".");
  if (traffic.takes_tickets()) {
    add_users(traffic, told);
    for (const Limit& limit : traffic.limits) told.push_back(sentence_of(limit));
  }
  if (traffic.uses_cache()) {
    add_prompts(traffic, told);
    add_cache(traffic, told);
  }
  return told;
}

}  // namespace outlive::harness
