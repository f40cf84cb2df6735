#include "target/kind.hpp"

#include <algorithm>
#include <map>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "outlive/emulator.hpp"
#include "target/embedded.hpp"
#include "target/exec.hpp"
#include "target/serve.hpp"
#include "target/wire.hpp"

namespace outlive::harness {
namespace {

struct FamilyRow {
  std::string_view word;
  Abilities abilities;
};

constexpr FamilyRow families[] = {
    {"embedded",
     {Ability::moves_clock, Ability::fixes_seed, Ability::tells_scores, Ability::models_memory,
      Ability::has_profiles, Ability::restarts, Ability::alone}},
    {"serve",
     {Ability::moves_clock, Ability::fixes_seed, Ability::tells_scores, Ability::models_memory,
      Ability::has_profiles, Ability::restarts, Ability::alone}},
    {"exec", {Ability::restarts, Ability::alone}},
    {"wire", {}},
};

const FamilyRow& row_of(Family family) {
  return families[static_cast<std::size_t>(family)];
}

// How each is written; a colon wants something behind it.
struct Form {
  std::string_view begins;
  Family family;
};
constexpr Form forms[] = {{"embedded", Family::embedded},
                          {"serve", Family::serve},
                          {"serve:", Family::serve},
                          {"exec:", Family::exec}};

constexpr std::string_view possible =
    "embedded, serve, serve:PATH, exec:PATH or a URL like valkey://127.0.0.1:6379 (valkeys:// for "
    "TLS)";

// The name of an instance before '='; "" where there is none.
std::string_view take_instance(std::string_view& word) {
  const std::size_t equals = word.find('=');
  if (equals == word.npos || word.find_first_of(":/") < equals) return {};
  const std::string_view instance = word.substr(0, equals);
  word.remove_prefix(equals + 1);
  return instance;
}

std::string at_line(const Scenario& scenario, int line) {
  return place_of(scenario, line) + ": ";
}

}  // namespace

std::string_view to_string(Family family) {
  return row_of(family).word;
}

Place::Place(std::string_view word) : name_{word} {
  if (word.find("://") != word.npos) {
    server_ = parse_server_url(word);
    if (!server_.mistake.empty()) {
      throw UserError{"--target " + masked_url(word) + ": " + server_.mistake};
    }
    if (server_.protocol == ServerUrl::Protocol::resp2) {
      throw UserError{"--target " + masked_url(word) +
                      ": protocol=resp2 can't be played on: evictions are heard of by RESP3's "
                      "pushes (protocol=resp3, or leave it out)"};
    }
    family_ = Family::wire;
    name_ = server_.shown;
    return;
  }
  for (const Form& form : forms) {
    const bool names = form.begins.ends_with(':');
    if (names ? !word.starts_with(form.begins) || word.size() == form.begins.size()
              : word != form.begins) {
      continue;
    }
    family_ = form.family;
    if (names) program_ = word.substr(form.begins.size());
    if (family_ == Family::serve && !names) program_ = own_program();
    return;
  }
  throw UserError{"--target " + quoted(word) + ": must be " + std::string{possible}};
}

const Abilities& Place::abilities() const {
  return row_of(family_).abilities;
}

std::unique_ptr<Target> Place::start(const Instance& instance, Time at, std::uint64_t seed,
                                     const WireTerms& terms) const {
  switch (family_) {
    case Family::embedded:
      return std::make_unique<EmbeddedTarget>(instance, at, seed);
    case Family::serve:
      return std::make_unique<ServeTarget>(program_, instance, at, seed);
    case Family::exec:
      return std::make_unique<ForeignTarget>(std::make_unique<ExecHost>(program_, instance), at);
    case Family::wire:
      return std::make_unique<ForeignTarget>(std::make_unique<WireHost>(server_, instance, terms),
                                             at);
  }
  ensure(false, "a place is of some family");
  return nullptr;
}

TargetKind::TargetKind(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    std::string_view rest = word;
    while (true) {
      const std::size_t comma = rest.find(',');
      add(rest.substr(0, comma));
      if (comma == rest.npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
}

void TargetKind::agree(const WireTerms& terms) {
  const auto over_tls =
      std::ranges::find_if(places_, [](const Placed& one) { return one.place.server().tls; });
  if (terms.tls.is_stated() && over_tls == places_.end()) {
    throw UserError{
        "--cacert, --cacertdir, --cert, --key and --insecure are for servers that are spoken to "
        "over TLS; --target names none (valkeys://… or rediss://…)"};
  }
  if (over_tls != places_.end()) begin_tls(terms.tls, over_tls->place.server().host);
  terms_ = terms;
}

void TargetKind::add(std::string_view word) {
  const std::string_view instance = take_instance(word);
  if (placed(instance) && placed(instance)->instance == instance) {
    throw UserError{"--target: two places for " +
                    (instance.empty() ? "all instances" : std::string{instance})};
  }
  places_.push_back({std::string{instance}, Place{word}});
  if (!name_.empty()) name_ += ',';
  if (!instance.empty()) name_.append(instance).append("=");
  name_ += places_.back().place.name();
}

const TargetKind::Placed* TargetKind::placed(std::string_view instance) const {
  const Placed* found = nullptr;
  for (const Placed& one : places_) {
    if (one.instance == instance) return &one;
    if (one.instance.empty()) found = &one;
  }
  return found;
}

Family TargetKind::family() const {
  Family least = Family::embedded;
  for (const Placed& one : places_) least = std::max(least, one.place.family());
  return least;
}

bool TargetKind::repeatable() const {
  return std::ranges::all_of(
      places_, [](const Placed& one) { return one.place.abilities().has(Ability::fixes_seed); });
}

bool TargetKind::one_at_a_time() const {
  return std::ranges::any_of(
      places_, [](const Placed& one) { return !one.place.abilities().has(Ability::alone); });
}

void TargetKind::must_suit(const Scenario& scenario) const {
  std::string mistakes;
  const auto refuse = [&mistakes](const std::string& what) {
    mistakes.append(mistakes.empty() ? "" : "\n").append(what);
  };
  std::vector<std::string_view> names;
  for (const Instance& instance : scenario.instances) {
    names.push_back(instance.name);
    if (!placed(instance.name)) {
      refuse(at_line(scenario, instance.line) + "--target has no place for the instance " +
             outlive::quoted(instance.name) + "; add " + instance.name + "=…");
    }
  }
  for (const Placed& one : places_) {
    if (one.instance.empty() || std::ranges::find(names, one.instance) != names.end()) continue;
    std::string what =
        "--target: " + scenario.file + " has no instance " + outlive::quoted(one.instance);
    if (const auto near = nearest_name(one.instance, names)) {
      what += "; did you mean " + quoted(*near) + "?";
    }
    refuse(what);
  }
  // maxmemory is a server's, whatever the database.
  std::map<std::pair<std::string, int>, std::string> servers;
  for (const Instance& instance : scenario.instances) {
    const Placed* where = placed(instance.name);
    if (!where || where->place.family() != Family::wire) continue;
    const ServerUrl& server = where->place.server();
    const auto [first, fresh] = servers.try_emplace({server.host, server.port}, instance.name);
    if (fresh) continue;
    refuse(at_line(scenario, instance.line) + first->second + " and " + instance.name +
           " are two instances, and " + where->place.name() +
           " is one server; name another with --target " + instance.name + "=…");
  }
  for (const Event& event : scenario.events) {
    const Placed* where = event.is_end_of_server() ? placed(event.instance) : nullptr;
    if (!where || where->place.abilities().has(Ability::restarts)) continue;
    refuse(at_line(scenario, event.line) + "a " + std::string{to_string(event.kind)} + " of " +
           event.instance + " can't be played on " + where->place.name() +
           ", which is not ours to end; play it on embedded, serve or exec:PATH");
  }
  if (!mistakes.empty()) throw UserError{mistakes};
}

std::vector<Approximation> TargetKind::approximations(const Scenario& scenario) const {
  std::vector<Approximation> all;
  for (const Instance& instance : scenario.instances) {
    const Abilities& abilities = placed(instance.name)->place.abilities();
    for (const Approximation& one : approximations_of(scenario, instance, abilities)) {
      add_approximation(all, one);
    }
  }
  return all;
}

std::unique_ptr<Target> TargetKind::start(const Instance& instance, Time at,
                                          std::uint64_t seed) const {
  return placed(instance.name)->place.start(instance, at, seed, terms_);
}

}  // namespace outlive::harness
