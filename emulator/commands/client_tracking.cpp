// CLIENT TRACKING, CACHING, GETREDIR, TRACKINGINFO (networking.c of 8.1).
#include "commands/client_tracking.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/c_text.hpp"
#include "engine/engine.hpp"

namespace outlive {
namespace {

struct TrackingRequest {
  Tracking wanted;
  std::vector<std::string> prefixes;  // as given, in order
};

// REDIRECT's client must exist now, even if it may go later. False: answered.
bool read_redirect(Call& call, Tracking& wanted) {
  if (wanted.redirect != 0) {
    call.reply.error("ERR A client can only redirect to a single other client");
    return false;
  }
  const std::int64_t id = call.args.next_integer();
  if (!call.args.done(call.reply)) return false;
  if (!call.engine.session_by_id(static_cast<std::uint64_t>(id))) {
    call.reply.error("ERR The client ID you want redirect to does not exist");
    return false;
  }
  wanted.redirect = static_cast<std::uint64_t>(id);
  return true;
}

// None: what was wrong is answered.
std::optional<TrackingRequest> read_options(Call& call) {
  TrackingRequest request;
  Tracking& wanted = request.wanted;
  while (!call.args.empty()) {
    if (call.args.left() > 1 && call.args.take("redirect")) {
      if (!read_redirect(call, wanted)) return std::nullopt;
    } else if (call.args.take("bcast")) {
      wanted.broadcast = true;
    } else if (call.args.take("optin")) {
      wanted.opt_in = true;
    } else if (call.args.take("optout")) {
      wanted.opt_out = true;
    } else if (call.args.take("noloop")) {
      wanted.no_loop = true;
    } else if (call.args.left() > 1 && call.args.take("prefix")) {
      request.prefixes.emplace_back(call.args.next());
    } else {
      call.reply.error(errors::syntax);
      return std::nullopt;
    }
  }
  return request;
}

// What does not go together, or not with what the client already does; "" if all does.
std::string_view conflict(const TrackingRequest& request, const Tracking& now) {
  const Tracking& wanted = request.wanted;
  if (!wanted.broadcast && !request.prefixes.empty()) {
    return "ERR PREFIX option requires BCAST mode to be enabled";
  }
  if (now.on && now.broadcast != wanted.broadcast) {
    return "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and "
           "then re-enabling it with a different mode.";
  }
  if (wanted.broadcast && (wanted.opt_in || wanted.opt_out)) {
    return "ERR OPTIN and OPTOUT are not compatible with BCAST";
  }
  if (wanted.opt_in && wanted.opt_out) {
    return "ERR You can't specify both OPTIN mode and OPTOUT mode";
  }
  if ((wanted.opt_in && now.opt_out) || (wanted.opt_out && now.opt_in)) {
    return "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and "
           "then re-enabling it with a different mode.";
  }
  return {};
}

bool overlap(std::string_view one, std::string_view other) {
  const std::size_t common = std::min(one.size(), other.size());
  return one.substr(0, common) == other.substr(0, common);
}

// A key must not fall under two prefixes of one client. For two of the same request 8.1.1 goes on
// after the error unless the first is among them, and answers twice; here the error is all.
std::string overlapping(const TrackingRequest& request, const Tracking& now) {
  const auto& prefixes = request.prefixes;
  const std::string tail = "'. Prefixes for a single client must not overlap.";
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    for (const std::string& old : now.prefixes) {
      if (!overlap(old, prefixes[i])) continue;
      return "ERR Prefix '" + std::string(c_text(prefixes[i])) +
             "' overlaps with an existing prefix '" + std::string(c_text(old)) + tail;
    }
    for (std::size_t j = i + 1; j < prefixes.size(); ++j) {
      if (!overlap(prefixes[i], prefixes[j])) continue;
      return "ERR Prefix '" + prefixes[i] + "' overlaps with another provided prefix '" +
             prefixes[j] + tail;
    }
  }
  return {};
}

}  // namespace

void client_tracking(Call& call) {
  const auto word = call.args.next();
  auto request = read_options(call);
  if (!request) return;
  call.session.had_subscriptions = true;
  call.engine.recharge(call.session);
  if (equal_ignoring_case(word, "off")) {
    call.engine.tracking.disable(call.session);
    return call.reply.ok();
  }
  if (!equal_ignoring_case(word, "on")) return call.reply.error(errors::syntax);
  const Tracking& now = call.session.tracking;
  if (const auto error = conflict(*request, now); !error.empty()) return call.reply.error(error);
  if (request->wanted.broadcast) {
    if (const auto error = overlapping(*request, now); !error.empty()) {
      return call.reply.error(error);
    }
  }
  request->wanted.prefixes.insert(request->prefixes.begin(), request->prefixes.end());
  call.engine.tracking.enable(call.session, request->wanted);
  call.reply.ok();
}

void client_caching(Call& call) {
  Tracking& tracking = call.session.tracking;
  if (!tracking.on) {
    return call.reply.error(
        "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or "
        "OPTOUT mode enabled");
  }
  if (call.args.take("yes")) {
    if (!tracking.opt_in) {
      return call.reply.error(
          "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
    }
  } else if (call.args.take("no")) {
    if (!tracking.opt_out) {
      return call.reply.error(
          "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
    }
  } else {
    return call.reply.error(errors::syntax);
  }
  tracking.caching = true;
  call.reply.ok();
}

void client_getredir(Call& call) {
  const Tracking& tracking = call.session.tracking;
  call.reply.integer(tracking.on ? static_cast<std::int64_t>(tracking.redirect) : -1);
}

void client_trackinginfo(Call& call) {
  const Tracking& tracking = call.session.tracking;
  std::vector<std::string_view> flags{tracking.on ? "on" : "off"};
  const auto add = [&flags](bool set, std::string_view name) {
    if (set) flags.push_back(name);
  };
  add(tracking.broadcast, "bcast");
  add(tracking.opt_in, "optin");
  add(tracking.opt_in && tracking.caching, "caching-yes");
  add(tracking.opt_out, "optout");
  add(tracking.opt_out && tracking.caching, "caching-no");
  add(tracking.no_loop, "noloop");
  add(tracking.redirect_broken, "broken_redirect");
  call.reply.map(3);
  call.reply.bulk("flags");
  call.reply.set(flags.size());
  for (const auto name : flags) call.reply.bulk(name);
  call.reply.bulk("redirect");
  client_getredir(call);
  call.reply.bulk("prefixes");
  call.reply.array(tracking.prefixes.size());
  for (const std::string& prefix : tracking.prefixes) call.reply.bulk(prefix);
}

}  // namespace outlive
