// The directives of valkey.conf among the words of a table.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "scenario/parse.hpp"
#include "scenario/reader.hpp"

namespace outlive::harness {

// All words but those in `own`, in the order of the file: of an [[instance]], or of an event that
// changes them while the server runs. An instance's profile and service come first: the others are
// judged as that version and that service would.
std::vector<Directive> read_directives(const toml::table& table,
                                       std::span<const std::string_view> own,
                                       DirectiveBook::When when, const DirectiveBook& book,
                                       Mistakes& mistakes);

}  // namespace outlive::harness
