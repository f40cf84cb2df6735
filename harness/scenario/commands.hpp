// Commands of traffic that is not a gateway's: templates that are filled in request by request, and
// what was once recorded. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/time.hpp"

namespace outlive::harness {

// What a command that succeeded has done to a key that it names.
enum class KeyEffect : std::uint8_t {
  reads,
  makes,    // it is there now
  changes,  // it may have come, gone or got another expiry
};

// "SET session:{key} {value} EX 60", read.
struct CommandTemplate {
  struct Piece {
    enum class Kind : std::uint8_t {
      text,
      key,    // the number of the key that was drawn, and so many more
      value,  // text of a drawn size
      whole,  // a drawn number, from least to most
      now,    // the second, by the scenario's clock, and so many more
    };
    Kind kind = Kind::text;
    std::string text = {};
    std::int64_t least = 0;  // key, now: how many more
    std::int64_t most = 0;
  };
  using Word = std::vector<Piece>;

  // A key among the words: text, with at most one number in it.
  struct Key {
    std::uint32_t word = 0;
    KeyEffect effect = KeyEffect::reads;
  };

  // Commands that are said after it, in order and with the same {key}: `texts.size()` of the
  // traffic's, from `first` on.
  struct Following {
    std::vector<std::string> texts = {};
    std::uint32_t first = 0;
  };

  std::string text;
  double weight = 1;    // 0: it only follows others; such ones stand last in the list
  Following then;       // where the reply was neither nil nor an error
  Following otherwise;  // where it was nil
  std::vector<Word> words;
  std::vector<Key> keys;
  bool touches_all = false;  // like FLUSHALL
  bool is_script = false;    // EVAL, FCALL
};

// What MONITOR showed, line by line, without what was about connections alone.
struct Transcript {
  struct Use {
    std::uint32_t key = 0;
    KeyEffect effect = KeyEffect::reads;
  };
  struct Line {
    Span at{};  // since the first line
    int database = 0;
    bool touches_all = false;
    std::uint32_t first_word = 0, words = 0;
    std::uint32_t first_use = 0, uses = 0;
  };
  struct Key {
    std::string name;
    int database = 0;  // where it was named first
  };

  Time recorded_at{};               // the first line
  std::string text;                 // all words in a row
  std::vector<std::uint64_t> ends;  // of words in it
  std::vector<Line> lines;
  std::vector<Use> uses;
  std::vector<Key> keys;

  std::string_view word(std::size_t place) const {
    const std::uint64_t begin = place == 0 ? 0 : ends[place - 1];
    return std::string_view{text}.substr(begin, ends[place] - begin);
  }
};

}  // namespace outlive::harness
