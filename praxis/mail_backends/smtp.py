"""The SMTP backend: Django's own, with a deadline for each mail and one connection for many."""

import smtplib
import socket
import threading
from contextlib import contextmanager, suppress

from django.conf import settings
from django.core.mail.backends import smtp

# Seconds between two attempts of the watchdog, once the deadline has passed.
SHUT_AGAIN_AFTER = 0.1


class EmailBackend(smtp.EmailBackend):
    """Sends each message within EMAIL_DEADLINE seconds, or raises.

    EMAIL_TIMEOUT alone bounds a single read, so a server that sends one byte at a time could hold
    the worker for ever. Therefore a watchdog thread shuts the socket after EMAIL_DEADLINE.
    The connection stays open for the next message, until close().
    """

    connecting = None  # the last connection that was started; its greeting may still be awaited

    @property
    def connection_class(self):
        """smtplib's class, with a connect() that shows the connection to the watchdog.

        smtplib connects and reads the greeting in its constructor. Django has no reference to the
        connection before that returns, but the watchdog must be able to shut it until then.
        """
        backend = self

        class WatchedConnection(super().connection_class):
            def connect(self, *args, **kwargs):
                backend.connecting = self
                return super().connect(*args, **kwargs)

        return WatchedConnection

    def send_messages(self, email_messages):
        try:
            with self.deadline():
                if self.connection and not self.is_alive():
                    self.close_without_quit()
                self.open()
                return super().send_messages(email_messages)
        # After any failure, the next message must not begin in the middle of this one's dialogue.
        except Exception:
            self.close_without_quit()
            raise

    def close(self):
        """Say QUIT and close. A failure is ignored here: the messages are sent already."""
        try:
            with self.deadline():
                super().close()
        except OSError:
            self.close_without_quit()

    @contextmanager
    def deadline(self):
        """Run the block under a watchdog thread that shuts the socket after EMAIL_DEADLINE.

        The watchdog goes on until the block ends: a block that connects again is past the deadline,
        so the new socket is shut, too.
        """
        done = threading.Event()

        def watch():
            pause = settings.EMAIL_DEADLINE
            while not done.wait(pause):
                self.shut_socket()
                pause = SHUT_AGAIN_AFTER

        threading.Thread(target=watch, daemon=True).start()
        try:
            yield
        finally:
            done.set()

    def shut_socket(self):
        """Shut the socket that another thread reads from.

        That read then ends, and smtplib raises SMTPServerDisconnected in its thread.
        """
        connection = self.connection or self.connecting
        sock = getattr(connection, "sock", None)
        if sock:
            with suppress(OSError):
                # shutdown() of a TLS socket would drop its TLS session while the other thread
                # still reads through it, so the plain socket's shutdown() is called instead.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def is_alive(self):
        """Does the server still answer on the open connection?"""
        try:
            return self.connection.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def close_without_quit(self):
        """Close at once: a server that failed us may fail, or dawdle, at QUIT as well."""
        for connection in (self.connection, self._partial_connection):
            if connection:
                with suppress(OSError):
                    connection.close()
        self.connection = self._partial_connection = None
