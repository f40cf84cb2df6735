// Where the keys are among a request's words, from the row's key specifications (db.c of 8.1,
// getKeysFromCommandWithSpecs).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/command.hpp"

namespace outlive {

struct KeyPosition {
  std::size_t index;    // among the words, the command's name being 0
  std::uint32_t flags;  // keyflag bits
};

// Whether the row has keys at all; shard channels, which are specified like keys, are none.
bool has_keys(const Command& command);

// Nothing where the words are wrong: the command itself will say so.
std::vector<KeyPosition> key_positions(const Command& command,
                                       std::span<const std::string_view> words);

//   for_each_key(command, words, [&](std::size_t index, std::uint32_t flags) { … });
template <class Function>
void for_each_key(const Command& command, std::span<const std::string_view> words,
                  Function&& function) {
  for (const KeyPosition& key : key_positions(command, words)) function(key.index, key.flags);
}

// First key, last key and step as COMMAND INFO tells them to old clients. `movable`: these three do
// not find all keys.
struct KeyRange {
  int first = 0, last = 0, step = 0;
  bool movable = false;
};
KeyRange key_range(const Command& command);

}  // namespace outlive
