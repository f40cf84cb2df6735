#include <algorithm>
#include <array>
#include <cmath>

#include "base/number.hpp"
#include "describe/passage.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

using namespace words;

// Of a gateway's traffic, in the order of TrafficKind.
constexpr std::array<std::string_view, 3> ways{
    "Each request takes its tickets and does not look into the cache.",
    "Each request looks for its answer in the cache and, after a miss, stores it; it takes no "
    "ticket.",
    "Each request looks for its answer in the cache; a hit takes no ticket, a miss takes its "
    "tickets and stores the answer."};

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
  std::string told;
  for (const std::string& one : stretches) told += (told.empty() ? "" : ", then ") + one;
  return "There come " + told + (traffic.repeats ? ", and so over again." : ".");
}

std::string how_many(const Traffic& traffic) {
  if (traffic.day_begins) return by_day(traffic);
  return by_phases(traffic);
}

std::string who_is_next(const Popularity& popularity, std::string_view whom) {
  const std::string hot =
      popularity.hot == 1 ? std::string{"one has "} : format_count(popularity.hot) + " have ";
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

// `one` is "an answer", `all` "the answers".
std::string how_long(const Sizes& sizes, const std::string& one, const std::string& all) {
  switch (sizes.shape) {
    case Sizes::Shape::fixed:
      return one + " is " + bytes(sizes.least) + " long";
    case Sizes::Shape::uniform:
      return one + " is from " + format_count(sizes.least) + " to " + bytes(sizes.most) +
             " long, each length as likely";
    case Sizes::Shape::lognormal:
      return "half of " + all + " are shorter than " + bytes(sizes.median) +
             ", some are far longer (log-normal, sigma " + format_double(sizes.sigma) +
             ", at most " + bytes(sizes.most) + ")";
    case Sizes::Shape::histogram:
      return all + " are as long as " + sizes.file + " has counted them";
  }
  return {};
}

void add_cache(const Traffic& traffic, Sentences& told) {
  told.push_back(sentence(how_long(traffic.sizes, "an answer", "the answers")));
  told.push_back("An answer stays in the cache for " + format_span(traffic.ttl) + ".");
  if (!traffic.max_age) return;
  told.push_back("One that is older than " + format_span(*traffic.max_age) +
                 " by the gateway's clock counts as a miss.");
}

std::string to_whom(const Traffic& traffic) {
  const std::string whom = "They are said to " + in_quotes(traffic.instance);
  if (traffic.database.value_or(0) != 0) {
    return whom + ", in database " + std::to_string(*traffic.database) + ".";
  }
  const bool as_recorded = traffic.transcript && !traffic.database;
  return whom + (as_recorded ? ", in the databases in which they were recorded." : ".");
}

std::string all_in_quotes(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(in_quotes(text));
  return listed(quoted);
}

// How often each of several is said, in percent.
std::string mix_of(const std::vector<CommandTemplate>& all) {
  std::vector<CommandTemplate> commands;
  std::ranges::copy_if(all, std::back_inserter(commands),
                       [](const CommandTemplate& command) { return command.weight > 0; });
  if (commands.size() == 1) return "Each is " + in_quotes(commands.front().text) + ".";
  double sum = 0;
  for (const CommandTemplate& command : commands) sum += command.weight;
  std::vector<std::string> parts;
  for (const CommandTemplate& command : commands) {
    const double tenths = std::round(command.weight / sum * 1'000);
    parts.push_back(format_double(tenths / 10) + " % are " + in_quotes(command.text));
  }
  return "Of them " + listed(parts) + ".";
}

void add_following(const CommandTemplate& command, Sentences& told) {
  const auto add = [&](const CommandTemplate::Following& following, std::string_view when) {
    if (following.texts.empty()) return;
    told.push_back("Where " + in_quotes(command.text) + std::string{when} +
                   all_in_quotes(following.texts) + " at once.");
  };
  add(command.then, " gets a reply, it is followed by ");
  add(command.otherwise, " gets nil, it is followed by ");
}

bool has(const Traffic& traffic, CommandTemplate::Piece::Kind kind) {
  return std::ranges::any_of(traffic.commands, [kind](const CommandTemplate& command) {
    return std::ranges::any_of(command.words, [kind](const CommandTemplate::Word& word) {
      return std::ranges::find(word, kind, &CommandTemplate::Piece::kind) != word.end();
    });
  });
}

void add_mix(const Traffic& traffic, Sentences& told) {
  using Kind = CommandTemplate::Piece::Kind;
  told.push_back(mix_of(traffic.commands));
  for (const CommandTemplate& command : traffic.commands) add_following(command, told);
  if (has(traffic, Kind::key)) {
    told.push_back(traffic.keys == 1
                       ? std::string{"{key} is always 0."}
                       : "{key} is one of " + format_count(traffic.keys) + " numbers, " +
                             who_is_next(traffic.key_popularity, "to come next") + ".");
  }
  if (traffic.key_turnover.count > 0) told.push_back(turnover(traffic.key_turnover));
  if (has(traffic, Kind::value)) {
    told.push_back(sentence(how_long(traffic.sizes, "{value}", "the values")));
  }
}

std::string recording(const Traffic& traffic) {
  const Transcript& transcript = *traffic.transcript;
  const auto lasting = std::chrono::duration_cast<Span>(std::chrono::duration<double, Span::period>{
      static_cast<double>(transcript.lines.back().at.count()) / traffic.speed});
  return in_quotes(traffic.name) + ": " + format_count(transcript.lines.size()) + " commands as " +
         traffic.transcript_file + " has recorded them, within " + format_span(lasting) +
         (traffic.speed == 1 ? "" : " (" + format_double(traffic.speed) + " times as fast)") +
         ", " + when(traffic) + ".";
}

void add_pace(const Traffic& traffic, Sentences& told) {
  const std::string arrivals =
      traffic.arrivals == Arrivals::poisson ? "at random moments" : "evenly spaced";
  const std::string what = traffic.kind == TrafficKind::commands ? "command" : "request";
  if (traffic.phases.empty()) {
    const auto count = static_cast<std::uint64_t>(traffic.rate.count);
    told.push_back(in_quotes(traffic.name) + ": " + format_count(count) + " " + what +
                   (count == 1 ? " " : "s ") + per(traffic.rate.per) + ", " + arrivals + ", " +
                   when(traffic) + ".");
    return;
  }
  told.push_back(in_quotes(traffic.name) + ": " + what + "s " + arrivals + ", " + when(traffic) +
                 ".");
  told.push_back(how_many(traffic));
}

}  // namespace

Sentences sentences_of(const Traffic& traffic) {
  if (traffic.transcript) return {recording(traffic), to_whom(traffic)};
  Sentences told;
  add_pace(traffic, told);
  if (traffic.kind == TrafficKind::commands) {
    told.push_back(to_whom(traffic));
    add_mix(traffic, told);
    return told;
  }
  if (traffic.gateway != "gateway") {
    told.push_back("They come through the gateway " + in_quotes(traffic.gateway) + ".");
  }
  told.emplace_back(ways[static_cast<std::size_t>(traffic.kind)]);
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
