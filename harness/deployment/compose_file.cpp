#include "deployment/compose_file.hpp"

#include <algorithm>
#include <filesystem>

#include "base/number.hpp"
#include "base/text.hpp"
#include "deployment/compose_values.hpp"
#include "deployment/yaml.hpp"
#include "scenario/sources.hpp"

namespace outlive::harness {
namespace {

namespace fs = std::filesystem;

class ComposeReader {
 public:
  ComposeReader(const std::string& file, const Variables& variables, ComposeFile& into,
                ReadingMistakes& mistakes)
      : file_{file},
        folder_{fs::path{file}.parent_path()},
        variables_{variables},
        into_{into},
        mistakes_{mistakes} {}

  void read(const YAML::Node& root) {
    if (!root.IsDefined()) return;  // told
    const YAML::Node services = child(root, "services");
    if (!services.IsDefined() || !services.IsMap()) {
      return mistakes_.add({file_, 0, {}}, "no compose file: there is no mapping `services:`");
    }
    if (child(root, "include").IsDefined()) {
      pass_over(child(root, "include"), "`include`: name the other files, too");
    }
    read_configs(child(root, "configs"));
    each_pair(services, [this](const YAML::Node& name, const YAML::Node& service) {
      read_service(name, service);
    });
  }

 private:
  void pass_over(const YAML::Node& node, const std::string& what) {
    into_.unseen.push_back(to_string(origin_of(node, file_)) + ": what comes by " + what);
  }

  // A scalar with its variables in place; "" for a mapping or a list, which is told.
  std::string text_of(const YAML::Node& node, std::string_view what) {
    if (!node.IsDefined() || node.IsNull()) return {};
    if (!node.IsScalar()) {
      mistakes_.add(origin_of(node, file_), std::string{what} + " is a single value, not a list");
      return {};
    }
    return text_of(node.Scalar(), origin_of(node, file_));
  }

  std::string text_of(std::string_view written, const Origin& origin) {
    Interpolated read = interpolate(written, variables_);
    if (!read.mistake.empty()) mistakes_.add(origin, read.mistake);
    for (const std::string& name : read.unset) {
      if (unclear_ == nullptr) continue;  // whoever needs the text will see it
      unclear_->push_back(to_string(origin) + ": ${" + name +
                          "} is not set: give the .env that sets it, or --environment");
    }
    return read.text;
  }

  // A single value, or a list of them.
  void each_text(const YAML::Node& node, std::string_view what,
                 const std::function<void(const std::string&, const Origin&)>& take) {
    if (!node.IsDefined() || node.IsNull()) return;
    if (!node.IsSequence()) return take(text_of(node, what), origin_of(node, file_));
    for (const YAML::Node& one : node) take(text_of(one, what), origin_of(one, file_));
  }

  void read_configs(const YAML::Node& configs) {
    each_pair(configs, [this](const YAML::Node& name, const YAML::Node& config) {
      const YAML::Node path = child(config, "file");
      if (path.IsDefined()) configs_[name.Scalar()] = path_of(text_of(path, "file"));
    });
  }

  std::string path_of(const std::string& written) const {
    return fs::path{written}.is_absolute() ? written
                                           : (folder_ / written).lexically_normal().string();
  }

  void read_service(const YAML::Node& name, const YAML::Node& node) {
    if (!node.IsMap()) {
      return mistakes_.add(origin_of(name, file_),
                           "the service " + in_quotes(name.Scalar()) + " is no mapping of words");
    }
    ComposeService* known = into_.find(name.Scalar());
    if (known == nullptr) {
      known = &into_.services.emplace_back();
      known->name = name.Scalar();
      known->hosts = {name.Scalar()};
      known->origin = origin_of(name, file_, name.Scalar());
    }
    ComposeService& service = *known;
    if (child(node, "extends").IsDefined()) pass_over(child(node, "extends"), "`extends`");
    read_command(node, service);
    read_environment(node, service);
    unclear_ = &service.unclear;
    read_names(node, service);
    read_ports(child(node, "ports"), service);
    read_mounts(node, service);
    read_memory(node, service);
    unclear_ = nullptr;
  }

  void read_names(const YAML::Node& node, ComposeService& service) {
    if (const YAML::Node image = child(node, "image"); image.IsDefined()) {
      service.image = text_of(image, "image");
      service.image_origin = origin_of(image, file_, "image");
    }
    for (const char* word : {"container_name", "hostname"}) {
      if (std::string host = text_of(child(node, word), word); !host.empty()) {
        service.hosts.push_back(std::move(host));
      }
    }
    each_pair(child(node, "networks"), [&](const YAML::Node&, const YAML::Node& network) {
      each_text(child(network, "aliases"), "aliases",
                [&](const std::string& alias, const Origin&) { service.hosts.push_back(alias); });
    });
    service.on_host_network |= text_of(child(node, "network_mode"), "network_mode") == "host";
  }

  void read_command(const YAML::Node& node, ComposeService& service) {
    std::vector<std::string> words;
    for (const char* word : {"entrypoint", "command"}) {
      const YAML::Node part = child(node, word);
      if (!part.IsDefined() || part.IsNull()) continue;
      service.command_origin = origin_of(part, file_, word);
      if (part.IsSequence()) {
        each_text(part, word, [&](const std::string& one, const Origin&) { words.push_back(one); });
        continue;
      }
      const auto split = split_words(text_of(part, word));
      if (!split) mistakes_.add(service.command_origin, std::string{word} + " has an open quote");
      for (const std::string& one : split.value_or(words)) words.push_back(one);
    }
    if (!words.empty()) service.command = std::move(words);
  }

  void read_environment(const YAML::Node& node, ComposeService& service) {
    const YAML::Node files = child(node, "env_file");
    if (files.IsDefined() && files.IsSequence()) {
      for (const YAML::Node& one : files) read_env_file_of(one, service);
    } else if (files.IsDefined()) {
      read_env_file_of(files, service);
    }
    const YAML::Node environment = child(node, "environment");
    if (!environment.IsDefined() || environment.IsNull()) return;
    if (environment.IsScalar()) {
      return mistakes_.add(origin_of(environment, file_),
                           "environment is a mapping, NAME: value, or a list of NAME=value");
    }
    if (environment.IsSequence()) {
      return each_text(environment, "environment",
                       [&](const std::string& line, const Origin& origin) {
                         const std::size_t at = line.find('=');
                         const std::string name = line.substr(0, at);
                         if (at == line.npos) return give_from_outside(name, origin, service);
                         set(name, line.substr(at + 1), origin, service);
                       });
    }
    each_pair(environment, [&](const YAML::Node& name, const YAML::Node& value) {
      const Origin origin = origin_of(name, file_);
      if (value.IsNull()) return give_from_outside(name.Scalar(), origin, service);
      set(name.Scalar(), text_of(value, name.Scalar()), origin, service);
    });
  }

  static void set(const std::string& name, const std::string& value, Origin origin,
                  ComposeService& service) {
    origin.name = name;
    service.environment.insert_or_assign(name, Said<std::string>{value, std::move(origin)});
  }

  // The variable that Compose takes from the shell or the .env.
  void give_from_outside(const std::string& name, const Origin& origin, ComposeService& service) {
    const auto found = variables_.find(name);
    if (found != variables_.end()) return set(name, found->second.value, origin, service);
    service.from_outside.push_back({name, origin});
  }

  void read_env_file_of(const YAML::Node& node, ComposeService& service) {
    const YAML::Node path = node.IsMap() ? child(node, "path") : node;
    const bool required = !node.IsMap() || text_of(child(node, "required"), "required") != "false";
    const std::string file = path_of(text_of(path, "env_file"));
    const FileText read = read_text(file, scenario_size_max);
    if (read.mistake.empty()) {
      return read_env_file(read.text, file, service.environment, mistakes_);
    }
    if (required) {
      mistakes_.add(origin_of(node, file_), "the env_file " + file + " " + read.mistake);
    }
  }

  void read_ports(const YAML::Node& ports, ComposeService& service) {
    if (!ports.IsDefined() || !ports.IsSequence()) return;
    for (const YAML::Node& one : ports) {
      const Origin origin = origin_of(one, file_, "ports");
      std::optional<PublishedPort> port;
      if (one.IsMap()) {
        const std::string host_ip = text_of(child(one, "host_ip"), "host_ip");
        const auto published = parse_integer(text_of(child(one, "published"), "published"));
        const auto target = parse_integer(text_of(child(one, "target"), "target"));
        if (target) {
          port = PublishedPort{host_ip.empty() ? "0.0.0.0" : host_ip,
                               static_cast<int>(published.value_or(0)), static_cast<int>(*target),
                               origin};
        }
      } else {
        const std::string written = text_of(one, "ports");
        if (has_unset_variable(written)) continue;  // told
        port = parse_published_port(written);
      }
      if (!port) {
        mistakes_.add(origin, "no port; write it as in \"127.0.0.1:6379:6379\"");
        continue;
      }
      port->origin = origin;
      service.published.push_back(*port);
    }
  }

  void read_mounts(const YAML::Node& node, ComposeService& service) {
    const YAML::Node volumes = child(node, "volumes");
    if (volumes.IsDefined() && volumes.IsSequence()) {
      for (const YAML::Node& one : volumes) read_volume(one, service);
    }
    each_text(child(node, "tmpfs"), "tmpfs", [&](const std::string& target, const Origin&) {
      service.mounts.push_back({"", target.substr(0, target.find(':')), false, false});
    });
    const YAML::Node configs = child(node, "configs");
    if (!configs.IsDefined() || !configs.IsSequence()) return;
    for (const YAML::Node& one : configs) {
      const std::string source = text_of(one.IsMap() ? child(one, "source") : one, "configs");
      const auto found = configs_.find(source);
      if (found == configs_.end()) continue;
      std::string target = one.IsMap() ? text_of(child(one, "target"), "target") : "";
      if (target.empty()) target = "/" + source;
      service.mounts.push_back({found->second, target, true, true});
    }
  }

  void read_volume(const YAML::Node& node, ComposeService& service) {
    Mount mount;
    if (node.IsMap()) {
      const std::string type = text_of(child(node, "type"), "type");
      mount.source = text_of(child(node, "source"), "source");
      mount.target = text_of(child(node, "target"), "target");
      mount.is_file = type == "bind";
      mount.lasts = type != "tmpfs";
    } else {
      mount = parse_mount(text_of(node, "volumes"));
    }
    if (mount.is_file) mount.source = path_of(mount.source);
    service.mounts.push_back(std::move(mount));
  }

  void read_memory(const YAML::Node& node, ComposeService& service) {
    YAML::Node limit = child(child(child(child(node, "deploy"), "resources"), "limits"), "memory");
    if (!limit.IsDefined()) limit.reset(child(node, "mem_limit"));
    if (!limit.IsDefined()) return;
    const std::string written = text_of(limit, "the memory limit");
    if (has_unset_variable(written)) return;  // told
    const auto bytes = parse_compose_bytes(written);
    const Origin origin = origin_of(limit, file_, "memory limit");
    if (!bytes) {
      return mistakes_.add(origin, in_quotes(written) + " is no memory limit; write it as in 512m");
    }
    service.memory_limit = Said<std::uint64_t>{*bytes, origin};
  }

  const std::string& file_;
  fs::path folder_;
  const Variables& variables_;
  ComposeFile& into_;
  ReadingMistakes& mistakes_;
  std::vector<std::string>* unclear_ = nullptr;  // where variables that are not set are told
  std::map<std::string, std::string> configs_;   // files of this machine by the config's name
};

}  // namespace

ComposeService* ComposeFile::find(std::string_view name) {
  const auto found = std::ranges::find(services, name, &ComposeService::name);
  return found == services.end() ? nullptr : &*found;
}

void read_compose_file(std::string_view text, const std::string& file, const Variables& variables,
                       ComposeFile& into, ReadingMistakes& mistakes) {
  const YAML::Node root = parse_yaml(text, file, mistakes);
  ComposeReader{file, variables, into, mistakes}.read(root);
}

}  // namespace outlive::harness
