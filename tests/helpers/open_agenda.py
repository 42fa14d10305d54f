"""A server on loopback that answers as OpenAgenda's API v2 does, by its documents."""

import json
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY, AGENDA = "a-secret-key-of-an-agenda", "12345678"


class OpenAgenda:
    """`events` is what the agenda holds: {value of our identifier: the event}.

    `asked` are (method, path) of the requests that came; `script` are functions of a handler that
    answer the next requests about events in the place of the agenda.
    """

    def __init__(self):
        self.events, self.asked, self.script, self.tokens = {}, [], [], set()

    def token_for(self, code):
        if code != KEY:
            return None
        token = f"token-{len(self.tokens)}"
        self.tokens.add(token)
        return token


@contextmanager
def open_agenda():
    """An OpenAgenda that listens; `url` is the setting OPENAGENDA_API for it."""
    agenda = OpenAgenda()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"agenda": agenda}))
    agenda.url = f"http://127.0.0.1:{server.server_port}/v2"
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    try:
        yield agenda
    finally:
        server.shutdown()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    agenda = None

    def log_message(self, *_arguments):
        """Nothing is printed."""

    def answer(self, status, content, **headers):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_POST(self):
        self.agenda.asked.append(("POST", self.path))
        assert self.path == "/v2/requestAccessToken"
        token = self.agenda.token_for(json.loads(self.read_body())["code"])
        if token is None:
            return self.answer(403, {"message": "invalid key"})
        return self.answer(200, {"access_token": token, "expires_in": 3600})

    def do_PUT(self):
        self.about_an_event(self.put)

    def do_DELETE(self):
        self.about_an_event(self.delete)

    def about_an_event(self, act):
        body = self.read_body()
        self.agenda.asked.append((self.command, self.path))
        if self.agenda.script:
            return self.agenda.script.pop(0)(self)
        if self.headers.get("access-token") not in self.agenda.tokens:
            return self.answer(401, {"message": "unknown token"})
        prefix = f"/v2/agendas/{AGENDA}/events/ext/praxis/"
        if not self.path.startswith(prefix):
            return self.answer(404, {"message": "no such agenda"})
        return act(self.path.removeprefix(prefix), body)

    def put(self, value, body):
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        [part] = message_from_bytes(head + body, policy=HTTP).iter_parts()
        assert part.get_param("name", header="Content-Disposition") == "data"
        event = json.loads(part.get_payload(decode=True))
        wrong = faults_of(event)
        if wrong:
            return self.answer(400, {"errors": wrong})
        self.agenda.events[value] = event
        return self.answer(200, {"success": True, "event": event})

    def delete(self, value, _body):
        if value not in self.agenda.events:
            return self.answer(404, {"message": "no such event"})
        return self.answer(200, {"event": self.agenda.events.pop(value)})


def faults_of(event):
    """What OpenAgenda's documents (evenements/structure) do not allow in `event`."""
    limits = {"title": 140, "description": 200, "longDescription": 10_000, "conditions": 255}
    faults = [
        f"{field} {language}"
        for field, most in limits.items()
        for language, text in event.get(field, {}).items()
        if not 0 < len(text.encode("utf-16-le")) // 2 <= most
    ]
    faults += [field for field in ("title", "description", "timings") if not event.get(field)]
    if event.get("attendanceMode") != 2 or not event.get("onlineAccessLink"):
        faults.append("an online event has a link")
    if event.get("status") not in range(1, 7):
        faults.append("status")
    return faults
