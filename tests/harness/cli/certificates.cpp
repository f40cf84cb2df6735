#include "cli/certificates.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <memory>

#include "outlive/emulator.hpp"
#include "server/clock.hpp"
#include "target/connection.hpp"

namespace outlive::harness {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// A folder of certificates.
class Made {
 public:
  Made() {
    char name[] = "/tmp/outlive-certs-XXXXXX";
    folder_ = ::mkdtemp(name);
    write_certificates(folder_, make_certificates(system_now(), 30));
  }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
  ~Made() { std::filesystem::remove_all(folder_); }

  const std::string& folder() const { return folder_; }
  std::string operator()(const char* name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
};

Certificate certificate_in(const std::string& path) {
  BIO* in = BIO_new_file(path.c_str(), "r");
  Certificate read{PEM_read_bio_X509(in, nullptr, nullptr, nullptr), X509_free};
  BIO_free(in);
  return read;
}

Key key_in(const std::string& path) {
  BIO* in = BIO_new_file(path.c_str(), "r");
  Key read{PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr), EVP_PKEY_free};
  BIO_free(in);
  return read;
}

// Whether the authority of `made` vouches for it, for this purpose.
bool verifies(const Made& made, X509* certificate, int purpose) {
  const Certificate authority = certificate_in(made("ca.crt"));
  X509_STORE* store = X509_STORE_new();
  X509_STORE_add_cert(store, authority.get());
  X509_STORE_CTX* context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, certificate, nullptr);
  X509_STORE_CTX_set_purpose(context, purpose);
  const bool good = X509_verify_cert(context) == 1;
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  return good;
}

TEST_CASE("server and client are vouched for, each for its own purpose") {
  const Made made;
  const Certificate server = certificate_in(made("server.crt"));
  const Certificate client = certificate_in(made("client.crt"));
  CHECK(verifies(made, server.get(), X509_PURPOSE_SSL_SERVER));
  CHECK(verifies(made, client.get(), X509_PURPOSE_SSL_CLIENT));
  CHECK_FALSE(verifies(made, server.get(), X509_PURPOSE_SSL_CLIENT));
  CHECK_FALSE(verifies(made, client.get(), X509_PURPOSE_SSL_SERVER));
  CHECK_FALSE(verifies(Made{}, server.get(), X509_PURPOSE_SSL_SERVER));
}

TEST_CASE("each key belongs to its certificate") {
  const Made made;
  for (const std::string name : {"ca", "server", "client"}) {
    INFO(name);
    const Certificate certificate = certificate_in(made.folder() + "/" + name + ".crt");
    CHECK(X509_check_private_key(certificate.get(),
                                 key_in(made.folder() + "/" + name + ".key").get()) == 1);
  }
}

TEST_CASE("the server is localhost, by name and by either loopback address") {
  const Made made;
  const Certificate server = certificate_in(made("server.crt"));
  CHECK(X509_check_host(server.get(), "localhost", 0, 0, nullptr) == 1);
  CHECK(X509_check_ip_asc(server.get(), "127.0.0.1", 0) == 1);
  CHECK(X509_check_ip_asc(server.get(), "::1", 0) == 1);
  CHECK(X509_check_host(server.get(), "example.com", 0, 0, nullptr) == 0);
}

TEST_CASE("certificates hold from now for as long as was asked") {
  const Instant now = system_now();
  const Made made;
  constexpr std::time_t day = 86'400;
  const auto at = static_cast<std::time_t>(now.time_since_epoch().count() / 1'000'000);
  const Certificate server = certificate_in(made("server.crt"));
  std::time_t before = at + 29 * day;
  std::time_t after = at + 31 * day;
  CHECK(X509_cmp_time(X509_get0_notBefore(server.get()), nullptr) < 0);
  CHECK(X509_cmp_time(X509_get0_notAfter(server.get()), &before) > 0);
  CHECK(X509_cmp_time(X509_get0_notAfter(server.get()), &after) < 0);
}

TEST_CASE("keys are for their owner alone, and nothing is overwritten") {
  const Made made;
  struct stat about {};
  REQUIRE(::stat(made("server.key").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  CHECK_THROWS_MATCHES(write_certificates(made.folder(), make_certificates(system_now(), 1)),
                       UserError, MessageMatches(ContainsSubstring("ca.crt is there already")));
}

Emulator::Options over_tls(const Made& made) {
  return {.directives = {{"tls-cert-file", made("server.crt")},
                         {"tls-key-file", made("server.key")},
                         {"tls-ca-cert-file", made("ca.crt")}},
          .tls_port = 0};
}

Address address_of(const Emulator& valkey, const Made& made) {
  return {.host = "localhost",
          .port = valkey.tls_port(),
          .tls = TlsTrust{
              .ca_cert = made("ca.crt"), .cert = made("client.crt"), .key = made("client.key")}};
}

TEST_CASE("an emulator in this process serves TLS, and who has no certificate stays out") {
  const Made made;
  Emulator valkey{over_tls(made)};
  CHECK(valkey.port() == 0);
  REQUIRE(valkey.tls_port() > 0);
  std::string why;
  Address address = address_of(valkey, made);
  const auto connection = Connection::open(address, why);
  REQUIRE(connection);
  CHECK(connection->run({"SET", "k", std::string(1 << 20, 'x')}).text == "OK");
  CHECK(connection->run({"GET", "k"}).text.size() == 1 << 20);
  CHECK(valkey.run({"GET", "k"}).text.size() == 1 << 20);

  address.tls->cert.clear();
  address.tls->key.clear();
  // In TLS 1.3 a client hears of it with the first answer.
  const auto stranger = Connection::open(address, why);
  if (stranger) CHECK_THROWS_AS(stranger->run({"PING"}), UserError);
}

TEST_CASE("a server is believed if its authority is trusted and its name is the one asked for") {
  const Made made, others;
  Emulator valkey{over_tls(made)};
  std::string why;
  Address address = address_of(valkey, made);
  address.tls->ca_cert = others("ca.crt");
  CHECK_FALSE(Connection::open(address, why));
  CHECK_THAT(why, ContainsSubstring("its certificate is not trusted"));
  address.tls->insecure = true;
  CHECK(Connection::open(address, why));
}

TEST_CASE("a running emulator takes another certificate by CONFIG SET, and refuses what is none") {
  const Made made;
  Emulator valkey{over_tls(made)};
  CHECK(valkey.run({"CONFIG", "SET", "tls-auth-clients", "no"}).text == "OK");
  std::string why;
  Address address = address_of(valkey, made);
  address.tls->cert.clear();
  address.tls->key.clear();
  const auto connection = Connection::open(address, why);
  REQUIRE(connection);
  CHECK(connection->run({"PING"}).text == "PONG");
  CHECK(valkey.run({"CONFIG", "SET", "tls-cert-file", made("none.crt")}).text ==
        "ERR CONFIG SET failed (possibly related to argument 'tls-cert-file') - Unable to update "
        "TLS configuration. Check server logs.");
  CHECK(connection->run({"PING"}).text == "PONG");
}

TEST_CASE("an emulator whose certificate can't be used is not made") {
  const Made made;
  CHECK_THROWS_MATCHES(Emulator({.tls_port = 0}), UserError,
                       MessageMatches(ContainsSubstring("No tls-cert-file configured!")));
  Emulator::Options options = over_tls(made);
  options.directives.emplace_back("tls-port", "6380");
  CHECK_THROWS_MATCHES(Emulator(options), UserError,
                       MessageMatches(ContainsSubstring("the option tls_port says so")));
}

}  // namespace
}  // namespace outlive::harness
