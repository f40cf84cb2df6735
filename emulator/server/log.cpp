#include "server/log.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>

#include "outlive/emulator.hpp"

namespace outlive {
namespace {

constexpr std::string_view signs = ".-*#";  // server.c, serverLogRaw
constexpr std::string_view names[] = {"debug", "verbose", "notice", "warning", "nothing"};

spdlog::sink_ptr open_sink(const std::string& path) {
  if (path.empty()) return std::make_shared<spdlog::sinks::stdout_sink_st>();
  try {
    return std::make_shared<spdlog::sinks::basic_file_sink_st>(path);
  } catch (const spdlog::spdlog_ex& error) {
    throw UserError("Can't open the log file: " + std::string(error.what()));
  }
}

}  // namespace

Log::Log(const std::string& path)
    : logger_(std::make_shared<spdlog::logger>("serve", open_sink(path))) {
  logger_->set_pattern("%P:M %d %b %Y %H:%M:%S.%e %v");
  logger_->flush_on(spdlog::level::info);
}

void Log::set_level(std::string_view name) {
  const auto* found = std::find(std::begin(names), std::end(names), name);
  if (found != std::end(names)) level_ = static_cast<int>(found - std::begin(names));
}

void Log::line(int level, std::string_view text) {
  if (level < level_) return;
  logger_->info("{} {}", signs[static_cast<std::size_t>(std::clamp<int>(level, debug, warning))],
                text);
}

}  // namespace outlive
