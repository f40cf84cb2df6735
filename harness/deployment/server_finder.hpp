// Which servers there are: containers, what URLs lead to, and what is told of by --config.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "deployment/compose_file.hpp"
#include "deployment/deployment.hpp"

namespace outlive::harness {

// Notes a file as read; false: it can't be, which is told.
using ReadFile = std::function<bool(const std::string& path)>;

class ServerFinder {
 public:
  // Puts servers into the deployment, whose URLs are known. `gateway` is its service; null: it runs
  // elsewhere.
  ServerFinder(const ComposeFile& compose, const ComposeService* gateway, ReadFile read,
               Deployment& deployment, ReadingMistakes& mistakes);

  void find();
  // valkey-server's arguments of the server that is called so: primary, cache, a service, a host.
  void configure(const std::string& name, const std::string& arguments, const Origin& origin);
  // Which servers nobody speaks to.
  void note_idle();

 private:
  std::optional<std::size_t> container_at(const ServerUrl& url) const;
  std::size_t server_at(const Said<ServerUrl>& url);
  std::size_t add(std::string name, Origin origin);
  std::optional<std::size_t> server_called(const std::string& name);
  bool is_named(const ComposeService& server) const;

  const ComposeFile& compose_;
  const ComposeService* gateway_;
  ReadFile read_;
  Deployment& deployment_;
  ReadingMistakes& mistakes_;
  std::vector<const ComposeService*> services_;              // of the first servers
  std::vector<std::pair<std::size_t, std::string>> places_;  // of the others, by address
};

}  // namespace outlive::harness
