// Requests from untrusted bytes: however they are cut, the same words come out, or the same error.
#include "resp/request_parser.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ensure.hpp"

namespace {

using outlive::ensure;
using outlive::Request;
using outlive::RequestLimits;
using outlive::RequestParser;

struct Reading {
  std::vector<std::vector<std::string>> requests;
  std::string error;

  friend bool operator==(const Reading&, const Reading&) = default;
};

// Shows the parser `bytes` in pieces of the given size, as a socket would.
Reading read_in_pieces(std::string_view bytes, std::size_t piece) {
  // The limit on inline requests stays beyond the inputs: it holds for lines that come in pieces
  // alone.
  const RequestLimits limits{.words_max = 64, .bulk_max = 4096};
  RequestParser parser;
  Reading reading;
  for (std::size_t arrived = 0; arrived < bytes.size();) {
    arrived += std::min(piece, bytes.size() - arrived);
    parser.start_batch();
    for (;;) {
      Request request;
      const auto outcome = parser.next(bytes.substr(0, arrived), limits, request);
      if (outcome == RequestParser::Outcome::need_more) break;
      if (outcome == RequestParser::Outcome::error) {
        reading.error = parser.error();
        return reading;
      }
      ensure(request.end <= arrived, "a request ends within what has arrived");
      const auto first = parser.words().begin() + static_cast<std::ptrdiff_t>(request.first);
      reading.requests.emplace_back(first, first + static_cast<std::ptrdiff_t>(request.count));
    }
  }
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const Reading whole = read_in_pieces(bytes, bytes.size());
  ensure(read_in_pieces(bytes, data[0] % 32 + 1u) == whole, "cutting changes nothing");
  ensure(read_in_pieces(bytes, 1) == whole, "cutting at every byte changes nothing");
  return 0;
}
