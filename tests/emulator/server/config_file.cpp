#include "server/config_file.hpp"

#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "outlive/emulator.hpp"

using namespace outlive;

namespace {

StartArguments arguments(std::vector<std::string_view> words) {
  return parse_arguments(words);
}

std::vector<DirectiveLine> gather(const StartArguments& start, const std::string& input = "") {
  std::istringstream stream(input);
  return gather_config(start, stream);
}

// A folder of the test's own, gone with it.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "outlive-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string write(const std::string& name, const std::string& text) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file.string();
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a configuration's comments and blank lines count as lines and say nothing") {
  const auto lines = parse_config("# first\n\n  PORT 7000 \r\nbind 127.0.0.1 \"::1\"\n", "a.conf");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].name == "port");
  CHECK(lines[0].values == std::vector<std::string>{"7000"});
  CHECK(lines[0].line == 3);
  CHECK(lines[1].values == std::vector<std::string>{"127.0.0.1", "::1"});
}

TEST_CASE("quotes that don't balance are told with file and line") {
  CHECK_THROWS_MATCHES(
      parse_config("port 1\nrequirepass \"half\n", "a.conf"), UserError,
      Catch::Matchers::Message("*** FATAL CONFIG FILE ERROR (Version 8.1.1) *** a.conf:2: "
                               "'requirepass \"half': Unbalanced quotes in configuration line"));
}

TEST_CASE("a word with two hyphens begins a directive once the last one has a value") {
  const auto start = arguments({"--port", "7000", "--proc-title-template", "--mine", "--hz", "20"});
  REQUIRE(start.directives.size() == 3);
  CHECK(start.directives[1].text == "proc-title-template \"--mine\"");
  CHECK(start.directives[2].name == "hz");
}

TEST_CASE("a directive and its value may be one argument") {
  const auto start = arguments({"--maxmemory 700mb", "--maxmemory-policy 'volatile-lru'"});
  REQUIRE(start.directives.size() == 2);
  CHECK(start.directives[0].values == std::vector<std::string>{"700mb"});
  CHECK(start.directives[1].values == std::vector<std::string>{"volatile-lru"});
}

TEST_CASE("--save without a value means to save nothing") {
  const auto start = arguments({"--save", "--port", "7000", "--save"});
  REQUIRE(start.directives.size() == 3);
  CHECK(start.directives[0].values == std::vector<std::string>{""});
  CHECK(start.directives[1].name == "port");
  CHECK(start.directives[2].values == std::vector<std::string>{""});
}

TEST_CASE("file, standard input and arguments hold in this order") {
  const Folder folder;
  const auto file = folder.write("a.conf", "port 1\n");
  const auto lines = gather(arguments({file, "--port", "3", "-"}), "port 2\n");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].source == file);
  CHECK(lines[1].source == "standard input");
  CHECK(lines[2].source == "command line");
}

TEST_CASE("include puts a file's lines where it stands, and a pattern may match none") {
  const Folder folder;
  folder.write("conf.d/b.conf", "hz 20\n");
  const auto file =
      folder.write("a.conf", "port 1\ninclude " + folder.path("conf.d/*.conf") + "\ninclude " +
                                 folder.path("none/*.conf") + "\ntimeout 5\n");
  const auto lines = gather(arguments({file}));
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].name == "hz");
  CHECK(lines[1].line == 1);
  CHECK(lines[2].name == "timeout");
}

TEST_CASE("a file that includes itself is refused") {
  const Folder folder;
  const auto file = folder.write("a.conf", "include " + folder.path("a.conf") + "\n");
  CHECK_THROWS_AS(gather(arguments({file})), UserError);
}

TEST_CASE("a file that is not there is refused by name") {
  CHECK_THROWS_MATCHES(
      gather(arguments({"/nowhere/a.conf"})), UserError,
      Catch::Matchers::Message("Fatal error, can't open config file '/nowhere/a.conf'"));
}
