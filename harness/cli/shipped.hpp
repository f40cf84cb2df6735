// The scenarios that ship with outlive: beside the program where it is installed, else in the
// source tree around it.
#pragma once

#include <string>

namespace outlive::harness {

// Throws UserError where they are not there.
std::string shipped_folder();

// The file of one that is named as in "split/split"; or of several, a folder. Throws UserError with
// the nearest name.
std::string shipped_file(const std::string& name);

// The page that teaches the language of scenarios, where it can be read.
std::string language_page();

// The short name of a file, if it is one of them; else the file's own.
std::string name_of_file(const std::string& file);

}  // namespace outlive::harness
