// YAML with places and merged keys, over yaml-cpp.
#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <string>
#include <string_view>

#include "deployment/origin.hpp"
#include "deployment/reading_mistakes.hpp"

namespace outlive::harness {

// The document, or an undefined node where the text is no YAML, which is told.
YAML::Node parse_yaml(std::string_view text, const std::string& file, ReadingMistakes& mistakes);

// Where it stands.
Origin origin_of(const YAML::Node& node, const std::string& file, std::string name = {});

// The value of a key, also of one that comes by a merge (`<<: *others`), which keys beside it
// override; undefined where there is none, or the node is no mapping.
YAML::Node child(const YAML::Node& mapping, const std::string& key);

// Every key with its value, those that come by a merge included, each once.
void each_pair(const YAML::Node& mapping,
               const std::function<void(const YAML::Node& key, const YAML::Node& value)>& take);

}  // namespace outlive::harness
