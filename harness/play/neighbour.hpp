// Somebody else on an instance: says the commands of one block of kind commands or transcript.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "play/expiries.hpp"
#include "play/witness.hpp"
#include "traffic/timeline.hpp"

namespace outlive::harness {

class Neighbour {
 public:
  // The block is `scenario.traffic[place]`. `databases` are those of the instance that hold keys.
  struct Where {
    std::size_t instance = 0;
    Node& node;
    std::vector<int> databases;
  };
  Neighbour(const Scenario& scenario, std::size_t place, Where where, const Roster& roster,
            Witness& witness, Observer& observer, const Random& chance);

  void serve(const Request& request);

 private:
  // How the command at hand ended.
  enum class Reply : std::uint8_t { something, nil, error };

  void fill_in(const CommandTemplate& command, const Request& request, Random& chance);
  void append_value(std::string& word, Random& chance);
  Reply say(int database, bool touches_all, Time at, std::chrono::milliseconds moved);
  void play_template(const Request& request);
  Reply play_command(std::size_t command, const Request& request, Random& chance);
  void play_line(const Request& request);

  const Traffic& traffic_;
  std::size_t place_;
  std::uint64_t keys_in_all_;
  Where where_;
  const Roster& roster_;
  Witness& witness_;
  Observer& observer_;
  Random chance_;
  std::string letters_;  // values are pieces of it
  Expiries expiries_;
  std::vector<std::string> filled_;      // a template's words
  std::vector<std::string_view> words_;  // of the command at hand
  bool carried_out_ = false;             // the command at hand
};

}  // namespace outlive::harness
