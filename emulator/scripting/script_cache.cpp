#include "scripting/script_cache.hpp"

#include <memory>
#include <utility>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "memory/footprint.hpp"
#include "scripting/shebang.hpp"

namespace outlive {
namespace {

constexpr std::size_t evictable_max = 500;  // eval.c, LRU_LIST_LENGTH
constexpr std::size_t digest_size = 40;

// sizeof of Valkey's structures.
constexpr std::size_t compiled_function = 40;
constexpr std::size_t lua_function = 16;

}  // namespace

CachedScript* ScriptCache::find(std::string_view digest) {
  if (digest.size() != digest_size) return nullptr;
  look_up();
  if (last_ && equal_ignoring_case(last_->digest, digest)) return last_;
  const auto found = scripts_.find(to_lower(digest));
  if (found == scripts_.end()) return nullptr;
  return last_ = found->second.get();
}

CachedScript* ScriptCache::find_body(std::string_view body) {
  if (last_ && last_->body == body) {
    look_up();
    return last_;
  }
  return find(sha1_hex(body));
}

ScriptCache::Added ScriptCache::add(std::string_view body, bool evictable, Interpreter& machine,
                                    std::uint64_t& evicted) {
  ScriptHeader header = read_script_header(body);
  // Before 8.1 there was one engine, its name in small letters, and looked at first (eval.c,
  // evalExtractShebangFlags).
  const bool one_engine = ledger_.profile().scripts == ScriptKeeping::directly;
  if (one_engine && header.size > 0 && header.engine != "lua") {
    return {.error = "Unexpected engine in script shebang: #!" + header.engine};
  }
  if (!header.error.empty()) return {.error = std::move(header.error)};
  if (!is_lua(header.engine)) {
    return {.error = "Could not find scripting engine '" + header.engine + "'"};
  }
  Interpreter::Compiled compiled = machine.compile(body.substr(header.size));
  if (!compiled.error.empty()) {
    return {.error = "Error compiling script (new function): " + compiled.error};
  }
  auto script = std::make_unique<CachedScript>();
  script->digest = sha1_hex(body);
  script->body = body;
  script->flags = header.flags;
  script->function = compiled.function;
  script->evictable = evictable && ledger_.profile().scripts_leave;
  if (script->evictable) {
    while (evictable_.size() >= evictable_max) {
      evict_oldest(machine);
      ++evicted;
    }
    script->place = evictable_.insert(evictable_.end(), script.get());
  }
  ledger_.add(charge(*script));
  texts_ += text_memory(*script);
  last_ = script.get();
  scripts_.emplace(script->digest, std::move(script));
  // EVAL looks whether it has been defined meanwhile, and then for what it has defined.
  if (evictable) tables_.look_up();
  tables_.insert();
  if (evictable) tables_.look_up();
  recharge_tables();
  return {.script = last_, .error = {}};
}

void ScriptCache::evict_oldest(Interpreter& machine) {
  CachedScript* oldest = evictable_.front();
  evictable_.pop_front();
  ledger_.add(-charge(*oldest));
  texts_ -= text_memory(*oldest);
  machine.release(oldest->function);
  if (last_ == oldest) last_ = nullptr;
  scripts_.erase(std::string_view(oldest->digest));
  tables_.erase();
}

void ScriptCache::keep(CachedScript& script) {
  if (!script.evictable) return;
  ledger_.add(-charge(script));
  script.evictable = false;
  ledger_.add(charge(script));
  evictable_.erase(script.place);
}

void ScriptCache::touch(CachedScript& script) {
  if (script.evictable) evictable_.splice(evictable_.end(), evictable_, script.place);
}

void ScriptCache::clear() {
  for (const auto& [digest, script] : scripts_) ledger_.add(-charge(*script));
  last_ = nullptr;
  texts_ = 0;
  evictable_.clear();
  scripts_.clear();
  tables_.clear();
  recharge_tables();
}

// The digest, and the text as getStringObjectSdsUsedMemory() counts it: a short one by what its
// object leaves of the allocation (measured: rounded up to eight).
std::int64_t ScriptCache::text_memory(const CachedScript& script) const {
  const Allocation& allocation = ledger_.allocation();
  const std::size_t n = script.body.size();
  std::size_t body = footprint::text_block(allocation, n).bytes;
  if (n <= footprint::embedded_argument_max(allocation)) {
    const bool over_pointer = allocation.short_texts() == ShortTexts::over_pointer;
    body = (n + 4 + 7) / 8 * 8;
    if (over_pointer) {
      // Behind what is left of the head, and of a place for an expiry where there is room for one.
      constexpr std::size_t expiry = 8;
      const std::size_t block = footprint::argument(allocation, n);
      const std::size_t asked =
          footprint::object_head - sizeof(void*) + std::max(n + 4, sizeof(void*));
      body =
          block - (footprint::object_head - sizeof(void*)) - (block >= asked + expiry ? expiry : 0);
    }
  }
  return static_cast<std::int64_t>(footprint::text_block(allocation, digest_size).bytes + body);
}

std::int64_t ScriptCache::charge(const CachedScript& script) const {
  const Allocation& allocation = ledger_.allocation();
  const std::size_t digest = footprint::text_block(allocation, digest_size).bytes;
  std::size_t bytes = digest + footprint::argument(allocation, script.body.size()) +
                      allocation.size(footprint::dict_entry) + allocation.size(script_struct());
  if (script.evictable) bytes += allocation.size(footprint::list_node);
  if (ledger_.profile().scripts != ScriptKeeping::directly) {
    bytes += allocation.size(compiled_function) + allocation.size(lua_function);
    if (script.evictable) bytes += digest;
  }
  return static_cast<std::int64_t>(bytes);
}

std::size_t ScriptCache::script_struct() const {
  return ledger_.profile().script_struct;
}

void ScriptCache::look_up() {
  if (!tables_.is_rehashed()) return;
  tables_.look_up();
  recharge_tables();
}

void ScriptCache::recharge_tables() {
  const auto bytes = static_cast<std::int64_t>(tables_.bytes(ledger_.allocation()));
  ledger_.add(bytes - std::exchange(tables_charged_, bytes));
}

std::int64_t ScriptCache::memory() const {
  return texts_ +
         static_cast<std::int64_t>(scripts_.size() * (footprint::dict_entry + script_struct()) +
                                   tables_.buckets() * sizeof(std::uint64_t) +
                                   evictable_.size() * footprint::list_node);
}

}  // namespace outlive
