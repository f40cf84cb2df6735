// Variables of an environment, and files of them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "deployment/origin.hpp"
#include "deployment/reading_mistakes.hpp"

namespace outlive::harness {

using Variables = std::map<std::string, Said<std::string>, std::less<>>;

// A text with its variables in place, as Docker Compose does it: $NAME, ${NAME}, ${NAME:-default},
// ${NAME-default}, ${NAME:?message}, ${NAME?message}, ${NAME:+other}, ${NAME+other}, and $$ for a
// dollar. One that is not set and has no default stays as it is, "${NAME}".
struct Interpolated {
  std::string text;
  std::vector<std::string> unset;
  std::string mistake;  // what is wrong with the text; empty: nothing
};
Interpolated interpolate(std::string_view text, const Variables& variables);

// Whether a variable was left in an interpolated text.
bool has_unset_variable(std::string_view text);

// Reads NAME=value lines into the variables, later ones winning, by the rules of Compose's .env:
// '…' as it stands, "…" with \n \t \" \\ \$, a comment behind a blank, `export` in front, variables
// from those before.
void read_env_file(std::string_view text, const std::string& file, Variables& into,
                   ReadingMistakes& mistakes);

}  // namespace outlive::harness
