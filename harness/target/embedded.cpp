#include "target/embedded.hpp"

#include <charconv>

namespace outlive::harness {
namespace {

// A piece of RESP: what stands up to the next CR LF, which is passed over.
std::string_view take_line(std::string_view& raw) {
  const std::size_t end = raw.find('\r');
  const std::string_view line = raw.substr(0, end);
  raw.remove_prefix(std::min(raw.size(), end + 2));
  return line;
}

std::size_t to_length(std::string_view digits) {
  std::size_t length = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), length);
  return length;
}

// One element, lists not among them.
Answer take_answer(std::string_view& raw) {
  const std::string_view line = take_line(raw);
  if (line.empty()) return {};
  const std::string_view rest = line.substr(1);
  switch (line.front()) {
    case '-':
      return {.kind = Answer::Kind::error, .text = rest};
    case '+':
      return {.kind = Answer::Kind::text, .text = rest};
    case ':':
      return {.kind = Answer::Kind::integer, .text = rest};
    case '$': {
      if (rest.starts_with('-')) return {};
      const std::size_t length = to_length(rest);
      const std::string_view text = raw.substr(0, length);
      raw.remove_prefix(std::min(raw.size(), length + 2));
      return {.kind = Answer::Kind::text, .text = text};
    }
    default:
      return {};
  }
}

}  // namespace

EmbeddedTarget::EmbeddedTarget(const Instance& instance, Time at, std::uint64_t seed)
    : directives_{instance.directives},
      is_service_{!instance.like().empty()},
      seeds_{seed},
      now_{at} {
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
  now_ = now;
  start();
  for (const auto& [name, body] : replaced_) emulator_->replace_function(name, body);
  if (loads && saved_) saved_->load(*this);
  if (listener_) emulator_->on_departure(listener_, false);
}

void EmbeddedTarget::replace_function(std::string_view name, NativeFunction body) {
  emulator_->replace_function(name, body);
  std::erase_if(replaced_, [name](const auto& known) { return known.first == name; });
  replaced_.emplace_back(name, std::move(body));
}

Answer EmbeddedTarget::run(std::span<const std::string_view> words) {
  std::string_view raw = emulator_->run_raw(words);
  if (!raw.starts_with('*')) return take_answer(raw);
  const std::size_t count = to_length(take_line(raw).substr(1));
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
  now_ = now;
}

void EmbeddedTarget::set_clock(Time now) {
  emulator_->set_time(now);
  now_ = now;
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
