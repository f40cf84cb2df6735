// Where a scenario is played: what stands behind --target.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/url.hpp"
#include "target/approximation.hpp"
#include "target/target.hpp"
#include "target/wire_terms.hpp"

namespace outlive::harness {

// From the most able to the least.
enum class Family : std::uint8_t { embedded, serve, exec, wire };
std::string_view to_string(Family family);

// Where one instance is played: "embedded", "serve", "serve:PATH", "exec:PATH", "valkey://HOST…".
class Place {
 public:
  // Throws UserError for anything else.
  explicit Place(std::string_view word);

  const std::string& name() const { return name_; }  // without a password
  Family family() const { return family_; }
  const ServerUrl& server() const { return server_; }  // wire
  const Abilities& abilities() const;

  // Starts a server there. Throws UserError.
  std::unique_ptr<Target> start(const Instance& instance, Time at, std::uint64_t seed,
                                const WireTerms& terms) const;

 private:
  std::string name_;
  Family family_ = Family::embedded;
  std::string program_;  // serve, exec
  ServerUrl server_;     // wire
};

// Which instance is played where: one place for all, or "INSTANCE=PLACE" for some or all of them.
class TargetKind {
 public:
  // Places with commas between them. Throws UserError.
  explicit TargetKind(std::string_view words)
      : TargetKind{std::vector<std::string>{std::string{words}}} {}
  explicit TargetKind(const std::vector<std::string>& words);

  const std::string& name() const { return name_; }
  // What may be done to running servers, and how they are spoken to. Throws UserError where TLS is
  // spoken of and no place is reached over TLS, or where one is and a file can't be used.
  void agree(const WireTerms& terms);
  // Of the least able place: embedded, serve, exec or wire.
  Family family() const;
  // Whether the same seed gives the same run.
  bool repeatable() const;

  // Whether two plays would meet on one server: then they must come one after the other.
  bool one_at_a_time() const;

  // Throws UserError, before anything is started, where this scenario can't be played so: an
  // instance without a place, an event that a place has no means for.
  void must_suit(const Scenario& scenario) const;
  std::vector<Approximation> approximations(const Scenario& scenario) const;

  std::unique_ptr<Target> start(const Instance& instance, Time at, std::uint64_t seed) const;

 private:
  struct Placed {
    std::string instance;  // "": all that have none of their own
    Place place;
  };

  void add(std::string_view word);
  const Placed* placed(std::string_view instance) const;

  std::string name_;
  std::vector<Placed> places_;
  WireTerms terms_;
};

}  // namespace outlive::harness
