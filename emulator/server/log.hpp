// The server's log, in Valkey's format: pid, role, time, a sign for the level, the line.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
}

namespace outlive {

class Log {
 public:
  enum Level : int { debug, verbose, notice, warning, nothing };

  // To this file, or to standard output for "". Throws UserError if it can't be written.
  explicit Log(const std::string& path);
  // What is below `level` is left out.
  void set_level(Level level) { level_ = level; }
  // By the name that the directive `loglevel` gives it.
  void set_level(std::string_view name);
  void line(int level, std::string_view text);

 private:
  std::shared_ptr<spdlog::logger> logger_;
  int level_ = notice;
};

}  // namespace outlive
