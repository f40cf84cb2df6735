#include "engine/tracking.hpp"

#include <algorithm>
#include <utility>

#include "memory/footprint.hpp"

namespace outlive {
namespace {

// tracking.c, sizeof(bcastState); the name of the channel for clients that redirect.
constexpr std::size_t prefix_struct = 16;
constexpr std::size_t channel_name_size = std::string_view("__redis__:invalidate").size();

// A key of a tree of ids: the number as it lies in memory.
std::string id_bytes(std::uint64_t id) {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(id >> shift));
  return bytes;
}

std::string one_key(std::string_view key) {
  std::string bytes;
  ReplyWriter writer(bytes, Protocol::resp2);
  writer.array(1);
  writer.bulk(key);
  return bytes;
}

}  // namespace

void TrackingTable::make_trees() {
  if (trees_) return;
  const Allocation& allocation = ledger_.allocation();
  trees_ = Trees{RadixTree(allocation, RadixTree::Values::pointers),
                 RadixTree(allocation, RadixTree::Values::pointers)};
  charge(trees_->keys.bytes() + trees_->prefixes.bytes() +
         footprint::argument(allocation, channel_name_size));
}

void TrackingTable::change(RadixTree& tree, bool (RadixTree::*how)(std::string_view),
                           std::string_view key) {
  discharge(tree.bytes());
  (tree.*how)(key);
  charge(tree.bytes());
}

void TrackingTable::enable(Session& session, const Tracking& wanted) {
  make_trees();
  Tracking& tracking = session.tracking;
  auto prefixes = std::move(tracking.prefixes);
  tracking = wanted;
  tracking.on = true;
  if (wanted.broadcast && wanted.prefixes.empty()) tracking.prefixes.insert("");
  const Allocation& allocation = ledger_.allocation();
  for (const std::string& text : tracking.prefixes) {
    const auto [found, is_new] =
        prefixes_.try_emplace(text, Prefix{{}, RadixTree(allocation, RadixTree::Values::none), {}});
    Prefix& prefix = found->second;
    if (is_new) {
      // With a tree for the keys that changed, which is empty between two broadcasts.
      charge(allocation.size(prefix_struct) + 2 * prefix.ids.bytes());
      change(trees_->prefixes, &RadixTree::insert, text);
    }
    if (!prefix.listeners.emplace(session.id, &session).second) continue;
    change(prefix.ids, &RadixTree::insert, id_bytes(session.id));
    const auto [own, first] =
        own_prefixes_.try_emplace(session.id, RadixTree(allocation, RadixTree::Values::none));
    if (first) charge(own->second.bytes());
    change(own->second, &RadixTree::insert, text);
  }
  tracking.prefixes.merge(prefixes);
  clients_.emplace(session.id, &session);
}

void TrackingTable::disable(Session& session) {
  for (const std::string& text : session.tracking.prefixes) {
    const auto found = prefixes_.find(text);
    Prefix& prefix = found->second;
    prefix.listeners.erase(session.id);
    change(prefix.ids, &RadixTree::erase, id_bytes(session.id));
    if (!prefix.listeners.empty()) continue;
    const Allocation& allocation = ledger_.allocation();
    discharge(allocation.size(prefix_struct) + prefix.ids.bytes() +
              RadixTree(allocation, RadixTree::Values::none).bytes());
    change(trees_->prefixes, &RadixTree::erase, text);
    prefixes_.erase(found);
  }
  if (const auto own = own_prefixes_.find(session.id); own != own_prefixes_.end()) {
    discharge(own->second.bytes());
    own_prefixes_.erase(own);
  }
  session.tracking = {};
  clients_.erase(session.id);
}

void TrackingTable::remember(const Session& session, std::string_view key) {
  const Tracking& tracking = session.tracking;
  if (tracking.opt_in && !tracking.caching) return;
  if (tracking.opt_out && tracking.caching) return;
  auto found = index_.find(key);
  if (found == index_.end()) {
    found = index_.emplace(key, entries_.size()).first;
    RadixTree ids(ledger_.allocation(), RadixTree::Values::none);
    charge(ids.bytes());
    entries_.push_back({std::string(key), {}, std::move(ids)});
    change(trees_->keys, &RadixTree::insert, key);
  }
  Entry& entry = entries_[found->second];
  if (!entry.readers.insert(session.id).second) return;
  ++items_;
  change(entry.ids, &RadixTree::insert, id_bytes(session.id));
}

void TrackingTable::invalidate(std::string_view key, Changer changer) {
  if (!prefixes_.empty()) note_for_listeners(key, changer.caller);
  if (!entries_.empty()) tell_readers(key, changer.current);
}

void TrackingTable::note_for_listeners(std::string_view key, std::uint64_t caller) {
  for (auto& [text, prefix] : prefixes_) {
    if (!key.starts_with(text)) continue;
    prefix.changed.insert_or_assign(std::string(key), caller);
    broadcast_due_ = true;
  }
}

// The last entry takes the place of the one that goes.
TrackingTable::Entry TrackingTable::take(std::size_t at) {
  Entry gone = std::move(entries_[at]);
  index_.erase(gone.key);
  if (at + 1 < entries_.size()) {
    entries_[at] = std::move(entries_.back());
    index_.find(entries_[at].key)->second = at;
  }
  entries_.pop_back();
  items_ -= gone.readers.size();
  discharge(gone.ids.bytes());
  change(trees_->keys, &RadixTree::erase, gone.key);
  return gone;
}

void TrackingTable::tell_readers(std::string_view key, std::uint64_t current) {
  const auto found = index_.find(key);
  if (found == index_.end()) return;
  const Entry gone = take(found->second);
  const std::string bytes = one_key(gone.key);
  for (const std::uint64_t id : gone.readers) {
    const auto reader = clients_.find(id);
    if (reader == clients_.end()) continue;
    Session& session = *reader->second;
    if (session.tracking.broadcast) continue;
    if (session.tracking.no_loop && id == current) continue;
    send(session, bytes);
  }
}

// `keys` is the second half of the message, as RESP: an array, or null for everything.
void TrackingTable::send(Session& session, std::string_view keys) {
  Session* target = &session;
  std::string bytes;
  if (session.tracking.redirect != 0) {
    target = find_(session.tracking.redirect);
    if (!target || target->closed || target->close_after_reply) {
      session.tracking.redirect_broken = true;
      if (session.protocol == Protocol::resp2) return;
      ReplyWriter writer(bytes, session.protocol);
      writer.push(2);
      writer.bulk("tracking-redir-broken");
      writer.integer(static_cast<std::int64_t>(session.tracking.redirect));
      return deliver_(session, bytes);
    }
  }
  ReplyWriter writer(bytes, target->protocol);
  if (writer.resp3()) {
    writer.push(2);
    writer.bulk("invalidate");
  } else if (target != &session && target->subscriptions() > 0) {
    writer.array(3);
    writer.bulk("message");
    writer.bulk("__redis__:invalidate");
  } else {
    return;  // RESP2 has no messages beside the replies
  }
  writer.raw(keys);
  deliver_(*target, bytes);
}

void TrackingTable::flush() {
  const auto clients = clients_;
  for (const auto& [id, session] : clients) {
    std::string null;
    ReplyWriter(null, session->protocol).null();
    send(*session, null);
  }
  for (const Entry& entry : entries_) discharge(entry.ids.bytes());
  if (trees_) {
    // A new tree takes the old one's place (tracking.c, trackingInvalidateKeysOnFlush).
    discharge(trees_->keys.bytes());
    trees_->keys = RadixTree(ledger_.allocation(), RadixTree::Values::pointers);
    charge(trees_->keys.bytes());
  }
  entries_.clear();
  index_.clear();
  items_ = 0;
}

void TrackingTable::send_broadcasts() {
  broadcast_due_ = false;
  for (auto& [text, prefix] : prefixes_) {
    const auto changed = std::exchange(prefix.changed, {});
    if (changed.empty()) continue;
    const auto listeners = prefix.listeners;
    for (const auto& [id, session] : listeners) {
      std::string keys;
      ReplyWriter writer(keys, Protocol::resp2);
      const std::size_t start = writer.defer();
      std::size_t count = 0;
      for (const auto& [key, caller] : changed) {
        if (session->tracking.no_loop && caller == id) continue;
        writer.bulk(key);
        ++count;
      }
      writer.close_array(start, count);
      if (count > 0) send(*session, keys);
    }
  }
}

void TrackingTable::hold_limit(std::size_t keys_max) {
  if (keys_max == 0) return;
  // Harder each time that it did not suffice (trackingLimitUsedSlots).
  std::size_t effort = 100 * (limit_runs_ + 1);
  for (; keys() > keys_max && effort > 0; --effort) {
    tell_readers(entries_[random_.below(entries_.size())].key, 0);
  }
  limit_runs_ = keys() > keys_max ? limit_runs_ + 1 : 0;
}

}  // namespace outlive
