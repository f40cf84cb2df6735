// ACL categories: their names, and all those a command is in.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/command.hpp"

namespace outlive {

struct Category {
  std::string_view name;  // without the @
  std::uint64_t bit;
};

// In Valkey's order (acl.c).
std::span<const Category> categories();

// The row's own and those that follow from its flags (server.c, setImplicitACLCategories).
std::uint64_t categories_of(const Command& command);

// The bit of a name, whatever its case; 0 if there is none of that name.
std::uint64_t category_named(std::string_view name);

}  // namespace outlive
