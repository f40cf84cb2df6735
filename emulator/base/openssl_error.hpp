// For whoever links OpenSSL: what went wrong there.
#pragma once

#include <openssl/err.h>

#include <string>

namespace outlive {

// The oldest error that OpenSSL noted on this thread, in its words, as Valkey logs it.
inline std::string openssl_error() {
  char text[256];
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  return text;
}

}  // namespace outlive
