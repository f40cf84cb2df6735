// Lines of CLIENT LIST, and the filters that CLIENT LIST and CLIENT KILL share.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "engine/command.hpp"

namespace outlive {

enum class ClientType : std::uint8_t { normal, replica, pubsub, primary };

// Which clients are meant: all that meet every condition that is set.
struct ClientFilter {
  std::optional<std::set<std::int64_t>> ids;
  std::optional<std::string_view> address, local_address, user;
  std::optional<ClientType> type;
  std::int64_t age_s_min = 0;  // MAXAGE, which means a least age; 0: any
  bool skip_me = false;

  bool matches(const Call& call, const Session& session) const;
};

// Reads what is left of the arguments into the filter. False: an error was answered.
bool read_client_filter(Call& call, ClientFilter& filter);

// The line of CLIENT LIST and CLIENT INFO, without its end.
std::string describe_client(const Call& call, const Session& session);

}  // namespace outlive
