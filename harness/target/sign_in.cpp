#include "target/sign_in.hpp"

#include "outlive/emulator.hpp"

namespace outlive::harness {

std::unique_ptr<Connection> sign_in(const ServerUrl& url, const TlsTrust& tls) {
  const auto fail = [&url](const std::string& what) { throw UserError{url.shown + ": " + what}; };
  std::string why;
  Address address{.host = url.host, .port = url.port};
  if (url.tls) address.tls = tls;
  std::unique_ptr<Connection> connection = Connection::open(address, why);
  if (!connection) fail((why.starts_with("TLS: ") ? "" : "nobody answers there: ") + why);
  connection->name(url.shown);
  if (url.password.empty() && url.user.empty()) return connection;
  const std::string user = url.user.empty() ? "default" : url.user;
  const Answer answer = connection->run({"AUTH", user, url.password});
  if (answer.is_error()) fail(std::string{answer.text});
  return connection;
}

}  // namespace outlive::harness
