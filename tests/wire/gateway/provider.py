"""A chat model on loopback: answers everything in one write, counts, and waits when told to."""
import contextlib
import http.server
import json
import threading

import servers


class Provider(http.server.ThreadingHTTPServer):
    """Answers are "answer 1", "answer 2" …, so that one asked anew can be told from a cached one."""

    daemon_threads = True
    request_queue_size = 128  # more callers at once than any test has

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.lock = threading.Lock()
        self.door = threading.Event()
        self.asked = 0
        self.waiting = 0
        self.restore()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def restore(self):
        """Back to short answers of ten tokens, given at once."""
        self.usage = (5, 5)  # tokens of the prompt, tokens of the answer
        self.padding = 0     # bytes after each answer
        self.door.set()

    @contextlib.contextmanager
    def holding(self):
        """Whoever asks meanwhile gets the answer at the end."""
        self.door.clear()
        try:
            yield
        finally:
            self.door.set()

    def wait_for(self, count):
        """Whether so many came to wait for an answer at the same time."""
        return servers.until(lambda: self.waiting == count)

    def next_answer(self):
        with self.lock:
            self.asked += 1
            self.waiting += 1
            number = self.asked
        self.door.wait()
        with self.lock:
            self.waiting -= 1
        return f"answer {number}" + "." * self.padding

    def stop(self):
        self.door.set()
        self.shutdown()
        self.server_close()


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        text = self.server.next_answer()
        prompt, completion = self.server.usage
        body = json.dumps({
            "id": "1", "object": "chat.completion", "created": 1, "model": "mock",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
            "usage": {"prompt_tokens": prompt, "completion_tokens": completion,
                      "total_tokens": prompt + completion}}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)  # in one write: two would cost 40 ms a call

    def log_message(self, *_):
        pass
