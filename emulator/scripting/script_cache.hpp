// EVAL's scripts by the SHA-1 of their text (eval.c of 8.1). Those that EVAL brought leave again,
// the one unused for longest first, when there are more than five hundred; those of SCRIPT LOAD
// stay.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "memory/dict_tables.hpp"
#include "memory/ledger.hpp"
#include "scripting/interpreter.hpp"

namespace outlive {

struct CachedScript {
  std::string digest;
  std::string body;
  ScriptFlags flags = 0;
  Reference function = 0;
  bool evictable = false;
  std::list<CachedScript*>::iterator place{};  // among the evictable ones, while it is one of them
};

class ScriptCache {
 public:
  explicit ScriptCache(Ledger& ledger) : ledger_(ledger) {}
  ~ScriptCache() { clear(); }
  ScriptCache(const ScriptCache&) = delete;
  ScriptCache& operator=(const ScriptCache&) = delete;

  // By forty hexadecimal digits of any case, or by the text; null if it is not there.
  CachedScript* find(std::string_view digest);
  CachedScript* find_body(std::string_view body);

  struct Added {
    CachedScript* script = nullptr;
    std::string error;  // without a code
  };
  // Compiles a script that is not there yet. `evicted` counts those that had to make room.
  Added add(std::string_view body, bool evictable, Interpreter& machine, std::uint64_t& evicted);
  // SCRIPT LOAD of what EVAL brought.
  void keep(CachedScript& script);
  void touch(CachedScript& script);
  // Forgets all scripts; the machine that holds their functions goes too.
  void clear();

  std::size_t size() const { return scripts_.size(); }
  // used_memory_scripts_eval (evalScriptsMemory).
  std::int64_t memory() const;

 private:
  std::int64_t text_memory(const CachedScript& script) const;
  std::int64_t charge(const CachedScript& script) const;
  void evict_oldest(Interpreter& machine);
  std::size_t script_struct() const;
  void look_up();
  void recharge_tables();

  Ledger& ledger_;
  std::unordered_map<std::string_view, std::unique_ptr<CachedScript>> scripts_;  // by digest
  std::list<CachedScript*> evictable_;                                           // the oldest first
  CachedScript* last_ = nullptr;  // found last: most callers run one script over and over
  std::int64_t texts_ = 0;
  DictTables tables_;
  std::int64_t tables_charged_ = 0;
};

}  // namespace outlive
