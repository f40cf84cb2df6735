// What a running script may ask of the server around it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "memory/profile.hpp"
#include "resp/reply_writer.hpp"

namespace outlive {

class Host {
 public:
  virtual ~Host() = default;

  // Runs a command and leaves its reply's bytes in `reply`, in the script's protocol. A command
  // that may not run at all is refused: the result is then the error, "-CODE text" or a text that
  // wants the code ERR; else it is empty. The error has been counted when it comes back.
  virtual std::string_view call(std::span<const std::string_view> words, std::string& reply) = 0;
  virtual bool knows(std::span<const std::string_view> words) const = 0;
  // Whether the user may run it (ACL).
  virtual bool may_run(std::span<const std::string_view> words) const = 0;
  virtual Protocol protocol() const = 0;
  virtual void set_protocol(Protocol protocol) = 0;
  // Of the server imitated.
  virtual const Profile& profile() const = 0;
  virtual void log(int level, std::string_view line) = 0;
  // Asked now and then while Lua runs: "" to go on, else the error that ends it.
  virtual std::string_view interruption() = 0;
  // What os.clock() says, in seconds.
  virtual double processor_seconds() = 0;
  // 31 random bits, and where they come from (rand.c, serverLrand48).
  virtual std::int32_t draw() = 0;
  virtual void seed(std::int32_t seed) = 0;
};

}  // namespace outlive
