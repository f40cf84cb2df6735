#include "play/node.hpp"

#include <algorithm>
#include <utility>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "traffic/roster.hpp"

namespace outlive::harness {
namespace {

// How long the gateway waits for a reply (TensorZero 2026.6, with redis-rs 1.2.1).
constexpr Span patience = std::chrono::milliseconds{500};

// In the words of the gateway's log.
constexpr std::string_view refused = "connection refused";
constexpr std::string_view timed_out = "timed out";
constexpr std::string_view broken = "broken pipe";

Answer error(std::string_view what) {
  return {.kind = Answer::Kind::error, .text = what};
}

// Whether a command's first key fits. FCALL names keys after a number, and the gateway's functions
// put the prefix of buckets before them.
bool is_about(std::span<const std::string_view> words, std::string_view pattern) {
  if (words.size() > 3 && equal_ignoring_case(words[0], "fcall")) {
    return glob_match(pattern, std::string{bucket_prefix}.append(words[3]));
  }
  return words.size() > 1 && glob_match(pattern, words[1]);
}

}  // namespace

Node::Node(std::unique_ptr<Target> server, const Random& chance)
    : server_{std::move(server)}, chance_{chance} {}

void Node::begin(const Event& event, Time now) {
  if (event.is_end_of_server()) {
    if (runs()) {
      if (event.kind == EventKind::restart && event.persistent) server_->save();
      server_->stop();
    }
    ++downs_;
    if (event.lasting == Span::zero()) come_back(event, now);
    return;
  }
  // Draws hang on what the event is, not on where it stands in the file.
  const std::string name = std::string{to_string(event.kind)} + event.command + event.keys +
                           event.error + std::to_string(event.at.count());
  troubles_.push_back({&event, chance_.fork(name)});
}

void Node::end(const Event& event, Time now) {
  if (event.is_end_of_server()) return come_back(event, now);
  std::erase_if(troubles_, [&event](const Trouble& one) { return one.event == &event; });
}

void Node::come_back(const Event& event, Time now) {
  ensure(downs_ > 0, "only what was down comes back");
  if (--downs_ > 0) return;
  server_->start_again(clock_.at(now), event.persistent);
}

bool Node::hits(Trouble& trouble, std::span<const std::string_view> words) {
  const Event& event = *trouble.event;
  if (!event.command.empty() && !equal_ignoring_case(event.command, words[0])) return false;
  if (!event.keys.empty() && !is_about(words, event.keys)) return false;
  return event.share >= 1 || trouble.chance.unit() < event.share;
}

Answer Node::ask_in_trouble(std::span<const std::string_view> words, int database) {
  done_unheard_ = false;
  if (!runs()) return error(refused);
  Span delay{};
  for (Trouble& trouble : troubles_) {
    if (!hits(trouble, words)) continue;
    if (trouble.event->kind == EventKind::slow) {
      delay += trouble.event->by;
    } else {
      return through_trouble(trouble, words, database);
    }
  }
  waited_ += std::min(delay, patience);
  server_->select(database);
  // A reply that comes too late is for nobody; what was asked has been done.
  if (delay > patience && run_unheard(words, database)) return error(timed_out);
  return server_->run(words);
}

bool Node::run_unheard(std::span<const std::string_view> words, int database) {
  server_->select(database);
  return done_unheard_ = !server_->run(words).is_error();
}

Answer Node::through_trouble(Trouble& trouble, std::span<const std::string_view> words,
                             int database) {
  switch (trouble.event->kind) {
    case EventKind::fault:
      return error(trouble.event->error);
    case EventKind::drop:
      // The connection breaks on the way there or on the way back.
      if (trouble.chance.below(2) == 0) run_unheard(words, database);
      return error(broken);
    default:
      waited_ += patience;
      return error(timed_out);
  }
}

}  // namespace outlive::harness
