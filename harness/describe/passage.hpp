// A scenario in words, before they are laid out: passages of things, things of sentences. What
// differs between the plays of one file can then be told sentence by sentence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/model.hpp"

namespace outlive::harness {

using Sentences = std::vector<std::string>;

struct Passage {
  std::string_view heading;
  std::vector<Sentences> things;  // an instance, a block of traffic, an event, a check
};

// The passages of one play, in the order in which they are told; none is empty.
std::vector<Passage> passages_of(const Scenario& scenario);

// A table a file: what is said of one instance, one block of traffic, one event.
Sentences sentences_of(const Instance& instance);
Sentences sentences_of(const Traffic& traffic);
Sentences sentences_of(const Event& event);

// Words that they share.
namespace words {

std::string in_quotes(std::string_view text);
// "a", "a and b", "a, b and c"; or with "or" for "and".
std::string listed(const std::vector<std::string>& words, std::string_view last = "and");
std::string instant(Time at);           // "2026-01-01 00:00 UTC"
std::string time_of_day(Span at);       // "08:00"
std::string per(Span period);           // "a second", "every 10 min"
std::string rate(const Rate& rate);     // "50 a second", "none"
std::string bytes(std::uint64_t size);  // "4,096 bytes"
// With a capital, where it begins with a plain word and not with a pattern of keys.
std::string sentence(std::string text);

}  // namespace words
}  // namespace outlive::harness
