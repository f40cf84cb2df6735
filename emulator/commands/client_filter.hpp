// Which clients CLIENT LIST and CLIENT KILL mean (networking.c, parseClientFiltersOrReply of 8.1 and
// 9.1; clientCommand before).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "engine/command.hpp"

namespace outlive {

enum class ClientType : std::uint8_t { normal, replica, pubsub, primary };

// What clients may have in common.
struct ClientTraits {
  std::string_view negation = {};  // "NOT-" where errors name the options so
  std::optional<std::set<std::int64_t>> ids = {};
  std::optional<std::string_view> address = {}, local_address = {}, ip = {}, user = {};
  std::optional<std::string_view> name = {}, library_name = {}, library_version = {};
  std::optional<std::string_view> flags = {}, capabilities = {};  // every letter of these
  std::optional<std::int64_t> database = {};
  std::optional<ClientType> type = {};
};

// All clients with each of the traits that are wanted, and none of those that are not.
struct ClientFilter {
  ClientTraits wanted, unwanted{.negation = "NOT-"};
  std::int64_t age_s_min = 0;   // MAXAGE, which means a least age; 0: any
  std::int64_t idle_s_min = 0;  // the same of IDLE
  bool skip_me = false;

  bool matches(const Call& call, const Session& session) const;
};

// What asks: before 8.1 each had words of its own.
enum class Filtering : std::uint8_t { list, kill };

// Reads what is left of the arguments into the filter. False: an error was answered.
bool read_client_filter(Call& call, Filtering what, ClientFilter& filter);

// Whole seconds of the wall clock, as Valkey counts ages.
std::int64_t seconds_since(const Call& call, Instant then);

// Letters of `flags=`, in the order of catClientInfoString; of `capa=`.
std::string client_flags(const Session& session);
std::string_view client_capabilities(const Session& session);

}  // namespace outlive
