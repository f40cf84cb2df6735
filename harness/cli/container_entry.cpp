// The entrypoint of outlive's image (packaging/oci), under the name it has in valkey/valkey's:
// docker-entrypoint.sh. It does what that script does, without a shell.
// https://github.com/valkey-io/valkey-container/blob/mainline/docker-entrypoint.sh
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/subcommands.hpp"
#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

// `valkey` in /etc/passwd and /etc/group of both images.
constexpr ::uid_t server_user = 999;
constexpr ::gid_t server_group = 999;

constexpr std::string_view server = "valkey-server";
constexpr int not_executable = 126;  // as shells say it
constexpr int not_found = 127;

UserError system_error(const std::string& what) {
  return UserError(what + ": " + std::strerror(errno));
}

void own(const std::filesystem::path& path) {
  struct stat state {};
  if (::lstat(path.c_str(), &state) != 0) throw system_error(path.string());
  if (state.st_uid == server_user) return;
  if (::lchown(path.c_str(), server_user, state.st_gid) != 0) {
    throw system_error(path.string() + " can't be given to the user " +
                       std::to_string(server_user) + " (valkey); start the container with `user:`");
  }
}

// A server has no need to be root: what is in its folder becomes the user's, then so does it.
void step_down() {
  const std::filesystem::path here = std::filesystem::current_path();
  own(here);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(here)) own(entry.path());
  if (::setgroups(0, nullptr) != 0 || ::setgid(server_group) != 0 || ::setuid(server_user) != 0) {
    throw system_error("this process can't become the user " + std::to_string(server_user) +
                       " (valkey); start the container with `user:`");
  }
}

// What others could read or write without being asked stays closed, unless somebody chose a mask.
void close_files_to_others() {
  constexpr ::mode_t usual = 022;
  const ::mode_t mask = ::umask(077);
  if (mask != usual) ::umask(mask);
}

std::vector<std::string> command_of(std::span<char* const> words) {
  std::vector<std::string> command(words.begin() + 1, words.end());
  const bool is_directive =
      !command.empty() && (command[0].starts_with('-') || command[0].ends_with(".conf"));
  if (command.empty() || is_directive) command.insert(command.begin(), std::string(server));
  return command;
}

}  // namespace

int enter_container(std::span<char* const> words) {
  std::vector<std::string> command = command_of(words);
  if (command[0] == server && ::geteuid() == 0) step_down();
  close_files_to_others();
  if (const char* more = std::getenv("VALKEY_EXTRA_FLAGS")) {
    std::istringstream flags(more);
    for (std::string word; flags >> word;) command.push_back(word);
  }
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  const int status = errno == ENOENT ? not_found : not_executable;
  std::cerr << "docker-entrypoint.sh: " << command[0] << ": " << std::strerror(errno)
            << "; this image has outlive, valkey-server and valkey-cli, and may have sh\n";
  return status;
}

}  // namespace outlive::harness
