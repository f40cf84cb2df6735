#include "doctor/scan.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "doctor/facts.hpp"

namespace outlive::harness {
namespace {

constexpr const char* page_size = "100";
constexpr std::uint64_t share_min = 100;  // of a database, however small it is

class Scan {
 public:
  Scan(GentleClient& client, const ExamineOptions& options, const ExamineProgress& progress,
       std::vector<Unseen>& unseen)
      : client_{client}, progress_{progress}, unseen_{unseen}, kinds_{options.patterns} {}

  // `keys`: how many it holds, 0 if that is not known.
  void look(int database, std::uint64_t keys, std::uint64_t quota, std::uint64_t of) {
    const std::string number = std::to_string(database);
    if (const std::string why = client_.select(database); !why.empty()) {
      unseen_.push_back(
          {"database " + number + " (" + std::to_string(keys) + " keys): SELECT: " + why,
           "ACL SETUSER … +select"});
      return;
    }
    std::unordered_set<std::string> names;
    std::map<std::size_t, std::size_t> places;  // of groups of this database
    std::string cursor = "0";
    bool whole = false;
    while (names.size() < quota && !whole) {
      const OwnedReply page = client_.ask({"SCAN", cursor, "COUNT", page_size});
      if (refused(page) || page->elements != 2) {
        unseen_.push_back(
            {"which keys there are: SCAN: " + why_refused(page), "ACL SETUSER … +scan"});
        return;
      }
      cursor = text_of(*page->element[0]);
      whole = cursor == "0";
      for (std::size_t i = 0; i < page->element[1]->elements; ++i) {
        std::string name{text_of(*page->element[1]->element[i])};
        if (!names.insert(name).second) continue;  // SCAN may name a key twice
        place(database, places, name).names.push_back(std::move(name));
      }
      progress_("keys named", done_ + names.size(), of);
    }
    done_ += names.size();
    const auto named = static_cast<double>(names.size());
    const bool all = whole || keys == 0;
    for (const auto& [kind, at] : places) {
      KeyGroup& group = groups_[at].group;
      group.seen = groups_[at].names.size();
      const auto seen = static_cast<double>(group.seen);
      group.keys = all ? seen : seen / named * static_cast<double>(keys);
    }
  }

  Scanned take() {
    std::ranges::stable_sort(groups_, std::ranges::greater{},
                             [](const NamedKeys& one) { return one.group.keys; });
    return {std::move(groups_), done_};
  }

 private:
  NamedKeys& place(int database, std::map<std::size_t, std::size_t>& places,
                   const std::string& name) {
    const std::size_t kind = kinds_.group_of(name);
    const auto [found, fresh] = places.try_emplace(kind, groups_.size());
    if (fresh) {
      groups_.emplace_back();
      groups_.back().group.database = database;
      groups_.back().group.pattern = kinds_[kind];
    }
    return groups_[found->second];
  }

  GentleClient& client_;
  const ExamineProgress& progress_;
  std::vector<Unseen>& unseen_;
  KeyGroups kinds_;
  std::vector<NamedKeys> groups_;
  std::uint64_t done_ = 0;
};

}  // namespace

Scanned scan_databases(GentleClient& client, const ServerFacts& facts,
                       const ExamineOptions& options, int database, const ExamineProgress& progress,
                       std::vector<Unseen>& unseen) {
  Scan scan{client, options, progress, unseen};
  const std::uint64_t all = facts.keys();
  if (facts.databases.empty()) {
    if (!facts.version.empty()) return scan.take();  // INFO tells of databases, and of none
    scan.look(database, 0, options.keys, options.keys);
    unseen.push_back({"keys of other databases than " + std::to_string(database) +
                          ", and how many this one has beyond those looked at",
                      "ACL SETUSER … +info"});
    return scan.take();
  }
  for (const auto& [number, keys] : facts.databases) {
    const auto share = static_cast<double>(keys) / static_cast<double>(all);
    const auto quota = static_cast<std::uint64_t>(static_cast<double>(options.keys) * share);
    scan.look(number, keys, std::max(quota, share_min), std::min(options.keys, all));
  }
  return scan.take();
}

}  // namespace outlive::harness
