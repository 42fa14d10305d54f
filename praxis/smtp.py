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

    @contextmanager
    def deadline(self):
        timer = threading.Timer(settings.EMAIL_DEADLINE, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

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
