#include "commands/table.hpp"

#include <array>

#include "commands/families.hpp"

namespace outlive {

std::span<const CommandRows> all_commands() {
  // clang-format off
  static const std::array families = {
      client_commands(),
      config_commands(),
      connection_commands(),
      expire_commands(),
      hash_commands(),
      info_commands(),
      key_commands(),
      lcs_commands(),
      memory_commands(),
      object_commands(),
      pubsub_commands(),
      scan_commands(),
      string_commands(),
      transaction_commands(),
  };
  // clang-format on
  return families;
}

}  // namespace outlive
