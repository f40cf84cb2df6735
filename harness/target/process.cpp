#include "target/process.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "outlive/emulator.hpp"

extern char** environ;

namespace outlive::harness {
namespace {

class SpawnActions {
 public:
  explicit SpawnActions(std::FILE* output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", 0, 0);
    posix_spawn_file_actions_adddup2(&actions_, fileno(output), 1);
    posix_spawn_file_actions_adddup2(&actions_, fileno(output), 2);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }

  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// A group of its own: Ctrl-C on the terminal is for us, who then end it in good order.
class OwnGroup {
 public:
  OwnGroup() {
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes_, 0);
  }
  OwnGroup(const OwnGroup&) = delete;
  OwnGroup& operator=(const OwnGroup&) = delete;
  ~OwnGroup() { posix_spawnattr_destroy(&attributes_); }

  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

Process::Process(const std::string& program, const std::vector<std::string>& arguments)
    : output_{std::tmpfile()} {
  if (!output_) throw UserError{"no temporary file for the output of " + program};
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const SpawnActions actions{output_};
  const OwnGroup group;
  const int error =
      posix_spawnp(&id_, program.c_str(), actions.get(), group.get(), argv.data(), environ);
  if (error != 0) {
    std::fclose(output_);
    throw UserError{program + " can't be started: " + std::strerror(error)};
  }
}

Process::~Process() {
  if (running()) {
    kill(id_, SIGTERM);
    waitpid(id_, nullptr, 0);
  }
  std::fclose(output_);
}

bool Process::running() {
  if (id_ != 0 && waitpid(id_, nullptr, WNOHANG) == id_) id_ = 0;
  return id_ != 0;
}

std::string Process::last_words() const {
  std::string line;
  std::string last;
  std::rewind(output_);
  for (int letter = std::fgetc(output_); letter != EOF; letter = std::fgetc(output_)) {
    if (letter != '\n') {
      line += static_cast<char>(letter);
    } else if (!line.empty()) {
      last = std::exchange(line, {});
    }
  }
  return line.empty() ? last : line;
}

TemporaryFolder::TemporaryFolder()
    : path_{(std::filesystem::temp_directory_path() / "outlive-XXXXXX").string()} {
  if (!mkdtemp(path_.data())) {
    throw UserError{path_ + ": no temporary folder: " + std::strerror(errno)};
  }
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

int free_port() {
  asio::io_context context;
  const asio::ip::tcp::endpoint any{asio::ip::address_v4::loopback(), 0};
  const asio::ip::tcp::acceptor acceptor{context, any};
  return acceptor.local_endpoint().port();
}

void pause_briefly() {
  const timespec moment{0, 5'000'000};
  nanosleep(&moment, nullptr);
}

}  // namespace outlive::harness
