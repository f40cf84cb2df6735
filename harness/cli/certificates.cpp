#include "cli/certificates.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>

#include "base/openssl_error.hpp"
#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;

void must(bool done, const char* what) {
  if (!done) throw UserError{std::string{"certs: OpenSSL can't "} + what + ": " + openssl_error()};
}

// What a certificate is for, in OpenSSL's words (x509v3_config(5)).
struct Purpose {
  const char* name;
  const char* common_name;
  std::vector<std::pair<int, const char*>> extensions;
};

const Purpose authority{"ca",
                        "outlive throw-away CA",
                        {{NID_basic_constraints, "critical,CA:TRUE"},
                         {NID_key_usage, "critical,keyCertSign,cRLSign"},
                         {NID_subject_key_identifier, "hash"}}};
const Purpose server{"server",
                     "localhost",
                     {{NID_basic_constraints, "critical,CA:FALSE"},
                      {NID_key_usage, "critical,digitalSignature"},
                      {NID_ext_key_usage, "serverAuth"},
                      {NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1"},
                      {NID_authority_key_identifier, "keyid:always"}}};
const Purpose client{"client",
                     "outlive client",
                     {{NID_basic_constraints, "critical,CA:FALSE"},
                      {NID_key_usage, "critical,digitalSignature"},
                      {NID_ext_key_usage, "clientAuth"},
                      {NID_authority_key_identifier, "keyid:always"}}};

// A certificate and its key.
struct Pair {
  Key key;
  Certificate certificate;
};

void number(X509* certificate) {
  unsigned char bytes[16];
  must(RAND_bytes(bytes, sizeof bytes) == 1, "draw a serial number");
  bytes[0] &= 0x7f;  // positive (RFC 5280, 4.1.2.2)
  const std::unique_ptr<BIGNUM, Free<BN_free>> drawn{BN_bin2bn(bytes, sizeof bytes, nullptr)};
  must(drawn && BN_to_ASN1_INTEGER(drawn.get(), X509_get_serialNumber(certificate)),
       "number a certificate");
}

void date(X509* certificate, Instant now, int days) {
  using std::chrono::duration_cast;
  const auto seconds = duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  constexpr std::int64_t day = 86'400;
  const auto set = [](ASN1_TIME* time, std::int64_t at) {
    must(ASN1_TIME_set(time, static_cast<std::time_t>(at)), "date a certificate");
  };
  set(X509_getm_notBefore(certificate), seconds - day);  // clocks differ
  set(X509_getm_notAfter(certificate), seconds + days * day);
}

void extend(X509* certificate, X509* issuer, const Purpose& purpose) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const auto& [kind, value] : purpose.extensions) {
    const Extension extension{X509V3_EXT_conf_nid(nullptr, &context, kind, value)};
    must(extension && X509_add_ext(certificate, extension.get(), -1), "extend a certificate");
  }
}

// Signed by itself where no issuer is given.
Pair make(const Purpose& purpose, const Pair* issuer, Instant now, int days) {
  Pair made{Key{EVP_EC_gen("P-256")}, Certificate{X509_new()}};
  must(made.key && made.certificate, "make a key");
  X509* const certificate = made.certificate.get();
  X509* const signer = issuer ? issuer->certificate.get() : certificate;
  must(X509_set_version(certificate, X509_VERSION_3), "make a certificate");
  number(certificate);
  date(certificate, now, days);
  const auto* const name = reinterpret_cast<const unsigned char*>(purpose.common_name);
  must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, name, -1,
                                  -1, 0) &&
           X509_set_issuer_name(certificate, X509_get_subject_name(signer)) &&
           X509_set_pubkey(certificate, made.key.get()),
       "name a certificate");
  extend(certificate, signer, purpose);
  EVP_PKEY* const key = issuer ? issuer->key.get() : made.key.get();
  must(X509_sign(certificate, key, EVP_sha256()) > 0, "sign a certificate");
  return made;
}

template <class Write>
std::string pem(Write write) {
  const Memory memory{BIO_new(BIO_s_mem())};
  must(memory && write(memory.get()), "write PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

void add(std::vector<PemFile>& files, const Purpose& purpose, const Pair& pair) {
  const std::string name = purpose.name;
  files.push_back({name + ".crt",
                   pem([&](BIO* out) { return PEM_write_bio_X509(out, pair.certificate.get()); })});
  files.push_back({name + ".key", pem([&](BIO* out) {
                     return PEM_write_bio_PrivateKey(out, pair.key.get(), nullptr, nullptr, 0,
                                                     nullptr, nullptr);
                   }),
                   true});
}

void write_new(const std::string& path, const PemFile& file) {
  const int open_for = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  const int out = ::open(path.c_str(), open_for, file.secret ? 0600 : 0644);
  const auto size = static_cast<::ssize_t>(file.text.size());
  const bool written = out >= 0 && ::write(out, file.text.data(), file.text.size()) == size;
  const int error = errno;
  if ((out >= 0 && ::close(out) != 0) || !written) {
    throw UserError{path + ": can't be written: " + std::strerror(error)};
  }
}

}  // namespace

std::vector<PemFile> make_certificates(Instant now, int days) {
  const Pair ca = make(authority, nullptr, now, days);
  std::vector<PemFile> files;
  add(files, authority, ca);
  add(files, server, make(server, &ca, now, days));
  add(files, client, make(client, &ca, now, days));
  return files;
}

void write_certificates(const std::string& folder, const std::vector<PemFile>& files) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw UserError{folder + ": can't be made: " + error.message()};
  const std::filesystem::path path{folder};
  for (const PemFile& file : files) {
    if (std::filesystem::exists(std::filesystem::symlink_status(path / file.name))) {
      throw UserError{(path / file.name).string() +
                      " is there already, and nothing was written; name another folder, or "
                      "remove it"};
    }
  }
  for (const PemFile& file : files) write_new((path / file.name).string(), file);
}

}  // namespace outlive::harness
