// Throw-away certificates for tests: a CA of one's own, and what it signs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace outlive::harness {

struct PemFile {
  std::string name;     // "ca.crt"
  std::string text;     // PEM
  bool secret = false;  // a private key
};

// A CA, a server ("localhost", 127.0.0.1, ::1) and a client, each a certificate NAME.crt and a key
// NAME.key (elliptic, P-256), valid from a day before `now` for `days` (from 1). Throws UserError
// if OpenSSL can't.
std::vector<PemFile> make_certificates(Instant now, int days);

// Writes them all, secrets for the owner alone; makes the folder. Throws UserError where one is
// there already, and then has written none.
void write_certificates(const std::string& folder, const std::vector<PemFile>& files);

}  // namespace outlive::harness
