// The directives of valkey.conf and CONFIG SET: names, types, bounds, and what they set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/options.hpp"

namespace outlive {

// One row: all that is known of a directive (config.c of 8.1, static_configs).
struct Directive {
  enum class Kind : std::uint8_t { boolean, integer, text, choice, special };
  enum Flag : std::uint32_t {
    immutable = 1,  // only at start
    sensitive = 2,  // not to be shown in logs
    hidden = 4,     // CONFIG GET shows it only when it is named
    guarded = 8,    // CONFIG SET only with enable-protected-configs
    several = 16,   // takes several words
    memory = 32,    // 10mb, 1gb …
    percent = 64,   // 5%, kept as a negative number
    octal = 128,
    unsigned_number = 256,
  };

  std::string_view name;
  std::string_view alias = {};
  Kind kind = Kind::text;
  std::uint32_t flags = 0;
  std::string_view initial = {};
  std::string_view initial_before_8_0 = {};  // where it was another
  std::int64_t min = 0;
  std::uint64_t max = 0;
  std::int64_t capped_min = 0;  // with capped_max: bounds that apply silently
  std::int64_t capped_max = 0;
  std::string_view choices = {};  // blank-separated
  std::string_view since = {};    // the version that brought it, where profiles differ
  std::string_view until = {};    // the version that dropped it

  bool has(std::uint32_t flag) const { return flags & flag; }
};

std::span<const Directive> all_directives();

// The row with this name or alias, whatever its case; null if there is none.
const Directive* find_directive(std::string_view name);
// Whether the version of the profile has it; the row that it has by this name, or null.
bool offered(const Directive& directive, const Options& options);
const Directive* find_offered(const Options& options, std::string_view name);

// What it is unless it is set.
std::string_view initial_of(const Options& options, const Directive& directive);
// The value as CONFIG GET tells it.
std::string directive_value(const Options& options, const Directive& directive);

// Sets one directive from its words. Nothing, or what is wrong with it: Valkey's words for what
// Valkey refuses, ours for what outlive does not do.
std::optional<std::string> set_directive(Options& options, const Directive& directive,
                                         std::span<const std::string_view> words);
// The same by name.
std::optional<std::string> set_directive(Options& options, std::string_view name,
                                         std::span<const std::string_view> words);

// What Valkey, or the service that the options name, makes of a directive's words, whether or not
// outlive does the same: its value as CONFIG GET would tell it, or what is wrong with it. Sets
// nothing.
struct DirectiveReading {
  std::string value;
  std::string mistake;  // empty: there is none
};
DirectiveReading read_directive(const Options& options, const Directive& directive,
                                std::span<const std::string_view> words);

// extended-redis-compatibility: a Valkey that gives itself out as Redis 7.2.4 (server.c,
// createSharedObjectsWithCompat, genValkeyInfoString; networking.c, helloCommand).
bool poses_as_redis(const Options& options);

// What outlive-profile and outlive-allocator-quantum choose.
const Profile& profile_of(const Options& options);
const Allocation& allocation_of(const Options& options);

}  // namespace outlive
