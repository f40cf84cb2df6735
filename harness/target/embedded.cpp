#include "target/embedded.hpp"

#include "target/raw_reply.hpp"

namespace outlive::harness {
namespace {

// One element, lists not among them.
Answer take_answer(RawReply& raw) {
  switch (raw.kind()) {
    case '-':
      return {.kind = Answer::Kind::error, .text = raw.line()};
    case '+':
      return {.kind = Answer::Kind::text, .text = raw.line()};
    case ':':
      return {.kind = Answer::Kind::integer, .text = raw.line()};
    case '$': {
      std::string_view text;
      if (!raw.bulk(text)) return {};
      return {.kind = Answer::Kind::text, .text = text};
    }
    default:
      raw.line();
      return {};
  }
}

}  // namespace

EmbeddedTarget::EmbeddedTarget(const Instance& instance, Time at, std::uint64_t seed)
    : directives_{instance.directives},
      is_service_{!instance.like().empty()},
      seeds_{seed},
      now_{at},
      due_{at} {
  start();
}

void EmbeddedTarget::start() {
  // A server that was started again draws anew.
  const std::uint64_t seed =
      starts_ == 0 ? seeds_.seed() : seeds_.fork("start " + std::to_string(starts_)).seed();
  ++starts_;
  emulator_.emplace(Emulator::Options{.directives = directives_,
                                      .seed = seed,
                                      .virtual_time = true,
                                      .start = now_,
                                      .port = std::nullopt,
                                      .journal_limit = 0});
  database_is_first();
}

void EmbeddedTarget::start_again(Time now, bool loads) {
  now_ = due_ = now;
  start();
  for (const auto& [name, body] : replaced_) emulator_->replace_function(name, body);
  for (const auto& text : lent_) emulator_->lend(text);
  if (loads && saved_) saved_->load(*this);
  if (listener_) emulator_->on_departure(listener_, false);
}

void EmbeddedTarget::replace_function(std::string_view name, NativeFunction body) {
  emulator_->replace_function(name, body);
  std::erase_if(replaced_, [name](const auto& known) { return known.first == name; });
  replaced_.emplace_back(name, std::move(body));
}

void EmbeddedTarget::lend(std::shared_ptr<const std::string> text) {
  emulator_->lend(text);
  lent_.push_back(std::move(text));
}

Answer EmbeddedTarget::run(std::span<const std::string_view> words) {
  RawReply raw{emulator_->run_raw(words, due_ - now_)};
  now_ = due_;
  if (raw.kind() != '*') return take_answer(raw);
  const std::int64_t count = raw.number();
  Answer list{.kind = Answer::Kind::list};
  if (count > 0) {
    const Answer first = take_answer(raw);
    list.text = first.text;
    list.first_is_null = first.is_null();
  }
  if (count > 1) list.second = take_answer(raw).text;
  return list;
}

void EmbeddedTarget::advance_to(Time now) {
  if (now <= now_) return;
  emulator_->advance(now - now_);
  now_ = due_ = now;
}

void EmbeddedTarget::set_clock(Time now) {
  emulator_->set_time(now);
  now_ = due_ = now;
}

void EmbeddedTarget::on_departure(Listener listener) {
  listener_ = std::move(listener);
  emulator_->on_departure(listener_, false);
}

void EmbeddedTarget::act_as_operator(bool on) {
  if (is_service_) run({"OUTLIVE", "OPERATOR", on ? "ON" : "OFF"});
}

std::vector<std::string> EmbeddedTarget::keys_of_database() {
  const AsOperator as_operator{*this};
  std::vector<std::string> found;
  for (Reply& key : emulator_->run({"KEYS", "*"}).elements) found.push_back(std::move(key.text));
  return found;
}

EmulatorDirectives::EmulatorDirectives() {
  // One that has all that there is: a service's reserved memory, too.
  Emulator emulator{{.directives = {{std::string{like_directive}, "elasticache"}}}};
  emulator.run({"OUTLIVE", "OPERATOR", "ON"});
  const Reply all = emulator.run({"CONFIG", "GET", "*"});
  for (std::size_t i = 0; i < all.elements.size(); i += 2) names_.push_back(all.elements[i].text);
}

std::vector<std::string_view> EmulatorDirectives::names() const {
  return {names_.begin(), names_.end()};
}

std::string EmulatorDirectives::refusal(const Directive& directive, When when,
                                        std::span<const Directive> kind) const {
  std::vector<Directive> all{kind.begin(), kind.end()};
  if (when == When::running) {
    Emulator emulator{{.directives = all}};
    emulator.run({"OUTLIVE", "OPERATOR", "ON"});
    const Reply reply = emulator.run({"CONFIG", "SET", directive.first, directive.second});
    return reply.is_error() ? reply.text : "";
  }
  all.push_back(directive);
  try {
    Emulator emulator{{.directives = std::move(all)}};
  } catch (const UserError& error) {
    return error.what();
  }
  return {};
}

}  // namespace outlive::harness
