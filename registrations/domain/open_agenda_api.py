"""Speaks with OpenAgenda's API (https://developers.openagenda.com), and never for long."""

import json
import secrets
import threading
import time
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from django.conf import settings

from events.open_agenda import KEY

TIMEOUT = 10  # seconds for one answer of the network
DEADLINE = 30  # seconds for one request
ENDS_WITHIN = 150  # seconds for all requests about one event
LONGEST_ANSWER = 2**20  # bytes
LONGEST_WORDS = 250  # of an answer that says why not
# Of these codes of HTTP the event is no reason: the key, the agenda, too much at once.
NOT_BY_THE_EVENT = (401, 403, 404, 408, 409, 425, 429)
UNKNOWN_TOKEN = (401, 403)
GONE = (404, 410)
OF_THE_KEY = "access token: "  # before what they say of the key
LONGEST_PAUSE = timedelta(hours=12)
PAUSES = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)]


class Failed(Exception):
    """Raised where OpenAgenda did not take something; it may be tried again `again_after` that.

    `kind` says it without a word of theirs.
    """

    def __init__(self, words, *, kind="", again_after=timedelta()):
        super().__init__(words)
        self.kind, self.again_after = kind or words, again_after


class Refused(Failed):
    """Raised where it never will: the event is not as it must be."""


class Client:
    """One worker's dialogue with OpenAgenda. The token that the key gives is asked for once."""

    def __init__(self):
        self.token, self.expires = "", 0

    def put(self, uid, event):
        """Make the event of the workshop `uid` in the agenda, or bring it up to date.

        By our own identifier: an answer that was lost makes no second event.
        """
        return self.ask("PUT", uid, event)

    def delete(self, uid):
        """Take the event out of the agenda; one that is not there is out, too."""
        return self.ask("DELETE", uid, None, fine=GONE)

    def ask(self, method, uid, event, *, fine=()):
        path = f"/agendas/{settings.OPENAGENDA_AGENDA}/events/ext/{KEY}/{uid}"
        body, kind = multipart({"data": json.dumps(event)}) if event else (b"", "")
        was_kept = self.has_token
        for is_last in (not was_kept, True):
            headers = {"access-token": self.get_token()}
            if kind:
                headers["Content-Type"] = kind
            status, answer, pause = request(method, path, body, headers)
            if status not in UNKNOWN_TOKEN or is_last:
                break
            # It ended before its time.
            self.token = ""
        if status not in fine:
            raise_for(status, answer, pause, hidden=[self.token, settings.OPENAGENDA_KEY])

    @property
    def has_token(self):
        return bool(self.token) and time.monotonic() < self.expires

    def get_token(self):
        if not self.has_token:
            key = settings.OPENAGENDA_KEY
            body = json.dumps({"code": key}).encode()
            headers = {"Content-Type": "application/json"}
            status, answer, pause = request("POST", "/requestAccessToken", body, headers)
            raise_for(status, answer, pause, hidden=[key], about=OF_THE_KEY)
            try:
                found = json.loads(answer)
                self.token = str(found["access_token"])
                self.expires = time.monotonic() + float(found["expires_in"]) - 60
            except (ValueError, TypeError, KeyError):
                raise Failed("an answer without access_token") from None
        return self.token


def raise_for(status, answer, pause, *, hidden, about=""):
    """Raise Failed, or Refused, unless the code `status` of HTTP says that it was taken.

    Only where the request was `about` nothing else can the event be the reason.
    """
    if 200 <= status < 300:
        return
    words = " ".join(answer.decode(errors="replace").split())
    for secret in filter(None, hidden):
        words = words.replace(secret, "***")
    is_by_it = not about and 400 <= status < 500 and status not in NOT_BY_THE_EVENT
    failure = Refused if is_by_it else Failed
    kind = f"{about}HTTP {status}"
    raise failure(f"{kind} {words[:LONGEST_WORDS]}".strip(), kind=kind, again_after=pause)


def request(method, path, body, headers):
    """(code of HTTP, bytes of the answer, how long they ask us to wait); raises Failed.

    It follows no redirection: the token is for OpenAgenda alone.
    """
    api, began = urlsplit(settings.OPENAGENDA_API), time.monotonic()
    connect = HTTPSConnection if api.scheme == "https" else HTTPConnection
    connection = connect(api.hostname, api.port, timeout=TIMEOUT)
    try:
        connection.request(method, api.path + path, body, headers)
        response = connection.getresponse()
        answer = b""
        while piece := response.read1(2**16):
            answer += piece
            if len(answer) > LONGEST_ANSWER or time.monotonic() - began > DEADLINE:
                raise Failed("an answer that does not end")
        return response.status, answer, pause_of(response)
    except (OSError, HTTPException) as error:
        raise Failed(type(error).__name__) from None
    finally:
        connection.close()


def pause_of(response):
    """How long Retry-After asks us to wait, in seconds; nothing where it names a date."""
    seconds = response.headers.get("Retry-After", "")
    if not (seconds.isascii() and seconds.isdecimal()):
        return timedelta()
    return min(timedelta(seconds=int(seconds[:9])), LONGEST_PAUSE)


def multipart(fields):
    """`fields` as a form (RFC 7578), and its Content-Type."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    body = "".join([*parts, f"--{boundary}--\r\n"]).encode()
    return body, f"multipart/form-data; boundary={boundary}"


class Courier:
    """Sends one entry at a time, in a thread of its own: the mails of its worker do not wait."""

    def __init__(self):
        self.client, self.thread = Client(), None
        self.row, self.errors, self.began = None, [], 0
        self.misses, self.rests_until = 0, None

    @property
    def is_busy(self):
        return self.thread is not None and self.thread.is_alive() and self.time_left > 0

    @property
    def time_left(self):
        """The seconds in which what was given last must have ended."""
        return self.began + ENDS_WITHIN - time.monotonic()

    def may_go(self, *, now):
        """Whether OpenAgenda may be asked: after a failure it is left alone for a while."""
        return self.rests_until is None or self.rests_until <= now

    def give(self, row, event):
        """Send `event`, or take it out of the agenda where it is None."""
        self.row, self.errors, self.began = row, [], time.monotonic()
        arguments = [self.client, row.uid, event, self.errors]
        self.thread = threading.Thread(target=send, args=arguments, daemon=True)
        self.thread.start()

    def ended(self):
        """(row, error or None) of what was given last, once; it waits for its end."""
        if self.thread is None:
            return None
        self.thread.join(max(0, self.time_left))
        if self.thread.is_alive():
            # Bytes may drip for as long as they like: nobody waits for that one any more.
            self.client, self.errors = Client(), [Failed("an answer that does not end")]
        self.thread = None
        return self.row, next(iter(self.errors), None)

    def arrived(self):
        self.misses, self.rests_until = 0, None

    def missed(self, error, *, now):
        """Leave OpenAgenda alone, the longer the more often it failed."""
        pause = PAUSES[min(self.misses, len(PAUSES) - 1)]
        self.misses += 1
        self.rests_until = now + max(pause, error.again_after)


def send(client, uid, event, errors):
    """Have `client` send `event`, or delete where it is None; a failure is put into `errors`."""
    try:
        if event:
            client.put(uid, event)
        else:
            client.delete(uid)
    except Failed as error:
        errors.append(error)
    # Whatever it is, the row must say so.
    except Exception as error:  # noqa: BLE001
        errors.append(Failed(type(error).__name__))
