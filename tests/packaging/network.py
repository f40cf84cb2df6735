"""A network of a process's own, with loopback alone, so that it may use the ports that others use; and a server of
names for it."""
import ctypes
import fcntl
import os
import socket
import struct
import threading

NEW_NETWORK = 0x40000000  # CLONE_NEWNET of linux/sched.h
SET_FLAGS = 0x8914  # SIOCSIFFLAGS of linux/sockios.h
UP = 1  # IFF_UP of linux/if.h
LIBC = ctypes.CDLL(None, use_errno=True)


def _must(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def leave_for_a_new_one():
    """In the process itself, which must be root's."""
    _must(LIBC.unshare(NEW_NETWORK))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH14x", b"lo", UP))


def join_that_of(process):
    namespace = os.open(f"/proc/{process.pid}/ns/net", os.O_RDONLY)
    _must(LIBC.setns(namespace, NEW_NETWORK))
    os.close(namespace)


class NameServer:
    """DNS on an address of loopback: one name, which is 127.0.0.1; it knows of no other."""

    def __init__(self, address, name):
        self.name = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        self.asked = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                query, client = self.socket.recvfrom(512)
            except OSError:
                return  # closed
            self.asked += 1
            question_end = query.index(b"\0", 12) + 5
            name, kind = query[12:question_end - 4], query[question_end - 4:question_end - 2]
            known, is_address = name == self.name, kind == b"\0\1"
            # RFC 1035, 4.1: the question again, then an A record that points to its name.
            record = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton("127.0.0.1")
            answer = record if known and is_address else b""
            head = query[:2] + (b"\x81\x80" if known else b"\x81\x83") + b"\0\1" + (b"\0\1" if answer else b"\0\0")
            self.socket.sendto(head + b"\0\0\0\0" + query[12:question_end] + answer, client)
