#include "traffic/roster.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>

#include "base/ensure.hpp"
#include "base/hash.hpp"
#include "base/number.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

constexpr std::size_t piece_size = 1 << 20;

// What the gateway names a bucket after the prefix: JSON without blanks.
std::string bucket_name(const Limit& limit, std::string_view user) {
  std::string name{bucket_prefix};
  name.append(R"({"resource":")").append(limit.resource).append(R"(","scope_key":[{"type":")");
  if (limit.scope == Limit::Scope::total) return name.append(R"(TagTotal","key":"user_id"}]})");
  return name.append(R"(TagEach","key":"user_id","value":")").append(user).append(R"("}]})");
}

// A name that looks like the gateway's SHA-256 of the request, and hangs on set and number alone.
void name_entry(std::string& name, std::string_view set, std::uint64_t number) {
  name.assign(cache_prefix);
  for (std::uint64_t part = 0; part < 4; ++part)
    name += format_hex(hash_bytes(set, number * 4 + part));
}

// A word that is a key, taken apart.
struct KeyPattern {
  std::string before;
  std::int64_t added = -1;  // to the number that stands there; -1: none does
  std::string after;
};

KeyPattern pattern_of(const CommandTemplate::Word& word) {
  KeyPattern pattern;
  for (const CommandTemplate::Piece& piece : word) {
    if (piece.kind == CommandTemplate::Piece::Kind::key) {
      pattern.added = piece.least;
    } else {
      (pattern.added < 0 ? pattern.before : pattern.after) += piece.text;
    }
  }
  return pattern;
}

}  // namespace

Roster::Roster(const Scenario& scenario) : blocks_(scenario.traffic.size()) {
  add_buckets(scenario);
  bucket_count_ = names_.size();
  add_entries(scenario);
  gateway_count_ = names_.size();
  index();
  add_commands(scenario);
  add_transcripts(scenario);
}

void Roster::add_buckets(const Scenario& scenario) {
  // Blocks that name the same users share buckets; the largest says how many there are.
  std::map<std::string_view, std::uint64_t> users;
  for (const Traffic& traffic : scenario.traffic) {
    std::uint64_t& count = users[traffic.user_prefix];
    count = std::max(count, traffic.users_in(scenario.duration));
  }
  std::map<std::tuple<std::string_view, Limit::Scope, std::string_view>, Family> families;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const Traffic& traffic = scenario.traffic[i];
    for (const Limit& limit : traffic.limits) {
      const bool shared = limit.scope == Limit::Scope::total;
      const std::string_view prefix = shared ? std::string_view{} : traffic.user_prefix;
      const auto [found, fresh] = families.try_emplace({limit.resource, limit.scope, prefix});
      if (fresh) {
        found->second = {static_cast<KeyId>(names_.size()), shared};
        const std::uint64_t count = shared ? 1 : users[traffic.user_prefix];
        for (std::uint64_t user = 0; user < count; ++user) {
          std::string tag = traffic.user_prefix;
          append_integer(tag, static_cast<std::int64_t>(user));
          add(bucket_name(limit, tag));
        }
      }
      blocks_[i].buckets.push_back(found->second);
    }
  }
}

void Roster::add_entries(const Scenario& scenario) {
  std::map<std::string_view, std::uint64_t> prompts;
  for (const Traffic& traffic : scenario.traffic) {
    std::uint64_t& count = prompts[traffic.prompt_set];
    count = std::max(count, traffic.prompts_in(scenario.duration));
  }
  std::map<std::string_view, Family> families;
  std::string name;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const Traffic& traffic = scenario.traffic[i];
    if (!traffic.uses_cache()) continue;
    const auto [found, fresh] = families.try_emplace(traffic.prompt_set);
    if (fresh) {
      found->second = {static_cast<KeyId>(names_.size()), false};
      for (std::uint64_t number = 0; number < prompts[traffic.prompt_set]; ++number) {
        name_entry(name, traffic.prompt_set, number);
        add(name);
      }
    }
    blocks_[i].entries = found->second;
  }
}

void Roster::add(std::string_view name) {
  ensure(names_.size() < no_key, "a scenario has less than 2^32 keys");
  if (text_.empty() || text_.back().size() + name.size() > text_.back().capacity()) {
    text_.emplace_back().reserve(std::max(piece_size, name.size()));
  }
  std::string& piece = text_.back();
  piece.append(name);
  names_.push_back(std::string_view{piece}.substr(piece.size() - name.size()));
}

// Patterns that are the same share their keys; the largest says how many there are.
void Roster::add_commands(const Scenario& scenario) {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const Traffic& traffic = scenario.traffic[i];
    for (const CommandTemplate& command : traffic.commands) {
      auto& keys = blocks_[i].commands.emplace_back();
      for (const CommandTemplate::Key& key : command.keys) {
        const KeyPattern pattern = pattern_of(command.words[key.word]);
        const bool numbered = pattern.added >= 0;
        const std::uint64_t count = numbered ? traffic.keys_in(scenario.duration) : 1;
        CommandFamily& family = families_[{pattern.before, pattern.after, numbered}];
        while (family.size() < count) {
          std::string name = pattern.before;
          if (numbered) append_integer(name, static_cast<std::int64_t>(family.size()));
          family.push_back(find_or_add(name.append(pattern.after), traffic.database.value_or(0)));
        }
        keys.push_back({&family, pattern.added, count});
      }
    }
  }
}

void Roster::add_transcripts(const Scenario& scenario) {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const Traffic& traffic = scenario.traffic[i];
    if (!traffic.transcript) continue;
    for (const Transcript::Key& key : traffic.transcript->keys) {
      blocks_[i].recorded.push_back(find_or_add(key.name, traffic.database.value_or(key.database)));
    }
  }
}

KeyId Roster::find_or_add(std::string_view name, int database) {
  if (const auto known = find(name)) return *known;
  const auto key = static_cast<KeyId>(names_.size());
  add(name);
  databases_.push_back(database);
  if (names_.size() * 2 > table_.size()) {
    index();
  } else {
    put_into_table(key);
  }
  return key;
}

void Roster::index() {
  table_.assign(std::bit_ceil(names_.size() * 2 + 1), {});
  for (KeyId key = 0; key < names_.size(); ++key) put_into_table(key);
}

void Roster::put_into_table(KeyId key) {
  const std::uint64_t hash = Roster::hash(names_[key]);
  std::uint64_t at = hash & mask();
  while (table_[at].key != no_key) at = (at + 1) & mask();
  table_[at] = {hash, key};
}

}  // namespace outlive::harness
