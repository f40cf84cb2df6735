// LOLWUT: the version, and since 9.0 a picture (lolwut.c; lolwut9.c of 9.1).
#include <algorithm>
#include <cstdio>
#include <optional>

#include "commands/families.hpp"
#include "engine/engine.hpp"

namespace outlive {
namespace {

constexpr std::int64_t columns_max = 160, rows_max = 80;
// The longer a point stays, the darker it is.
constexpr std::string_view shades = " .:-=+*%#&@";

// A Julia set: z² + constant, over and over.
struct Julia {
  float real, imaginary;

  // How often until (x, y) is farther than 2 from the origin.
  std::size_t steps_to_leave(float x, float y) const {
    for (std::size_t step = 0; step < shades.size(); ++step) {
      const float next = x * x - y * y + real;
      y = 2 * x * y + imaginary;
      x = next;
      if (x * x + y * y > 4) return step;
    }
    return shades.size() - 1;
  }
};

// The middle of a place, between -2 and 2.
float coordinate(std::int64_t place, std::int64_t places) {
  return static_cast<float>(4 * (2 * place + 1)) / static_cast<float>(2 * places) - 2;
}

std::string drawn(const Julia& julia, std::int64_t columns, std::int64_t rows) {
  std::string picture;
  for (std::int64_t row = 0; row < rows; ++row) {
    const float y = -coordinate(row, rows);
    for (std::int64_t column = 0; column < columns; ++column) {
      picture += shades[julia.steps_to_leave(coordinate(column, columns), y)];
    }
    picture += '\n';
  }
  char constant[128];
  std::snprintf(constant, sizeof constant,
                "Ascii representation of Julia set with constant %.2f + %.2fi\n",
                static_cast<double>(julia.real), static_cast<double>(julia.imaginary));
  return picture + constant;
}

float next_constant(Args& args) {
  const auto value = parse_long_double(args.next());
  if (!value) args.fail(errors::not_float);
  return static_cast<float>(value.value_or(0));
}

float random_constant(Call& call) {
  return static_cast<float>(call.keyspace.command_random.unit() * 2 - 1);
}

void draw(Call& call) {
  Args& args = call.args;
  if (args.left() == 1 || args.left() == 3 || args.left() > 4) {
    return call.reply.error("ERR Syntax error. Use: LOLWUT [columns rows] [real imaginary]");
  }
  std::int64_t columns = 80, rows = 40;
  if (!args.empty()) {
    columns = std::clamp<std::int64_t>(args.next_integer(), 1, columns_max);
    rows = std::clamp<std::int64_t>(args.next_integer(), 1, rows_max);
  }
  const bool given = !args.empty();
  const auto constant = [&] { return given ? next_constant(args) : random_constant(call); };
  const Julia julia{.real = constant(), .imaginary = constant()};
  if (!args.done(call.reply)) return;
  const std::string version(call.keyspace.ledger.profile().version);
  call.reply.verbatim("txt", drawn(julia, columns, rows) +
                                 "Don't forget to have fun! Valkey ver. " + version + "\n");
}

void lolwut(Call& call) {
  const Profile& profile = call.keyspace.ledger.profile();
  const bool draws = profile.has("9.0.0");
  std::optional<std::int64_t> wanted;
  if (call.args.left() > 1 && call.args.take("VERSION")) {
    wanted = call.args.next_integer();
    if (!call.args.done(call.reply)) return;
  }
  if (wanted == 5 || wanted == 6) {
    return call.reply.error("ERR LOLWUT VERSION " + std::to_string(*wanted) +
                            " is not supported by outlive: its picture is not drawn");
  }
  if (draws && wanted.value_or(9) == 9) return draw(call);
  // 8.0 and 8.1 say Redis's name, too.
  call.reply.verbatim(
      "txt", (draws ? "Valkey ver." : "Redis ver. ") + std::string(profile.version) + "\n");
}

constexpr Command commands[] = {
    {.name = "lolwut",
     .arity = -1,
     .flags = flag::readonly | flag::fast,
     .run = lolwut,
     .docs = {.summary = "Displays computer art and the server version",
              .since = "5.0.0",
              .group = "server"},
     .since_9_1 = {.summary = "Displays computer art and the server version."}},
};

}  // namespace

CommandRows lolwut_commands() {
  return commands;
}

}  // namespace outlive
