// Texts that whoever embeds the emulator lends it: a value that comes from within one is referred
// to where it lies, not copied. What it weighs is modelled all the same, so that an instance of
// gigabytes needs room for its keys alone.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace outlive {

class LentTexts {
 public:
  // It is kept, and must not change, as long as this lives.
  void add(std::shared_ptr<const std::string> text) {
    const auto place = after(text->data());
    if (place != texts_.begin() && place[-1] == text) return;
    texts_.insert(place, std::move(text));
  }
  // Whether these very bytes lie in one of them.
  bool hold(std::string_view piece) const {
    const auto place = after(piece.data());
    if (place == texts_.begin()) return false;
    const std::string& text = *place[-1];
    return static_cast<std::size_t>(piece.data() - text.data()) + piece.size() <= text.size();
  }

 private:
  using Texts = std::vector<std::shared_ptr<const std::string>>;

  // Of those that begin there or before, the one behind the last.
  Texts::const_iterator after(const char* at) const {
    constexpr std::less<const char*> before;  // of pointers anywhere
    return std::ranges::upper_bound(texts_, at, before,
                                    [](const auto& text) { return text->data(); });
  }

  Texts texts_;  // by address
};

}  // namespace outlive
