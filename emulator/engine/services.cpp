#include "engine/services.hpp"

#include <algorithm>

namespace outlive {
namespace {

// Calls `visit` with the words of a blank-separated list until it says that it has seen enough.
template <class Visit>
bool any_word(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (visit(list.substr(0, end))) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

// Whether it is named, or its container is.
bool names(std::string_view list, std::string_view full_name) {
  const std::string_view container = full_name.substr(0, full_name.find('|'));
  return any_word(list, [&](std::string_view word) {
    return word == full_name || word == container;
  });
}

bool names_subcommand_of(std::string_view list, std::string_view container) {
  return any_word(list, [&](std::string_view word) {
    return word.size() > container.size() && word.starts_with(container) &&
           word[container.size()] == '|';
  });
}

void add_row(std::string& text, const Service& service, std::string_view kind,
             std::string_view what, std::string_view value, std::string_view source) {
  for (const std::string_view cell : {service.name, kind, what, value}) {
    text.append(cell).append("\t");
  }
  text.append(source).append("\n");
}

}  // namespace

bool ServiceDirective::allows(std::string_view set) const {
  const std::string_view wanted = set.empty() ? "-" : set;
  return allowed.empty() || any_word(allowed, [&](std::string_view word) { return word == wanted; });
}

const ServiceDirective* Service::directive(std::string_view called) const {
  const auto found = std::ranges::find(directives, called, &ServiceDirective::name);
  return found == directives.end() ? nullptr : &*found;
}

bool Service::names_refused(std::string_view full_name) const {
  return names(refused, full_name);
}

bool Service::refuses(std::string_view full_name) const {
  if (names_refused(full_name)) return true;
  if (supported.empty()) return false;
  return !names(supported, full_name) && !names_subcommand_of(supported, full_name);
}

const Service* find_service(std::string_view name) {
  const auto found = std::ranges::find(services(), name, &Service::name);
  return found == services().end() ? nullptr : &*found;
}

std::string describe_services() {
  std::string text;
  for (const Service& service : services()) {
    const bool unknown = service.refusal == Service::Refusal::unknown;
    add_row(text, service, "is", service.product, "", "");
    add_row(text, service, "answers", "refused commands", unknown ? "ERR unknown" : "NOPERM",
            service.refusal_source);
    any_word(service.refused, [&](std::string_view command) {
      add_row(text, service, "refuses", command, "", service.refused_source);
      return false;
    });
    if (!service.supported.empty()) {
      add_row(text, service, "refuses", "all but", service.supported, service.supported_source);
    }
    for (const ServiceDirective& row : service.directives) {
      const bool fixed = !row.allowed.empty();
      add_row(text, service, fixed ? "fixes" : "sets", row.name, fixed ? row.allowed : row.value,
              row.source);
    }
    add_row(text, service, "open", service.open, "", "");
  }
  return text;
}

ServiceGate::ServiceGate(const Service* service, const CommandTable& table) {
  if (!service) return;
  refused_.resize(table.count());
  const auto judge = [&](const Command& row) {
    if (row.has(flag::outlive_own) || row.name == "outlive") return;
    refused_[table.index_of(row)] = service->refuses(row.full_name());
  };
  for (const Command* row : table.rows()) {
    judge(*row);
    for (const Command& subcommand : row->subcommands) judge(subcommand);
  }
}

}  // namespace outlive
