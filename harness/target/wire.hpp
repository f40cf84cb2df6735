// A server that is running, and not ours: it is left as it was found.
//
// It must be empty, for what is played could push its keys out; or the user has said that all its
// keys may be deleted. Directives are set by CONFIG SET and put back at the end, as are functions;
// keys that the play left are deleted. That holds after an error too, as long as it answers.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "scenario/url.hpp"
#include "target/foreign.hpp"
#include "target/wire_terms.hpp"

namespace outlive::harness {

class WireHost final : public Host {
 public:
  // Throws UserError, and has changed nothing, where nobody answers, where keys are in the way or
  // where the instance's policy or maxmemory can't be had.
  WireHost(const ServerUrl& url, const Instance& instance, const WireTerms& terms);
  ~WireHost() override;

  Connection& connection() override { return *connection_; }
  void stop() override;  // never: such events are refused beforehand
  void start(bool keeps_file) override;
  void greeted() override { ready_ = true; }
  Answer set_directive(const std::string& name, const std::string& value) override;
  int database_number(int database) override;
  int database_at_first() const override { return -1; }
  std::vector<std::string> leave() override;

 private:
  void sign_in();
  void must_be_playable();
  void clear(bool may_flush);
  void remember_functions();
  void configure(const Instance& instance);
  void must_have(const std::string& name, const std::string& value);
  std::string directive(const std::string& name);
  std::vector<std::string> libraries();
  void put_back();
  void delete_keys(const std::string& database);
  void put_back_functions();
  void fail(const std::string& what);

  ServerUrl url_;
  TlsTrust tls_;
  std::unique_ptr<Connection> connection_;
  bool ready_ = false;
  bool left_ = true;                           // nothing to put back
  std::set<int> played_in_;                    // databases
  std::map<std::string, std::string> before_;  // directives that were changed
  std::vector<std::string> libraries_before_;
  std::string functions_before_;  // FUNCTION DUMP
  std::vector<std::string> remarks_;
};

}  // namespace outlive::harness
