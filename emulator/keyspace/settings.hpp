// The directives that the keyspace itself obeys; the engine's options fill them in.
#pragma once

#include <cstdint>

namespace outlive {

struct KeyspaceSettings {
  bool lfu = false;              // maxmemory-policy ranks by frequency
  bool shares_integers = true;   // no memory limit, or one by which keys aren't ranked by their use
  int lfu_log_factor = 10;       // lfu-log-factor
  int lfu_decay_time = 1;        // lfu-decay-time, minutes; 0: never
  int active_expire_effort = 1;  // active-expire-effort, 1 to 10
  int hz = 10;                   // hz, cron calls a second
  bool lazy_server_del = true;   // lazyfree-lazy-server-del (yes since 8.0)
  bool lazy_expire = true;       // lazyfree-lazy-expire
  bool lazy_eviction = true;     // lazyfree-lazy-eviction
  bool importing = false;        // import-mode: no key goes by itself
  bool resizing = true;          // DEBUG DICT-RESIZING
  bool active_rehashing = true;  // activerehashing: the cron moves rehashes on
};

}  // namespace outlive
