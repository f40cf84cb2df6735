// Into a server that is running, by its URL.
#pragma once

#include <memory>

#include "scenario/url.hpp"
#include "target/connection.hpp"

namespace outlive::harness {

// A connection that has signed in as the URL says, over TLS where it says so; in database 0, and
// named as the URL may be shown. Throws UserError where nobody answers, or not to us.
std::unique_ptr<Connection> sign_in(const ServerUrl& url, const TlsTrust& tls);

}  // namespace outlive::harness
