#include "scripting/library.hpp"

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "memory/footprint.hpp"
#include "scripting/shebang.hpp"

namespace outlive {
namespace {

// sizeof of Valkey's structures.
constexpr std::size_t library_info = 32;
constexpr std::size_t function_info = 16;     // 8.1; it points to the compiled function
constexpr std::size_t function_info_8_0 = 40;
constexpr std::size_t compiled_function = 40;
constexpr std::size_t function_context = 4;  // 9.1: with a pointer to the interpreter
constexpr std::size_t function_context_9_1 = 16;

constexpr const char* bad_library_name =
    "Library names can only contain letters, numbers, or underscores(_) and must be at least one "
    "character long";
constexpr const char* taken_in_library = "Function already exists in the library";

std::size_t buckets(std::size_t entries) {
  return entries == 0 ? 0 : std::max<std::size_t>(4, std::bit_ceil(entries));
}

bool valid_name(std::string_view name) {
  const auto valid = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), valid);
}

}  // namespace

const char* refusal_at_once(std::string_view name, const std::vector<RegisteredFunction>& before) {
  if (!valid_name(name)) return bad_library_name;
  const bool taken =
      std::ranges::any_of(before, [&](const RegisteredFunction& one) { return one.name == name; });
  return taken ? taken_in_library : nullptr;
}

namespace {

// What is wrong with the names of the functions that a library registered, or "".
std::string bad_names(const std::vector<RegisteredFunction>& functions) {
  std::set<std::string_view> seen;
  for (const RegisteredFunction& function : functions) {
    if (!valid_name(function.name)) {
      return "Function names can only contain letters, numbers, or underscores(_) and must be at "
             "least one character long";
    }
    if (!seen.insert(function.name).second) return taken_in_library;
  }
  return functions.empty() ? "No functions registered" : "";
}

void release_all(const Library& library, Interpreter& machine) {
  for (const RegisteredFunction& function : library.functions) machine.release(function.callback);
}

}  // namespace

// FNV-1a over the lower-cased letters.
std::size_t Libraries::CaselessHash::operator()(std::string_view text) const {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(to_lower(letter))) * 0x100000001b3u;
  }
  return static_cast<std::size_t>(hash);
}

bool Libraries::CaselessEqual::operator()(std::string_view a, std::string_view b) const {
  return equal_ignoring_case(a, b);
}

Libraries::~Libraries() {
  while (!libraries_.empty()) unlink(libraries_.begin()->first);
}

Libraries::Loaded Libraries::load(std::string_view code, bool replace, Interpreter& machine) {
  LibraryHeader header = read_library_header(code);
  if (!header.error.empty()) return {.name = {}, .error = std::move(header.error)};
  const auto refuse = [](std::string error) {
    return Loaded{.name = {}, .error = std::move(error)};
  };
  if (!valid_name(header.name)) {
    return refuse(bad_library_name);
  }
  if (!is_lua(header.engine)) return refuse("Engine '" + header.engine + "' not found");
  if (libraries_.contains(header.name) && !replace) {
    return refuse("Library '" + header.name + "' already exists");
  }
  std::unique_ptr<Library> old = unlink(header.name);
  auto library = std::make_unique<Library>();
  library->name = header.name;
  library->code = code;
  // C compiles as far as a zero byte.
  std::string_view source = code.substr(header.size);
  source = source.substr(0, source.find('\0'));
  std::string error = machine.load(source, library->functions);
  if (error.empty()) {
    error = bad_names(library->functions);
    if (error.empty()) error = collision(*library);
    if (!error.empty()) release_all(*library, machine);
  }
  if (!error.empty()) {
    if (old) link(std::move(old));
    return refuse(std::move(error));
  }
  link(std::move(library));
  if (old) release_all(*old, machine);
  return {.name = std::move(header.name), .error = {}};
}

std::string Libraries::collision(const Library& library) const {
  for (const RegisteredFunction& function : library.functions) {
    if (functions_.contains(std::string_view(function.name))) {
      return "Function " + function.name + " already exists";
    }
  }
  return {};
}

bool Libraries::remove(std::string_view name, Interpreter& machine) {
  const auto library = unlink(name);
  if (library) release_all(*library, machine);
  return library != nullptr;
}

void Libraries::clear(Interpreter& machine) {
  while (!libraries_.empty()) remove(std::string(libraries_.begin()->first), machine);
  library_tables_.clear();
  function_tables_.clear();
  recharge_tables();
}

std::string Libraries::join(Libraries& others, bool replace, Interpreter& machine) {
  std::vector<std::unique_ptr<Library>> old;
  std::string error;
  for (const auto& [name, library] : others.libraries_) {
    if (!libraries_.contains(name)) continue;
    if (!replace) {
      error = "Library " + name + " already exists";
      break;
    }
    old.push_back(unlink(name));
  }
  for (const auto& [name, library] : others.libraries_) {
    if (error.empty()) error = collision(*library);
  }
  if (!error.empty()) {
    for (auto& library : old) link(std::move(library));
    return error;
  }
  while (!others.libraries_.empty()) link(others.unlink(others.libraries_.begin()->first));
  for (const auto& library : old) release_all(*library, machine);
  return {};
}

std::size_t Libraries::registered() const {
  std::size_t count = 0;
  for (const auto& [name, library] : libraries_) count += library->functions.size();
  return count;
}

const RegisteredFunction* Libraries::find(std::string_view function) {
  if (last_ && equal_ignoring_case(last_->name, function)) return last_;
  const auto found = functions_.find(function);
  return last_ = found == functions_.end() ? nullptr : found->second;
}

void Libraries::link(std::unique_ptr<Library> library) {
  for (const RegisteredFunction& function : library->functions) {
    functions_.emplace(function.name, &function);
    // Looked for before, lest two libraries have it (functions.c, functionsVerifyName).
    function_tables_.look_up();
    function_tables_.insert();
  }
  library_tables_.insert();
  overhead_ += overhead(*library);
  ledger_->add(charge(*library));
  if (!std::exchange(linked_once_, true)) ledger_->add(ledger_->profile().first_library_more);
  std::string name = library->name;
  libraries_.emplace(std::move(name), std::move(library));
  recharge_tables();
}

std::unique_ptr<Library> Libraries::unlink(std::string_view name) {
  library_tables_.look_up();
  const auto found = libraries_.find(name);
  if (found == libraries_.end()) return nullptr;
  std::unique_ptr<Library> library = std::move(found->second);
  libraries_.erase(found);
  last_ = nullptr;
  for (const RegisteredFunction& function : library->functions) {
    functions_.erase(std::string_view(function.name));
    function_tables_.erase();
  }
  library_tables_.erase();
  overhead_ -= overhead(*library);
  ledger_->add(-charge(*library));
  recharge_tables();
  return library;
}

// functionMallocSize() and libraryMallocSize().
std::int64_t Libraries::overhead(const Library& library) const {
  const Allocation& allocation = ledger_->allocation();
  std::size_t bytes = allocation.size(library_info) +
                      footprint::text_block(allocation, library.name.size()).bytes +
                      footprint::text_block(allocation, library.code.size()).bytes;
  const bool direct = ledger_->profile().scripts == ScriptKeeping::directly;
  for (const RegisteredFunction& function : library.functions) {
    const bool by_module = ledger_->profile().scripts == ScriptKeeping::by_module;
    bytes += allocation.size(by_module ? function_context_9_1 : function_context);
    const auto text = [&](std::size_t size) {
      return direct ? footprint::text_block(allocation, size).bytes
                    : footprint::argument(allocation, size);
    };
    bytes += direct ? allocation.size(function_info_8_0)
                    : allocation.size(function_info) + allocation.size(compiled_function);
    bytes += text(function.name.size());
    if (function.described) bytes += text(function.description.size());
  }
  return static_cast<std::int64_t>(bytes);
}

// With the library's own table of functions, and the entries in the common ones.
std::int64_t Libraries::charge(const Library& library) const {
  const Allocation& allocation = ledger_->allocation();
  std::size_t bytes = allocation.size(footprint::dict_head) +
                      allocation.size(buckets(library.functions.size()) * sizeof(std::uint64_t)) +
                      allocation.size(footprint::dict_entry) +
                      footprint::text_block(allocation, library.name.size()).bytes;
  for (const RegisteredFunction& function : library.functions) {
    bytes += 2 * (allocation.size(footprint::dict_entry) +
                  footprint::text_block(allocation, function.name.size()).bytes);
  }
  return overhead(library) + static_cast<std::int64_t>(bytes);
}

void Libraries::recharge_tables() {
  const Allocation& allocation = ledger_->allocation();
  const auto bytes = static_cast<std::int64_t>(library_tables_.bytes(allocation) +
                                               function_tables_.bytes(allocation));
  ledger_->add(bytes - std::exchange(tables_charged_, bytes));
}

std::int64_t Libraries::memory() const {
  return ledger_->profile().function_engines + overhead_ +
         static_cast<std::int64_t>(functions_.size() * footprint::dict_entry +
                                   function_tables_.buckets() * sizeof(std::uint64_t));
}

}  // namespace outlive
