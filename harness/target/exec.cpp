#include "target/exec.hpp"

#include <algorithm>
#include <filesystem>

#include "target/real_directives.hpp"

namespace outlive::harness {
namespace {

constexpr std::string_view rdb_file = "dump.rdb";

}  // namespace

ExecHost::ExecHost(std::string program, const Instance& instance)
    : server_{std::move(program)}, instance_{instance}, directives_{real_directives(instance)} {
  start(true);
}

void ExecHost::start(bool keeps_file) {
  const std::filesystem::path file = std::filesystem::path{server_.folder()} / rdb_file;
  std::error_code ignored;
  if (!keeps_file) std::filesystem::remove(file, ignored);
  std::vector<std::string> arguments{"--save", "", "--appendonly", "no"};
  for (const auto& [name, value] : directives_) {
    arguments.insert(arguments.end(), {"--" + name, value});
  }
  arguments.insert(arguments.end(), {"--notify-keyspace-events", std::string{departure_events},
                                     "--latency-tracking", "no"});
  server_.start(std::move(arguments));
}

// Valkey 8.1 `latency.c`: the first use of each command takes 24,688 bytes, for a histogram. Those
// that only the harness asks for must not take them from what the scenario gives its server.
void ExecHost::greeted() {
  const auto stated = std::ranges::find(directives_, "latency-tracking", &Directive::first);
  set_directive("latency-tracking", stated == directives_.end() ? "yes" : stated->second);
}

Answer ExecHost::set_directive(const std::string& name, const std::string& value) {
  return connection().run({"CONFIG", "SET", name, real_value(instance_, name, value)});
}

}  // namespace outlive::harness
