#include "scenario/command_template.hpp"

#include <algorithm>
#include <array>

#include "base/number.hpp"
#include "base/text.hpp"
#include "scenario/fields.hpp"

namespace outlive::harness {
namespace {

using Piece = CommandTemplate::Piece;

constexpr std::string_view placeholders =
    "{key}, {key+1}, {value}, {now}, {now+60} or {1..100}; for a brace write {{ or }}";
constexpr std::int64_t added_max = 1'000'000'000'000;

// "key", "key+3", "now+60": what is added.
std::optional<std::int64_t> added_to(std::string_view name, std::string_view inside) {
  if (inside == name) return 0;
  if (!inside.starts_with(name) || inside[name.size()] != '+') return std::nullopt;
  const auto more = parse_integer(inside.substr(name.size() + 1));
  return more && *more >= 0 && *more <= added_max ? more : std::nullopt;
}

std::optional<Piece> placeholder(std::string_view inside) {
  if (inside == "value") return Piece{.kind = Piece::Kind::value};
  if (const auto more = added_to("key", inside))
    return Piece{.kind = Piece::Kind::key, .least = *more};
  if (const auto more = added_to("now", inside))
    return Piece{.kind = Piece::Kind::now, .least = *more};
  const std::size_t dots = inside.find("..");
  if (dots == inside.npos) return std::nullopt;
  const auto least = parse_integer(inside.substr(0, dots));
  const auto most = parse_integer(inside.substr(dots + 2));
  if (!least || !most || *least > *most || *least < -added_max || *most > added_max)
    return std::nullopt;
  return Piece{.kind = Piece::Kind::whole, .least = *least, .most = *most};
}

// One word in pieces. `refuse` is told what is wrong.
template <class Refuse>
CommandTemplate::Word pieces_of(std::string_view word, Refuse refuse) {
  CommandTemplate::Word pieces;
  std::string text;
  const auto end_text = [&] {
    if (!text.empty()) pieces.push_back({.text = std::move(text)});
    text.clear();
  };
  while (!word.empty()) {
    const char letter = word.front();
    const bool brace = letter == '{' || letter == '}';
    if (!brace || (word.size() > 1 && word[1] == letter)) {
      text += letter;
      word.remove_prefix(brace ? 2 : 1);
      continue;
    }
    const std::size_t end = word.find('}');
    const auto piece =
        letter == '{' && end != word.npos ? placeholder(word.substr(1, end - 1)) : std::nullopt;
    if (!piece) {
      refuse(quoted_word(word.substr(0, end == word.npos ? end : end + 1)) +
             " is no placeholder: there is " + std::string{placeholders});
      return pieces;
    }
    end_text();
    pieces.push_back(*piece);
    word.remove_prefix(end + 1);
  }
  end_text();
  return pieces;
}

// The word with something in the place of what is drawn, which `place` makes unlike other words.
std::string example_of(const CommandTemplate::Word& word, std::size_t place) {
  std::string example;
  for (const Piece& piece : word) {
    switch (piece.kind) {
      case Piece::Kind::text:
        example += piece.text;
        break;
      case Piece::Kind::key:
      case Piece::Kind::value:
        example += std::to_string(1'000'000'000 + place);
        break;
      case Piece::Kind::whole:
        example += std::to_string(piece.least);
        break;
      case Piece::Kind::now:
        example += "1767225600";
        break;
    }
  }
  return example;
}

bool may_be_key(const CommandTemplate::Word& word) {
  std::size_t numbers = 0;
  for (const Piece& piece : word) {
    if (piece.kind != Piece::Kind::text && piece.kind != Piece::Kind::key) return false;
    numbers += piece.kind == Piece::Kind::key;
  }
  return numbers <= 1;
}

// What Valkey says of the command, by an example.
template <class Refuse>
void find_keys(CommandTemplate& command, CommandBook& book, Refuse refuse) {
  std::vector<std::string> example;
  for (const auto& word : command.words) example.push_back(example_of(word, example.size()));
  const std::vector<std::string_view> views{example.begin(), example.end()};
  const CommandFacts facts = book.look_up(views);
  if (!facts.mistake.empty()) return refuse(facts.mistake);
  if (facts.about == CommandFacts::About::session) {
    return refuse(to_upper(example[0]) +
                  " is not about keys, but about a connection or the server; "
                  "what happens to servers is an [[event]]");
  }
  command.touches_all = facts.touches_all;
  command.is_script = facts.about == CommandFacts::About::script;
  std::vector<bool> taken(example.size());
  for (const auto& [name, effect] : facts.keys) {
    std::size_t word = 1;
    while (word < example.size() && (taken[word] || example[word] != name)) ++word;
    if (word == example.size()) continue;
    taken[word] = true;
    if (!may_be_key(command.words[word])) {
      return refuse("the key " + quoted_word(name) +
                    " may have one {key} and nothing else that is drawn");
    }
    command.keys.push_back({static_cast<std::uint32_t>(word), effect});
  }
}

constexpr Field<CommandTemplate> rows_of_command[] = {
    {"command", any_kind, true,
     "as written in valkey-cli, like \"SET session:{key} {value} EX 60\"",
     [](CommandTemplate& into, const Value& value) { into.text = value.text(); }},
    {"weight", any_kind, false, "how often, beside the weights of the others (default: 1)",
     [](CommandTemplate& into, const Value& value) { into.weight = value.number(0.000001, 1e9); }},
    {"then", any_kind, false,
     "a list of commands that follow at once, with the same {key}, where the reply is neither nil "
     "nor an error",
     [](CommandTemplate& into, const Value& value) { into.then.texts = value.texts(1); }},
    {"otherwise", any_kind, false, "a list of those that follow where the reply is nil",
     [](CommandTemplate& into, const Value& value) { into.otherwise.texts = value.texts(1); }},
};

// Reads `command.text`; mistakes are told at the line of `value`.
void read_text(CommandTemplate& command, const Value& value, CommandBook& book) {
  if (command.text.empty()) return;
  const auto refuse = [&](const std::string& what) {
    value.mistakes().add(value.line(), quoted_word(command.text) + ": " + what);
  };
  const auto words = split_words(command.text);
  if (!words || words->empty()) {
    return refuse("quotes are not closed, or there is no word");
  }
  bool sound = true;
  for (const std::string& word : *words) {
    command.words.push_back(pieces_of(word, [&](const std::string& what) {
      refuse(what);
      sound = false;
    }));
  }
  if (sound) find_keys(command, book, refuse);
}

CommandTemplate read_command(const Value& value, CommandBook& book) {
  CommandTemplate command;
  if (const toml::table* table = value.node().as_table()) {
    read_fields(*table, command_fields(), any_kind, "a command", command, value.mistakes());
  } else {
    command.text = value.text();
  }
  read_text(command, value, book);
  return command;
}

// Those that follow one of the list go to its end.
void read_following(std::vector<CommandTemplate>& commands,
                    CommandTemplate::Following CommandTemplate::*following, std::size_t place,
                    const Value& value, CommandBook& book) {
  (commands[place].*following).first = static_cast<std::uint32_t>(commands.size());
  const std::vector<std::string> texts = (commands[place].*following).texts;
  for (const std::string& text : texts) {
    CommandTemplate& follower = commands.emplace_back();
    follower.text = text;
    follower.weight = 0;
    read_text(follower, value, book);
  }
}

}  // namespace

std::vector<CommandTemplate> read_commands(const Value& value) {
  std::vector<CommandTemplate> commands;
  const toml::array* list = value.node().as_array();
  if (!list || list->empty()) {
    value.refuse(
        "must be a list like [\"SET session:{key} {value} EX 60\", \"GET session:{key}\"]");
    return commands;
  }
  CommandBook book;
  for (const toml::node& node : *list) {
    commands.push_back(read_command({"commands", node, value.mistakes()}, book));
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Value one{"commands", (*list)[i], value.mistakes()};
    read_following(commands, &CommandTemplate::then, i, one, book);
    read_following(commands, &CommandTemplate::otherwise, i, one, book);
  }
  return commands;
}

bool draws_key(const CommandTemplate& command) {
  return std::ranges::any_of(command.words, [](const CommandTemplate::Word& word) {
    return std::ranges::find(word, Piece::Kind::key, &Piece::kind) != word.end();
  });
}

std::span<const Field<CommandTemplate>> command_fields() {
  return rows_of_command;
}

}  // namespace outlive::harness
