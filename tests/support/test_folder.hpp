// A folder of a test's own, with the files it writes there; it goes with the object.
#pragma once

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>

namespace outlive {

class TestFolder {
 public:
  TestFolder() {
    std::random_device draw;
    do {
      path_ = std::filesystem::temp_directory_path() / ("outlive_test_" + std::to_string(draw()));
    } while (!std::filesystem::create_directory(path_));
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string write(std::string_view name, std::string_view text) const {
    const std::filesystem::path file = path_ / name;
    std::ofstream{file, std::ios::binary} << text;
    return file.string();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace outlive
