#include "scenario/parse.hpp"

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "scenario/axes.hpp"
#include "scenario/command_template.hpp"
#include "scenario/compose.hpp"
#include "scenario/directives.hpp"
#include "scenario/environment.hpp"
#include "scenario/expect.hpp"
#include "scenario/fields.hpp"
#include "scenario/histogram.hpp"
#include "scenario/reader.hpp"
#include "scenario/transcript.hpp"
#include "scenario/validate.hpp"

namespace outlive::harness {
namespace {

// 2026-01-01T00:00:00Z.
constexpr Time default_start{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

WordLines lines_of(const toml::table& table) {
  WordLines lines;
  for (const auto& [key, node] : table) lines.emplace(key.str(), line_of(node));
  return lines;
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
    read_environment(root, read, mistakes_);
    each_table(root, "traffic", [&](const toml::table& table) { traffic(table, read); });
    each_table(root, "event", [&](const toml::table& table) { event(table, read); });
    each_table(root, "check", [&](const toml::table& table) { check(table, read); });
    validate_parts(read, mistakes_);
    if (!all_traffic_read_) read.traffic.clear();
    validate_course(read, mistakes_);
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
      const std::string heading = "[[" + std::string{name} + "]]";
      mistakes_.add(place_of(*node), std::string{name} + " is written as " + heading +
                                         ", a heading for each, with its words below");
      return;
    }
    for (const toml::node& table : *list) take(*table.as_table());
  }

  std::string required_text(const toml::table& table, std::string_view name,
                            std::string_view what) {
    const toml::node* node = table.get(name);
    if (node) return Value{name, *node, mistakes_}.text();
    mistakes_.add(place_of(table), std::string{what} + " lacks \"" + std::string{name} +
                                       "\": what URLs and other tables call it");
    return {};
  }

  void instance(const toml::table& table, Scenario& into) {
    constexpr std::string_view own[] = {"name", "profile", "like"};
    Instance read{.name = required_text(table, "name", "an instance"),
                  .directives = {},
                  .line = line_of(table)};
    read.directives = read_directives(table, own, DirectiveBook::When::starting, book_, mistakes_);
    into.instances.push_back(std::move(read));
  }

  void event(const toml::table& table, Scenario& into) {
    const auto kind = kind_of(table, "an event", event_kind_names());
    if (!kind) return;
    Event read;
    read.kind = static_cast<EventKind>(*kind);
    read.line = line_of(table);
    read.word_lines = lines_of(table);
    std::vector<std::string_view> elsewhere;
    if (read.kind == EventKind::config) {
      constexpr std::string_view own[] = {"kind", "at", "instance"};
      read.directives = read_directives(table, own, DirectiveBook::When::running, book_, mistakes_);
      for (const auto& [key, node] : table) {
        if (std::ranges::find(own, key.str()) == std::end(own)) elsewhere.push_back(key.str());
      }
    }
    read_fields(table, event_fields(), kind_bit(read.kind),
                "an event of kind " + in_quotes(to_string(read.kind)), read, mistakes_, elsewhere);
    into.events.push_back(std::move(read));
  }

  void traffic(const toml::table& table, Scenario& into) {
    const auto kind = kind_of(table, "traffic", traffic_kind_names());
    all_traffic_read_ &= kind.has_value();
    if (!kind) return;
    Traffic read;
    read.kind = static_cast<TrafficKind>(*kind);
    read.name = traffic_kind_names()[*kind];
    read.line = line_of(table);
    read.word_lines = lines_of(table);
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
      mistakes_.add(place_of(table), what + " lacks \"rate\": requests in all, like \"50/s\"");
    } else if (rate && phases) {
      mistakes_.add(place_of(*table.get("phases")),
                    what + " has a \"rate\", and \"phases\" with theirs; leave one of the two");
    } else if (!phases && table.contains("repeat")) {
      mistakes_.add(place_of(*table.get("repeat")),
                    "\"repeat\" wants \"phases\": one rate has nothing to repeat");
    }
  }

  // The text of a file that the scenario names.
  std::optional<std::string> text_of(const std::string& path, const Value& named) {
    sources_.look_for(path);
    FileText read = read_text(path, SIZE_MAX);
    if (read.mistake.empty() && read.text.empty()) read.mistake = "it is empty";
    if (read.mistake.empty()) return std::move(read.text);
    named.blame(path + " can't be read: " + read.mistake +
                "; paths are relative to the file that names them");
    return std::nullopt;
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
      mistakes_.add(place_of(table), "{key} wants \"keys\": how many there are");
    }
  }

  void check(const toml::table& table, Scenario& into) {
    const auto kind = kind_of(table, "a check", check_kind_names());
    if (!kind) return;
    Check read;
    read.kind = static_cast<CheckKind>(*kind);
    read.line = line_of(table);
    read.word_lines = lines_of(table);
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
      mistakes_.add(place_of(table),
                    std::string{what} + " lacks \"kind\"; there is: " + listed(kinds));
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

  const DirectiveBook& book_;
  Sources& sources_;
  std::span<const Axis> axes_;
  std::vector<AxisValue> values_;
  Mistakes& mistakes_;
  bool all_traffic_read_ = true;
};

std::vector<Scenario> read_plays(std::string_view text, const std::string& file,
                                 const DirectiveBook& book, std::span<const Setting> settings,
                                 Sources& sources, Mistakes& mistakes) {
  std::vector<Scenario> plays;
  std::size_t count = 1;
  for (std::size_t play = 0; play < count; ++play) {
    mistakes.begin_play();
    // Each play has the text read anew: values are put into the tree.
    const std::size_t before = mistakes.count();
    toml::table root = compose(file, text, sources, mistakes);
    if (mistakes.count() > before) break;  // parts are missing, and what they say is not known
    const std::vector<Axis> axes = take_axes(root, settings, mistakes);
    count = play_count(axes);
    substitute(root, axes, play, mistakes);
    plays.push_back(Parser{book, sources, axes, values_in(axes, play), mistakes}.scenario(root));
  }
  return plays;
}

Scenario sole(std::vector<Scenario> plays) {
  if (plays.size() == 1) return std::move(plays.front());
  const Scenario& play = plays.front();
  const auto axis = std::ranges::find(play.axes, true, &AxisValue::varies);
  const SourcePlace place = source_place_of(play, axis->line);
  throw ScenarioError{{{.file = place.file,
                        .line = place.line,
                        .what = "its axes make " + std::to_string(plays.size()) +
                                " plays, and here it must be one; set " + axis->name}}};
}

}  // namespace

std::vector<Scenario> parse_plays(std::string_view text, std::string file,
                                  const DirectiveBook& book, std::span<const Setting> settings) {
  Mistakes mistakes;
  Sources sources;
  std::vector<Scenario> plays = read_plays(text, file, book, settings, sources, mistakes);
  if (mistakes.any()) throw ScenarioError{mistakes.take(sources)};
  return plays;
}

std::vector<Scenario> load_plays(const std::string& path, const DirectiveBook& book,
                                 std::span<const Setting> settings) {
  const FileText file = read_text(path, scenario_size_max);
  if (!file.mistake.empty()) {
    throw ScenarioError{{{.file = path,
                          .what = "can't be read: " + file.mistake +
                                  "; name a scenario file (*.toml) or a folder of them"}}};
  }
  return parse_plays(file.text, path, book, settings);
}

std::vector<std::string> files_behind(const std::string& path, const DirectiveBook& book,
                                      std::span<const Setting> settings) {
  Mistakes mistakes;
  Sources sources;
  sources.look_for(path);
  const FileText file = read_text(path, scenario_size_max);
  if (file.mistake.empty()) read_plays(file.text, path, book, settings, sources, mistakes);
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
