#include "target/real_directives.hpp"

#include <algorithm>
#include <map>

#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

using Settings = std::map<std::string, std::string>;

Settings settings_of(Emulator& emulator) {
  emulator.run({"OUTLIVE", "OPERATOR", "ON"});
  Settings found;
  const Reply all = emulator.run({"CONFIG", "GET", "*"});
  for (std::size_t i = 0; i + 1 < all.elements.size(); i += 2) {
    found[all.elements[i].text] = all.elements[i + 1].text;
  }
  return found;
}

// Of INFO, which tells what data may take.
std::string cap_of(Emulator& emulator) {
  constexpr std::string_view field = "\nmaxmemory:";
  const std::string text = emulator.run({"INFO", "memory"}).text;
  const std::size_t begin = text.find(field) + field.size();
  return text.substr(begin, text.find('\r', begin) - begin);
}

bool is_outlives(std::string_view name) {
  return name.starts_with("outlive-") || name == "reserved-memory-percent";
}

}  // namespace

std::string real_value(const Instance& instance, const std::string& name,
                       const std::string& value) {
  if (name != "maxmemory" || instance.like().empty()) return value;
  std::vector<Directive> directives = instance.directives;
  directives.emplace_back(name, value);
  Emulator stated{{.directives = std::move(directives)}};
  return cap_of(stated);
}

std::vector<Directive> real_directives(const Instance& instance) {
  const std::string like = instance.like();
  if (like.empty()) {
    std::vector<Directive> plain = instance.directives_without_profile();
    std::erase_if(plain, [](const Directive& one) { return one.first == like_directive; });
    return plain;
  }
  Emulator service{{.directives = {{std::string{like_directive}, like}}}};
  Emulator plain;
  Emulator stated{{.directives = instance.directives}};
  const Settings usual = settings_of(plain);
  std::vector<Directive> found;
  for (const auto& [name, value] : settings_of(service)) {
    const auto known = usual.find(name);
    if (known != usual.end() && known->second != value && !is_outlives(name)) {
      found.emplace_back(name, value);
    }
  }
  for (const auto& [name, value] : instance.directives_without_profile()) {
    if (is_outlives(name)) continue;
    found.emplace_back(name, name == "maxmemory" ? cap_of(stated) : value);
  }
  return found;
}

}  // namespace outlive::harness
