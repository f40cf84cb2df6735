#include "engine/errors.hpp"

#include "base/c_text.hpp"
#include "base/text.hpp"

namespace outlive::errors {

std::string wrong_arity(std::string_view full_name) {
  return "ERR wrong number of arguments for '" + std::string(full_name) + "' command";
}

std::string unknown_subcommand(std::string_view word, std::string_view container) {
  return "ERR unknown subcommand '" + std::string(c_text(word.substr(0, 128))) + "'. Try " +
         to_upper(container) + " HELP.";
}

std::string subcommand_syntax(std::string_view word, std::string_view container) {
  return "ERR unknown subcommand or wrong number of arguments for '" +
         std::string(c_text(word.substr(0, 128))) + "'. Try " + to_upper(container) + " HELP.";
}

// Redis 7.0 names no user.
std::string no_permission(std::string_view user, std::string_view full_name, bool is_redis_7) {
  return "NOPERM " + (is_redis_7 ? "this user" : "User " + std::string(user)) +
         " has no permissions to run the '" + std::string(full_name) + "' command";
}

std::string invalid_expire(std::string_view command) {
  return "ERR invalid expire time in '" + std::string(command) + "' command";
}

}  // namespace outlive::errors
