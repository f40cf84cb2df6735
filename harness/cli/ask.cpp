// outlive ask: one command to a server, with valkey-cli's options and output. Linked as valkey-cli
// it is enough for health checks and for scripts that look something up.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/number.hpp"
#include "base/text.hpp"
#include "cli/subcommands.hpp"
#include "outlive/emulator.hpp"
#include "scenario/url.hpp"
#include "target/connection.hpp"

namespace outlive::harness {
namespace {

constexpr int failed = 1;  // as of valkey-cli

constexpr std::string_view help_text =
    R"(: one command to a server, the reply to standard output; valkey-cli's options.

  -h HOST, -p PORT    where the server is (127.0.0.1, 6379)
  -s SOCKET           its Unix socket instead
  -u URL              valkey://user:password@host:port/database, valkeys:// over TLS
  -a, --pass PASSWORD and --user USER; or the password in the variable REDISCLI_AUTH
  -n DATABASE
  -e                  exit with 1 when the reply is an error
  --tls, --cacert FILE, --cacertdir DIR, --cert FILE, --key FILE, --insecure
  --no-auth-warning, --raw, -2    as it is: no word on passwords; replies bare; RESP2
  --help, --version

  outlive ask -p 6379 ping
  outlive ask config get 'maxmemory*'

It has no prompt, no repetition and no formats; the whole valkey-cli is in Debian's valkey-tools.
Exit status: 0 when there was a reply, 1 when there was none.
)";

struct Request {
  Address address{.port = 6379};
  std::string user;
  std::string password;
  int database = 0;
  bool tls = false;
  TlsTrust trust;
  bool errors_fail = false;
  bool password_is_argument = false;
  bool no_warning = false;
  std::vector<std::string_view> words;
};

int number_of(std::string_view option, std::string_view text, int most) {
  const auto number = parse_integer(text);
  if (number && *number >= 0 && *number <= most) return static_cast<int>(*number);
  throw UserError(std::string(option) + " " + quoted(text) + ": a number from 0 to " +
                  std::to_string(most) + " is wanted");
}

void take_url(Request& request, std::string_view text) {
  const ServerUrl url = parse_server_url(text);
  if (!url.mistake.empty()) throw UserError("-u " + masked_url(text) + ": " + url.mistake);
  request.address.host = url.host;
  request.address.port = url.port;
  request.tls = url.tls;
  request.user = url.user;
  request.password = url.password;
  request.password_is_argument = !url.password.empty();
  request.database = url.database;
}

void take_password(Request& request, std::string_view value) {
  request.password = value;
  request.password_is_argument = true;
}

struct Option {
  std::string_view name;
  bool has_value;
  void (*take)(Request& request, std::string_view value);
};

constexpr Option options[] = {
    {"-h", true, [](Request& r, std::string_view v) { r.address.host = v; }},
    {"-p", true,
     [](Request& r, std::string_view v) { r.address.port = number_of("-p", v, 65535); }},
    {"-s", true, [](Request& r, std::string_view v) { r.address.unix_socket = v; }},
    {"-u", true, take_url},
    {"-a", true, take_password},
    {"--pass", true, take_password},
    {"--user", true, [](Request& r, std::string_view v) { r.user = v; }},
    {"-n", true,
     [](Request& r, std::string_view v) { r.database = number_of("-n", v, INT32_MAX); }},
    {"-e", false, [](Request& r, std::string_view) { r.errors_fail = true; }},
    {"--tls", false, [](Request& r, std::string_view) { r.tls = true; }},
    {"--cacert", true, [](Request& r, std::string_view v) { r.trust.ca_cert = v; }},
    {"--cacertdir", true, [](Request& r, std::string_view v) { r.trust.ca_cert_dir = v; }},
    {"--cert", true, [](Request& r, std::string_view v) { r.trust.cert = v; }},
    {"--key", true, [](Request& r, std::string_view v) { r.trust.key = v; }},
    {"--insecure", false, [](Request& r, std::string_view) { r.trust.insecure = true; }},
    {"--no-auth-warning", false, [](Request& r, std::string_view) { r.no_warning = true; }},
    // What is done anyway.
    {"--raw", false, [](Request&, std::string_view) {}},
    {"-2", false, [](Request&, std::string_view) {}},
};

// These go on answering.
constexpr std::string_view endless[] = {"monitor",    "subscribe", "psubscribe",
                                        "ssubscribe", "sync",      "psync"};

// Texts that end their last line themselves (valkey-cli.c, cliSendCommand: output_raw). Without a
// second word every command of that name.
struct Page {
  std::string_view command;
  std::string_view subcommand;
};
constexpr Page pages[] = {
    {"info", ""},         {"lolwut", ""},        {"client", "list"},
    {"client", "info"},   {"cluster", "info"},   {"cluster", "nodes"},
    {"debug", "htstats"}, {"memory", "doctor"},  {"memory", "malloc-stats"},
    {"latency", "graph"}, {"latency", "doctor"},
};

bool is_page(const std::vector<std::string_view>& words) {
  return std::ranges::any_of(pages, [&](const Page& page) {
    if (to_lower(words[0]) != page.command) return false;
    return page.subcommand.empty() || (words.size() > 1 && to_lower(words[1]) == page.subcommand);
  });
}

Request read_request(std::span<char* const> words) {
  Request request;
  if (const char* password = std::getenv("REDISCLI_AUTH")) request.password = password;
  std::size_t at = 1;
  for (; at < words.size() && words[at][0] == '-'; ++at) {
    const std::string_view word = words[at];
    const auto* option = std::ranges::find(options, word, &Option::name);
    if (option == std::end(options)) {
      throw UserError("outlive has no option " + std::string(word) +
                      " of valkey-cli; --help lists those that it has");
    }
    if (option->has_value && ++at == words.size()) {
      throw UserError(std::string(word) + " wants a value");
    }
    option->take(request, option->has_value ? words[at] : "");
  }
  request.words.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
  if (request.words.empty()) {
    throw UserError("say which command, as in `ping`: outlive has no prompt of valkey-cli's");
  }
  if (std::ranges::find(endless, to_lower(request.words[0])) != std::end(endless)) {
    throw UserError(quoted(request.words[0]) +
                    " has no end, and outlive waits for one reply alone");
  }
  if (request.tls) request.address.tls = request.trust;
  return request;
}

// As valkey-cli writes replies that are not for a terminal.
std::string bare(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_NIL:
      return {};
    case REDIS_REPLY_INTEGER:
      return std::to_string(reply.integer);
    case REDIS_REPLY_ARRAY: {
      std::string all;
      for (std::size_t i = 0; i < reply.elements; ++i) {
        if (i > 0) all += '\n';
        all += bare(*reply.element[i]);
      }
      return all;
    }
    case REDIS_REPLY_ERROR:
      return std::string(text_of(reply)) + '\n';
    default:
      return std::string(text_of(reply));
  }
}

// Commands of the connection itself: what fails is said, and the request goes on.
void prepare(Connection& connection, std::string_view what, std::vector<std::string_view> words) {
  const Answer answer = connection.run(words);
  if (answer.is_error()) std::cerr << what << " failed: " << answer.text << '\n';
}

int ask(const Request& request) {
  const Address& address = request.address;
  const std::string server = "Valkey at " + (address.unix_socket.empty()
                                                 ? address.host + ":" + std::to_string(address.port)
                                                 : address.unix_socket);
  std::string why;
  const auto connection = Connection::open(address, why);
  if (!connection) throw UserError("Could not connect to " + server + ": " + why);
  connection->name(server);
  if (request.password_is_argument && !request.no_warning) {
    std::cerr << "Warning: a password among the arguments can be seen by others; REDISCLI_AUTH=… "
                 "can't.\n";
  }
  if (!request.password.empty()) {
    std::vector<std::string_view> words{"AUTH", request.password};
    if (!request.user.empty()) words.insert(words.begin() + 1, request.user);
    prepare(*connection, "AUTH", words);
  }
  const std::string database = std::to_string(request.database);
  if (request.database != 0) prepare(*connection, "SELECT " + database, {"SELECT", database});
  connection->send(request.words);
  const OwnedReply reply = connection->await();
  const bool refused = reply->type == REDIS_REPLY_ERROR;
  if (refused && request.errors_fail) {
    std::cerr << text_of(*reply) << '\n';
    return failed;
  }
  std::cout << bare(*reply);
  if (!is_page(request.words)) std::cout << '\n';
  return 0;
}

}  // namespace

int ask_server(std::span<char* const> words) {
  const std::string_view path = words[0];
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::string shown = name == "ask" ? "outlive ask" : std::string(name);
  const std::string_view first = words.size() > 1 ? words[1] : "";
  if (first == "--help") {
    std::cout << shown << help_text;
    return 0;
  }
  if (first == "--version" || first == "-v") {
    std::cout << shown << " 8.1.1 (outlive " << OUTLIVE_VERSION << ")\n";
    return 0;
  }
  try {
    return ask(read_request(words));
  } catch (const UserError& error) {
    std::cerr << shown << ": " << error.what() << '\n';
    return failed;
  }
}

}  // namespace outlive::harness
