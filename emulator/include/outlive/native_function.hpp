// A function of a library that C++ computes in place of Lua.
//
//   emulator.replace_function("take_ticket", [](outlive::FunctionCall& call) -> std::string_view {
//     const std::string_view words[] = {"DECR", call.keys[0]};
//     return call.run(words).starts_with('-') ? "0" : "1";
//   });
#pragma once

#include <functional>
#include <span>
#include <string_view>

namespace outlive {

// One FCALL under way.
class FunctionCall {
 public:
  FunctionCall(std::span<const std::string_view> its_keys,
               std::span<const std::string_view> its_arguments)
      : keys{its_keys}, arguments{its_arguments} {}
  virtual ~FunctionCall() = default;

  // server.call(): a command as a script issues it. The reply's bytes, in RESP2, are good until the
  // next. One that begins with '-' is an error.
  virtual std::string_view run(std::span<const std::string_view> words) = 0;

  const std::span<const std::string_view> keys;
  const std::span<const std::string_view> arguments;
};

// Returns the text that FCALL answers, good until the next call; or, as it came from run(), the
// error that ends the function.
using NativeFunction = std::function<std::string_view(FunctionCall&)>;

}  // namespace outlive
