"""Mail by SMTP: Django's own backend, with an end to every dialogue and a connection that is kept."""

import smtplib
import socket
import threading
from contextlib import contextmanager, suppress

from django.conf import settings
from django.core.mail.backends import smtp


class EmailBackend(smtp.EmailBackend):
    """Sends each message within EMAIL_DEADLINE seconds or raises, however slowly the server drips its answers: EMAIL_TIMEOUT
    bounds a single read only. The connection stays open until close(), for the next message.
    """

    begun = None  # what is being connected

    @property
    def connection_class(self):
        """smtplib's class, its instance in sight while it still connects."""
        plain = super().connection_class

        def begin(*args, **kwargs):
            self.begun = plain.__new__(plain)
            self.begun.__init__(*args, **kwargs)
            return self.begun

        return begin

    def send_messages(self, email_messages):
        try:
            with self.deadline():
                if self.connection and not self.is_alive():
                    self.hang_up()
                self.open()
                return super().send_messages(email_messages)
        # Whatever it was, the next message must not begin in the middle of this one's dialogue.
        except Exception:
            self.hang_up()
            raise

    def close(self):
        """Say goodbye; whatever is answered to that, what was sent is sent."""
        try:
            with self.deadline():
                super().close()
        except OSError:
            self.hang_up()

    @contextmanager
    def deadline(self):
        """Cuts what is open after EMAIL_DEADLINE seconds, and what is opened later still."""
        done = threading.Event()

        def guard():
            pause = settings.EMAIL_DEADLINE
            while not done.wait(pause):
                self.cut()
                pause = 0.1

        threading.Thread(target=guard, daemon=True).start()
        try:
            yield
        finally:
            done.set()

    def cut(self):
        """Shut the socket under whoever reads from it; smtplib then says that the server has disconnected."""
        sock = getattr(self.connection or self.begun, "sock", None)
        if sock:
            with suppress(OSError):
                # The plain socket's own: a TLS one would forget its session under the reader's feet.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def is_alive(self):
        """Does the server still answer on the kept connection?"""
        try:
            return self.connection.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def hang_up(self):
        """Close without a word: whoever refused or dripped may do the same with QUIT."""
        for connection in (self.connection, self._partial_connection):
            if connection:
                with suppress(OSError):
                    connection.close()
        self.connection = self._partial_connection = None
