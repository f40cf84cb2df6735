#include "data/value.hpp"

namespace outlive {
namespace {

struct HeapBytes {
  std::size_t operator()(const String& string) const { return string.block(); }
  std::size_t operator()(const HashPointer& hash) const { return hash->heap_bytes(); }
};

struct EncodingName {
  std::string_view operator()(const String& string) const {
    constexpr std::string_view names[] = {"int", "embstr", "raw"};
    return names[static_cast<std::size_t>(string.encoding())];
  }
  std::string_view operator()(const HashPointer& hash) const {
    return hash->is_listpack() ? "listpack" : "hashtable";
  }
};

struct FreeEffort {
  std::size_t operator()(const String&) const { return 1; }
  std::size_t operator()(const HashPointer& hash) const {
    return hash->is_listpack() ? 1 : hash->size();
  }
};

struct Clone {
  const Allocation& allocation;
  Value operator()(const String& string) const {
    String copy = string;
    if (copy.encoding() == StringEncoding::raw) copy.move_out(allocation);
    copy.unshare();
    return copy;
  }
  Value operator()(const HashPointer& hash) const { return hash->clone(); }
};

}  // namespace

std::size_t heap_bytes(const Value& value) { return std::visit(HeapBytes{}, value); }
std::string_view encoding_name(const Value& value) { return std::visit(EncodingName{}, value); }
bool is_embedded(const Value& value) {
  const auto* string = std::get_if<String>(&value);
  return string && string->encoding() == StringEncoding::embedded;
}
std::size_t free_effort(const Value& value) { return std::visit(FreeEffort{}, value); }
Value clone(const Value& value, const Allocation& allocation) {
  return std::visit(Clone{allocation}, value);
}

}  // namespace outlive
