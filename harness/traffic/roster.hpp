// The names of all keys that a scenario's traffic can touch, made once: buckets of the rate limits
// first, then cache entries, then what commands name. On the way of a request a key is a number.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/hash.hpp"
#include "base/prefetch.hpp"
#include "scenario/key_prefixes.hpp"
#include "scenario/model.hpp"

namespace outlive::harness {

using KeyId = std::uint32_t;

class Roster {
 public:
  explicit Roster(const Scenario& scenario);
  Roster(const Roster&) = delete;  // keys of commands lead into it
  Roster& operator=(const Roster&) = delete;

  KeyId bucket(std::size_t traffic, std::size_t limit, std::uint32_t user) const {
    const Family& family = blocks_[traffic].buckets[limit];
    return family.first + (family.shared ? 0 : user);
  }
  KeyId entry(std::size_t traffic, std::uint32_t prompt) const {
    return blocks_[traffic].entries.first + prompt;
  }

  // Of a request of kind commands: the key that the so many-th word with a key names.
  KeyId command_key(std::size_t traffic, std::size_t command, std::size_t use,
                    std::uint32_t number) const {
    const CommandKey& key = blocks_[traffic].commands[command][use];
    return (
        *key.family)[key.added < 0 ? 0
                                   : (number + static_cast<std::uint64_t>(key.added)) % key.count];
  }
  // Of a transcript: one of its keys.
  KeyId transcript_key(std::size_t traffic, std::uint32_t key) const {
    return blocks_[traffic].recorded[key];
  }

  std::string_view name(KeyId key) const { return names_[key]; }
  // Brings a name, or where it stands, into the processor's cache.
  void prefetch_name(KeyId key) const {
    outlive::prefetch(names_[key].data(), names_[key].size());
  }
  void prefetch(KeyId key) const { outlive::prefetch(&names_[key]); }
  // The number of a key by its name; none for keys that are not the traffic's. It goes by the
  // name's 64-bit hash alone: the name itself would have to come from memory, and of ten million
  // keys two have the same hash in one scenario of 400,000.
  std::optional<KeyId> find(std::string_view name) const { return find(hash(name)); }
  // The same in two steps, between which the place may be fetched.
  static std::uint64_t hash(std::string_view name) { return hash_bytes(name, 0); }
  void prefetch_find(std::uint64_t hash) const { outlive::prefetch(&table_[hash & mask()]); }
  std::optional<KeyId> find(std::uint64_t hash) const {
    for (std::uint64_t at = hash & mask();; at = (at + 1) & mask()) {
      const Slot& slot = table_[at];
      if (slot.key == no_key) return std::nullopt;
      if (slot.hash == hash) return slot.key;
    }
  }

  std::size_t size() const { return names_.size(); }
  std::size_t bucket_count() const { return bucket_count_; }
  bool is_bucket(KeyId key) const { return key < bucket_count_; }
  // The database of a key that commands named, where that was first; none for the gateway's.
  std::optional<int> database(KeyId key) const {
    if (key < gateway_count_) return std::nullopt;
    return databases_[key - gateway_count_];
  }

 private:
  static constexpr KeyId no_key = UINT32_MAX;

  struct Slot {
    std::uint64_t hash = 0;
    KeyId key = no_key;
  };
  // Keys of one kind, numbered in a row.
  struct Family {
    KeyId first = 0;
    bool shared = false;  // one bucket for all users
  };
  // Keys of one pattern, like session:{key}, by number. They may lie anywhere: others may have the
  // same names.
  using CommandFamily = std::vector<KeyId>;
  struct CommandKey {
    const CommandFamily* family = nullptr;
    std::int64_t added = -1;  // to the request's number; -1: there is but one
    std::uint64_t count = 1;  // numbers go round
  };
  struct Block {
    std::vector<Family> buckets;  // a limit each
    Family entries;
    std::vector<std::vector<CommandKey>> commands;  // by command and key in it
    std::vector<KeyId> recorded;                    // a transcript's keys
  };

  void add_buckets(const Scenario& scenario);
  void add_entries(const Scenario& scenario);
  void add_commands(const Scenario& scenario);
  void add_transcripts(const Scenario& scenario);
  void add(std::string_view name);
  KeyId find_or_add(std::string_view name, int database);
  void index();
  std::uint64_t mask() const { return table_.size() - 1; }
  void put_into_table(KeyId key);

  std::vector<Block> blocks_;
  std::deque<std::string> text_;  // names lie in large pieces, which never move
  std::vector<std::string_view> names_;
  std::size_t bucket_count_ = 0;
  std::size_t gateway_count_ = 0;
  std::vector<int> databases_;  // of keys that commands name
  std::map<std::tuple<std::string, std::string, bool>, CommandFamily> families_;
  std::vector<Slot> table_;  // open addressing by hash; its size is a power of two
};

}  // namespace outlive::harness
