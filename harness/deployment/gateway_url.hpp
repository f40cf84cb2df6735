// The URLs of TENSORZERO_VALKEY_URL and TENSORZERO_VALKEY_CACHE_URL as the gateway reads them, and
// what can be told of an address without asking anybody.
#pragma once

#include <string>
#include <string_view>

#include "scenario/url.hpp"

namespace outlive::harness {

// redis, rediss, valkey or valkeys://[[user][:password]@]host[:port][/database][?protocol=resp3]. A
// variable of a compose file that nobody has set may stand for user and password ("${PASSWORD}").
ServerUrl read_gateway_url(std::string_view text);

// "host:port", an IPv6 address in brackets.
std::string address_of(const ServerUrl& url);

// How far a packet to this host may travel, by its name or address alone.
enum class Reach : unsigned char {
  machine,  // localhost, 127.0.0.0/8, ::1
  network,  // private and link-local addresses, names without a dot, names of inner domains
  unclear,  // a name with dots: who knows where it leads
  world,    // any other address
};
Reach reach_of(std::string_view host);

}  // namespace outlive::harness
