// RESTORE of untrusted bytes: refused, or a value that DUMP tells and RESTORE takes again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/ensure.hpp"
#include "snapshot/rdb_reader.hpp"
#include "snapshot/rdb_writer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace outlive;
  const HashLimits limits{};
  Ledger ledger(quantum_16);
  const ValueMaker maker{ledger, 1, limits};
  {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const auto value = RdbReader(bytes, maker).value();
    if (!value) return 0;
    const std::string payload = dump_payload(*value, size % 2 == 0, profile_default);
    ensure(sound_payload(payload, false, profile_default), "what is written has its checksum");
    ensure(RdbReader(payload, maker).value().has_value(), "what is written can be read");
  }
  ensure(ledger.used() == 0, "nothing stays behind in the ledger");
  return 0;
}
