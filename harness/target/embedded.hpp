// The emulator in this process, on the scenario's clock: the default target.
#pragma once

#include <algorithm>
#include <optional>

#include "base/random.hpp"
#include "outlive/emulator.hpp"
#include "scenario/parse.hpp"
#include "target/snapshot.hpp"
#include "target/target.hpp"

namespace outlive::harness {

class EmbeddedTarget final : public Target {
 public:
  EmbeddedTarget(const Instance& instance, Time at, std::uint64_t seed);

  using Target::run;
  Answer run(std::span<const std::string_view> words) override;
  void prefetch(std::span<const std::string_view> keys) override { emulator_->prefetch(keys); }
  void advance_to(Time now) override;
  void approach(Time now) override { due_ = std::max(due_, now); }
  void set_clock(Time now) override;
  void save() override { saved_ = Snapshot::take(*this); }
  void stop() override { emulator_.reset(); }
  void start_again(Time now, bool loads) override;
  void replace_function(std::string_view name, NativeFunction body) override;
  void lend(std::shared_ptr<const std::string> text) override;
  void on_departure(Listener listener) override;
  std::vector<std::string> keys_of_database() override;
  std::uint64_t used_memory() override { return emulator_->used_memory(); }
  std::uint64_t digest() override { return emulator_->digest(); }

 private:
  void start();
  void act_as_operator(bool on) override;

  std::vector<Directive> directives_;
  bool is_service_;  // a managed one
  Random seeds_;
  int starts_ = 0;
  std::optional<Emulator> emulator_;  // none: stopped
  Time now_;
  Time due_;  // where time has to be when the next command runs
  Listener listener_;
  std::vector<std::pair<std::string, NativeFunction>> replaced_;
  std::vector<std::shared_ptr<const std::string>> lent_;
  std::optional<Snapshot> saved_;
};

// Directives as the emulator, and so Valkey, knows them.
class EmulatorDirectives final : public DirectiveBook {
 public:
  EmulatorDirectives();
  std::vector<std::string_view> names() const override;
  std::string refusal(const Directive& directive, When when,
                      std::span<const Directive> kind = {}) const override;

 private:
  std::vector<std::string> names_;
};

}  // namespace outlive::harness
