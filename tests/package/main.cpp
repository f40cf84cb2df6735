// The first lines that a user of the installed library writes.
#include <cstdio>
#include <outlive/emulator.hpp>

int main() {
  outlive::Emulator valkey{{.seed = 7}};
  valkey.run({"SET", "greeting", "hello", "EX", "60"});
  const bool there = valkey.run({"GET", "greeting"}).text == "hello";
  valkey.advance(std::chrono::hours{1});
  const bool gone = valkey.run({"GET", "greeting"}).is_null();
  std::printf("there %d, gone %d\n", there, gone);
  return there && gone ? 0 : 1;
}
