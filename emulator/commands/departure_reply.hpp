// A departure as clients read it.
#pragma once

#include <string>

#include "outlive/departure.hpp"
#include "resp/reply_writer.hpp"

namespace outlive {

// One sentence: what happened to the key, and why to this one.
std::string sentence(const Departure& departure);

// A map: the state ("evicted", "deleted" …), the sentence, and everything the journal knows.
void reply_departure(ReplyWriter& reply, const Departure& departure);

}  // namespace outlive
