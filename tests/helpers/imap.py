"""A mailbox on plain sockets that speaks as much IMAP (RFC 3501) as a reader of mail needs."""

import re
import socketserver
import threading


class Mailbox(socketserver.ThreadingTCPServer):
    """`mails` holds {number: [its bytes, its flags]}; `url` is what INBOX_URL is set to."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, *mails):
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.mails = {number: [mail, set()] for number, mail in enumerate(mails, start=1)}
        self.url = f"imap://praxis%40example.org:se%2Fcret@127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()


class Dialogue(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("* OK ready")
        for line in self.rfile:
            tag, command, *rest = line.decode().rstrip("\r\n").split(" ", 2)
            words = rest[0] if rest else ""
            answer = getattr(self, f"on_{command.lower()}", lambda words: "OK")(words)
            self.say(f"{tag} {answer} done")
            if command.upper() == "LOGOUT":
                return

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def on_capability(self, words):
        self.say("* CAPABILITY IMAP4rev1")
        return "OK"

    def on_login(self, words):
        return "OK" if words.replace('"', "") == "praxis@example.org se/cret" else "NO"

    def on_select(self, words):
        self.say(f"* {len(self.server.mails)} EXISTS")
        return "OK"

    def on_uid(self, words):
        return getattr(self, f"on_uid_{words.split()[0].lower()}")(words.split(" ", 1)[1])

    def on_uid_search(self, words):
        """UNSEEN SUBJECT "…" and UNSEEN HEADER "…" "…" alone."""
        *_rest, name, wanted = re.findall(r'SUBJECT|"[^"]*"', words)
        name = name.strip('"')
        found = [
            str(number)
            for number, (mail, flags) in self.server.mails.items()
            if "\\Seen" not in flags and wanted.strip('"').lower() in header(mail, name).lower()
        ]
        self.say(" ".join(["* SEARCH", *found]))
        return "OK"

    def on_uid_fetch(self, words):
        assert "BODY.PEEK" in words
        number = int(words.split()[0])
        mail, _flags = self.server.mails[number]
        self.say(f"* {number} FETCH (UID {number} BODY[]<0> {{{len(mail)}}}")
        self.wfile.write(mail)
        self.say(")")
        return "OK"

    def on_uid_store(self, words):
        number, _how, flags = words.split(" ", 2)
        self.server.mails[int(number)][1].update(flags.strip("()").split())
        return "OK"

    def on_expunge(self, words):
        for number, (_mail, flags) in list(self.server.mails.items()):
            if "\\Deleted" in flags:
                del self.server.mails[number]
        return "OK"


def header(mail, name):
    """The value of a header, folded or not; "" without one."""
    head = re.sub(rb"\r?\n(?=[ \t])", b"", re.split(rb"\r?\n\r?\n", mail)[0]).decode()
    return next(
        (
            line.partition(":")[2]
            for line in head.splitlines()
            if line.lower().startswith(f"{name.lower()}:")
        ),
        "",
    )
