#include "play/neighbour.hpp"

#include <utility>

#include "play/digits.hpp"
#include "traffic/chance.hpp"

namespace outlive::harness {
namespace {

constexpr std::size_t letters_drawn = 1 << 16;

std::string draw_letters(Random chance) {
  constexpr std::string_view alphabet =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  std::string letters;
  letters.reserve(letters_drawn);
  while (letters.size() < letters_drawn) letters += alphabet[chance.below(alphabet.size())];
  return letters;
}

}  // namespace

Neighbour::Neighbour(const Scenario& scenario, std::size_t place, Where where, const Roster& roster,
                     Witness& witness, Observer& observer, const Random& chance)
    : traffic_{scenario.traffic[place]},
      place_{place},
      keys_in_all_{traffic_.keys_in(scenario.duration)},
      where_{std::move(where)},
      roster_{roster},
      witness_{witness},
      observer_{observer},
      chance_{chance.fork("drawn")},
      letters_{draw_letters(chance.fork("letters"))} {}

void Neighbour::serve(const Request& request) {
  where_.node.approach(request.at);
  if (traffic_.transcript) {
    play_line(request);
  } else {
    play_template(request);
  }
}

void Neighbour::play_template(const Request& request) {
  const CommandTemplate& command = traffic_.commands[request.command];
  const bool may_go_on = !command.then.texts.empty() || !command.otherwise.texts.empty();
  const Reply reply = play_command(request.command, request, chance_);
  if (!may_go_on) return;
  // A stream of their own: what follows hangs on replies, which must not move later draws.
  Random chance{chance_.next()};
  if (reply == Reply::error) return;
  const auto& following = reply == Reply::nil ? command.otherwise : command.then;
  for (std::size_t i = 0; i < following.texts.size(); ++i) {
    play_command(following.first + i, request, chance);
  }
}

Neighbour::Reply Neighbour::play_command(std::size_t place, const Request& request,
                                         Random& chance) {
  const CommandTemplate& command = traffic_.commands[place];
  fill_in(command, request, chance);
  const Reply reply = say(traffic_.database.value_or(0), command.touches_all, request.at, {});
  if (!carried_out_) return reply;
  for (std::size_t i = 0; i < command.keys.size(); ++i) {
    const KeyId key = roster_.command_key(place_, place, i, request.key);
    witness_.affected(where_.instance, key, command.keys[i].effect, request.at);
  }
  return reply;
}

void Neighbour::play_line(const Request& request) {
  const Transcript& transcript = *traffic_.transcript;
  const Transcript::Line& line = transcript.lines[request.command];
  words_.clear();
  for (std::uint32_t i = 0; i < line.words; ++i)
    words_.push_back(transcript.word(line.first_word + i));
  // An instant that the line names is as far away as it was then.
  const auto moved = std::chrono::floor<std::chrono::milliseconds>(
      request.at - (transcript.recorded_at + line.at));
  say(traffic_.database.value_or(line.database), line.touches_all, request.at, moved);
  if (!carried_out_) return;
  for (std::uint32_t i = 0; i < line.uses; ++i) {
    const Transcript::Use& use = transcript.uses[line.first_use + i];
    witness_.affected(where_.instance, roster_.transcript_key(place_, use.key), use.effect,
                      request.at);
  }
}

Neighbour::Reply Neighbour::say(int database, bool touches_all, Time at,
                                std::chrono::milliseconds moved) {
  Node& node = where_.node;
  const Expiries::Clock clock{
      .now = node.clock_at(at), .moved = moved, .ahead = node.server().clock_ahead()};
  const Answer answer = node.ask(expiries_.rewritten(words_, clock), database);
  witness_.note(where_.instance, Operation::command, answer);
  const Reply reply = answer.is_error()  ? Reply::error
                      : answer.is_null() ? Reply::nil
                                         : Reply::something;
  carried_out_ = !answer.is_error() || (node.runs() && node.done_unheard());
  if (carried_out_ && touches_all) {
    observer_.recount(where_.instance, node.server().keys(where_.databases));
    node.server().select(database);
  }
  return reply;
}

void Neighbour::fill_in(const CommandTemplate& command, const Request& request, Random& chance) {
  using Kind = CommandTemplate::Piece::Kind;
  filled_.resize(command.words.size());
  words_.clear();
  for (std::size_t i = 0; i < command.words.size(); ++i) {
    std::string& word = filled_[i];
    word.clear();
    for (const CommandTemplate::Piece& piece : command.words[i]) {
      switch (piece.kind) {
        case Kind::text:
          word += piece.text;
          break;
        case Kind::key:
          word += std::string_view{Digits{static_cast<std::int64_t>(
              (request.key + static_cast<std::uint64_t>(piece.least)) % keys_in_all_)}};
          break;
        case Kind::value:
          append_value(word, chance);
          break;
        case Kind::whole:
          word += std::string_view{
              Digits{piece.least + static_cast<std::int64_t>(chance.below(
                                       static_cast<std::uint64_t>(piece.most - piece.least) + 1))}};
          break;
        case Kind::now:
          word += std::string_view{Digits{
              std::chrono::floor<std::chrono::seconds>(request.at.time_since_epoch()).count() +
              piece.least}};
          break;
      }
    }
    words_.push_back(word);
  }
}

void Neighbour::append_value(std::string& word, Random& chance) {
  std::size_t left = draw_size(traffic_.sizes, chance);
  std::size_t from = chance.below(letters_.size());
  while (left > 0) {
    const std::string_view piece = std::string_view{letters_}.substr(from, left);
    word += piece;
    left -= piece.size();
    from = 0;
  }
}

}  // namespace outlive::harness
