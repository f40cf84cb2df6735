#include "scenario/command_book.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "scenario/mistakes.hpp"

namespace outlive::harness {
namespace {

using Words = std::span<const std::string_view>;

bool has(Words words, std::string_view wanted) {
  return std::ranges::any_of(
      words, [wanted](std::string_view word) { return equal_ignoring_case(word, wanted); });
}

bool holds(const Reply& list, std::string_view wanted) {
  return std::ranges::find(list.elements, wanted, &Reply::text) != list.elements.end();
}

// Commands after which a key is surely there when they succeed, unless one of these words is among
// theirs. Of all others that write, the server is asked.
struct Maker {
  std::string_view name;
  std::vector<std::string_view> unless = {};
};

const std::vector<Maker>& makers() {
  static const std::vector<Maker> rows{
      {"append"}, {"decr"},    {"decrby"},
      {"getset"}, {"hincrby"}, {"hincrbyfloat"},
      {"hmset"},  {"hset"},    {"hsetnx"},
      {"incr"},   {"incrby"},  {"incrbyfloat"},
      {"mset"},   {"psetex"},  {"set", {"XX", "IFEQ", "EXAT", "PXAT"}},  // an instant may be over
      {"setbit"}, {"setex"},   {"setnx"},
  };
  return rows;
}

bool surely_makes(Words words) {
  return std::ranges::any_of(makers(), [words](const Maker& maker) {
    return equal_ignoring_case(maker.name, words[0]) &&
           std::ranges::none_of(maker.unless,
                                [words](std::string_view word) { return has(words, word); });
  });
}

// Commands of whole databases.
constexpr std::string_view of_all[] = {"flushall", "flushdb", "swapdb"};

}  // namespace

const CommandBook::Row& CommandBook::row_of(const std::string& name) {
  const auto [found, fresh] = rows_.try_emplace(name);
  Row& row = found->second;
  if (!fresh) return row;
  const Reply info = emulator_.run({"COMMAND", "INFO", name});
  if (info.elements.empty() || info.elements[0].elements.size() < 7) return row;
  const Reply& flags = info.elements[0].elements[2];
  const Reply& categories = info.elements[0].elements[6];
  row.known = true;
  row.has_subcommands =
      info.elements[0].elements.size() > 9 && !info.elements[0].elements[9].elements.empty();
  row.blocks = holds(flags, "blocking");
  row.writes = holds(flags, "write");
  if (holds(categories, "@scripting")) row.about = CommandFacts::About::script;
  const bool of_session = holds(categories, "@connection") || holds(categories, "@transaction") ||
                          holds(categories, "@pubsub") || holds(flags, "admin");
  if (of_session) row.about = CommandFacts::About::session;
  return row;
}

std::string CommandBook::unknown(std::string_view name) {
  if (row_of(to_lower(name)).known) return {};
  const Reply all = emulator_.run({"COMMAND", "LIST"});
  std::vector<std::string_view> names;
  for (const Reply& one : all.elements) names.push_back(one.text);
  std::ranges::sort(names);  // COMMAND LIST has them as its table happens to lie
  std::string text = "outlive knows no command " + in_quotes(name);
  if (const auto near = nearest_of(name, names)) {
    text += "; did you mean \"" + to_upper(*near) + "\"?";
  }
  return text;
}

CommandFacts CommandBook::look_up(std::span<const std::string_view> words) {
  std::string name = to_lower(words[0]);
  if (row_of(name).has_subcommands && words.size() > 1) name += "|" + to_lower(words[1]);
  const Row& row = row_of(name);
  if (!row.known) {
    const std::string parent = unknown(words[0]);
    return {.mistake = parent.empty()
                           ? "outlive knows no " + in_quotes(words[1]) + " of " + to_upper(words[0])
                           : parent};
  }
  CommandFacts facts{.about = row.about};
  // XREAD waits only when it is told to.
  const bool may_do_without = name.starts_with("xread");
  if (row.blocks && (!may_do_without || has(words, "BLOCK"))) {
    facts.mistake =
        to_upper(words[0]) + " waits for others, and a play is one thing after the other";
    return facts;
  }
  facts.touches_all = std::ranges::find(of_all, name) != std::end(of_all);
  std::vector<std::string_view> question{"COMMAND", "GETKEYSANDFLAGS"};
  question.insert(question.end(), words.begin(), words.end());
  const Reply keys = emulator_.run(question);
  if (keys.is_error()) {
    if (keys.text.find("no key arguments") == keys.text.npos) {
      facts.mistake = "wrong number of arguments for " + to_upper(words[0]);
    }
    return facts;
  }
  const KeyEffect effect = surely_makes(words) ? KeyEffect::makes : KeyEffect::changes;
  for (const Reply& key : keys.elements) {
    const bool read = !row.writes || holds(key.elements[1], "RO");
    facts.keys.emplace_back(key.elements[0].text, read && row.about == CommandFacts::About::data
                                                      ? KeyEffect::reads
                                                      : effect);
  }
  return facts;
}

}  // namespace outlive::harness
