// A socket as OpenSSL's input and output. OpenSSL's own writes by write(2), which raises SIGPIPE
// when the peer has gone: in a process that is not ours that would end somebody's tests.
#pragma once

#include <openssl/types.h>

namespace outlive {

// Does not own the socket, which must not block. Null when there is no memory.
BIO* open_tls_socket(int socket);

}  // namespace outlive
