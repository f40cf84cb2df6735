// outlive doctor: a live server, looked at.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <thread>

#include "cli/command_line.hpp"
#include "cli/doctor_options.hpp"
#include "cli/subcommands.hpp"
#include "doctor/diagnosis.hpp"
#include "doctor/examine.hpp"
#include "doctor/stand_ins.hpp"
#include "outlive/emulator.hpp"
#include "server/clock.hpp"
#include "target/sign_in.hpp"

namespace outlive::harness {
namespace {

// On one line of a terminal; else a line at each quarter of what takes longer than this.
class LookProgress {
 public:
  LookProgress() : terminal_{isatty(STDERR_FILENO) == 1}, began_us_{stopwatch_us()} {}
  LookProgress(const LookProgress&) = delete;
  LookProgress& operator=(const LookProgress&) = delete;
  ~LookProgress() {
    if (terminal_ && shown_) std::cerr << "\r\x1b[K" << std::flush;
  }

  void operator()(std::string_view what, std::uint64_t done, std::uint64_t of) {
    const std::uint64_t percent =
        std::min<std::uint64_t>(done * 100 / std::max<std::uint64_t>(of, 1), 100);
    if (what != what_) {
      what_ = what;
      told_ = terminal_ ? 101 : 0;
    }
    const std::uint64_t step = terminal_ ? 1 : 25;
    if (percent / step == told_ / step) return;
    if (!terminal_ && stopwatch_us() - began_us_ < long_us) return;
    told_ = percent;
    const std::string line = what_ + ": " + std::to_string(done) + " of " + std::to_string(of);
    std::cerr << (terminal_ ? "\r\x1b[K" + line : line + "\n") << std::flush;
    shown_ = true;
  }

 private:
  static constexpr std::int64_t long_us = 2'000'000;
  bool terminal_;
  bool shown_ = false;
  std::int64_t began_us_;
  std::string what_;
  std::uint64_t told_ = 0;
};

ServerUrl read_url(const std::string& word, const TlsTrust& tls) {
  ServerUrl url = parse_server_url(word);
  if (!url.mistake.empty()) throw UserError{"doctor " + masked_url(word) + ": " + url.mistake};
  if (tls.is_stated() && !url.tls) {
    throw UserError{
        "--cacert, --cacertdir, --cert, --key and --insecure are for servers that are spoken to "
        "over TLS (valkeys://… or rediss://…); " +
        url.shown + " is not"};
  }
  return url;
}

// What the user says comes before what the server says: it may be what could not be seen, or what
// if.
void take_over(const DoctorOptions& options, Examination& examination) {
  ServerFacts& facts = examination.facts;
  if (options.maxmemory) facts.maxmemory = options.maxmemory;
  if (!options.policy.empty()) facts.policy = options.policy;
  if (options.forecast.samples) {
    facts.directives["maxmemory-samples"] = std::to_string(*options.forecast.samples);
  }
  std::erase_if(examination.unseen, [&](const Unseen& one) {
    return (options.maxmemory && one.remedy.find("--maxmemory") != std::string::npos) ||
           (!options.policy.empty() && one.remedy.find("--policy") != std::string::npos);
  });
}

Diagnosis diagnose(const ServerUrl& url, const DoctorOptions& options) {
  LookProgress show;
  const Stopwatch stopwatch{[] { return stopwatch_us(); },
                            [](Span span) { std::this_thread::sleep_for(span); }};
  GentleClient client{sign_in(url, options.tls), options.rate, stopwatch};
  Diagnosis diagnosis;
  const auto tell = [&show](std::string_view what, std::uint64_t done, std::uint64_t of) {
    show(what, done, of);
  };
  diagnosis.examination = examine(client, options.examine, url.database, tell);
  diagnosis.examination.facts.url = url.shown;
  take_over(options, diagnosis.examination);
  weigh(diagnosis.examination);
  diagnosis.forecast = make_forecast(
      diagnosis.examination, options.forecast,
      [&show](std::uint64_t done, std::uint64_t of) { show("trials played", done, of); });
  diagnosis.findings = judge_live(diagnosis.examination, diagnosis.forecast);
  diagnosis.fails_at = options.fails_at;
  return diagnosis;
}

}  // namespace

int look_at_server(std::span<char* const> words) {
  CLI::App app;
  app.name("outlive doctor");
  DoctorOptions options;
  describe(app, options);
  if (const auto status = read_words(app, words)) return *status;
  const Diagnosis diagnosis = diagnose(read_url(options.url, options.tls), options);
  for (const DoctorFormat& one : doctor_formats()) {
    if (one.name == options.format) one.write(std::cout, diagnosis);
  }
  return diagnosis.exit_status();
}

}  // namespace outlive::harness
