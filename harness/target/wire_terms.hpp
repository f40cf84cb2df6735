// What the user says of running servers, whichever they are.
#pragma once

#include "target/tls_client.hpp"

namespace outlive::harness {

struct WireTerms {
  bool may_flush = false;  // all their keys may be deleted
  TlsTrust tls = {};       // for those that are spoken to over TLS
};

}  // namespace outlive::harness
