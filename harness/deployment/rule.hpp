// The rules of a deployment, and what is found by them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "deployment/deployment.hpp"

namespace outlive::harness {

// note: worth knowing. warning: goes wrong under a load or an accident that is to be expected.
// error: goes wrong as it stands, or limits are lost in silence.
enum class Severity : unsigned char { note, warning, error };
std::string_view to_string(Severity severity);

// What a rule found at one place. Where the fields are empty the rule's own hold.
struct Finding {
  Origin origin;
  std::string found;  // what is there: "maxmemory-policy allkeys-lru on valkey"
  std::string mend = {};
  std::string scenario = {};
  std::optional<Severity> severity = {};
};

using Findings = std::vector<Finding>;

// A row: all that is known of a rule but where it was broken.
struct Rule {
  std::string_view id;
  Severity severity;          // of most of its findings
  std::string_view title;     // what must hold
  std::string_view why;       // what happens where it doesn't
  std::string_view mend;      // what to write
  std::string_view source;    // a page, or what was measured
  std::string_view scenario;  // one that ships with outlive and plays the hazard; "": there is none
  void (*look)(const Deployment& deployment, Findings& findings);
};

// Families of rules, each in a file of its own.
std::span<const Rule> eviction_rules();     // policies and caps
std::span<const Rule> lifetime_rules();     // TTLs and windows
std::span<const Rule> size_rules();         // what fits
std::span<const Rule> persistence_rules();  // restarts and crashes
std::span<const Rule> routing_rules();      // which URL leads where
std::span<const Rule> access_rules();       // passwords, TLS, who may connect
std::span<const Rule> gateway_rules();      // what the gateway needs to start and to serve

// All of them, in this order.
std::vector<Rule> all_rules();

// A finding with its rule, its blanks filled.
struct Judged {
  Rule rule;
  Severity severity;
  Origin origin;
  std::string found;
  std::string mend;
  std::string scenario;
};

// By severity, the worst first, then in the order of the rules.
std::vector<Judged> judge(const Deployment& deployment);

// Pages that several rules lean on.
namespace sources {
constexpr std::string_view deployment_page =
    "https://www.tensorzero.com/docs/deployment/valkey-redis";
constexpr std::string_view caching_page =
    "https://www.tensorzero.com/docs/gateway/guides/inference-caching";
constexpr std::string_view eviction_page = "https://valkey.io/topics/lru-cache/";
constexpr std::string_view security_page = "https://valkey.io/topics/security/";
constexpr std::string_view persistence_page = "https://valkey.io/topics/persistence/";
}  // namespace sources

}  // namespace outlive::harness
