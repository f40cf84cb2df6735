// What a key holds. A further type is one more alternative here, one row in `value_types`, and its
// own file.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>

#include "data/hash.hpp"
#include "data/string.hpp"

namespace outlive {

using HashPointer = std::unique_ptr<Hash>;
using Value = std::variant<String, HashPointer>;

// By index in the variant: the name that TYPE answers.
inline constexpr std::array<std::string_view, std::variant_size_v<Value>> value_type_names = {
    "string", "hash"};

inline std::string_view type_name(const Value& value) { return value_type_names[value.index()]; }

// Bytes of used_memory beside the object itself that the doors must charge: a raw string's block, a
// listpack, a table's head and items. What a table charges as it grows is not among them.
std::size_t heap_bytes(const Value& value);
// What OBJECT ENCODING answers.
std::string_view encoding_name(const Value& value);
// Whether it is a string inside its object.
bool is_embedded(const Value& value);
// How many allocations it has, which decides whether UNLINK frees it in the background
// (lazyfree.c, lazyfreeGetFreeEffort).
std::size_t free_effort(const Value& value);

// A copy with the same encoding, but with no room to spare (COPY).
Value clone(const Value& value, const Allocation& allocation);

}  // namespace outlive
