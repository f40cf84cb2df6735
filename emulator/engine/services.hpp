// Managed services: what their public documentation says that they refuse, set and fix, so that what
// fails there fails here. What it does not say is as in Valkey.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/command_table.hpp"

namespace outlive {

// A directive that a service sets otherwise than Valkey, or does not let be set.
struct ServiceDirective {
  std::string_view name;
  std::string_view value;         // unless it is set, as CONFIG GET tells it
  // The values that can be set, blank-separated, "-" for the empty one; empty: whatever Valkey takes.
  std::string_view allowed = {};
  std::string_view source = {};  // the address of the page that says so

  bool allows(std::string_view set) const;
};

// All that is known of one service.
struct Service {
  // What a command that is not for clients answers.
  enum class Refusal : std::uint8_t {
    unknown,       // as if the server had none of that name
    no_permission  // NOPERM, as to a user without the right to it
  };

  std::string_view name;     // as outlive-like and `serve --like` take it
  std::string_view product;  // what the vendor calls it
  Refusal refusal = Refusal::unknown;
  std::string_view refusal_source = {};
  // Blank-separated, in small letters: "config" with all its subcommands, "acl|setuser". Those that
  // outlive does not know are refused in any case; here they say with which words.
  std::string_view refused = {};
  std::string_view refused_source = {};
  // The same of commands that are let through, all others being refused; empty: no such list.
  std::string_view supported = {};
  std::string_view supported_source = {};
  std::span<const ServiceDirective> directives = {};
  std::string_view open = {};  // what is not documented, or not imitated

  const ServiceDirective* directive(std::string_view called) const;
  // Whether clients may not run it: "get", "config", "config|get". A container that has a subcommand
  // for clients is not refused itself.
  bool refuses(std::string_view full_name) const;
  // The same by `refused` alone.
  bool names_refused(std::string_view full_name) const;
};

// Percent of maxmemory that data can't have: of services that have a row of it.
constexpr std::string_view reserved_memory_directive = "reserved-memory-percent";

constexpr std::string_view reserved_memory_lacking =
    "Valkey has no such directive; outlive-like elasticache has";

std::span<const Service> services();
// Null for "none" and for names that nobody has.
const Service* find_service(std::string_view name);
// "none" and all names, blank-separated: the choices of outlive-like.
constexpr std::string_view service_names =
    "none elasticache elasticache-serverless memorystore memorystore-redis";

// All rows, a line each: service, kind, what, value, source, separated by tabs.
std::string describe_services();

// Which rows of a command table a service refuses, found out once.
class ServiceGate {
 public:
  ServiceGate() = default;
  ServiceGate(const Service* service, const CommandTable& table);

  bool refuses(std::size_t index) const { return !refused_.empty() && refused_[index]; }

 private:
  std::vector<bool> refused_;
};

}  // namespace outlive
