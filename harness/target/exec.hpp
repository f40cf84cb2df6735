// A valkey-server-like program, started for one play.
#pragma once

#include "target/foreign.hpp"
#include "target/spawned_server.hpp"

namespace outlive::harness {

class ExecHost final : public Host {
 public:
  // Throws UserError if the program does not come up.
  ExecHost(std::string program, const Instance& instance);

  Connection& connection() override { return server_.connection(); }
  void stop() override { server_.stop(); }
  void start(bool keeps_file) override;
  void greeted() override;
  Answer set_directive(const std::string& name, const std::string& value) override;

 private:
  SpawnedServer server_;
  Instance instance_;
  std::vector<Directive> directives_;
};

}  // namespace outlive::harness
