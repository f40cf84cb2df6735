// Error replies in Valkey's exact words (server.c, createSharedObjects; call sites as named).
#pragma once

#include <string>
#include <string_view>

namespace outlive::errors {

inline constexpr std::string_view wrong_type =
    "WRONGTYPE Operation against a key holding the wrong kind of value";
inline constexpr std::string_view syntax = "ERR syntax error";
inline constexpr std::string_view not_integer = "ERR value is not an integer or out of range";
inline constexpr std::string_view not_float = "ERR value is not a valid float";
inline constexpr std::string_view no_such_key = "ERR no such key";
inline constexpr std::string_view index_out_of_range = "ERR index out of range";
inline constexpr std::string_view same_object = "ERR source and destination objects are the same";
inline constexpr std::string_view out_of_range = "ERR value is out of range";
inline constexpr std::string_view negative = "ERR value is out of range, must be positive";
inline constexpr std::string_view oom = "OOM command not allowed when used memory > 'maxmemory'.";
inline constexpr std::string_view no_auth = "NOAUTH Authentication required.";
inline constexpr std::string_view no_replicas =
    "NOREPLICAS Not enough good replicas to write.";
inline constexpr std::string_view exec_abort =
    "EXECABORT Transaction discarded because of previous errors.";
inline constexpr std::string_view no_script = "NOSCRIPT No matching script.";
inline constexpr std::string_view busy_eval =
    "BUSY Valkey is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
inline constexpr std::string_view busy_function =
    "BUSY Valkey is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.";
inline constexpr std::string_view bad_database = "ERR invalid DB index";
inline constexpr std::string_view database_out_of_range = "ERR DB index is out of range";
inline constexpr std::string_view string_too_long =
    "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
inline constexpr std::string_view offset_out_of_range = "ERR offset is out of range";
inline constexpr std::string_view overflow = "ERR increment or decrement would overflow";
inline constexpr std::string_view nan_or_infinity = "ERR increment would produce NaN or Infinity";

inline constexpr std::string_view bad_client_name =
    "ERR Client names cannot contain spaces, newlines or special characters.";

// The ones that name a command or a subcommand.
std::string wrong_arity(std::string_view full_name);
std::string unknown_subcommand(std::string_view word, std::string_view container);
std::string subcommand_syntax(std::string_view word, std::string_view container);
std::string no_permission(std::string_view user, std::string_view full_name, bool is_redis_7);
std::string invalid_expire(std::string_view command);

}  // namespace outlive::errors
