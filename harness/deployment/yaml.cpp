#include "deployment/yaml.hpp"

#include <set>

namespace outlive::harness {
namespace {

constexpr const char* merge_key = "<<";
// Of mappings merged into one another, which may name themselves, or each other many times.
constexpr int merged_max = 1'000;

void take_pairs(const YAML::Node& mapping, std::set<std::string>& seen,
                const std::function<void(const YAML::Node&, const YAML::Node&)>& take,
                int& merged_count) {
  if (!mapping.IsDefined() || !mapping.IsMap() || merged_count++ > merged_max) return;
  for (const auto& pair : mapping) {
    const std::string key = pair.first.IsScalar() ? pair.first.Scalar() : "";
    if (key != merge_key && seen.insert(key).second) take(pair.first, pair.second);
  }
  const YAML::Node merged = mapping[merge_key];
  if (!merged.IsDefined()) return;
  if (!merged.IsSequence()) return take_pairs(merged, seen, take, merged_count);
  for (const YAML::Node& one : merged) take_pairs(one, seen, take, merged_count);
}

}  // namespace

YAML::Node parse_yaml(std::string_view text, const std::string& file, ReadingMistakes& mistakes) {
  try {
    return YAML::Load(std::string{text});
  } catch (const YAML::Exception& error) {
    const int line = error.mark.is_null() ? 0 : error.mark.line + 1;
    std::string what = "no YAML: " + error.msg;
    if (text.find("\n\t") != text.npos) what += "; YAML is indented by blanks, never by tabs";
    mistakes.add({file, line, {}}, std::move(what));
    return YAML::Node{YAML::NodeType::Undefined};
  }
}

Origin origin_of(const YAML::Node& node, const std::string& file, std::string name) {
  const YAML::Mark mark = node.Mark();
  return {file, mark.is_null() ? 0 : mark.line + 1, std::move(name)};
}

YAML::Node child(const YAML::Node& mapping, const std::string& key) {
  YAML::Node found{YAML::NodeType::Undefined};
  each_pair(mapping, [&](const YAML::Node& name, const YAML::Node& value) {
    if (name.IsScalar() && name.Scalar() == key) found.reset(value);
  });
  return found;
}

void each_pair(const YAML::Node& mapping,
               const std::function<void(const YAML::Node& key, const YAML::Node& value)>& take) {
  std::set<std::string> seen;
  int merged_count = 0;
  take_pairs(mapping, seen, take, merged_count);
}

}  // namespace outlive::harness
