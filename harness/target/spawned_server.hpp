// A server program of one's own: a process with a folder for its files, a socket that only we know,
// and a connection to it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "target/connection.hpp"
#include "target/process.hpp"

namespace outlive::harness {

class SpawnedServer {
 public:
  explicit SpawnedServer(std::string program);

  // Starts it with these arguments, to which are added where it listens and where its files go.
  // Throws UserError if it does not come up.
  void start(std::vector<std::string> arguments);
  void stop();

  Connection& connection() { return *connection_; }
  const std::string& program() const { return program_; }
  const std::string& folder() const { return folder_.path(); }

 private:
  void listen_on(std::vector<std::string>& arguments);
  void connect();

  std::string program_;
  TemporaryFolder folder_;
  Address address_;
  std::optional<Process> process_;  // none: stopped
  std::unique_ptr<Connection> connection_;
};

}  // namespace outlive::harness
