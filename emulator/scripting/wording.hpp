// What scripts are told, in the words of the version imitated.
#pragma once

#include <string>
#include <string_view>

#include "memory/profile.hpp"

namespace outlive {

// An error in the words of Valkey's script_lua.c, as Redis 7.0 had it.
inline std::string worded(const Profile& profile, std::string_view text) {
  struct Renamed {
    std::string_view valkey, redis;
  };
  static constexpr Renamed all[] = {
      {"Please specify at least one argument for this call",
       "Please specify at least one argument for this redis lib call"},
      {"Command arguments must be strings or integers",
       "Lua redis lib command arguments must be strings or integers"},
      {"Invalid log level.", "Invalid debug level."},
      {"server.set_repl() requires one argument.", "redis.set_repl() requires two arguments."},
      {"Unknown command called from script", "Unknown Redis command called from script"},
      {"Wrong number of args calling command from script",
       "Wrong number of args calling Redis command from script"}};
  std::string said(text);
  if (!profile.is_redis()) return said;
  for (const Renamed& renamed : all) {
    if (renamed.valkey == text) return std::string(renamed.redis);
  }
  constexpr std::string_view server = "server.", redis = "redis.";
  if (const std::size_t at = said.find(server); at != std::string::npos) {
    said.replace(at, server.size(), redis);
  }
  return said;
}

}  // namespace outlive
