#include "scenario/parse.hpp"

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "scenario/axes.hpp"
#include "scenario/command_template.hpp"
#include "scenario/compose.hpp"
#include "scenario/expect.hpp"
#include "scenario/fields.hpp"
#include "scenario/histogram.hpp"
#include "scenario/quantity.hpp"
#include "scenario/reader.hpp"
#include "scenario/transcript.hpp"
#include "scenario/url.hpp"
#include "scenario/validate.hpp"

namespace outlive::harness {
namespace {

// 2026-01-01T00:00:00Z.
constexpr Time default_start{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

std::string in_quotes(std::string_view text) {
  return "\"" + std::string{text} + "\"";
}

class Parser {
 public:
  Parser(const DirectiveBook& book, Sources& sources, std::span<const Axis> axes,
         std::vector<AxisValue> values, Mistakes& mistakes)
      : book_{book},
        sources_{sources},
        axes_{axes},
        values_{std::move(values)},
        mistakes_{mistakes} {}

  Scenario scenario(const toml::table& root) {
    Scenario read;
    read.start = default_start;
    read_fields(root, scenario_fields(), any_kind, "a scenario", read, mistakes_);
    each_table(root, "instance", [&](const toml::table& table) { instance(table, read); });
    environment(root, read);
    each_table(root, "traffic", [&](const toml::table& table) { traffic(table, read); });
    each_table(root, "event", [&](const toml::table& table) { event(table, read); });
    each_table(root, "check", [&](const toml::table& table) { check(table, read); });
    validate(read, mistakes_);
    read.axes = values_;
    read.title += variant_of(read);
    read.sources = sources_.beginnings();
    read.file = read.sources.front().name;
    return read;
  }

 private:
  template <class Take>
  void each_table(const toml::table& root, std::string_view name, Take take) {
    const toml::node* node = root.get(name);
    if (!node) return;
    const toml::array* list = node->as_array();
    if (!list || !list->is_array_of_tables()) {
      mistakes_.add(line_of(*node),
                    std::string{name} + " is written as [[" + std::string{name} + "]]");
      return;
    }
    for (const toml::node& table : *list) take(*table.as_table());
  }

  // The directives among a table's words (all but those in `own`), in the order of the file.
  std::vector<Directive> directives(const toml::table& table, std::span<const std::string_view> own,
                                    bool may_be_relative) {
    std::vector<std::pair<std::string_view, const toml::node*>> words;
    for (const auto& [key, node] : table) {
      if (std::ranges::find(own, key.str()) == own.end()) words.emplace_back(key.str(), &node);
    }
    std::ranges::sort(words, {}, [](const auto& word) {
      const toml::source_position at = word.second->source().begin;
      return std::pair{at.line, at.column};
    });
    std::vector<Directive> read;
    for (const auto& [name, node] : words) {
      read.emplace_back(name, directive_value(*node));
      judge(read.back(), line_of(*node), own, may_be_relative);
    }
    return read;
  }

  void judge(const Directive& directive, int line, std::span<const std::string_view> own,
             bool may_be_relative) {
    const auto& [name, value] = directive;
    std::vector<std::string_view> known = book_.names();
    if (std::ranges::find(known, name) == known.end()) {
      known.insert(known.end(), own.begin(), own.end());
      mistakes_.add_unknown(line, "valkey.conf", name, known);
      return;
    }
    if (may_be_relative && name == "maxmemory" && parse_used(value)) return;
    const std::string refusal = book_.refusal(directive);
    if (!refusal.empty()) mistakes_.add(line, name + " = " + in_quotes(value) + ": " + refusal);
  }

  static std::string directive_value(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* truth = node.as_boolean()) return truth->get() ? "yes" : "no";
    if (const auto* whole = node.as_integer()) return std::to_string(whole->get());
    std::ostringstream out;
    node.visit([&out](const auto& value) { out << value; });
    return out.str();
  }

  std::string required_text(const toml::table& table, std::string_view name,
                            std::string_view what) {
    const toml::node* node = table.get(name);
    if (node) return Value{name, *node, mistakes_}.text();
    mistakes_.add(line_of(table), std::string{what} + " lacks \"" + std::string{name} + "\"");
    return {};
  }

  void instance(const toml::table& table, Scenario& into) {
    constexpr std::string_view own[] = {"name"};
    Instance read{.name = required_text(table, "name", "an instance"),
                  .directives = {},
                  .line = line_of(table)};
    read.directives = directives(table, own, false);
    into.instances.push_back(std::move(read));
  }

  void event(const toml::table& table, Scenario& into) {
    const auto kind = kind_of(table, "an event", event_kind_names());
    if (!kind) return;
    Event read;
    read.kind = static_cast<EventKind>(*kind);
    read.line = line_of(table);
    std::vector<std::string_view> elsewhere;
    if (read.kind == EventKind::config) {
      constexpr std::string_view own[] = {"kind", "at", "instance"};
      read.directives = directives(table, own, true);
      for (const Directive& directive : read.directives) elsewhere.push_back(directive.first);
    }
    read_fields(table, event_fields(), kind_bit(read.kind),
                "an event of kind " + in_quotes(to_string(read.kind)), read, mistakes_, elsewhere);
    into.events.push_back(std::move(read));
  }

  void traffic(const toml::table& table, Scenario& into) {
    const auto kind = kind_of(table, "traffic", traffic_kind_names());
    if (!kind) return;
    Traffic read;
    read.kind = static_cast<TrafficKind>(*kind);
    read.name = traffic_kind_names()[*kind];
    read.line = line_of(table);
    read_fields(table, traffic_fields(), kind_bit(read.kind),
                "traffic of kind " + in_quotes(to_string(read.kind)), read, mistakes_);
    if (read.kind != TrafficKind::transcript) require_rate(table, read);
    load_files(table, read);
    into.traffic.push_back(std::move(read));
  }

  // Either the one rate, or phases that have their own.
  void require_rate(const toml::table& table, const Traffic& traffic) {
    const bool rate = table.contains("rate"), phases = table.contains("phases");
    const std::string what = "traffic of kind " + in_quotes(to_string(traffic.kind));
    if (!rate && !phases) {
      mistakes_.add(line_of(table), what + " lacks \"rate\": requests in all, like \"50/s\"");
    } else if (rate && phases) {
      mistakes_.add(line_of(*table.get("phases")),
                    what + " has a \"rate\", and \"phases\" with theirs");
    } else if (!phases && table.contains("repeat")) {
      mistakes_.add(line_of(*table.get("repeat")), "\"repeat\" wants \"phases\"");
    }
  }

  // The text of a file that the scenario names.
  std::optional<std::string> text_of(const std::string& path, const Value& named) {
    sources_.look_for(path);
    std::optional<std::string> text = read_file(path);
    if (!text) named.refuse(path + " can't be read, or is empty");
    return text;
  }

  // A path is relative to the file that names it.
  std::string beside(const Value& named, const std::string& path) const {
    const std::filesystem::path file{sources_.of(named.line()).name};
    return (file.parent_path() / path).lexically_normal().string();
  }

  void load_files(const toml::table& table, Traffic& into) {
    const auto load = [&](std::string_view word, const std::string& name, auto read) {
      if (name.empty()) return;
      const Value named{word, *table.get(word), mistakes_};
      const std::string path = beside(named, name);
      if (const auto text = text_of(path, named)) read(*text, path);
    };
    load("size", into.sizes.file, [&](const std::string& text, const std::string& path) {
      into.sizes.bins = parse_histogram(text, path, mistakes_);
    });
    load("file", into.transcript_file, [&](const std::string& text, const std::string& path) {
      CommandBook book;
      into.transcript =
          std::make_shared<const Transcript>(parse_transcript(text, path, book, mistakes_));
    });
    if (!table.contains("keys") && std::ranges::any_of(into.commands, draws_key)) {
      mistakes_.add(line_of(table), "{key} wants \"keys\": how many there are");
    }
  }

  void check(const toml::table& table, Scenario& into) {
    const auto kind = kind_of(table, "a check", check_kind_names());
    if (!kind) return;
    Check read;
    read.kind = static_cast<CheckKind>(*kind);
    read.line = line_of(table);
    read_fields(table, check_fields(), kind_bit(read.kind),
                "a check of kind " + in_quotes(to_string(read.kind)), read, mistakes_);
    if (const toml::node* expect = table.get("expect")) {
      read_expectations({"expect", *expect, mistakes_}, axes_, values_, read);
    }
    into.checks.push_back(std::move(read));
  }

  std::optional<std::size_t> kind_of(const toml::table& table, std::string_view what,
                                     std::span<const std::string_view> kinds) {
    const toml::node* node = table.get("kind");
    if (!node) {
      mistakes_.add(line_of(table), std::string{what} + " lacks \"kind\"");
      return std::nullopt;
    }
    const auto* text = node->as_string();
    const auto found = text ? std::ranges::find(kinds, std::string_view{text->get()}) : kinds.end();
    if (found == kinds.end()) {
      Value{"kind", *node, mistakes_}.word(kinds);
      return std::nullopt;
    }
    return static_cast<std::size_t>(found - kinds.begin());
  }

  // Only where nothing comes through a gateway.
  void without_environment(const toml::table& root) {
    const toml::array* blocks = root["traffic"].as_array();
    const auto is_plain = [](const toml::node& block) {
      const toml::table* table = block.as_table();
      const auto kind = table ? (*table)["kind"].value<std::string_view>() : std::nullopt;
      return kind == to_string(TrafficKind::commands) || kind == to_string(TrafficKind::transcript);
    };
    if (blocks && !blocks->empty() && std::ranges::all_of(*blocks, is_plain)) return;
    mistakes_.add(line_of(root),
                  "a scenario lacks \"environment\": [environment] with TENSORZERO_VALKEY_URL");
  }

  void environment(const toml::table& root, Scenario& into) {
    const toml::table* table = root["environment"].as_table();
    if (!table) return without_environment(root);
    constexpr std::string_view variables[] = {"TENSORZERO_VALKEY_URL",
                                              "TENSORZERO_VALKEY_CACHE_URL"};
    for (const auto& [key, node] : *table) {
      if (std::ranges::find(variables, key.str()) == std::end(variables)) {
        mistakes_.add_unknown(line_of(node), "[environment]", key.str(), variables);
      }
    }
    const toml::node* primary = table->get(variables[0]);
    const toml::node* cache = table->get(variables[1]);
    if (!primary) {
      mistakes_.add(line_of(*table),
                    "[environment] lacks \"TENSORZERO_VALKEY_URL\": where rate limits are kept");
      return;
    }
    const ValkeyUrl first = url_of(variables[0], *primary, into);
    // As the gateway: without a URL of its own the cache goes to the primary.
    const ValkeyUrl second = cache ? url_of(variables[1], *cache, into) : first;
    into.primary = first.host;
    into.primary_database = first.database;
    into.cache = second.host;
    into.cache_database = second.database;
  }

  ValkeyUrl url_of(std::string_view variable, const toml::node& node, const Scenario& scenario) {
    const Value value{variable, node, mistakes_};
    const std::string text = value.text();
    if (text.empty()) return {};
    ValkeyUrl url = parse_valkey_url(text);
    if (!url.mistake.empty()) {
      value.refuse(url.mistake);
      return {};
    }
    require_instance(scenario, url.host, value.line(), variable, mistakes_);
    return url;
  }

  const DirectiveBook& book_;
  Sources& sources_;
  std::span<const Axis> axes_;
  std::vector<AxisValue> values_;
  Mistakes& mistakes_;
};

[[noreturn]] void report(const Sources& sources, Mistakes& mistakes) {
  std::string lines;
  for (const Mistake& mistake : mistakes.take()) {
    lines.append(lines.empty() ? "" : "\n");
    if (mistake.file.empty()) {
      const Sources::File& file = sources.of(mistake.line);
      const int line = std::max(mistake.line - file.first_line + 1, 1);
      lines.append(file.name).append(":").append(std::to_string(line));
    } else {
      lines.append(mistake.file).append(":").append(std::to_string(mistake.line));
    }
    lines.append(": ").append(mistake.what);
  }
  throw ScenarioError{lines};
}

std::vector<Scenario> read_plays(std::string_view text, const std::string& file,
                                 const DirectiveBook& book, std::span<const Setting> settings,
                                 Sources& sources, Mistakes& mistakes) {
  std::vector<Scenario> plays;
  std::size_t count = 1;
  for (std::size_t play = 0; play < count; ++play) {
    // Each play has the text read anew: values are put into the tree.
    toml::table root = compose(file, text, sources, mistakes);
    if (mistakes.any()) break;
    const std::vector<Axis> axes = take_axes(root, settings, mistakes);
    count = play_count(axes);
    substitute(root, axes, play, mistakes);
    plays.push_back(Parser{book, sources, axes, values_in(axes, play), mistakes}.scenario(root));
  }
  return plays;
}

Scenario sole(std::vector<Scenario> plays) {
  if (plays.size() == 1) return std::move(plays.front());
  throw ScenarioError{plays.front().file + ": its axes make " + std::to_string(plays.size()) +
                      " plays; here it must be one"};
}

}  // namespace

std::vector<Scenario> parse_plays(std::string_view text, std::string file,
                                  const DirectiveBook& book, std::span<const Setting> settings) {
  Mistakes mistakes;
  Sources sources;
  std::vector<Scenario> plays = read_plays(text, file, book, settings, sources, mistakes);
  if (mistakes.any()) report(sources, mistakes);
  return plays;
}

std::vector<Scenario> load_plays(const std::string& path, const DirectiveBook& book,
                                 std::span<const Setting> settings) {
  const std::optional<std::string> text = read_file(path);
  if (!text) {
    throw UserError{path + ": can't be read; name a scenario file (*.toml) or a folder of them"};
  }
  return parse_plays(*text, path, book, settings);
}

std::vector<std::string> files_behind(const std::string& path, const DirectiveBook& book,
                                      std::span<const Setting> settings) {
  Mistakes mistakes;
  Sources sources;
  sources.look_for(path);
  try {
    if (const auto text = read_file(path)) {
      read_plays(*text, path, book, settings, sources, mistakes);
    }
  } catch (const UserError&) {  // whoever loads it is told
  }
  return sources.looked_for();
}

Scenario parse_scenario(std::string_view text, std::string file, const DirectiveBook& book,
                        std::span<const Setting> settings) {
  return sole(parse_plays(text, std::move(file), book, settings));
}

Scenario load_scenario(const std::string& path, const DirectiveBook& book,
                       std::span<const Setting> settings) {
  return sole(load_plays(path, book, settings));
}

}  // namespace outlive::harness
