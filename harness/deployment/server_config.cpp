#include "deployment/server_config.hpp"

#include <algorithm>
#include <istream>

#include "base/number.hpp"
#include "base/text.hpp"
#include "scenario/mistakes.hpp"
#include "scenario/slips.hpp"
#include "server/config_reading.hpp"

namespace outlive::harness {
namespace {

constexpr std::string_view variable_begin = "${";
constexpr std::string_view like_directive = "outlive-like";

// What TensorZero's gateway sends, for limits and for answers.
constexpr std::string_view gateway_commands[] = {"fcall", "function|load", "get", "setex"};

// A line as it may be shown: without what stands behind these names.
constexpr std::string_view secret_names[] = {"requirepass",       "primaryauth",
                                             "masterauth",        "user",
                                             "tls-key-file-pass", "tls-client-key-file-pass"};

std::string shown(std::string_view line) {
  const std::string_view name = line.substr(0, line.find_first_of(" \t"));
  for (const std::string_view secret : secret_names) {
    if (equal_ignoring_case(name, secret)) return std::string{name} + " …";
  }
  return std::string{line};
}

class LinesReader {
 public:
  LinesReader(const Origin& origin, ServerDirectives& into, ReadingMistakes& mistakes)
      : origin_{origin}, into_{into}, mistakes_{mistakes} {}

  // The server is one of a managed service's, as the last of these lines says.
  void read_like(std::span<const DirectiveLine> lines) {
    for (const DirectiveLine& line : lines) {
      if (line.name != like_directive || line.values.size() != 1) continue;
      into_.like = read_line(line).mistake.empty() ? line.values[0] : "";
      if (into_.like == "none") into_.like.clear();
      like_origin_ = origin_of(line);
    }
  }

  // What the service has where no line says otherwise, and what it leaves of the memory.
  void add_service() {
    if (into_.like.empty()) return;
    const ServiceReading service = read_service(into_.like);
    for (const auto& [name, value] : service.defaults) {
      if (!into_.unclear.contains(name)) into_.said.try_emplace(name, Said<std::string>{value, like_origin_});
    }
    for (const std::string& name : service.undocumented) {
      if (!into_.said.contains(name)) into_.undocumented.insert(name);
    }
    for (const std::string_view command : gateway_commands) {
      if (service.refuses(command)) {
        into_.refused.push_back({std::string{command}, like_origin_});
      }
    }
    const auto reserved = into_.number("reserved-memory-percent");
    const auto memory = into_.number("maxmemory");
    const auto said = into_.said.find("maxmemory");
    if (!reserved || !memory || said == into_.said.end()) return;
    constexpr std::uint64_t all = 100;
    said->second.value = std::to_string(*memory / all * (all - *reserved) +
                                        *memory % all * (all - *reserved) / all);
  }

  void read(const DirectiveLine& line) {
    if (line.name == "rename-command") {
      const std::string command = line.values.empty() ? "" : to_lower(line.values[0]);
      into_.renamed.push_back({command, origin_of(line)});
      return;
    }
    if (line.name == "user") {
      into_.has_users = true;
      const auto has = [&](auto sign) { return std::ranges::any_of(line.values, sign); };
      const bool is_default = !line.values.empty() && line.values[0] == "default";
      const bool open = has([](const std::string& word) { return word == "nopass"; });
      const bool closed = has([](const std::string& word) {
        return word == "off" || word.starts_with('>') || word.starts_with('#');
      });
      into_.default_user_closed |= is_default && closed && !open;
    } else if (line.name == "aclfile") {
      into_.has_users = into_.default_user_closed = true;  // whatever stands there
    }
    LineReading reading = read_line(line, into_.like);
    if (line.text.find(variable_begin) != std::string::npos) return read_unset(line, reading);
    // Nothing is near: no slip, but a directive of another version's.
    if (reading.mistake == bad_directive) {
      into_.foreign.push_back({line.name, origin_of(line)});
      return;
    }
    if (reading.mistake.empty()) reading.mistake = mistake_in_points(reading);
    if (!reading.mistake.empty()) {
      mistakes_.add(origin_of(line), in_backticks(shown(line.text)) + ": " + reading.mistake,
                    meant(line, reading.mistake, into_.like));
      return;
    }
    into_.unclear.erase(reading.name);
    set(reading.name, reading.value, origin_of(line));
  }

 private:
  Origin origin_of(const DirectiveLine& line) const {
    if (line.line > 0) return {line.source, line.line, line.name};
    return {origin_.file, origin_.line, origin_.file.empty() ? origin_.name : line.name};
  }

  // A password that is a secret is a password all the same; of all else the value is not known.
  void read_unset(const DirectiveLine& line, const LineReading& reading) {
    if (reading.name == "requirepass") {
      return set(reading.name, line.values.empty() ? "" : line.values[0], origin_of(line));
    }
    into_.unclear.insert(reading.name);
    into_.said.erase(reading.name);
  }

  // Of the words that Valkey names, or as a size, the value that it would take; "": none is near.
  static std::string meant(const DirectiveLine& line, const std::string& mistake,
                           std::string_view like) {
    std::string written;
    for (const std::string& value : line.values) written += (written.empty() ? "" : " ") + value;
    std::vector<std::string> words = split_words(mistake).value_or(std::vector<std::string>{});
    for (std::string& word : words) {
      if (word.ends_with(',')) word.pop_back();
    }
    if (auto size = size_meant(written)) words.push_back(std::move(*size));
    const std::vector<std::string_view> known{words.begin(), words.end()};
    const auto near = nearest_of(written, known);
    if (!near || *near == written) return {};
    DirectiveLine other = line;
    other.values = {std::string{*near}};
    return read_line(other, like).mistake.empty() ? other.name + " " + other.values[0] : "";
  }

  // Several lines of `save` are one list; an empty one forgets those before (config.c,
  // setConfigSaveOption).
  void set(const std::string& name, const std::string& value, Origin origin) {
    Said<std::string>& said = into_.said[name];
    const bool more = name == "save" && !said.value.empty() && !value.empty();
    said.value = more ? said.value + " " + value : value;
    said.origin = std::move(origin);
  }

  static std::string mistake_in_points(const LineReading& reading) {
    if (reading.name != "save" || reading.value.empty()) return {};
    const auto words = split_words(reading.value);
    bool sound = words && words->size() % 2 == 0;
    for (const std::string& word : words.value_or(std::vector<std::string>{})) {
      const auto number = parse_integer(word);
      sound = sound && number && *number >= 0;
    }
    return sound ? "" : "Invalid save parameters; write seconds and changes, as in save 300 100";
  }

  const Origin& origin_;
  Origin like_origin_;
  ServerDirectives& into_;
  ReadingMistakes& mistakes_;
};

// The reader of configuration files tells where it stopped in valkey-server's way: "*** FATAL … ***
// file:line: 'text': why".
void add_refusal(const std::string& what, const Origin& origin, ReadingMistakes& mistakes) {
  constexpr std::string_view stars = "*** ";
  const std::size_t behind = what.find(stars, stars.size());
  constexpr std::string_view unopened = "Fatal error, can't open config file ";
  if (what.starts_with(unopened)) {
    return mistakes.add(origin,
                        "includes " + what.substr(unopened.size()) + ", which can't be read");
  }
  if (!what.starts_with(stars) || behind == what.npos) return mistakes.add(origin, what);
  const std::string plain = what.substr(behind + stars.size());
  const std::size_t text = plain.find(": '");
  const std::string place = plain.substr(0, text);
  const std::size_t colon = place.rfind(':');
  const auto line = colon == place.npos ? std::nullopt : parse_integer(place.substr(colon + 1));
  if (!line) return mistakes.add(origin, plain);
  const std::size_t why = plain.rfind("': ");
  const std::string said = plain.substr(text + 3, why - text - 3);
  mistakes.add({place.substr(0, colon), static_cast<int>(*line), {}},
               in_backticks(shown(said)) + ": " + plain.substr(why + 3));
}

}  // namespace

void read_server_lines(std::span<const DirectiveLine> lines, const Origin& origin,
                       ServerDirectives& into, ReadingMistakes& mistakes) {
  into.known = true;
  into.origin = origin;
  LinesReader reader{origin, into, mistakes};
  reader.read_like(lines);
  for (const DirectiveLine& line : lines) reader.read(line);
  reader.add_service();
}

void read_server_arguments(const ServerArguments& arguments, const FindFile& find,
                           ServerDirectives& into, ReadingMistakes& mistakes) {
  const std::vector<std::string_view> words(arguments.words.begin(), arguments.words.end());
  Origin origin = arguments.origin;
  try {
    StartArguments start = parse_arguments(words);
    if (!start.file.empty()) {
      start.file = find(start.file);
      if (start.file.empty()) return;  // told
      if (origin.file.empty()) origin = {start.file, 0, {}};
    }
    start.from_standard_input = false;
    std::istream nothing{nullptr};
    read_server_lines(gather_config(start, nothing), origin, into, mistakes);
  } catch (const UserError& error) {
    add_refusal(error.what(), origin, mistakes);
  }
}

}  // namespace outlive::harness
