#include "doctor/stand_ins.hpp"

#include <algorithm>

namespace outlive::harness {
namespace {

constexpr std::string_view digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t group_digits = 2;  // 3,844 groups
constexpr char padding = '.';
constexpr std::string_view far_ahead_ms = "1000000000";

std::uint64_t distance(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : b - a;
}

std::string name_on_scales(const KeySample& sample) {
  return stand_in_name(0, 0, sample.name_bytes);
}

}  // namespace

std::string stand_in_name(std::size_t group, std::uint64_t number, std::size_t length) {
  std::string name{digits[group / digits.size() % digits.size()], digits[group % digits.size()]};
  std::string behind;
  do {
    behind.insert(behind.begin(), digits[number % digits.size()]);
    number /= digits.size();
  } while (number > 0);
  name.resize(std::max(name.size(), length - std::min(length, behind.size())), padding);
  return name + behind;
}

std::size_t group_of_stand_in(std::string_view name) {
  return digits.find(name[0]) * digits.size() + digits.find(name[1]);
}

StandIns::StandIns(const std::string& profile)
    : scales_{{.directives = {{"outlive-profile", profile},
                              {"latency-tracking", "no"},
                              {stand_in_directive.first, stand_in_directive.second}},
               .journal_limit = 0}} {
  // So that the tables are there, and the commands have been used.
  KeySample first;
  put(first, true, 1);
  first.is_string = false;
  first.name_bytes = 30;
  put(first, true, 1);
}

void StandIns::put(const KeySample& sample, bool has_ttl, std::size_t length) {
  const std::string name = name_on_scales(sample);
  const std::string value(length, 'x');
  scales_.run({"DEL", name});
  if (sample.is_string) {
    scales_.run({"SET", name, value});
  } else {
    scales_.run({"HSET", name, "f", value});
  }
  if (has_ttl) scales_.run({"PEXPIRE", name, far_ahead_ms});
}

std::uint64_t StandIns::usage(const KeySample& sample, bool has_ttl, std::size_t length) {
  put(sample, has_ttl, length);
  const Reply reply = scales_.run({"MEMORY", "USAGE", name_on_scales(sample)});
  return static_cast<std::uint64_t>(reply.integer);
}

const StandIns::StandIn& StandIns::like(const KeySample& sample, bool has_ttl) {
  const auto [found, fresh] =
      made_.try_emplace({sample.usage, has_ttl, sample.is_string, sample.name_bytes});
  StandIn& made = found->second;
  if (!fresh) return made;
  // The shortest of which MEMORY USAGE tells as much or more, or one shorter if that is nearer.
  std::size_t short_of = 0, enough = sample.usage;
  while (short_of < enough) {
    const std::size_t middle = short_of + (enough - short_of) / 2;
    if (usage(sample, has_ttl, middle) < sample.usage) {
      short_of = middle + 1;
    } else {
      enough = middle;
    }
  }
  std::size_t length = enough;
  if (length > 0 && distance(usage(sample, has_ttl, length - 1), sample.usage) <
                        distance(usage(sample, has_ttl, length), sample.usage)) {
    --length;
  }
  const std::string name = name_on_scales(sample);
  scales_.run({"DEL", name});
  const std::uint64_t before = scales_.used_memory();
  put(sample, has_ttl, length);
  made.bytes = scales_.used_memory() - before;
  made.payload = scales_.run({"DUMP", name}).text;
  if (sample.is_string) made.value.assign(length, 'x');
  scales_.run({"DEL", name});
  return made;
}

void weigh(Examination& examination) {
  StandIns scales{examination.facts.profile};
  for (KeyGroup& group : examination.groups) {
    for (KeySample& sample : group.samples) sample.bytes = scales.like(sample).bytes;
  }
}

}  // namespace outlive::harness
