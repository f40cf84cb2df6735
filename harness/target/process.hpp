// A program that runs as long as the object lives; what it prints is kept for the case that it
// fails.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace outlive::harness {

class Process {
 public:
  // Throws UserError if the program can't be started.
  Process(const std::string& program, const std::vector<std::string>& arguments);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();  // asks it to end, and waits

  bool running();
  // The last line it printed.
  std::string last_words() const;

 private:
  std::FILE* output_;
  int id_ = 0;
};

// A folder of its own for files that nobody needs later; it goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();  // throws UserError where none can be made
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A TCP port of the loopback interface that nobody listens on.
int free_port();

// Lets the machine do something else for a moment.
void pause_briefly();

}  // namespace outlive::harness
