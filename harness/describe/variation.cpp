#include "describe/variation.hpp"

#include <algorithm>
#include <map>

namespace outlive::harness {
namespace {

// The values that some of the axes have in a play.
std::vector<std::string> values_in(const Scenario& play, const std::vector<std::size_t>& axes) {
  std::vector<std::string> values;
  for (const std::size_t axis : axes) values.push_back(play.axes[axis].value);
  return values;
}

// Whether a play's values of these axes say which of the texts it has.
bool decide(std::span<const Scenario> plays, const std::vector<std::string>& texts,
            const std::vector<std::size_t>& axes) {
  std::map<std::vector<std::string>, const std::string*> text_with;
  for (std::size_t i = 0; i < plays.size(); ++i) {
    const auto [found, first] = text_with.emplace(values_in(plays[i], axes), &texts[i]);
    if (!first && *found->second != texts[i]) return false;
  }
  return true;
}

// The axes that matter: one after the other is left out, where the others still decide.
std::vector<std::size_t> deciding(std::span<const Scenario> plays,
                                  const std::vector<std::string>& texts) {
  std::vector<std::size_t> axes;
  for (std::size_t i = 0; i < plays.front().axes.size(); ++i) axes.push_back(i);
  for (std::size_t i = axes.size(); i-- > 0;) {
    std::vector<std::size_t> fewer = axes;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (decide(plays, texts, fewer)) axes = std::move(fewer);
  }
  return axes;
}

// "With a = 1 and b = 2, or a = 1 and b = 3: …", "With a = 1 or 2: …".
std::string behind_values(const Scenario& play, const std::vector<std::size_t>& axes,
                          const std::vector<std::vector<std::string>>& combinations,
                          const std::string& text) {
  std::string when;
  for (const std::vector<std::string>& values : combinations) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const bool named = axes.size() > 1 || when.empty();
      parts.push_back(named ? play.axes[axes[i]].name + " = " + values[i] : values[i]);
    }
    when += (when.empty() ? "With " : axes.size() > 1 ? ", or " : " or ") + words::listed(parts);
  }
  return when + ": " + text;
}

template <class T>
bool all_same(const std::vector<T>& items) {
  return std::ranges::all_of(items, [&](const T& item) { return item == items.front(); });
}

// The same thing in all plays: sentence by sentence, if there are as many in each.
Sentences told_as_one(std::span<const Scenario> plays, const std::vector<Sentences>& things) {
  std::vector<std::size_t> lengths;
  for (const Sentences& thing : things) lengths.push_back(thing.size());
  Sentences told;
  const auto tell = [&](auto text_of) {
    std::vector<std::string> texts;
    for (const Sentences& thing : things) texts.push_back(text_of(thing));
    const Sentences more = told_as_one(plays, texts);
    told.insert(told.end(), more.begin(), more.end());
  };
  if (!all_same(lengths)) {
    tell([](const Sentences& thing) {
      std::string text;
      for (const std::string& sentence : thing) text += (text.empty() ? "" : " ") + sentence;
      return text;
    });
    return told;
  }
  for (std::size_t i = 0; i < lengths.front(); ++i) {
    tell([i](const Sentences& thing) { return thing[i]; });
  }
  return told;
}

}  // namespace

std::vector<AxisOfPlays> axes_of(std::span<const Scenario> plays) {
  std::vector<AxisOfPlays> axes;
  for (const Scenario& play : plays) {
    axes.resize(play.axes.size());
    for (std::size_t i = 0; i < axes.size(); ++i) {
      axes[i].name = play.axes[i].name;
      std::vector<std::string>& values = axes[i].values;
      const std::string& value = play.axes[i].value;
      if (std::ranges::find(values, value) == values.end()) values.push_back(value);
    }
  }
  return axes;
}

Sentences told_as_one(std::span<const Scenario> plays, const std::vector<std::string>& texts) {
  if (all_same(texts)) return {texts.front()};
  const std::vector<std::size_t> axes = deciding(plays, texts);
  // Each text once, in the order of the plays, with the values of all plays that have it.
  std::vector<std::string> different;
  std::vector<std::vector<std::vector<std::string>>> combinations;
  for (std::size_t i = 0; i < plays.size(); ++i) {
    const auto place =
        static_cast<std::size_t>(std::ranges::find(different, texts[i]) - different.begin());
    if (place == different.size()) {
      different.push_back(texts[i]);
      combinations.emplace_back();
    }
    std::vector<std::string> values = values_in(plays[i], axes);
    auto& known = combinations[place];
    if (std::ranges::find(known, values) == known.end()) known.push_back(std::move(values));
  }
  Sentences told;
  for (std::size_t i = 0; i < different.size(); ++i) {
    told.push_back(behind_values(plays.front(), axes, combinations[i], different[i]));
  }
  return told;
}

// Plays of one file have the same tables, and so as many things in each passage.
std::vector<Passage> passages_of(std::span<const Scenario> plays) {
  std::vector<std::vector<Passage>> each;
  for (const Scenario& play : plays) each.push_back(passages_of(play));
  std::vector<Passage> passages = each.front();
  for (std::size_t i = 0; i < passages.size(); ++i) {
    for (std::size_t j = 0; j < passages[i].things.size(); ++j) {
      std::vector<Sentences> things;
      for (const std::vector<Passage>& one : each) things.push_back(one[i].things[j]);
      passages[i].things[j] = told_as_one(plays, things);
    }
  }
  return passages;
}

}  // namespace outlive::harness
