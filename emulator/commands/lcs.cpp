// LCS: the longest common subsequence of two strings (t_string.c of 8.1).
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "commands/families.hpp"
#include "commands/value_access.hpp"
#include "engine/engine.hpp"

namespace outlive {
namespace {

struct LcsRequest {
  bool length_only = false;
  bool ranges = false;          // IDX
  bool with_lengths = false;    // WITHMATCHLEN
  std::int64_t length_min = 0;  // MINMATCHLEN
};

// A run of bytes that both strings share, by its first and last index in each.
struct Match {
  std::uint32_t a_first, a_last, b_first, b_last;
  std::uint32_t length() const { return a_last - a_first + 1; }
};

// Lengths of the longest common subsequence of every pair of prefixes.
class Lengths {
 public:
  Lengths(std::string_view a, std::string_view b) : width_(b.size() + 1) {
    cells_.resize((a.size() + 1) * width_);
    for (std::size_t i = 1; i <= a.size(); ++i) {
      for (std::size_t j = 1; j <= b.size(); ++j) {
        at(i, j) =
            a[i - 1] == b[j - 1] ? at(i - 1, j - 1) + 1 : std::max(at(i - 1, j), at(i, j - 1));
      }
    }
  }
  std::uint32_t& at(std::size_t i, std::size_t j) { return cells_[j + i * width_]; }

 private:
  std::size_t width_;
  std::vector<std::uint32_t> cells_;
};

// Walks back from the ends: the subsequence itself, and its matches from last to first.
struct Walk {
  std::string text;
  std::vector<Match> matches;

  Walk(std::string_view a, std::string_view b, Lengths& lengths) {
    bool open = false;
    Match match{};
    const auto close = [&] {
      if (open) matches.push_back(match);
      open = false;
    };
    auto i = static_cast<std::uint32_t>(a.size());
    auto j = static_cast<std::uint32_t>(b.size());
    while (i > 0 && j > 0) {
      if (a[i - 1] != b[j - 1]) {
        lengths.at(i - 1, j) > lengths.at(i, j - 1) ? --i : --j;
        close();
        continue;
      }
      text.push_back(a[i - 1]);
      --i;
      --j;
      if (open) {
        match.a_first = i;
        match.b_first = j;
      } else {
        match = {i, i, j, j};
        open = true;
      }
    }
    close();
    std::reverse(text.begin(), text.end());
  }
};

bool read_request(Call& call, LcsRequest& request) {
  while (!call.args.empty()) {
    if (call.args.take("IDX")) {
      request.ranges = true;
    } else if (call.args.take("LEN")) {
      request.length_only = true;
    } else if (call.args.take("WITHMATCHLEN")) {
      request.with_lengths = true;
    } else if (call.args.left() > 1 && call.args.take("MINMATCHLEN")) {
      request.length_min = std::max<std::int64_t>(0, call.args.next_integer());
    } else {
      call.args.fail(errors::syntax);
    }
    if (!call.args.done(call.reply)) return false;
  }
  if (request.length_only && request.ranges) {
    call.reply.error("ERR If you want both the length and indexes, please just use IDX.");
    return false;
  }
  return true;
}

void reply_range(ReplyWriter& reply, std::uint32_t first, std::uint32_t last) {
  reply.array(2);
  reply.integer(first);
  reply.integer(last);
}

void reply_ranges(Call& call, const LcsRequest& request, const Walk& walk) {
  std::vector<Match> shown;
  for (const Match& match : walk.matches) {
    if (match.length() >= request.length_min) shown.push_back(match);
  }
  call.reply.map(2);
  call.reply.bulk("matches");
  call.reply.array(shown.size());
  for (const Match& match : shown) {
    call.reply.array(request.with_lengths ? 3 : 2);
    reply_range(call.reply, match.a_first, match.a_last);
    reply_range(call.reply, match.b_first, match.b_last);
    if (request.with_lengths) call.reply.integer(match.length());
  }
  call.reply.bulk("len");
  call.reply.integer(static_cast<std::int64_t>(walk.text.size()));
}

void lcs(Call& call) {
  const Entry* one = call.db.find(key_of(call, call.args.next()));
  const Entry* other = call.db.find(key_of(call, call.args.next()));
  if ((one && !one->is<String>()) || (other && !other->is<String>())) {
    return call.reply.error("ERR The specified keys must contain string values");
  }
  LcsRequest request;
  if (!read_request(call, request)) return;
  const std::string a = one ? one->as<String>().text() : "";
  const std::string b = other ? other->as<String>().text() : "";
  if ((a.size() + 1) * (b.size() + 1) * sizeof(std::uint32_t) >
      static_cast<std::size_t>(call.engine.options.proto_max_bulk_len)) {
    return call.reply.error(
        "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
  }
  Lengths lengths(a, b);
  if (request.length_only) return call.reply.integer(lengths.at(a.size(), b.size()));
  const Walk walk(a, b, lengths);
  if (request.ranges) return reply_ranges(call, request, walk);
  call.reply.bulk(walk.text);
}

constexpr Command rows[] = {
    {.name = "lcs",
     .arity = -3,
     .flags = flag::readonly,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 1, 1)},
     .run = lcs,
     .docs = {.summary = "Finds the longest common substring.",
              .since = "7.0.0",
              .group = "string",
              .complexity = "O(N*M) where N and M are the lengths of s1 and s2, respectively"}},
};

}  // namespace

CommandRows lcs_commands() {
  return rows;
}

}  // namespace outlive
