// The families of commands: one file each, its rows handed out by one function.
#pragma once

#include "engine/command.hpp"

namespace outlive {

CommandRows acl_commands();
CommandRows bitfield_commands();
CommandRows bitmap_commands();
CommandRows client_commands();
CommandRows command_log_commands();
CommandRows command_commands();
CommandRows config_commands();
CommandRows connection_commands();
CommandRows debug_commands();
CommandRows dump_commands();
CommandRows expire_commands();
CommandRows function_commands();
CommandRows hash_commands();
CommandRows hash_expiry_commands();
CommandRows info_commands();
CommandRows key_commands();
CommandRows latency_commands();
CommandRows lcs_commands();
CommandRows lolwut_commands();
CommandRows memory_commands();
CommandRows object_commands();
CommandRows outlive_commands();
CommandRows pubsub_commands();
CommandRows scan_commands();
CommandRows scripting_commands();
CommandRows server_commands();
CommandRows string_commands();
CommandRows transaction_commands();

}  // namespace outlive
