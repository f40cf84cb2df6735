// A connection to a server, through hiredis: words go in, replies come out, and what the server
// says unasked (RESP3 pushes) is handed on as it comes, between the replies where it happened.
#pragma once

#include <hiredis/hiredis.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "target/channel.hpp"
#include "target/tls_client.hpp"

namespace outlive::harness {

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using OwnedReply = std::unique_ptr<redisReply, FreeReply>;

// Where a server listens: a Unix socket, or else host and port.
struct Address {
  std::string host = "127.0.0.1";
  int port = 0;
  std::string unix_socket = {};
  std::optional<TlsTrust> tls = {};  // none: plain
};

std::string_view text_of(const redisReply& reply);

class Connection {
 public:
  // Null if nobody listens there, or speaks no TLS that can be trusted; then `why` says what the
  // system or OpenSSL said. Throws UserError for a file of `tls` that can't be used.
  static std::unique_ptr<Connection> open(const Address& address, std::string& why);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // What the server is called in messages, and what is known when it no longer answers.
  void name(std::string server, std::function<std::string()> last_words = {});
  void on_push(std::function<void(const redisReply&)> listener) { listener_ = std::move(listener); }

  // The answer is good until the next command. Throws UserError when no answer comes.
  Answer run(std::span<const std::string_view> words);
  Answer run(std::initializer_list<std::string_view> words) {
    return run(std::span{words.begin(), words.size()});
  }
  // The same in two steps, for commands that are sent together. Each answer must be awaited.
  void send(std::span<const std::string_view> words);
  void send(std::initializer_list<std::string_view> words) {
    send(std::span{words.begin(), words.size()});
  }
  OwnedReply await();
  // Awaits an answer to be looked at as run()'s.
  Answer await_answer();

 private:
  struct FreeContext {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  explicit Connection(redisContext* context);
  static void receive_push(void* connection, void* message);
  bool secure(const Address& address, std::string& why);

  std::unique_ptr<redisContext, FreeContext> context_;
  std::string server_;
  std::function<std::string()> last_words_;
  std::function<void(const redisReply&)> listener_;
  OwnedReply last_;
  std::string digits_;  // of the last answer, when it was a number
  std::vector<const char*> words_;
  std::vector<std::size_t> sizes_;
};

// By looking: the keys of the database that is selected, in order, a page at a time.
std::vector<std::string> scan_keys(Connection& connection);
// As INFO tells it. Throws UserError where it does not.
std::uint64_t used_memory_of(Connection& connection);

}  // namespace outlive::harness
