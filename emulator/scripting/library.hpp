// Function libraries and their functions by name (functions.c of 8.1).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "memory/dict_tables.hpp"
#include "memory/ledger.hpp"
#include "scripting/interpreter.hpp"

namespace outlive {

struct Library {
  std::string name;
  std::string code;                           // as it was given, shebang included
  std::vector<RegisteredFunction> functions;  // in the order of registration
};

// Up to 8.0 a library's code learns of a bad or a second name as it registers it, the former in
// words meant for libraries: what is wrong, or null (functions.c, functionLibCreateFunction).
const char* refusal_at_once(std::string_view name, const std::vector<RegisteredFunction>& before);

class Libraries {
 public:
  explicit Libraries(Ledger& ledger) : ledger_(&ledger) {}
  ~Libraries();
  Libraries(const Libraries&) = delete;
  Libraries& operator=(const Libraries&) = delete;

  struct Loaded {
    std::string name;
    std::string error;  // without a code; nothing has changed then
  };
  Loaded load(std::string_view code, bool replace, Interpreter& machine);
  // False if there is none of that name.
  bool remove(std::string_view name, Interpreter& machine);
  void clear(Interpreter& machine);
  // Takes over all libraries of another, or none and tells why. Those that give way are released.
  std::string join(Libraries& others, bool replace, Interpreter& machine);

  // By name, whatever the case; null if there is none.
  const RegisteredFunction* find(std::string_view function);
  const std::map<std::string, std::unique_ptr<Library>, std::less<>>& all() const {
    return libraries_;
  }
  // Functions that can be called; and those that libraries registered, which are more where two of
  // a library differ by case alone.
  std::size_t functions() const { return functions_.size(); }
  std::size_t registered() const;
  // used_memory_functions (functionsMemoryOverhead).
  std::int64_t memory() const;

 private:
  struct CaselessHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const;
  };
  struct CaselessEqual {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const;
  };

  void link(std::unique_ptr<Library> library);
  std::unique_ptr<Library> unlink(std::string_view name);
  std::string collision(const Library& library) const;
  std::int64_t overhead(const Library& library) const;
  std::int64_t charge(const Library& library) const;
  void recharge_tables();

  Ledger* ledger_;
  std::map<std::string, std::unique_ptr<Library>, std::less<>> libraries_;
  std::unordered_map<std::string_view, const RegisteredFunction*, CaselessHash, CaselessEqual>
      functions_;
  const RegisteredFunction* last_ = nullptr;  // found last
  std::int64_t overhead_ = 0;
  DictTables library_tables_;
  DictTables function_tables_;
  std::int64_t tables_charged_ = 0;
  bool linked_once_ = false;
};

}  // namespace outlive
