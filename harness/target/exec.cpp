#include "target/exec.hpp"

#include <filesystem>

namespace outlive::harness {
namespace {

constexpr std::string_view rdb_file = "dump.rdb";

}  // namespace

ExecHost::ExecHost(std::string program, const Instance& instance)
    : server_{std::move(program)}, directives_{instance.directives} {
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
  arguments.insert(arguments.end(), {"--notify-keyspace-events", std::string{departure_events}});
  server_.start(std::move(arguments));
}

Answer ExecHost::set_directive(const std::string& name, const std::string& value) {
  return connection().run({"CONFIG", "SET", name, value});
}

}  // namespace outlive::harness
