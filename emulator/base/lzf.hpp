// LZF, the compression of RDB strings (Marc Lehmann's format, as lzf_c.c and lzf_d.c have it).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace outlive {

// The bytes that liblzf 3.6 gives (HLOG 16, VERY_FAST) when its table starts empty; it leaves that
// to chance, we don't, so that the same input always gives the same output. None if the result
// would be longer than `bytes_max`.
std::optional<std::string> lzf_compress(std::string_view bytes, std::size_t bytes_max);

// The same as RDB files use it, which must save four bytes; shorter text can't, and isn't tried
// (rdb.c, rdbSaveRawString).
std::optional<std::string> lzf_if_worthwhile(std::string_view text);

// None if the input is malformed or does not make exactly `size` bytes.
std::optional<std::string> lzf_decompress(std::string_view bytes, std::size_t size);

}  // namespace outlive
