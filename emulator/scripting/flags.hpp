// What a script or function declares about itself (script.h, SCRIPT_FLAG_*).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace outlive {

using ScriptFlags = std::uint32_t;

namespace script_flag {
inline constexpr ScriptFlags no_writes = 1u << 0;
inline constexpr ScriptFlags allow_oom = 1u << 1;
inline constexpr ScriptFlags allow_stale = 1u << 2;
inline constexpr ScriptFlags no_cluster = 1u << 3;
inline constexpr ScriptFlags undeclared = 1u << 4;  // EVAL without a shebang: as before Redis 7
inline constexpr ScriptFlags allow_cross_slot = 1u << 5;
}  // namespace script_flag

struct ScriptFlagName {
  ScriptFlags flag;
  std::string_view name;
};

inline constexpr std::array script_flag_names{
    ScriptFlagName{script_flag::no_writes, "no-writes"},
    ScriptFlagName{script_flag::allow_oom, "allow-oom"},
    ScriptFlagName{script_flag::allow_stale, "allow-stale"},
    ScriptFlagName{script_flag::no_cluster, "no-cluster"},
    ScriptFlagName{script_flag::allow_cross_slot, "allow-cross-slot-keys"},
};

}  // namespace outlive
