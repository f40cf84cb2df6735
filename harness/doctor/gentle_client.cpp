#include "doctor/gentle_client.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/text.hpp"

namespace outlive::harness {
namespace {

// valkey.io/commands: none of them is in @write, and none counts as a use of the key it names.
constexpr std::string_view gentle[] = {
    "INFO", "CONFIG GET", "TIME",         "SELECT",          "SCAN",
    "PTTL", "TYPE",       "MEMORY USAGE", "OBJECT IDLETIME", "OBJECT FREQ"};

}  // namespace

bool is_gentle(const std::vector<std::string>& words) {
  return std::ranges::any_of(gentle, [&words](std::string_view name) {
    const std::size_t blank = name.find(' ');
    if (words.empty() || words[0] != name.substr(0, blank)) return false;
    return blank == name.npos || (words.size() > 1 && words[1] == name.substr(blank + 1));
  });
}

GentleClient::GentleClient(std::unique_ptr<Connection> connection, double commands_per_second,
                           Stopwatch stopwatch)
    : connection_{std::move(connection)},
      us_each_{1e6 / commands_per_second},
      stopwatch_{std::move(stopwatch)},
      free_at_us_{static_cast<double>(stopwatch_.now_us())} {}

OwnedReply GentleClient::ask(const Words& words) {
  return std::move(ask_all({words}).front());
}

std::string GentleClient::select(int database) {
  if (database == database_) return {};
  const OwnedReply reply = ask({"SELECT", std::to_string(database)});
  if (refused(reply)) return std::string{text_of(*reply)};
  database_ = database;
  return {};
}

void GentleClient::wait_until(std::int64_t at_us) {
  const std::int64_t now = stopwatch_.now_us();
  if (at_us > now) stopwatch_.sleep(Span{at_us - now});
}

std::vector<OwnedReply> GentleClient::ask_all(const std::vector<Words>& commands) {
  wait_until(static_cast<std::int64_t>(free_at_us_));
  const auto now = static_cast<double>(stopwatch_.now_us());
  free_at_us_ = std::max(free_at_us_, now) + us_each_ * static_cast<double>(commands.size());
  std::vector<std::string_view> views;
  for (const Words& words : commands) {
    ensure(is_gentle(words), "the doctor sends no command that could change anything");
    views.assign(words.begin(), words.end());
    connection_->send(views);
  }
  sent_ += commands.size();
  std::vector<OwnedReply> replies;
  replies.reserve(commands.size());
  for (std::size_t i = 0; i < commands.size(); ++i) replies.push_back(connection_->await());
  return replies;
}

}  // namespace outlive::harness
