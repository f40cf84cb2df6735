// LATENCY: slow events, and how the times of each command are spread (latency.c of 8.1).
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "base/c_text.hpp"
#include "commands/families.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"

namespace outlive {
namespace {

using Event = LatencyMonitor::Event;

// ---- histograms

class Histograms {
 public:
  explicit Histograms(Call& call) : call_(call), start_(call.reply.defer()) {}
  ~Histograms() { call_.reply.close_map(start_, count_); }
  Histograms(const Histograms&) = delete;
  Histograms& operator=(const Histograms&) = delete;

  // A command's histogram and those of its subcommands, as far as there are any.
  void add(const Command& command) {
    add_one(command);
    for (const Command& subcommand : command.subcommands) add_one(subcommand);
  }

 private:
  void add_one(const Command& command) {
    const CommandStats& counted = call_.engine.stats.of(call_.engine.table().index_of(command));
    if (!counted.histogram) return;
    ++count_;
    ReplyWriter& reply = call_.reply;
    const auto steps = counted.histogram->cumulative();
    reply.bulk(command.full_name());
    reply.map(2);
    reply.bulk("calls");
    reply.integer(static_cast<std::int64_t>(counted.histogram->calls()));
    reply.bulk("histogram_usec");
    reply.map(steps.size());
    for (const auto& step : steps) {
      reply.integer(step.microseconds);
      reply.integer(static_cast<std::int64_t>(step.calls));
    }
  }

  Call& call_;
  std::size_t start_;
  std::size_t count_ = 0;
};

// "get", or "client|list" for a subcommand.
const Command* find_command(const CommandTable& table, std::string_view name) {
  const std::size_t bar = name.find('|');
  const std::string_view subname = bar == std::string_view::npos ? "" : name.substr(bar + 1);
  for (const Command* command : table.rows()) {
    if (!equal_ignoring_case(command->name, name.substr(0, bar))) continue;
    if (bar == std::string_view::npos) return command;
    for (const Command& subcommand : command->subcommands) {
      if (equal_ignoring_case(subcommand.name, subname)) return &subcommand;
    }
  }
  return nullptr;
}

void histogram(Call& call) {
  Histograms histograms(call);
  const CommandTable& table = call.engine.table();
  if (call.args.empty()) {
    for (const Command* command : table.rows()) histograms.add(*command);
  }
  for (const std::string_view name : call.args.rest()) {
    if (const Command* command = find_command(table, name)) histograms.add(*command);
  }
}

// ---- events

void history(Call& call) {
  const auto& events = call.engine.latency.events();
  const auto found = events.find(call.args.next());
  if (found == events.end()) return call.reply.empty_array();
  call.reply.array(found->second.samples.size());
  for (const auto& sample : found->second.samples) {
    call.reply.array(2);
    call.reply.integer(sample.unix_seconds);
    call.reply.integer(sample.milliseconds);
  }
}

void latest(Call& call) {
  const auto& events = call.engine.latency.events();
  call.reply.array(events.size());
  for (const auto& [name, event] : events) {
    call.reply.array(6);
    call.reply.bulk(name);
    call.reply.integer(event.samples.back().unix_seconds);
    call.reply.integer(event.samples.back().milliseconds);
    call.reply.integer(event.milliseconds_max);
    call.reply.integer(event.milliseconds_sum);
    call.reply.integer(event.count);
  }
}

void reset(Call& call) {
  LatencyMonitor& monitor = call.engine.latency;
  if (call.args.empty()) return call.reply.integer(monitor.reset());
  std::int64_t count = 0;
  for (const std::string_view name : call.args.rest()) count += monitor.reset(name);
  call.reply.integer(count);
}

// How long ago, in the largest unit that fits.
std::string age(std::int64_t seconds) {
  if (seconds < 60) return std::to_string(seconds) + "s";
  if (seconds < 3600) return std::to_string(seconds / 60) + "m";
  if (seconds < 86'400) return std::to_string(seconds / 3600) + "h";
  return std::to_string(seconds / 86'400) + "d";
}

// A column a sample, four letters high and filled below, its age written downward underneath.
class Graph {
 public:
  static constexpr std::size_t columns = 80;

  void add(std::int64_t value, std::string label) {
    low_ = values_.empty() ? value : std::min(low_, value);
    high_ = values_.empty() ? value : std::max(high_, value);
    values_.push_back(value);
    labels_.push_back(std::move(label));
  }
  std::int64_t low() const { return low_; }
  std::int64_t high() const { return high_; }

  std::string draw() const {
    std::string text;
    for (std::size_t first = 0; first < values_.size(); first += columns) {
      if (first) text += "\n";
      draw_part(first, std::min(first + columns, values_.size()), text);
    }
    return text;
  }

 private:
  static constexpr std::string_view letters = "_o#";
  static constexpr int rows = 4;

  char letter(std::int64_t value, int row) const {
    const int steps = static_cast<int>(letters.size()) * rows;
    const std::int64_t range = std::max<std::int64_t>(high_ - low_, 1);
    const int step =
        static_cast<int>(std::min<std::int64_t>((value - low_) * steps / range, steps - 1));
    const int above = step - (rows - row - 1) * static_cast<int>(letters.size());
    if (above < 0) return ' ';
    return above < static_cast<int>(letters.size()) ? letters[static_cast<std::size_t>(above)]
                                                    : '|';
  }

  void draw_part(std::size_t first, std::size_t last, std::string& text) const {
    for (int row = 0; row < rows; ++row) {
      for (std::size_t i = first; i < last; ++i) text += letter(values_[i], row);
      text += "\n";
    }
    text.append(last - first, ' ').append("\n");
    for (std::size_t row = 0, more = 1; more; ++row) {
      std::string line;
      more = 0;
      for (std::size_t i = first; i < last; ++i) {
        line += row < labels_[i].size() ? labels_[i][row] : ' ';
        more += row < labels_[i].size();
      }
      if (more) text += line + "\n";
    }
  }

  std::vector<std::int64_t> values_;
  std::vector<std::string> labels_;
  std::int64_t low_ = 0;
  std::int64_t high_ = 0;
};

void graph(Call& call) {
  const std::string_view name = call.args.next();
  const auto& events = call.engine.latency.events();
  const auto found = events.find(name);
  if (found == events.end()) {
    return call.reply.error("ERR No samples available for event '" + std::string(c_text(name)) +
                            "'");
  }
  Graph drawing;
  for (const auto& sample : found->second.samples) {
    drawing.add(sample.milliseconds, age(unix_seconds(call.engine.now()) - sample.unix_seconds));
  }
  const std::string text = std::string(name) + " - high " + std::to_string(drawing.high()) +
                           " ms, low " + std::to_string(drawing.low()) + " ms (all time high " +
                           std::to_string(found->second.milliseconds_max) + " ms)\n" +
                           std::string(Graph::columns, '-') + "\n" + drawing.draw();
  call.reply.verbatim("txt", text);
}

// ---- the doctor

std::string describe(std::size_t number, std::string_view name, const Event& event,
                     std::int64_t now_seconds) {
  const auto count = static_cast<double>(event.samples.size());
  double average = 0;
  for (const auto& sample : event.samples) average += static_cast<double>(sample.milliseconds);
  average = std::floor(average / count);
  double deviation = 0;
  for (const auto& sample : event.samples) {
    deviation += std::abs(average - static_cast<double>(sample.milliseconds));
  }
  const double period =
      static_cast<double>(now_seconds - event.samples.front().unix_seconds) / count;
  char text[256];
  std::snprintf(text, sizeof text,
                "%zu. %.*s: %zu latency spikes (average %.0fms, mean deviation %.0fms, period %.2f "
                "sec). Worst all time event %lldms.\n",
                number, static_cast<int>(name.size()), name.data(), event.samples.size(), average,
                std::floor(deviation / count), period,
                static_cast<long long>(event.milliseconds_max));
  return text;
}

// The spikes in Valkey's words; the advice in ours, for only two kinds of events can happen here.
void doctor(Call& call) {
  const Engine& engine = call.engine;
  const std::string here =
      std::string(engine.ledger.profile().is_redis() ? "Redis" : "Valkey") + " instance.";
  if (engine.options.latency_monitor_threshold_ms == 0) {
    return call.reply.verbatim(
        "txt",
        "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this " + here +
        " You may use \"CONFIG SET latency-monitor-threshold <milliseconds>.\" in order to enable "
        "it.\n");
  }
  const auto& events = engine.latency.events();
  if (events.empty()) {
    return call.reply.verbatim("txt", "No event has taken longer than the threshold so far.\n");
  }
  std::string text = "Latency spikes are observed in this " + here + "\n\n";
  std::size_t number = 0;
  for (const auto& [name, event] : events) {
    text += describe(++number, name, event, unix_seconds(engine.now()));
  }
  text +=
      "\nSLOWLOG GET tells which commands were slow; on a machine with other work to do, fast "
      "commands are slow too.\n";
  call.reply.verbatim("txt", text);
}

void help(Call& call) {
  static constexpr HelpLine lines[] = {
      "DOCTOR",
      "    Return a human readable latency analysis report.",
      "GRAPH <event>",
      "    Return an ASCII latency graph for the <event> class.",
      "HISTORY <event>",
      "    Return time-latency samples for the <event> class.",
      "LATEST",
      "    Return the latest latency samples for all events.",
      "RESET [<event> ...]",
      "    Reset latency data of one or more <event> classes.",
      "    (default: reset all data for all event classes)",
      "HISTOGRAM [COMMAND ...]",
      "    Return a cumulative distribution of latencies in the format of a histogram for the "
      "specified command names.",
      "    If no commands are specified then all histograms are replied."};
  reply_help(call, lines);
}

constexpr Command subcommands[] = {
    {.name = "doctor",
     .arity = 2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = doctor,
     .docs = {.summary = "Returns a human-readable latency analysis report.",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(1)",
              .tips = "nondeterministic_output request_policy:all_nodes response_policy:special"},
     .container = "latency"},
    {.name = "graph",
     .arity = 3,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = graph,
     .docs = {.summary = "Returns a latency graph for an event.",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(1)",
              .tips = "nondeterministic_output request_policy:all_nodes response_policy:special"},
     .container = "latency"},
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .run = help,
     .docs = {.summary = "Returns helpful text about the different subcommands.",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(1)"},
     .container = "latency"},
    {.name = "histogram",
     .arity = -2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = histogram,
     .docs =
         {.summary =
              "Returns the cumulative distribution of latencies of a subset or all commands.",
          .since = "7.0.0",
          .group = "server",
          .complexity =
              "O(N) where N is the number of commands with latency information being retrieved.",
          .tips = "nondeterministic_output request_policy:all_nodes response_policy:special"},
     .container = "latency"},
    {.name = "history",
     .arity = 3,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = history,
     .docs = {.summary = "Returns timestamp-latency samples for an event.",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(1)",
              .tips = "nondeterministic_output request_policy:all_nodes response_policy:special"},
     .container = "latency"},
    {.name = "latest",
     .arity = 2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = latest,
     .docs = {.summary = "Returns the latest latency samples for all events.",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(1)",
              .tips = "nondeterministic_output request_policy:all_nodes response_policy:special"},
     .container = "latency"},
    {.name = "reset",
     .arity = -2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = reset,
     .docs = {.summary = "Resets the latency data for one or more events.",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(1)",
              .tips = "request_policy:all_nodes response_policy:agg_sum"},
     .container = "latency",
     .before_8_0 = {.tips = "request_policy:all_nodes response_policy:all_succeeded"}},
};

constexpr Command rows[] = {
    {.name = "latency",
     .arity = -2,
     .subcommands = subcommands,
     .docs = {.summary = "A container for latency diagnostics commands.",
              .since = "2.8.13",
              .group = "server",
              .complexity = "Depends on subcommand."}},
};

}  // namespace

CommandRows latency_commands() {
  return rows;
}

}  // namespace outlive
