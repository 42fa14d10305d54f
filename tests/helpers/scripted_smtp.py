"""A mail server on plain sockets whose answers a test writes, faulty ones too."""

import re
import socket
import threading
from collections import defaultdict

# Seconds after which a server that drips or stays silent hangs up: a broken client ends, too.
PATIENCE = 12
OF_ITSELF = {
    "CONNECT": "220 ready",
    "DATA": "354 go on",
    "BODY": "250 kept",
    "AUTH": "235 welcome",
    "QUIT": "221 bye",
}


class HungUp(Exception):
    """The dialogue is over."""


class ScriptedServer:
    """Answers each step of each dialogue with the next of `script[step]`, with success when that is
    empty.

    Steps are the client's verbs, and CONNECT for the greeting and BODY for the message after DATA.
    An answer is a reply, or something that is called with the Dialogue. `arrived` holds the
    Message-ID of each copy it has, in their order; `dialogues` the steps of each connection.
    """

    def __init__(self):
        self.script, self.arrived, self.dialogues, self.endings = defaultdict(list), [], [], []
        self.over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.listen, daemon=True)]
        self.threads[0].start()

    def listen(self):
        while True:
            client, _address = self.listener.accept()
            if self.over.is_set():
                client.close()
                return
            steps = []
            self.dialogues.append(steps)
            thread = threading.Thread(target=Dialogue(self, client, steps).run, daemon=True)
            self.threads.append(thread)
            thread.start()

    @property
    def left_by(self):
        """Who ended each drip or silence, "client" or "server", once every dialogue is over.

        The client may have left before we have noticed.
        """
        for thread in self.threads[1:]:
            thread.join(2 * PATIENCE)
        return self.endings

    def stop(self):
        self.over.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        for thread in self.threads:
            thread.join()
        self.listener.close()


class Dialogue:
    def __init__(self, server, client, steps):
        self.server, self.client, self.steps = server, client, steps
        self.lines = client.makefile("rb")

    def run(self):
        with self.client, self.lines:
            try:
                self.answer("CONNECT")
                while True:
                    self.take(self.lines.readline())
            except (HungUp, OSError):
                return

    def take(self, line):
        if not line:
            raise HungUp
        step = line.split()[0].decode().upper()
        self.steps.append(step)
        self.answer(step)
        if step == "QUIT":
            raise HungUp

    def answer(self, step):
        answers = self.server.script[step]
        answer = answers.pop(0) if answers else OF_ITSELF.get(step, "250 fine")
        message = self.read_message() if step == "BODY" else b""
        if callable(answer):
            answer(self, message)
            return
        if step == "BODY" and answer.startswith("2"):
            self.keep(message)
        self.say(answer)
        if step == "DATA" and answer.startswith("3"):
            self.steps.append("BODY")
            self.answer("BODY")

    def read_message(self):
        message = b""
        for line in iter(self.lines.readline, b".\r\n"):
            if not line:
                raise HungUp
            message += line
        return message

    def keep(self, message):
        self.server.arrived.append(
            re.search(rb"^Message-ID: (\S+)", message, re.MULTILINE | re.IGNORECASE)[1].decode()
        )

    def say(self, reply):
        self.client.sendall(reply.encode() + b"\r\n")

    def until_somebody_leaves(self, act, *, every):
        """`act` again and again until the client hangs up, or our patience ends."""
        for _each in range(int(PATIENCE / every)):
            try:
                act()
                self.client.settimeout(every)
                if not self.client.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            self.server.endings.append("server")
            raise HungUp
        self.server.endings.append("client")
        raise HungUp


def cut(dialogue, message):
    """Hang up without a word; a message that has come whole is forgotten."""
    raise HungUp


def keep_and_cut(dialogue, message):
    """Take the message, then hang up before saying so."""
    dialogue.keep(message)
    raise HungUp


def say_and_cut(reply):
    """Answer, and hang up at once; a message that is answered so is kept."""

    def answer(dialogue, message):
        if message:
            dialogue.keep(message)
        dialogue.say(reply)
        raise HungUp

    return answer


def silence(dialogue, message):
    """Never answer."""
    dialogue.until_somebody_leaves(lambda: None, every=0.1)


def drip(dialogue, message):
    """One letter of an answer each half second, for ever."""
    dialogue.until_somebody_leaves(lambda: dialogue.client.sendall(b"2"), every=0.5)
