#include "server/config_reading.hpp"

#include <algorithm>
#include <iterator>

#include "base/text.hpp"
#include "engine/services.hpp"

namespace outlive {
namespace {

constexpr FileDirective file_directives[] = {
    {"dynamic-hz", {}},
    {"io-threads-do-reads", {}},
    {"list-max-ziplist-entries", {}},
    {"list-max-ziplist-value", {}},
    {"loadmodule", "modules are not emulated"},
    {"lua-replicate-commands", {}},
    {"rename-command", "commands keep their names"},
    {"sentinel", "Sentinel is not emulated"},
    {"user", "there is no user but 'default'; requirepass sets the password"},
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

const FileDirective* find_file_directive(std::string_view name) {
  const auto* found = std::find_if(std::begin(file_directives), std::end(file_directives),
                                   [&](const FileDirective& one) { return one.name == name; });
  return found == std::end(file_directives) ? nullptr : found;
}

std::string why_unknown(const DirectiveLine& line, const Options& options) {
  if (line.name == reserved_memory_directive) return std::string(reserved_memory_lacking);
  std::vector<std::string_view> names;
  for (const Directive& directive : all_directives()) {
    if (offered(directive, options)) names.push_back(directive.name);
  }
  std::string reason(bad_directive);
  if (const auto nearest = nearest_name(line.name, names)) {
    reason += "; did you mean '" + std::string(*nearest) + "'?";
  }
  return reason;
}

std::vector<std::string> words_of(const DirectiveLine& line, const Directive& directive) {
  const bool one = line.values.size() == 1 && !line.values[0].empty();
  if (!one || !directive.has(Directive::several)) return line.values;
  return split_words(line.values[0]).value_or(line.values);
}

LineReading read_line(const DirectiveLine& line, std::string_view like) {
  Options options;
  options.service = find_service(like);
  const Directive* directive = find_offered(options, line.name);
  if (!directive) {
    const bool known = find_file_directive(line.name) != nullptr;
    return {line.name, joined(line.values), known ? "" : why_unknown(line, options)};
  }
  const std::vector<std::string> values = words_of(line, *directive);
  const std::vector<std::string_view> words(values.begin(), values.end());
  DirectiveReading checked = read_directive(options, *directive, words);
  return {std::string(directive->name), std::move(checked.value), std::move(checked.mistake)};
}

std::string default_value(std::string_view directive) {
  // outlive's own row is empty, for it saves nothing (config.c, initServerConfig).
  if (directive == "save") return "3600 1 300 100 60 10000";
  const Directive* found = find_directive(directive);
  return found ? std::string(found->initial) : "";
}

ServiceReading read_service(std::string_view like) {
  const Service* service = find_service(like);
  if (!service) return {};
  ServiceReading found;
  for (const ServiceDirective& row : service->directives) {
    const Directive* directive = find_directive(row.name);
    found.defaults.emplace_back(directive->name, row.value);
  }
  for (const std::string_view name : {"save", "appendonly"}) {
    if (!service->directive(name)) found.undocumented.emplace_back(name);
  }
  found.refuses = [service](std::string_view command) { return service->refuses(command); };
  found.source = service->refused_source;
  return found;
}

}  // namespace outlive
