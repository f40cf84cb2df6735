#include "target/snapshot.hpp"

#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

std::string directive(Target& target, std::string_view name) {
  return std::string{target.run({"CONFIG", "GET", name}).second};
}

// Valkey 8.1 `rdb.c`, rdbSaveKeyValuePair: by the policy at the time of saving.
std::string recency_option(const std::string& policy) {
  if (policy.ends_with("lru")) return "IDLETIME";
  return policy.ends_with("lfu") ? "FREQ" : "";
}

void expect(const Answer& answer, const std::string& what) {
  if (answer.is_error()) throw UserError{what + ": " + std::string{answer.text}};
}

}  // namespace

Snapshot Snapshot::take(Target& target) {
  const AsOperator as_operator{target};
  Snapshot taken;
  taken.recency_option_ = recency_option(directive(target, "maxmemory-policy"));
  const std::string maxmemory = directive(target, "maxmemory");
  const int before = target.database();
  // Replies take memory, and must not push out what is to be saved.
  expect(target.run({"CONFIG", "SET", "maxmemory", "0"}), "a snapshot");
  expect(target.run({"CLIENT", "NO-TOUCH", "ON"}), "a snapshot");
  for (const int database : target.databases()) {
    target.select(database);
    for (std::string& name : target.keys_of_database()) {
      Key key{.database = database,
              .name = std::move(name),
              .payload = {},
              .expiry_ms = {},
              .recency = {}};
      if (taken.recency_option_ == "IDLETIME") {
        key.recency = target.run({"OBJECT", "IDLETIME", key.name}).text;
      } else if (!taken.recency_option_.empty()) {
        key.recency = target.run({"OBJECT", "FREQ", key.name}).text;
      }
      key.expiry_ms = target.run({"PEXPIRETIME", key.name}).text;
      if (key.expiry_ms.starts_with('-')) key.expiry_ms = "0";
      const Answer payload = target.run({"DUMP", key.name});
      if (payload.kind != Answer::Kind::text) continue;  // it has expired meanwhile
      key.payload = payload.text;
      taken.keys_.push_back(std::move(key));
    }
  }
  taken.functions_ = target.run({"FUNCTION", "DUMP"}).text;
  target.select(before);
  expect(target.run({"CLIENT", "NO-TOUCH", "OFF"}), "a snapshot");
  expect(target.run({"CONFIG", "SET", "maxmemory", maxmemory}), "a snapshot");
  return taken;
}

void Snapshot::load(Target& target) const {
  const AsOperator as_operator{target};
  const std::string maxmemory = directive(target, "maxmemory");
  const int before = target.database();
  expect(target.run({"CONFIG", "SET", "maxmemory", "0"}), "loading a snapshot");
  if (!functions_.empty()) {
    expect(target.run({"FUNCTION", "RESTORE", functions_}), "loading functions");
  }
  for (const Key& key : keys_) {
    target.select(key.database);
    std::vector<std::string_view> words{"RESTORE", key.name, key.expiry_ms, key.payload, "ABSTTL"};
    if (!key.recency.empty()) words.insert(words.end(), {recency_option_, key.recency});
    expect(target.run(std::span<const std::string_view>{words}), "loading " + key.name);
  }
  target.select(before);
  expect(target.run({"CONFIG", "SET", "maxmemory", maxmemory}), "loading a snapshot");
}

}  // namespace outlive::harness
