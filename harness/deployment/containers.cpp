#include "deployment/containers.hpp"

#include <algorithm>
#include <filesystem>

#include "base/number.hpp"
#include "base/text.hpp"
#include "deployment/server_config.hpp"
#include "deployment/variables.hpp"
#include "scenario/mistakes.hpp"

namespace outlive::harness {
namespace {

namespace fs = std::filesystem;

// Where the official images keep their data (their Dockerfiles: WORKDIR, VOLUME).
constexpr std::string_view data_folder = "/data";

bool is_server_program(std::string_view word) {
  const std::string_view name = word.substr(word.rfind('/') + 1);
  return name == "valkey-server" || name == "redis-server";
}

std::string_view last_part(const ImageName& image) {
  return std::string_view{image.repository}.substr(image.repository.rfind('/') + 1);
}

// outlive's own (packaging/oci), in whatever registry it was put.
bool is_own_image(const ImageName& image) { return last_part(image) == "outlive"; }

// Images whose entrypoint hands its words on to valkey-server; others have ways of their own.
bool is_plain_image(const ImageName& image) {
  const std::string_view name = image.repository;
  return name == "valkey/valkey" || name == "redis" || name == "library/redis" ||
         is_own_image(image);
}

bool is_server_image(const ImageName& image) {
  const std::string_view name = last_part(image);
  return is_own_image(image) || name == "valkey" || name == "redis" || name.starts_with("valkey-bundle") ||
         name.starts_with("redis-stack");
}

// The words of a shell's script behind the server's program, up to the next command; with the
// container's variables in place.
std::vector<std::string> words_in_script(const std::string& script, const Variables& variables) {
  std::vector<std::string> words;
  bool behind = false;
  for (const std::string& word : split_words(script).value_or(std::vector<std::string>{})) {
    if (!behind) {
      behind = is_server_program(word);
      continue;
    }
    if (word == "&&" || word == "||" || word == "|" || word == ";" || word == "&") break;
    const bool last = word.ends_with(';');
    words.push_back(interpolate(last ? word.substr(0, word.size() - 1) : word, variables).text);
    if (last) break;
  }
  return words;
}

bool is_shell(std::string_view word) {
  const std::string_view name = word.substr(word.rfind('/') + 1);
  return name == "sh" || name == "bash" || name == "ash";
}

// What stands behind valkey-server; none: it is not started in a way that can be read.
std::optional<std::vector<std::string>> server_words(const ComposeService& service) {
  const std::vector<std::string>& words = service.command;
  if (words.empty()) return words;
  const auto program = std::ranges::find_if(words, is_server_program);
  if (program != words.end()) return std::vector<std::string>(program + 1, words.end());
  if (is_shell(words.front())) {
    for (const std::string& word : words) {
      if (word.find("-server") != word.npos) return words_in_script(word, service.environment);
    }
    return std::nullopt;
  }
  // As docker-entrypoint.sh has it.
  const std::string& first = words.front();
  if (first.starts_with('-') || first.ends_with(".conf")) return words;
  return std::nullopt;
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && relative.begin()->string() != "..";
}

fs::path absolute_in_container(const std::string& path) {
  return (fs::path{data_folder} / path).lexically_normal();
}

// None of several mounts may lie over another, so the deepest decides.
std::optional<bool> keeps(const ComposeService& service, const DeployedServer& server) {
  const auto dir = server.directives.value("dir");
  if (!dir) return std::nullopt;
  const fs::path folder = absolute_in_container(*dir);
  const Mount* nearest = nullptr;
  for (const Mount& mount : service.mounts) {
    if (!is_below(folder, absolute_in_container(mount.target))) continue;
    if (nearest == nullptr || mount.target.size() > nearest->target.size()) nearest = &mount;
  }
  return nearest != nullptr && nearest->lasts && !nearest->source.empty();
}

std::string known_by(const ComposeService& service) {
  return "--config " + service.name + "=FILE";
}

void read_directives_of(const ComposeService& service, DeployedServer& server,
                        ReadingMistakes& mistakes) {
  std::vector<std::string>& unseen = server.unseen;
  const std::string who = "the directives of " + service.name;
  auto words = server_words(service);
  const bool own_way = service.command.empty() && !is_plain_image(parse_image(service.image));
  if (!words || own_way) {
    const std::string how =
        own_way ? "the image " + service.image + " has a way of its own"
                : to_string(service.command_origin) + " starts no valkey-server that can be read";
    unseen.push_back(who + " are not known, for " + how + ": give them by " + known_by(service));
    return;
  }
  // docker-entrypoint.sh of the official image puts them last.
  if (const auto extra = service.environment.find("VALKEY_EXTRA_FLAGS");
      extra != service.environment.end()) {
    const auto more = split_words(extra->second.value);
    for (const std::string& word : more.value_or(*words)) words->push_back(word);
  }
  Origin origin = service.command.empty() ? service.origin : service.command_origin;
  ServerArguments arguments{std::move(*words), std::move(origin)};
  const FindFile find = [&](const std::string& path) {
    std::string file = file_behind(service, absolute_in_container(path).string());
    if (file.empty()) {
      unseen.push_back(who + " are not known, for " + path + " is none of its mounts: give it by " +
                       known_by(service));
    }
    return file;
  };
  read_server_arguments(arguments, find, server.directives, mistakes);
}

}  // namespace

std::vector<int> ImageName::version() const {
  std::vector<int> numbers;
  std::string_view rest = tag;
  if (rest.starts_with('v')) rest.remove_prefix(1);
  while (true) {
    std::size_t digits = 0;
    while (digits < rest.size() && is_digit(rest[digits])) ++digits;
    const auto number = parse_integer(rest.substr(0, digits));
    if (!number || *number > 1'000'000) return numbers;
    numbers.push_back(static_cast<int>(*number));
    rest.remove_prefix(digits);
    if (!rest.starts_with('.')) return numbers;
    rest.remove_prefix(1);
  }
}

ImageName parse_image(std::string_view image) {
  image = image.substr(0, image.find('@'));
  ImageName name;
  std::size_t slash = image.rfind('/');
  const std::size_t colon = image.rfind(':');
  if (colon != image.npos && (slash == image.npos || colon > slash)) {
    name.tag = image.substr(colon + 1);
    image = image.substr(0, colon);
  }
  // A registry has a dot or a port in its name.
  slash = image.find('/');
  if (slash != image.npos && image.substr(0, slash).find_first_of(".:") != image.npos) {
    image.remove_prefix(slash + 1);
  }
  name.repository = image;
  return name;
}

bool runs_server(const ComposeService& service) {
  if (is_server_image(parse_image(service.image))) {
    // Not a one-off job of the same image: valkey-cli, valkey-benchmark.
    return service.command.empty() || server_words(service).has_value() ||
           service.command.front().find("-cli") == std::string::npos;
  }
  return std::ranges::any_of(service.command, is_server_program) ||
         (!service.command.empty() && is_shell(service.command.front()) &&
          std::ranges::any_of(service.command, [](const std::string& word) {
            return word.find("valkey-server") != word.npos ||
                   word.find("redis-server") != word.npos;
          }));
}

std::string file_behind(const ComposeService& service, const std::string& path) {
  for (const Mount& mount : service.mounts) {
    if (!mount.is_file) continue;
    const fs::path target = fs::path{mount.target}.lexically_normal();
    if (fs::path{path} == target) return mount.source;
    if (!is_below(path, target)) continue;
    return (fs::path{mount.source} / fs::path{path}.lexically_relative(target)).string();
  }
  return {};
}

DeployedServer server_of(const ComposeService& service, ReadingMistakes& mistakes) {
  DeployedServer server;
  server.name = service.name;
  server.in_container = true;
  server.image = service.image;
  server.origin = service.image.empty() ? service.origin : service.image_origin;
  server.published = service.published;
  server.memory_limit = service.memory_limit;
  server.unseen = service.unclear;
  read_directives_of(service, server, mistakes);
  server.keeps_data = keeps(service, server);
  return server;
}

}  // namespace outlive::harness
