#include "doctor/closer_look.hpp"

#include <algorithm>
#include <span>

#include "base/number.hpp"
#include "doctor/facts.hpp"

namespace outlive::harness {
namespace {

constexpr std::uint64_t sample_min = 100;  // of a group
constexpr std::size_t batch_max = 16;      // keys that are asked for together

// By the user's key patterns, not for the command: Valkey's "NOPERM No permissions to access a
// key", Redis 7.0's "NOPERM this user has no permissions to access one of the keys used as
// arguments".
bool no_key_access(const OwnedReply& reply) {
  const std::string_view error = text_of(*reply);
  return refused(reply) && error.starts_with("NOPERM") &&
         error.find("ermissions to access") != error.npos;
}

class CloserLook {
 public:
  // `began_us`: the stopwatch, when the server's clock was examination.now_ms.
  CloserLook(GentleClient& client, Examination& examination, std::int64_t began_us)
      : client_{client}, examination_{examination}, began_us_{began_us} {
    by_frequency_ = examination.facts.policy.value_or("").ends_with("-lfu");
    const ServerFacts& facts = examination.facts;
    if (facts.keys() > 0) usage_guess_ = facts.used_memory.value_or(0) / facts.keys();
  }

  void look(KeyGroup& group, const std::vector<std::string>& names, std::uint64_t quota,
            const std::function<void(std::uint64_t)>& told) {
    client_.select(group.database);
    const std::size_t count = std::min<std::size_t>(quota, names.size());
    for (std::size_t done = 0; done < count;) {
      std::vector<std::string> batch;
      for (; batch.size() < batch_max && done < count; ++done) {
        batch.push_back(names[done * names.size() / count]);
      }
      ask(group, batch);
      told(batch.size());
    }
  }

  // What was refused, once for all keys.
  void tell(std::vector<Unseen>& unseen) const {
    if (!no_ttl_.empty()) {
      unseen.push_back({"TTLs: PTTL: " + no_ttl_, "ACL SETUSER … +pttl"});
    }
    if (!no_type_.empty()) {
      unseen.push_back(
          {"which keys are strings: TYPE: " + no_type_ + "; all but limits are taken to be",
           "ACL SETUSER … +type"});
    }
    if (!no_usage_.empty()) {
      unseen.push_back(
          {"what each key weighs: MEMORY USAGE: " + no_usage_ + "; each is taken to be average",
           "ACL SETUSER … +memory|usage"});
    }
    if (!no_rank_.empty()) {
      unseen.push_back({"how long keys have not been used: OBJECT: " + no_rank_ +
                            "; all are taken to have been used just now",
                        "ACL SETUSER … +object|idletime +object|freq"});
    }
  }

  bool ranks_known() const { return no_rank_.empty(); }

 private:
  void ask(KeyGroup& group, const std::vector<std::string>& names) {
    std::vector<GentleClient::Words> commands;
    for (const std::string& name : names) {
      commands.push_back({"PTTL", name});
      commands.push_back({"TYPE", name});
      commands.push_back({"MEMORY", "USAGE", name});
      commands.push_back({"OBJECT", by_frequency_ ? "FREQ" : "IDLETIME", name});
    }
    now_ms_ = examination_.now_ms + (client_.now_us() - began_us_) / 1'000;
    const std::vector<OwnedReply> replies = client_.ask_all(commands);
    for (std::size_t i = 0; i < names.size(); ++i) {
      read(group, names[i], std::span{replies}.subspan(i * 4, 4));
    }
  }

  void read(KeyGroup& group, const std::string& name, std::span<const OwnedReply> replies) {
    const OwnedReply &ttl = replies[0], &type = replies[1], &usage = replies[2], &rank = replies[3];
    KeySample sample;
    sample.used_s = now_ms_ / 1'000;
    sample.name_bytes = name.size();
    if (no_key_access(ttl)) {
      ++group.closed;
      return;
    }
    if (refused(ttl)) {
      no_ttl_ = why_refused(ttl);
    } else if (ttl->integer == -2) {
      return;  // gone since SCAN named it
    } else if (ttl->integer >= 0) {
      sample.expiry_ms = now_ms_ + ttl->integer;
    }
    if (usage->type == REDIS_REPLY_NIL || rank->type == REDIS_REPLY_NIL) return;
    if (refused(usage)) no_usage_ = why_refused(usage);
    sample.usage = refused(usage) ? usage_guess_ : static_cast<std::uint64_t>(usage->integer);
    if (refused(type)) no_type_ = why_refused(type);
    sample.is_string = refused(type) ? !group.is(Role::limits) : text_of(*type) == "string";
    read_rank(sample, rank);
    group.samples.push_back(sample);
    ++examination_.looked_at;
  }

  void read_rank(KeySample& sample, const OwnedReply& rank) {
    if (refused(rank)) {
      // Whichever the policy does not keep is refused ("An LFU maxmemory policy is selected, idle
      // time not tracked"): the next batch asks for the other.
      const bool lfu = text_of(*rank).find("LFU") != std::string_view::npos;
      if (lfu && !switched_) {
        by_frequency_ = !by_frequency_;
        switched_ = true;
      } else if (!lfu) {
        no_rank_ = why_refused(rank);
      }
      return;
    }
    if (by_frequency_) {
      sample.frequency = static_cast<int>(rank->integer);
    } else {
      sample.used_s -= rank->integer;
    }
  }

  GentleClient& client_;
  Examination& examination_;
  bool by_frequency_ = false;
  bool switched_ = false;
  std::uint64_t usage_guess_ = 0;
  std::int64_t began_us_, now_ms_ = 0;
  std::string no_ttl_, no_type_, no_usage_, no_rank_;
};

}  // namespace

void look_closer(GentleClient& client, Scanned scanned, const ExamineOptions& options,
                 const ExamineProgress& progress, const std::function<void()>& begun,
                 Examination& examination) {
  CloserLook look{client, examination, examination.seen_at_us};
  const auto quota_of = [&](const NamedKeys& keys) {
    const std::uint64_t share =
        options.sample * keys.group.seen / std::max<std::uint64_t>(scanned.named, 1);
    return std::min(std::max(share, sample_min), keys.group.seen);
  };
  std::uint64_t all = 0, done = 0;
  for (const NamedKeys& keys : scanned.groups) all += quota_of(keys);
  for (NamedKeys& keys : scanned.groups) {
    look.look(keys.group, keys.names, quota_of(keys), [&](std::uint64_t count) {
      if (done == 0) begun();
      progress("keys looked at", done += count, all);
    });
    if (keys.group.closed > 0) {
      examination.unseen.push_back(
          {"keys of " + keys.group.pattern.glob + ": the user may not look at them",
           "ACL SETUSER … %R~" + keys.group.pattern.glob});
    }
    examination.groups.push_back(std::move(keys.group));
  }
  look.tell(examination.unseen);
  const std::string policy = examination.facts.policy.value_or("");
  examination.ranks_known =
      look.ranks_known() || !(policy.ends_with("-lru") || policy.ends_with("-lfu"));
}

}  // namespace outlive::harness
