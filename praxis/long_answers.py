"""Answers that take longer than a page may: whoever makes one says now and then that it goes on."""

import threading

this_thread = threading.local()


def watch(note):
    """Let goes_on() call `note` in this thread, until unwatch(). The web worker does so."""
    this_thread.note = note


def unwatch():
    this_thread.note = None


def goes_on():
    """Say that the answer in this thread has got on, so that nobody cuts it off as stuck."""
    note = getattr(this_thread, "note", None)
    if note:
        note()


def going_on(pieces):
    """`pieces`, one by one, each of which says that the answer goes on."""
    for piece in pieces:
        goes_on()
        yield piece
