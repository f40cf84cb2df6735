// What the C door does: the C++ door with handles, lengths and error texts. No exception leaves it.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "outlive/emulator.hpp"
#include "outlive/outlive.h"

using outlive::Departure;
using outlive::Emulator;
using outlive::Reply;
using outlive::ReplyKind;

struct outlive_emulator {
  Emulator emulator;
};
struct outlive_connection {
  Emulator::Connection connection;
};
// A reply and what hangs below it are the same to C.
struct outlive_reply {
  Reply reply;
};
struct outlive_departures {
  std::vector<Departure> list;
};

static_assert(static_cast<int>(ReplyKind::verbatim) == OUTLIVE_VERBATIM &&
              static_cast<int>(ReplyKind::push) == OUTLIVE_PUSH &&
              static_cast<int>(ReplyKind::array) == OUTLIVE_ARRAY);

namespace {

// A copy for the caller; null when memory is out.
char* copy(std::string_view text) {
  auto* made = static_cast<char*>(std::malloc(text.size() + 1));
  if (!made) return nullptr;
  std::memcpy(made, text.data(), text.size());
  made[text.size()] = '\0';
  return made;
}

// Runs `work`; what it throws becomes the error text, and the result `failed`.
template <class Work>
std::invoke_result_t<Work> guarded(char** error, std::invoke_result_t<Work> failed, Work work) {
  if (error) *error = nullptr;
  try {
    return work();
  } catch (const std::exception& thrown) {
    if (error) *error = copy(thrown.what());
  }
  return failed;
}

template <class Work>
int succeeds(char** error, Work work) {
  return guarded(error, 1, [&] {
    work();
    return 0;
  });
}

std::vector<std::string_view> words_of(size_t count, const char* const* words,
                                       const size_t* lengths) {
  std::vector<std::string_view> made;
  made.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    made.emplace_back(words[i], lengths ? lengths[i] : std::strlen(words[i]));
  }
  return made;
}

// As many of the fields as both sides know.
template <class Struct>
void fill(Struct* to, const Struct& from, size_t size) {
  size = std::min(size, sizeof from);
  std::memcpy(to, &from, size);
  to->size = size;
}

outlive_options defaults() {
  const Emulator::Options usual;
  return {.size = sizeof(outlive_options),
          .directives = nullptr,
          .directive_count = 0,
          .seed = 0,
          .system_clock = 0,
          .port = OUTLIVE_NO_PORT,
          .unix_socket = nullptr,
          .start_us = usual.start.time_since_epoch().count(),
          .journal_limit = usual.journal_limit,
          .tls_port = OUTLIVE_NO_PORT};
}

Emulator::Options options_from(const outlive_options& wanted) {
  Emulator::Options options;
  for (size_t i = 0; i < wanted.directive_count; ++i) {
    options.directives.emplace_back(wanted.directives[2 * i], wanted.directives[2 * i + 1]);
  }
  if (wanted.seed != 0) options.seed = wanted.seed;
  options.virtual_time = !wanted.system_clock;
  options.start = outlive::Time{std::chrono::microseconds{wanted.start_us}};
  if (wanted.port != OUTLIVE_NO_PORT) options.port = wanted.port;
  if (wanted.tls_port != OUTLIVE_NO_PORT) options.tls_port = wanted.tls_port;
  if (wanted.unix_socket) options.unix_socket = wanted.unix_socket;
  options.journal_limit = wanted.journal_limit;
  return options;
}

}  // namespace

// ---- making one

void outlive_options_init(outlive_options* options, size_t size) {
  fill(options, defaults(), size);
}

outlive_emulator* outlive_create(const outlive_options* options, char** error) {
  return guarded(error, static_cast<outlive_emulator*>(nullptr), [&] {
    outlive_options wanted = defaults();
    if (options) fill(&wanted, *options, options->size);
    return new outlive_emulator{Emulator(options_from(wanted))};
  });
}

void outlive_destroy(outlive_emulator* emulator) {
  delete emulator;
}

int outlive_port(const outlive_emulator* emulator) {
  return emulator->emulator.port();
}

int outlive_tls_port(const outlive_emulator* emulator) {
  return emulator->emulator.tls_port();
}

uint64_t outlive_seed(const outlive_emulator* emulator) {
  return emulator->emulator.seed();
}

uint64_t outlive_used_memory(const outlive_emulator* emulator) {
  return emulator->emulator.used_memory();
}

uint64_t outlive_digest(const outlive_emulator* emulator) {
  return emulator->emulator.digest();
}

uint64_t outlive_journal_digest(const outlive_emulator* emulator) {
  return emulator->emulator.journal_digest();
}

// ---- commands

outlive_reply* outlive_run(outlive_emulator* emulator, size_t count, const char* const* words,
                           const size_t* lengths, char** error) {
  return guarded(error, static_cast<outlive_reply*>(nullptr), [&] {
    return new outlive_reply{emulator->emulator.run(words_of(count, words, lengths))};
  });
}

outlive_connection* outlive_connect(outlive_emulator* emulator, char** error) {
  return guarded(error, static_cast<outlive_connection*>(nullptr),
                 [&] { return new outlive_connection{emulator->emulator.connect()}; });
}

void outlive_disconnect(outlive_connection* connection) {
  delete connection;
}

outlive_reply* outlive_connection_run(outlive_connection* connection, size_t count,
                                      const char* const* words, const size_t* lengths,
                                      char** error) {
  return guarded(error, static_cast<outlive_reply*>(nullptr), [&] {
    return new outlive_reply{connection->connection.run(words_of(count, words, lengths))};
  });
}

outlive_reply* outlive_take_pushed(outlive_connection* connection, char** error) {
  return guarded(error, static_cast<outlive_reply*>(nullptr), [&] {
    Reply list;
    list.kind = ReplyKind::array;
    list.elements = connection->connection.take_pushed();
    return new outlive_reply{std::move(list)};
  });
}

outlive_kind outlive_reply_kind(const outlive_reply* reply) {
  return static_cast<outlive_kind>(reply->reply.kind);
}

int64_t outlive_reply_integer(const outlive_reply* reply) {
  return reply->reply.integer;
}

double outlive_reply_number(const outlive_reply* reply) {
  return reply->reply.number;
}

const char* outlive_reply_text(const outlive_reply* reply, size_t* length) {
  if (length) *length = reply->reply.text.size();
  return reply->reply.text.c_str();
}

size_t outlive_reply_count(const outlive_reply* reply) {
  return reply->reply.elements.size();
}

const outlive_reply* outlive_reply_element(const outlive_reply* reply, size_t index) {
  static_assert(sizeof(outlive_reply) == sizeof(Reply) && std::is_standard_layout_v<outlive_reply>);
  const auto& elements = reply->reply.elements;
  // A struct and its only member share their address.
  return index < elements.size() ? reinterpret_cast<const outlive_reply*>(&elements[index])
                                 : nullptr;
}

char* outlive_reply_print(const outlive_reply* reply) {
  return guarded(nullptr, static_cast<char*>(nullptr),
                 [&] { return copy(to_string(reply->reply)); });
}

void outlive_reply_free(outlive_reply* reply) {
  delete reply;
}

// ---- the clock

int64_t outlive_now(const outlive_emulator* emulator) {
  return emulator->emulator.now().time_since_epoch().count();
}

int outlive_advance(outlive_emulator* emulator, int64_t microseconds, char** error) {
  return succeeds(error,
                  [&] { emulator->emulator.advance(std::chrono::microseconds{microseconds}); });
}

int outlive_set_time(outlive_emulator* emulator, int64_t unix_microseconds, char** error) {
  return succeeds(error, [&] {
    emulator->emulator.set_time(outlive::Time{std::chrono::microseconds{unix_microseconds}});
  });
}

void outlive_freeze(outlive_emulator* emulator) {
  emulator->emulator.freeze();
}

void outlive_resume(outlive_emulator* emulator) {
  emulator->emulator.resume();
}

// ---- why keys left

char* outlive_explain(outlive_emulator* emulator, const char* key, size_t length) {
  return guarded(nullptr, static_cast<char*>(nullptr), [&] {
    return copy(emulator->emulator.explain({key, length}));
  });
}

outlive_departures* outlive_journal(const outlive_emulator* emulator, char** error) {
  return guarded(error, static_cast<outlive_departures*>(nullptr),
                 [&] { return new outlive_departures{emulator->emulator.departures()}; });
}

size_t outlive_departures_count(const outlive_departures* departures) {
  return departures->list.size();
}

int outlive_departures_get(const outlive_departures* departures, size_t index,
                           outlive_departure* departure) {
  if (index >= departures->list.size()) return 1;
  const Departure& one = departures->list[index];
  fill(departure,
       {.size = 0,
        .sequence = one.sequence,
        .when_us = one.when.time_since_epoch().count(),
        .reason = to_string(one.reason).data(),
        .database = one.database,
        .frequency = one.frequency,
        .key = one.key.c_str(),
        .key_length = one.key.size(),
        .type = one.type.c_str(),
        .cause = one.cause.c_str(),
        .client = one.client,
        .ttl_ms = one.ttl_ms,
        .idle_ms = one.idle_ms,
        .bytes = one.size,
        .score = one.score,
        .stale_score = one.stale_score,
        .candidate_count = one.lost_to_it.size()},
       departure->size);
  return 0;
}

const char* outlive_departures_candidate(const outlive_departures* departures, size_t index,
                                         size_t candidate, size_t* length, uint64_t* score) {
  if (index >= departures->list.size()) return nullptr;
  const auto& losers = departures->list[index].lost_to_it;
  if (candidate >= losers.size()) return nullptr;
  if (length) *length = losers[candidate].key.size();
  if (score) *score = losers[candidate].score;
  return losers[candidate].key.c_str();
}

void outlive_departures_free(outlive_departures* departures) {
  delete departures;
}

void outlive_free(char* text) {
  std::free(text);
}
