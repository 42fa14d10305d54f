"""Our web worker with less patience, so that a test need not wait as long as a client may."""

import time

from praxis import web_worker
from praxis.long_answers import going_on


class Impatient(web_worker.WebWorker):
    """gunicorn's worker class for the tests of slow clients."""

    def init_process(self):
        web_worker.READ_SECONDS, web_worker.LOOK_EVERY = 1, 0.1
        super().init_process()


class Enduring(web_worker.WebWorker):
    """gunicorn's worker class for the tests of long answers, of which it makes two itself."""

    def init_process(self):
        web_worker.WRITE_SECONDS, web_worker.LOOK_EVERY = 1, 0.1
        super().init_process()

    def load_wsgi(self):
        super().load_wsgi()
        site = self.wsgi

        def application(environ, start_response):
            long = {"/long": going_on(pieces()), "/stuck": pieces()}.get(environ["PATH_INFO"])
            if long is None:
                return site(environ, start_response)
            start_response("200 OK", [("Content-Type", "text/plain")])
            return long

        self.wsgi = application


def pieces():
    """Six letters in three seconds."""
    for letter in b"praxis":
        time.sleep(0.5)
        yield bytes([letter])
