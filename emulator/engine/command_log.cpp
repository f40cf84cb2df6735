#include "engine/command_log.hpp"

#include <algorithm>

#include "engine/session.hpp"

namespace outlive {
namespace {

// commandlog.h, COMMANDLOG_ENTRY_MAX_ARGC and COMMANDLOG_ENTRY_MAX_STRING.
constexpr std::size_t words_max = 32;
constexpr std::size_t letters_max = 128;

std::string shown(std::string_view word) {
  if (word.size() <= letters_max) return std::string(word);
  return std::string(word.substr(0, letters_max)) + "... (" +
         std::to_string(word.size() - letters_max) + " more bytes)";
}

std::vector<std::string> shown(const CommandLog::Request& request) {
  std::vector<std::string> words;
  const std::vector<std::size_t>& secret = request.client.redacted;
  for (std::size_t i = 0; i < request.words.size(); ++i) {
    if (i == words_max - 1 && request.words.size() > words_max) {
      words.push_back("... (" + std::to_string(request.words.size() - i) + " more arguments)");
      break;
    }
    const bool hidden = std::find(secret.begin(), secret.end(), i) != secret.end();
    words.push_back(hidden ? "(redacted)" : shown(request.words[i]));
  }
  return words;
}

}  // namespace

void CommandLog::offer(const Request& request, const Limits& limits) {
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    const auto [threshold, length_max] = limits[kind];
    if (threshold < 0 || length_max == 0) continue;
    auto& [entries, next_id, kept] = logs_[kind];
    if (request.values[kind] >= threshold) {
      entries.push_front({next_id++, request.unix_seconds, request.values[kind], shown(request),
                          request.client.address, request.client.name});
      ++kept;
    }
    for (; kept > length_max; --kept) entries.pop_back();
  }
}

}  // namespace outlive
