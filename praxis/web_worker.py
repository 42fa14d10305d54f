"""gunicorn's threaded worker, so that neither slow clients nor a rush of forms take all threads."""

import socket
import threading
import time
from collections import Counter, defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass

from gunicorn.workers.gthread import ThreadWorker

from praxis import long_answers

READ_SECONDS = 15  # for the headers and the body of one request
WRITE_SECONDS = 60  # for the request and its whole answer, or each piece of a long one
LONGEST_SECONDS = 600  # for an answer that goes on
# For a form until it is handled: less where those before it take long, since it would, too.
WAIT_SECONDS, WAIT_SECONDS_IF_SLOW = 13, 6
SLOW = 1  # second
LOOK_EVERY = 1  # second
FORM = "POST"
AT_ONE_PATH = 2  # forms that are handled at once
PUT_BACK = object()  # what handle() returns for a request that waits without a thread
# The header that tells Django that the form has waited too long (unavailable.AnswerUnavailable).
TOO_LATE = "X-WAITED-TOO-LONG"


class PutBack(BaseException):  # noqa: N818
    """Raised where a request has to wait. gunicorn's own handlers of Exception let it pass."""


@dataclass
class Waiting:
    """A form that waits without a thread: its connection, its request, and since when."""

    conn: object
    req: object
    since: float


class WebWorker(ThreadWorker):
    """A ThreadWorker with two rules more.

    At most AT_ONE_PATH threads handle forms (POST) that are sent to the same path, and at most half
    of the threads forms to any. Further forms wait without a thread, in the order in which they
    came, so that a thousand of them leave threads for pages, doors and other forms.

    A watchdog thread ends what clients drag out. gunicorn waits for ever for the next byte of a
    header or of a body, so that a client that sends one now and then would hold a thread.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # {connection: when its request began to be read, or its answer last got on}
        self.began = {}
        self.lock = threading.Lock()  # guards the three that follow
        self.handled = Counter()  # {path: how many of its forms are handled at this moment}
        self.lines = defaultdict(deque)  # {path: its Waiting, the first in line first}
        self.slow = set()  # the paths whose last form took long

    def init_process(self):
        threading.Thread(target=self.watch, daemon=True).start()
        super().init_process()

    def handle(self, conn):
        """Handle a request of the connection `conn`, under the watchdog's eye."""
        began = self.began[conn] = time.monotonic()

        def note():
            if time.monotonic() - began < LONGEST_SECONDS:
                self.began[conn] = time.monotonic()

        long_answers.watch(note)
        try:
            return super().handle(conn)
        except PutBack:
            return PUT_BACK
        finally:
            long_answers.unwatch()
            del self.began[conn]

    def handle_request(self, req, conn):
        """Handle `req`; raise PutBack if it is a form that has to wait."""
        if req.method != FORM or (TOO_LATE, "1") in req.headers:
            return super().handle_request(req, conn)
        path = req.path
        with self.lock:
            # A form that comes back from its line has its place already.
            if not isinstance(conn.parser, Again):
                if not self.has_place(path):
                    self.lines[path].append(Waiting(conn, req, time.monotonic()))
                    raise PutBack
                self.handled[path] += 1
        began = time.monotonic()
        try:
            return super().handle_request(req, conn)
        finally:
            self.let_next_in(path, is_slow=time.monotonic() - began > SLOW)

    def has_place(self, path):
        """May one more form to `path` be handled? The caller holds `lock`."""
        is_free = self.handled[path] < AT_ONE_PATH and not self.lines.get(path)
        return is_free and self.handled.total() < max(1, self.cfg.threads // 2)

    def let_next_in(self, path, *, is_slow):
        """Give the place of a form to `path` to the next in its line, or in another one."""
        with self.lock:
            self.slow.discard(path)
            if is_slow and path in self.lines:
                self.slow.add(path)
            self.handled[path] -= 1
            if not self.handled[path]:
                del self.handled[path]
            others = [each for each in self.lines if self.handled[each] < AT_ONE_PATH]
            for each in [path, *others]:
                if self.lines.get(each):
                    self.handled[each] += 1
                    self.put_forward(each, self.lines[each].popleft())
                    return

    def put_forward(self, path, form):
        """Let a thread handle the Waiting `form`, which has left its line; under `lock`."""
        if not self.lines[path]:
            del self.lines[path]
            self.slow.discard(path)
        form.conn.parser = Again(form.conn.parser, form.req)
        self.method_queue.defer(self.enqueue_req, form.conn)

    def finish_request(self, conn, fs):
        """Keep the connection of a request that was put back as it is; else do as gunicorn does."""
        if not fs.cancelled() and not fs.exception() and fs.result() is PUT_BACK:
            return
        if isinstance(conn.parser, Again):
            conn.parser = conn.parser.parser
        super().finish_request(conn, fs)

    def watch(self):
        """End what lasts too long, as long as the process lives."""
        while True:
            time.sleep(LOOK_EVERY)
            now = time.monotonic()
            self.end_lines(now)
            for conn, began in list(self.began.items()):
                if now - began > WRITE_SECONDS:
                    shut(conn.sock, socket.SHUT_RDWR)
                elif now - began > READ_SECONDS:
                    # What was read already is answered; what is missing is read as the end.
                    shut(conn.sock, socket.SHUT_RD)

    def end_lines(self, now):
        """Let each form that has waited too long be answered so, ahead of its line."""
        with self.lock:
            for path, line in list(self.lines.items()):
                longest = WAIT_SECONDS_IF_SLOW if path in self.slow else WAIT_SECONDS
                while line and now - line[0].since > longest:
                    form = line.popleft()
                    form.req.headers.append((TOO_LATE, "1"))
                    self.put_forward(path, form)


class Again:
    """A connection's parser that gives `req`, which it has parsed already, once more."""

    def __init__(self, parser, req):
        self.parser, self.req = parser, req

    def __next__(self):
        req, self.req = self.req, None
        return req or next(self.parser)

    def __getattr__(self, name):
        return getattr(self.parser, name)


def shut(sock, how):
    """Shut `sock`: the thread that waits for it goes on."""
    with suppress(OSError):
        sock.shutdown(how)
