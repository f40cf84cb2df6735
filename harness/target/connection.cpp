#include "target/connection.hpp"

#include <hiredis/hiredis_ssl.h>

#include <algorithm>
#include <cstdlib>

#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

constexpr timeval patience{30, 0};  // for one reply, and to connect

Answer answer_of(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_ERROR:
      return {.kind = Answer::Kind::error, .text = text_of(reply)};
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_VERB:
      return {.kind = Answer::Kind::text, .text = text_of(reply)};
    case REDIS_REPLY_INTEGER:
      return {.kind = Answer::Kind::integer};
    case REDIS_REPLY_MAP:
    case REDIS_REPLY_ARRAY: {
      Answer list{.kind = Answer::Kind::list};
      if (reply.elements > 0) {
        list.first_is_null = reply.element[0]->type == REDIS_REPLY_NIL;
        if (!list.first_is_null) list.text = text_of(*reply.element[0]);
      }
      if (reply.elements > 1 && reply.element[1]->type != REDIS_REPLY_NIL) {
        list.second = text_of(*reply.element[1]);
      }
      return list;
    }
    default:
      return {};
  }
}

}  // namespace

std::string_view text_of(const redisReply& reply) {
  return {reply.str, reply.len};
}

std::unique_ptr<Connection> Connection::open(const Address& address, std::string& why) {
  redisContext* context =
      address.unix_socket.empty()
          ? redisConnectWithTimeout(address.host.c_str(), address.port, patience)
          : redisConnectUnixWithTimeout(address.unix_socket.c_str(), patience);
  if (!context) throw UserError{"no memory for a connection"};
  std::unique_ptr<Connection> connection{new Connection{context}};
  if (context->err != 0) {
    why = context->errstr;
    return nullptr;
  }
  if (address.tls && !connection->secure(address, why)) return nullptr;
  return connection;
}

// hiredis makes TLS sessions too, but looks at no host's name.
bool Connection::secure(const Address& address, std::string& why) {
  TlsSession session = begin_tls(*address.tls, address.host);
  if (redisInitiateSSL(context_.get(), session.get()) == REDIS_OK) {
    static_cast<void>(session.release());  // hiredis frees it
    return true;
  }
  const std::string mistake = certificate_mistake(*session);
  why = mistake.empty()
            ? "TLS: " + std::string{context_->errstr} + "; does it speak TLS on this port?"
            : "TLS: its certificate is not trusted: " + mistake +
                  "; --cacert FILE names whom to trust";
  return false;
}

Connection::Connection(redisContext* context) : context_{context} {
  if (context->err != 0) return;
  redisSetTimeout(context, patience);
  context->privdata = this;
  redisSetPushCallback(context, receive_push);
}

void Connection::name(std::string server, std::function<std::string()> last_words) {
  server_ = std::move(server);
  last_words_ = std::move(last_words);
}

void Connection::send(std::span<const std::string_view> words) {
  words_.clear();
  sizes_.clear();
  for (const std::string_view word : words) {
    words_.push_back(word.data());
    sizes_.push_back(word.size());
  }
  redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), words_.data(),
                         sizes_.data());
}

OwnedReply Connection::await() {
  void* reply = nullptr;
  if (redisGetReply(context_.get(), &reply) != REDIS_OK) {
    std::string what = server_ + " no longer answers (" + context_->errstr + ")";
    if (last_words_) what += "; its last words: " + last_words_();
    throw UserError{what};
  }
  return OwnedReply{static_cast<redisReply*>(reply)};
}

Answer Connection::await_answer() {
  last_ = await();
  Answer answer = answer_of(*last_);
  if (answer.kind == Answer::Kind::integer) answer.text = digits_ = std::to_string(last_->integer);
  return answer;
}

Answer Connection::run(std::span<const std::string_view> words) {
  send(words);
  return await_answer();
}

void Connection::receive_push(void* connection, void* message) {
  const OwnedReply push{static_cast<redisReply*>(message)};
  const auto& self = *static_cast<Connection*>(connection);
  if (self.listener_) self.listener_(*push);
}

std::vector<std::string> scan_keys(Connection& connection) {
  std::vector<std::string> found;
  std::string cursor = "0";
  do {
    connection.send({"SCAN", cursor, "COUNT", "1000"});
    const OwnedReply page = connection.await();
    if (page->type != REDIS_REPLY_ARRAY || page->elements != 2) break;
    cursor = text_of(*page->element[0]);
    for (std::size_t i = 0; i < page->element[1]->elements; ++i) {
      found.emplace_back(text_of(*page->element[1]->element[i]));
    }
  } while (cursor != "0");
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());  // SCAN may name a key twice
  return found;
}

std::uint64_t used_memory_of(Connection& connection) {
  constexpr std::string_view field = "used_memory:";
  const std::string_view info = connection.run({"INFO", "memory"}).text;
  const std::size_t at = info.find(field);
  if (at == info.npos) throw UserError{"the server does not tell its used_memory"};
  return std::strtoull(info.data() + at + field.size(), nullptr, 10);
}

}  // namespace outlive::harness
