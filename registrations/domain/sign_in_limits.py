"""How often a password or a code may be guessed: by account, by known device, by network."""

from contextlib import contextmanager
from datetime import timedelta

from registrations.models import allowance

HOUR = timedelta(hours=1)
WRONG_PER_ACCOUNT = 10
WRONG_PER_NETWORK = 30
WRONG_CODES = 5
RESETS, RESETS_PER_NETWORK = 3, 20


class TooManyGuesses(Exception):
    """No guess is allowed before `allowed_at`."""

    def __init__(self, allowed_at):
        super().__init__(allowed_at)
        self.allowed_at = allowed_at


def password_guess(account, network, *, device="", now):
    """One try at the password of `account`, the name as it was typed.

    A context manager: what ends without an exception was right and is not counted. Raises
    TooManyGuesses at its beginning. `device` is the key of a device on which somebody signed in to
    this account before, "" for another. A known device is counted by itself alone: whoever guesses
    elsewhere, or in the same office, keeps no organiser out.
    """
    subjects = [("password of an account", f"{device} {account.casefold()}", WRONG_PER_ACCOUNT)]
    if not device:
        subjects.append(("password by a network", network, WRONG_PER_NETWORK))
    return guess(subjects, now=now)


def code_guess(account, *, now):
    """One try at the second factor of `account` (a user's key); used as password_guess()."""
    return guess([("second factor", str(account), WRONG_CODES)], now=now)


def may_warn(account, *, now):
    """May the holder of `account` (a user's key) be warned of guesses now? Once a day."""
    day = timedelta(days=1)
    return allowance.take("warning", str(account), most=1, period=day, now=now) == now


def may_ask_for_reset(address, network, *, now):
    """May a link to a new password go to `address`, asked for from `network`? Then it counts."""
    subjects = [
        ("reset by a network", network, RESETS_PER_NETWORK),
        ("reset", address.strip().casefold(), RESETS),
    ]
    return all(
        allowance.take(purpose, subject, most=most, period=HOUR, now=now) == now
        for purpose, subject, most in subjects
    )


@contextmanager
def guess(subjects, *, now):
    # Counted before it is tried: many tries at the same instant are many.
    taken = []
    for purpose, subject, most in subjects:
        allowed_at = allowance.take(purpose, subject, most=most, period=HOUR, now=now)
        if allowed_at > now:
            give_back(taken, now=now)
            raise TooManyGuesses(allowed_at)
        taken.append((purpose, subject))
    yield
    give_back(taken, now=now)


def give_back(taken, *, now):
    for purpose, subject in taken:
        allowance.give_back(purpose, subject, now=now)
