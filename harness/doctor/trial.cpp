#include "doctor/trial.hpp"

#include <algorithm>
#include <cmath>

#include "base/random.hpp"

namespace outlive::harness {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t first_evictions = 100;
// Beyond its estimate a load that never meets the cap goes on for so much of it.
constexpr double patience = 1.5;
class Trial {
 public:
  Trial(const Examination& examination, const LoadPlan& plan, const TrialSetting& setting,
        std::uint64_t scale, std::uint64_t seed, StandIns& stand_ins)
      : examination_{examination},
        plan_{plan},
        setting_{setting},
        scale_{static_cast<double>(scale)},
        chance_{Random{seed}.fork("doctor's load")},
        stand_ins_{stand_ins},
        valkey_{trial_options(examination, setting, seed)},
        built_(examination.groups.size()),
        there_(examination.groups.size()),
        next_(examination.groups.size()),
        renewed_{examination.ttl_given(Role::limits).value_or(Span::zero())} {
    const std::vector<double> none(examination.groups.size());
    outcome_.evicted = outcome_.evicted_unrefilled = outcome_.evicted_first = none;
    for (const KeyGroup& group : examination.groups) {
      half_ttl_ms_.push_back(std::chrono::duration_cast<milliseconds>(
                                 group.ttl_given(examination.now_ms).value_or(Span::zero()) / 2)
                                 .count());
    }
  }

  TrialOutcome play(std::optional<double> writes) {
    build();
    set_cap();
    valkey_.on_departure([this](const Departure& departure) { note(departure); }, false);
    if (writes) {
      load(std::llround(*writes / scale_), false);
    } else {
      load(writes_to_cap_at_most(), true);
      if (outcome_.cap_was_met) load(std::llround(keys_like_new()), false);
    }
    valkey_.on_departure({});
    outcome_.lasted = std::chrono::duration_cast<Span>(valkey_.now().time_since_epoch()) -
                      milliseconds{examination_.now_ms};
    return outcome_;
  }

 private:
  // ---- the population

  void build() {
    double rest = 0;  // of keys that did not make a whole one
    for (std::size_t i = 0; i < examination_.groups.size(); ++i) {
      const KeyGroup& group = examination_.groups[i];
      if (group.samples.empty()) continue;
      select(group.database);
      rest += group.keys / scale_;
      const auto count = static_cast<std::uint64_t>(rest + 1e-9);
      rest -= static_cast<double>(count);
      for (std::uint64_t k = 0; k < count; ++k) {
        restore(i, k);
      }
      built_[i] = next_[i] = count;
      there_[i] = static_cast<double>(count);
    }
  }

  const KeySample& sample_of(std::size_t group, std::uint64_t number) const {
    const std::vector<KeySample>& samples = examination_.groups[group].samples;
    return samples[number % samples.size()];
  }

  void restore(std::size_t group, std::uint64_t number) {
    const KeySample& sample = sample_of(group, number);
    const std::string name = stand_in_name(group, number, sample.name_bytes);
    const std::string& payload = stand_ins_.like(sample).payload;
    const std::string expiry = std::to_string(sample.expiry_ms.value_or(0));
    if (sample.frequency >= 0) {
      run({"RESTORE", name, expiry, payload, "ABSTTL", "FREQ", std::to_string(sample.frequency)});
      return;
    }
    const auto idle_s = std::max<std::int64_t>(examination_.now_ms / 1'000 - sample.used_s, 0);
    run({"RESTORE", name, expiry, payload, "ABSTTL", "IDLETIME", std::to_string(idle_s)});
  }

  void set_cap() {
    const std::uint64_t used = *examination_.facts.used_memory;
    const std::uint64_t counted = used - std::min(examination_.facts.not_counted, used);
    const double headroom = static_cast<double>(setting_.maxmemory) - static_cast<double>(counted);
    const double cap = static_cast<double>(valkey_.used_memory()) + headroom / scale_;
    run({"CONFIG", "SET", "maxmemory", std::to_string(std::llround(std::max(cap, 1.0)))});
  }

  // ---- the load

  // How many surely reach the cap if any number does: by what they weigh, or as many as live at
  // once.
  std::int64_t writes_to_cap_at_most() const {
    const double room = std::max(static_cast<double>(setting_.maxmemory) -
                                     static_cast<double>(*examination_.facts.used_memory),
                                 0.0);
    double most = room / plan_.bytes_each * patience + 1'000 * scale_;
    Span longest{};
    bool all_expire = true;
    for (const LoadPlan::Part& part : plan_.parts) {
      all_expire &= part.ttl.has_value();
      longest = std::max(longest, part.ttl.value_or(Span::zero()));
    }
    if (plan_.writes_per_second && all_expire) {
      const double lived = *plan_.writes_per_second * static_cast<double>(longest.count()) / 1e6;
      most = std::max(lived * patience, 1'000 * scale_);
    }
    constexpr double ever = 3e6;
    return std::llround(std::min(most / scale_, ever));
  }

  double keys_like_new() const {
    double sum = 0;
    for (const LoadPlan::Part& part : plan_.parts) sum += there_[part.group];
    return sum;
  }

  void load(std::int64_t writes, bool until_cap) {
    const double limits = limits_built();
    const double uses_a_write =
        until_cap || writes == 0 ? 0 : plan_.limits_used * limits / static_cast<double>(writes);
    double uses = 0;
    double us_each = 0;
    if (plan_.writes_per_second) {
      us_each = 1e6 * scale_ / *plan_.writes_per_second;
    } else if (!until_cap && writes > 0) {
      us_each = static_cast<double>(plan_.lasting.count()) / static_cast<double>(writes);
    }
    for (std::int64_t i = 0; i < writes && !(until_cap && outcome_.cap_was_met); ++i) {
      write();
      for (uses += uses_a_write; uses >= 1; uses -= 1) use_limit();
      pass(us_each);
    }
  }

  // Fractions of microseconds are passed together.
  void pass(double us) {
    pending_us_ += us;
    const Span whole{static_cast<std::int64_t>(pending_us_)};
    if (whole <= Span::zero()) return;
    pending_us_ -= static_cast<double>(whole.count());
    valkey_.advance(whole);
  }

  const LoadPlan::Part& draw_part() {
    double at = chance_.unit();
    for (const LoadPlan::Part& part : plan_.parts) {
      if ((at -= part.share) < 0) return part;
    }
    return plan_.parts.back();
  }

  void write() {
    const LoadPlan::Part& part = draw_part();
    outcome_.writes += scale_;
    if (!put(part.group, next_[part.group]++, part.ttl)) {
      outcome_.refused += scale_;
      outcome_.cap_was_met = true;
    }
  }

  bool put(std::size_t group, std::uint64_t number, std::optional<Span> ttl) {
    select(examination_.groups[group].database);
    const KeySample& sample = sample_of(group, number);
    const StandIns::StandIn& like = stand_ins_.like(sample, ttl.has_value());
    const std::string name = stand_in_name(group, number, sample.name_bytes);
    bool done = false;
    if (!sample.is_string) {
      done = run({"RESTORE", name, ttl ? ms_of(*ttl) : "0", like.payload});
    } else if (ttl) {
      done = run({"SET", name, like.value, "PX", ms_of(*ttl)});
    } else {
      done = run({"SET", name, like.value});
    }
    there_[group] += done ? 1 : 0;
    return done;
  }

  // ---- limits that are used

  double limits_built() const {
    double sum = 0;
    for (std::size_t i = 0; i < built_.size(); ++i) {
      if (examination_.groups[i].is(Role::limits)) sum += static_cast<double>(built_[i]);
    }
    return sum;
  }

  // As the gateway's function uses a bucket: HMGET, HSET, EXPIRE. One that is gone is made anew.
  void use_limit() {
    std::uint64_t at = chance_.below(static_cast<std::uint64_t>(limits_built()));
    for (std::size_t i = 0; i < built_.size(); ++i) {
      const KeyGroup& group = examination_.groups[i];
      if (!group.is(Role::limits)) continue;
      if (at >= built_[i]) {
        at -= built_[i];
        continue;
      }
      select(group.database);
      const std::string name = stand_in_name(i, at, sample_of(i, at).name_bytes);
      const std::string ttl = ms_of(renewed_);
      // Each of the three counts as a use.
      const bool there = valkey_.run({"PEXPIRE", name, ttl}).integer == 1;
      if (there) {
        run({"PEXPIRE", name, ttl});
        run({"PEXPIRE", name, ttl});
      } else {
        put(i, at, renewed_);
      }
      return;
    }
  }

  // ---- what becomes of it

  void note(const Departure& departure) {
    const std::size_t group = group_of_stand_in(departure.key);
    if (departure.reason == Departure::Reason::overwritten) return;
    there_[group] -= 1;
    if (departure.reason != Departure::Reason::evicted) return;
    outcome_.cap_was_met = true;
    outcome_.evicted[group] += scale_;
    if (examination_.groups[group].is(Role::limits) && departure.ttl_ms > half_ttl_ms_[group]) {
      outcome_.evicted_unrefilled[group] += scale_;
    }
    if (evictions_++ < first_evictions) outcome_.evicted_first[group] += 1;
  }

  // ---- the emulator

  static std::string ms_of(Span span) {
    return std::to_string(
        std::max<std::int64_t>(std::chrono::duration_cast<milliseconds>(span).count(), 1));
  }

  bool run(std::initializer_list<std::string_view> words) {
    return !valkey_.run_raw(std::span{words.begin(), words.size()}).starts_with('-');
  }

  void select(int database) {
    if (database == selected_) return;
    run({"SELECT", std::to_string(database)});
    selected_ = database;
  }

  const Examination& examination_;
  const LoadPlan& plan_;
  const TrialSetting& setting_;
  double scale_;
  Random chance_;
  StandIns& stand_ins_;
  Emulator valkey_;
  std::vector<std::uint64_t> built_;
  std::vector<double> there_;
  std::vector<std::uint64_t> next_;  // number of the next new key
  std::vector<std::int64_t> half_ttl_ms_;
  Span renewed_;
  TrialOutcome outcome_;
  std::uint64_t evictions_ = 0;
  int selected_ = 0;
  double pending_us_ = 0;
};

}  // namespace

TrialOutcome play_trial(const Examination& examination, const LoadPlan& plan,
                        const TrialSetting& setting, std::uint64_t scale,
                        std::optional<double> writes, std::uint64_t seed, StandIns& stand_ins) {
  return Trial{examination, plan, setting, scale, seed, stand_ins}.play(writes);
}

}  // namespace outlive::harness
