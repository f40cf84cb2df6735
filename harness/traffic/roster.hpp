// The names of all keys that a scenario's traffic can touch, made once: buckets of the rate limits
// first, then cache entries. On the way of a request a key is a number.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/prefetch.hpp"
#include "scenario/model.hpp"

namespace outlive::harness {

using KeyId = std::uint32_t;

// Both as the gateway writes them (TensorZero 2026.6).
constexpr std::string_view bucket_prefix = "tensorzero_ratelimit:";
constexpr std::string_view cache_prefix = "tensorzero_cache:";

class Roster {
 public:
  explicit Roster(const Scenario& scenario);

  KeyId bucket(std::size_t traffic, std::size_t limit, std::uint32_t user) const {
    const Family& family = blocks_[traffic].buckets[limit];
    return family.first + (family.shared ? 0 : user);
  }
  KeyId entry(std::size_t traffic, std::uint32_t prompt) const {
    return blocks_[traffic].entries.first + prompt;
  }

  std::string_view name(KeyId key) const { return names_[key]; }
  // Brings a name, or where it stands, into the processor's cache.
  void prefetch_name(KeyId key) const { outlive::prefetch(names_[key].data()); }
  void prefetch(KeyId key) const { outlive::prefetch(&names_[key]); }
  // The number of a key by its name; none for keys that are not the traffic's.
  std::optional<KeyId> find(std::string_view name) const;

  std::size_t size() const { return names_.size(); }
  std::size_t bucket_count() const { return bucket_count_; }
  bool is_bucket(KeyId key) const { return key < bucket_count_; }

 private:
  // Keys of one kind, numbered in a row.
  struct Family {
    KeyId first = 0;
    bool shared = false;  // one bucket for all users
  };
  struct Block {
    std::vector<Family> buckets;  // a limit each
    Family entries;
  };

  void add_buckets(const Scenario& scenario);
  void add_entries(const Scenario& scenario);
  void add(std::string_view name);
  void index();

  std::vector<Block> blocks_;
  std::deque<std::string> text_;  // names lie in large pieces, which never move
  std::vector<std::string_view> names_;
  std::size_t bucket_count_ = 0;
  std::vector<KeyId> table_;  // open addressing by hash; its size is a power of two
};

}  // namespace outlive::harness
