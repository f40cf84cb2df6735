// CLIENT TRACKING: who may have cached which keys, and telling them when a key changed (tracking.c
// of 8.1).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/random.hpp"
#include "engine/session.hpp"
#include "memory/ledger.hpp"
#include "memory/radix_tree.hpp"

namespace outlive {

// Whom a change is owed to, 0 for nobody (expiry, eviction): told to clients with NOLOOP.
struct Changer {
  std::uint64_t current = 0;  // the client whose request is being served
  std::uint64_t caller = 0;   // who ran the command: a script's own client within a script
};

class TrackingTable {
 public:
  // `deliver` hands a finished message to a session's outbox; `find` knows the sessions by id.
  using Deliver = std::function<void(Session&, std::string_view bytes)>;
  using Find = std::function<Session*(std::uint64_t id)>;
  TrackingTable(Deliver deliver, Find find, Random random, Ledger& ledger)
      : deliver_(std::move(deliver)), find_(std::move(find)), random_(random), ledger_(ledger) {}

  // Takes over what `wanted` says; its prefixes are added to those the session has.
  void enable(Session& session, const Tracking& wanted);
  void disable(Session& session);
  bool nobody() const { return clients_.empty(); }
  // No change of a key concerns anybody: nobody listens, and no key is remembered either.
  bool idle() const { return nobody() && entries_.empty(); }

  // The session has read this key.
  void remember(const Session& session, std::string_view key);
  // The key changed: those who read it are told at once, those who listen to a prefix of it by
  // broadcast().
  void invalidate(std::string_view key, Changer changer);
  // Everything is gone (FLUSHDB, FLUSHALL).
  void flush();
  // To be called when there is nothing more to do: sends what the listeners to prefixes wait for.
  void broadcast() {
    if (broadcast_due_) send_broadcasts();
  }
  // Forgets random keys, telling their readers, until at most so many are left; only so many at a
  // time. 0: no limit.
  void hold_limit(std::size_t keys_max);

  // Draws anew.
  void reseed(const Random& random) { random_ = random; }

  std::size_t clients() const { return clients_.size(); }
  std::size_t keys() const { return entries_.size(); }
  std::size_t items() const { return items_; }
  std::size_t prefixes() const { return prefixes_.size(); }

 private:
  struct Entry {
    std::string key;
    std::set<std::uint64_t> readers;  // ids; who has left meanwhile is passed over
    RadixTree ids;                    // the same, as Valkey keeps them
  };
  struct Prefix {
    std::map<std::uint64_t, Session*> listeners;
    RadixTree ids;
    std::map<std::string, std::uint64_t, std::less<>> changed;  // since broadcast(): key, by whom
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  // Valkey's trees, made when tracking is first turned on and never freed.
  struct Trees {
    RadixTree keys;
    RadixTree prefixes;
  };
  void make_trees();
  // Puts a key into a tree or takes it out, and tells the ledger.
  void change(RadixTree& tree, bool (RadixTree::*how)(std::string_view), std::string_view key);
  void charge(std::size_t bytes) { ledger_.add(static_cast<std::int64_t>(bytes)); }
  void discharge(std::size_t bytes) { ledger_.add(-static_cast<std::int64_t>(bytes)); }

  void send(Session& session, std::string_view keys);
  void tell_readers(std::string_view key, std::uint64_t current);
  void note_for_listeners(std::string_view key, std::uint64_t caller);
  void send_broadcasts();
  Entry take(std::size_t at);

  Deliver deliver_;
  Find find_;
  Random random_;
  Ledger& ledger_;
  std::map<std::uint64_t, Session*> clients_;  // with tracking on
  // Kept so that one can be drawn; the index is never walked, its order tells nothing.
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> index_;
  std::size_t items_ = 0;
  std::size_t limit_runs_ = 0;  // in a row that did not reach the limit
  std::map<std::string, Prefix, std::less<>> prefixes_;
  std::optional<Trees> trees_;
  std::map<std::uint64_t, RadixTree> own_prefixes_;  // by client
  bool broadcast_due_ = false;
};

}  // namespace outlive
