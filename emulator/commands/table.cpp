#include "commands/table.hpp"

#include <array>

#include "commands/families.hpp"
#include "scripting/scripts.hpp"

namespace outlive {

std::span<const CommandRows> all_commands() {
  // clang-format off
  static const std::array families = {
      acl_commands(),
      bitfield_commands(),
      bitmap_commands(),
      client_commands(),
      command_log_commands(),
      command_commands(),
      config_commands(),
      connection_commands(),
      debug_commands(),
      dump_commands(),
      expire_commands(),
      function_commands(),
      hash_commands(),
      hash_expiry_commands(),
      info_commands(),
      key_commands(),
      latency_commands(),
      lcs_commands(),
      lolwut_commands(),
      memory_commands(),
      object_commands(),
      outlive_commands(),
      pubsub_commands(),
      scan_commands(),
      scripting_commands(),
      server_commands(),
      string_commands(),
      transaction_commands(),
  };
  // clang-format on
  return families;
}

std::unique_ptr<ScriptHost> make_script_host(Engine& engine) {
  return std::make_unique<Scripts>(engine);
}

}  // namespace outlive
