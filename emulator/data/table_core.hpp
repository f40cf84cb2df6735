// What the two kinds of hash table keep alike: their items' policy, how many items are in each
// half, how far a rehash has come, and what holds it up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "memory/ledger.hpp"

namespace outlive {

template <class Policy>
class TableCore {
 public:
  using Item = typename Policy::Item;

  TableCore(Policy policy, Ledger& ledger) : policy_(std::move(policy)), ledger_(&ledger) {}
  TableCore(const TableCore&) = delete;
  TableCore& operator=(const TableCore&) = delete;

  std::size_t size() const { return used_[0] + used_[1]; }
  bool empty() const { return size() == 0; }
  bool rehashing() const { return rehash_index_ >= 0; }
  std::size_t used(int table) const { return used_[table]; }
  const Policy& policy() const { return policy_; }

 protected:
  ~TableCore() = default;

  std::uint64_t hash_of(Item item) const {
    if constexpr (requires { policy_.hash_of(item); }) {
      return policy_.hash_of(item);
    } else {
      return policy_.hash(policy_.key(item));
    }
  }
  // Charges what is allocated while a rehash is under way, or with -1 gives it back.
  void note(std::int64_t sign) {
    if constexpr (Policy::rehash_note != 0) {
      if (ledger_->profile().kvstore_head == 0) return;  // without a kvstore nothing lists them
      ledger_->add(sign * ledger_->block(Policy::rehash_note));
    }
  }

  Policy policy_;
  Ledger* ledger_;
  std::size_t used_[2] = {0, 0};
  std::ptrdiff_t rehash_index_ = -1;  // -1: no rehash under way
  int pauses_ = 0;                    // above 0 nothing moves: a scan walks the table
};

}  // namespace outlive
