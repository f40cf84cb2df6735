#include "target/wire.hpp"

#include <algorithm>
#include <iostream>
#include <optional>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "outlive/emulator.hpp"
#include "target/real_directives.hpp"
#include "target/sign_in.hpp"

namespace outlive::harness {
namespace {

// What decides who is evicted: a server of one's own has Valkey's defaults where the scenario says
// nothing, a running one whatever it was given.
constexpr std::string_view deciding[] = {"maxmemory",         "maxmemory-policy",
                                         "maxmemory-samples", "maxmemory-eviction-tenacity",
                                         "lfu-log-factor",    "lfu-decay-time"};
// Without these as stated the play would be of something else.
constexpr std::string_view essential[] = {"maxmemory", "maxmemory-policy"};

bool is_essential(std::string_view name) {
  return std::ranges::find(essential, name) != std::end(essential);
}

// As Valkey has it where the instance says so, in the form in which CONFIG GET tells it.
class Stated {
 public:
  explicit Stated(const Instance& instance)
      : emulator_{{.directives = real_directives(instance)}} {}
  std::string operator()(std::string_view name) {
    const Reply reply = emulator_.run({"CONFIG", "GET", name});
    return reply.elements.size() < 2 ? std::string{} : reply.elements[1].text;
  }

 private:
  Emulator emulator_;
};

// The value of a line "name:value" of INFO; "" where there is none.
std::string info_value(std::string_view info, const std::string& name) {
  const std::size_t at = ("\n" + std::string{info}).find("\n" + name + ":");
  if (at == std::string::npos) return {};
  const std::string_view rest = info.substr(at + name.size() + 1);
  return std::string{rest.substr(0, rest.find('\r'))};
}

// Lines like "db0:keys=12,expires=3,…", joined.
std::string keys_in(std::string_view keyspace) {
  std::string found;
  for (std::size_t at = keyspace.find("\ndb"); at != keyspace.npos;
       at = keyspace.find("\ndb", at + 1)) {
    const std::string_view line = keyspace.substr(at + 1, keyspace.find('\r', at) - at - 1);
    found += (found.empty() ? "" : ", ") + std::string{line.substr(0, line.find(','))};
  }
  return found;
}

}  // namespace

WireHost::WireHost(const ServerUrl& url, const Instance& instance, const WireTerms& terms)
    : url_{url}, tls_{terms.tls} {
  sign_in();
  must_be_playable();
  clear(terms.may_flush);
  remember_functions();
  left_ = false;
  try {
    configure(instance);
  } catch (...) {
    put_back();
    throw;
  }
}

// After an error nobody has asked for the remarks: what could not be put back is told here.
WireHost::~WireHost() {
  if (left_) return;
  remarks_.clear();
  put_back();
  for (const std::string& remark : remarks_) std::cerr << url_.shown << ": " << remark << '\n';
}

void WireHost::fail(const std::string& what) {
  throw UserError{url_.shown + ": " + what};
}

void WireHost::sign_in() {
  connection_ = harness::sign_in(url_, tls_);
}

void WireHost::must_be_playable() {
  const Answer answer = connection_->run({"INFO"});
  if (answer.is_error()) fail("INFO: " + std::string{answer.text});
  const std::string info{answer.text};
  if (info_value(info, "role") == "slave") fail("this is a replica, which takes no writes");
  if (info_value(info, "cluster_enabled") == "1") {
    fail("this is a node of a cluster, and a gateway's keys lie in different slots");
  }
}

void WireHost::clear(bool may_flush) {
  const std::string found = keys_in(connection_->run({"INFO", "keyspace"}).text);
  if (found.empty()) return;
  if (!may_flush) {
    fail("it holds keys (" + found +
         "), which what is played could push out; nothing was touched. Name an empty server, or "
         "add --allow-flush to have all its keys deleted, in every database");
  }
  const Answer answer = connection_->run({"FLUSHALL"});
  if (answer.is_error()) fail("FLUSHALL: " + std::string{answer.text});
}

std::vector<std::string> WireHost::libraries() {
  connection_->send({"FUNCTION", "LIST"});
  const OwnedReply list = connection_->await();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < list->elements; ++i) {
    const redisReply& library = *list->element[i];
    for (std::size_t k = 0; k + 1 < library.elements; k += 2) {
      if (text_of(*library.element[k]) == "library_name") {
        names.emplace_back(text_of(*library.element[k + 1]));
      }
    }
  }
  return names;
}

void WireHost::remember_functions() {
  libraries_before_ = libraries();
  if (!libraries_before_.empty()) functions_before_ = connection_->run({"FUNCTION", "DUMP"}).text;
}

std::string WireHost::directive(const std::string& name) {
  const Answer answer = connection_->run({"CONFIG", "GET", name});
  if (answer.kind == Answer::Kind::list && answer.text == name) return std::string{answer.second};
  // Where CONFIG is blocked INFO tells of these two.
  std::string word = name;
  std::ranges::replace(word, '-', '_');
  return is_essential(name) ? info_value(connection_->run({"INFO", "memory"}).text, word) : "";
}

Answer WireHost::set_directive(const std::string& name, const std::string& value) {
  std::optional<std::string> before;
  const Answer now = connection_->run({"CONFIG", "GET", name});
  if (now.kind == Answer::Kind::list && now.text == name) before = now.second;
  const Answer answer = connection_->run({"CONFIG", "SET", name, value});
  if (before && !answer.is_error()) before_.try_emplace(name, *before);
  return answer;
}

void WireHost::must_have(const std::string& name, const std::string& value) {
  const std::string is = directive(name);
  if (is == value) return;
  const Answer answer = set_directive(name, value);
  if (!answer.is_error()) return;
  const std::string what = name + " is " + (is.empty() ? "not told" : outlive::quoted(is)) +
                           " there, not " + outlive::quoted(value) +
                           ", and can't be set: " + std::string{answer.text};
  if (is_essential(name)) {
    fail(what + ". What is played would be another scenario; set it where the server is managed");
  }
  remarks_.push_back(what);
}

void WireHost::configure(const Instance& instance) {
  Stated stated{instance};
  const std::string events = directive("notify-keyspace-events");
  const Answer told = set_directive("notify-keyspace-events", std::string{departure_events});
  if (told.is_error()) {
    const bool hears = events.find('E') != events.npos &&
                       events.find_first_of("eA") != events.npos &&
                       events.find_first_of("xA") != events.npos;
    if (!hears) {
      fail("it does not tell of evictions, and notify-keyspace-events can't be set to " +
           quoted(departure_events) + ": " + std::string{told.text});
    }
  }
  for (const std::string_view name : deciding) must_have(std::string{name}, stated(name));
  for (const auto& [name, value] : real_directives(instance)) {
    if (std::ranges::find(deciding, name) != std::end(deciding)) continue;
    must_have(name, stated(name));
  }
}

int WireHost::database_number(int database) {
  const int number = url_.database + database;
  played_in_.insert(number);
  return number;
}

void WireHost::stop() {
  ensure(false, "nobody ends a server that is not ours");
}

void WireHost::start(bool) {
  ensure(false, "nobody starts a server that is not ours");
}

void WireHost::put_back_functions() {
  for (const std::string& name : libraries()) {
    if (std::ranges::find(libraries_before_, name) != libraries_before_.end()) continue;
    connection_->run({"FUNCTION", "DELETE", name});
  }
  if (functions_before_.empty()) return;
  const Answer answer = connection_->run({"FUNCTION", "RESTORE", functions_before_, "REPLACE"});
  if (answer.is_error()) {
    remarks_.push_back("its functions could not be put back: " + std::string{answer.text});
  }
}

void WireHost::delete_keys(const std::string& database) {
  Answer answer = connection_->run({"SELECT", database});
  if (!answer.is_error()) answer = connection_->run({"FLUSHDB"});
  if (!answer.is_error()) return;
  remarks_.push_back("what was played is still in database " + database + ": " +
                     std::string{answer.text});
}

void WireHost::put_back() {
  left_ = true;
  try {
    // A connection on which an answer is under way can't be used again.
    if (!ready_ || std::uncaught_exceptions() > 0) sign_in();
    for (const int database : played_in_) delete_keys(std::to_string(database));
    put_back_functions();
    for (const auto& [name, value] : before_) {
      const Answer answer = connection_->run({"CONFIG", "SET", name, value});
      if (answer.is_error()) {
        remarks_.push_back(name + " could not be put back to " + outlive::quoted(value) + ": " +
                           std::string{answer.text});
      }
    }
  } catch (const UserError& error) {
    std::string what = std::string{error.what()} + "; not put back:";
    for (const auto& [name, value] : before_) what += " " + name + " " + outlive::quoted(value);
    remarks_.push_back(what);
  }
}

std::vector<std::string> WireHost::leave() {
  put_back();
  return remarks_;
}

}  // namespace outlive::harness
