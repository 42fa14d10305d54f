"""The SMTP backend: Django's own, with a deadline for each mail and one connection for many."""

import smtplib
import socket
import threading
import time
from contextlib import contextmanager, suppress

from django.conf import settings
from django.core.mail.backends import smtp

# Seconds between two looks of the watchdog.
LOOK_EVERY = 0.1
# A connection that was silent for so many seconds is asked whether it still answers.
ASK_AFTER = 5


class EmailBackend(smtp.EmailBackend):
    """Sends each message within EMAIL_DEADLINE seconds, or raises.

    EMAIL_TIMEOUT alone bounds a single read, so a server that sends one byte at a time could hold
    the worker for ever. Therefore a watchdog shuts the socket after EMAIL_DEADLINE. The connection
    stays open for the next message, until close().

    After a failure `may_have_arrived` says whether the server may have had the message, as it did
    not answer any more.
    """

    connecting = None  # the last connection that was started; its greeting may still be awaited
    is_shut = False  # by the watchdog
    may_have_arrived = False
    step = ""  # the last command of a message: "mail", "rcpt" or "data"
    has_carried = False  # whether a message has left on this connection
    spoke_at = 0.0  # when the server last took a message, or the connection was opened

    @property
    def connection_class(self):
        """smtplib's class, which tells the backend of what Django does not see.

        smtplib connects and reads the greeting in its constructor. Django has no reference to the
        connection before that returns, but the watchdog must be able to shut it until then.
        """
        backend = self

        class WatchedConnection(super().connection_class):
            def connect(self, *args, **kwargs):
                backend.connecting = self
                return super().connect(*args, **kwargs)

            def getreply(self):
                reply = super().getreply()
                # What had come of a line when the socket was shut would pass for the whole.
                if backend.is_shut:
                    self.close()
                    raise smtplib.SMTPServerDisconnected("No answer within EMAIL_DEADLINE")
                return reply

            def mail(self, *args, **kwargs):
                backend.step = "mail"
                return super().mail(*args, **kwargs)

            def rcpt(self, *args, **kwargs):
                backend.step = "rcpt"
                return super().rcpt(*args, **kwargs)

            def data(self, *args, **kwargs):
                backend.step = "data"
                return super().data(*args, **kwargs)

        return WatchedConnection

    def open(self):
        """Connect and log in, unless the connection is open and still answers."""
        with self.deadline(), self.no_rest_after_failure():
            silent_for = time.monotonic() - self.spoke_at
            if self.connection and silent_for > ASK_AFTER:
                self.ask()
            is_new = super().open()
            if is_new:
                self.connection.ehlo_or_helo_if_needed()
                self.has_carried, self.spoke_at = False, time.monotonic()
            return is_new

    def send_messages(self, email_messages):
        self.step = ""
        with self.deadline(), self.no_rest_after_failure():
            self.open()
            try:
                sent = super().send_messages(email_messages)
            except smtplib.SMTPException as error:
                if not self.was_given_up(error):
                    raise
                self.close_without_quit()
                self.open()
                sent = super().send_messages(email_messages)
            self.has_carried, self.spoke_at = True, time.monotonic()
            return sent

    def was_given_up(self, error):
        """Whether the server had given up the connection after the message before.

        Many servers close a connection after so many messages, or after a pause.
        """
        is_closed = isinstance(error, smtplib.SMTPServerDisconnected)
        is_closed |= isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code == 421
        return is_closed and self.has_carried and self.step == "mail"

    def close(self):
        """Say QUIT and close. A failure is ignored here: the messages are sent already."""
        try:
            with self.deadline():
                super().close()
        except OSError:
            self.close_without_quit()

    @contextmanager
    def no_rest_after_failure(self):
        """Close the connection if the block fails.

        The next message must not begin in the middle of this one's dialogue.
        """
        try:
            yield
        except Exception as error:
            has_answered = isinstance(error, smtplib.SMTPResponseException)
            self.may_have_arrived = self.step == "data" and not has_answered
            self.close_without_quit()
            raise

    @contextmanager
    def deadline(self):
        """Run the block under the watchdog, which shuts the socket after EMAIL_DEADLINE.

        The watchdog goes on until the block ends: a block that connects again is past the deadline,
        so the new socket is shut, too. A block within another has that one's deadline.
        """
        is_ours = watchdog.add(self)
        self.is_shut &= not is_ours
        try:
            yield
        finally:
            if is_ours:
                watchdog.remove(self)

    def shut_socket(self):
        """Shut the socket that another thread reads from.

        That read then ends, and smtplib raises SMTPServerDisconnected in its thread.
        """
        self.is_shut = True
        connection = self.connection or self.connecting
        sock = getattr(connection, "sock", None)
        if sock:
            with suppress(OSError):
                # shutdown() of a TLS socket would drop its TLS session while the other thread
                # still reads through it, so the plain socket's shutdown() is called instead.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def ask(self):
        """Close the connection if the server does not answer on it any more."""
        try:
            is_alive = self.connection.noop()[0] == 250
        except OSError:
            is_alive = False
        if not is_alive:
            self.close_without_quit()
        self.spoke_at = time.monotonic()

    def close_without_quit(self):
        """Close at once: a server that failed us may fail, or dawdle, at QUIT as well."""
        for connection in (self.connection, self._partial_connection):
            if connection:
                with suppress(OSError):
                    connection.close()
        self.connection = self._partial_connection = None


class Watchdog:
    """Shuts the socket of each backend that is past its deadline. One thread watches them all."""

    def __init__(self):
        self.deadlines = {}  # of backends, in seconds of the monotonic clock
        self.wanted = threading.Event()
        self.thread = None

    def add(self, backend):
        """Watch `backend` from now on; False if it is watched already."""
        if backend in self.deadlines:
            return False
        self.deadlines[backend] = time.monotonic() + settings.EMAIL_DEADLINE
        self.wanted.set()
        if self.thread is None:
            self.thread = threading.Thread(target=self.watch, daemon=True)
            self.thread.start()
        return True

    def remove(self, backend):
        self.deadlines.pop(backend, None)

    def watch(self):
        while True:
            self.wanted.wait()
            self.wanted.clear()
            while self.deadlines:
                time.sleep(LOOK_EVERY)
                now = time.monotonic()
                for backend, deadline in list(self.deadlines.items()):
                    if now > deadline:
                        backend.shut_socket()


watchdog = Watchdog()
