"""A mail server on loopback that remembers only a count and one message."""

import asyncio
import time

from aiosmtpd.controller import Controller

from bench.clients import PATIENCE, Wrong


class Sink:
    """Accepts all mail on `port` while the `with` block lasts.

    `invited` are the addresses whose mail held an invite. Each mail takes `seconds_per_mail`.
    """

    def __init__(self, port):
        self.invited, self.count, self.last, self.last_at = set(), 0, None, None
        self.controller = Controller(self, hostname="127.0.0.1", port=port)
        self.port = port
        self.seconds_per_mail = 0

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.seconds_per_mail)
        content = envelope.original_content
        if b"text/calendar" in content:
            self.invited.update(envelope.rcpt_tos)
        self.last, self.last_at = content, time.monotonic()
        self.count += 1
        return "250 kept"

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_error):
        self.controller.stop()

    def wait_for(self, addresses):
        """Return once every one of `addresses` has its invite."""
        missing = set(addresses) - self.invited
        deadline = time.monotonic() + PATIENCE
        while missing:
            if time.monotonic() > deadline:
                count = f"{len(missing)} of {len(addresses)} invites"
                raise Wrong(f"{count} have not arrived after {PATIENCE} s")
            time.sleep(0.02)
            missing -= self.invited
