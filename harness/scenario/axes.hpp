// [axes]: names for values, which may vary from play to play. A text "$name" anywhere else stands
// for the value itself, "${name}" within a longer text for the value as text, "$$" for a dollar.
#pragma once

#include <string>
#include <vector>

#include "scenario/parse.hpp"
#include "scenario/reader.hpp"

namespace outlive::harness {

struct Axis {
  struct Choice {
    std::string toml;   // as a file writes it
    std::string shown;  // as people read it
  };
  std::string name;
  int line = 0;
  std::vector<Choice> choices;   // what is played, one after the other
  std::vector<Choice> declared;  // what the file says, where a setting has put others in its place
  bool sound = true;             // else what is wrong with it has been told
};

// Takes [axes] out of the table; settings win, and one of another type than the axis is a mistake.
std::vector<Axis> take_axes(toml::table& root, std::span<const Setting> settings,
                            Mistakes& mistakes);

// How many combinations there are, or one more than the most that are played; and the place of each
// axis's choice in that play: the last axis varies first.
std::size_t play_count(std::span<const Axis> axes);
std::vector<AxisValue> values_in(std::span<const Axis> axes, std::size_t play);

// Puts the values of that play in place of their names. Notes names that there are not, and axes
// that nothing names.
void substitute(toml::table& root, std::span<const Axis> axes, std::size_t play,
                Mistakes& mistakes);

}  // namespace outlive::harness
