"""Our web worker with less patience, so that a test need not wait as long as a client may."""

from praxis import web_worker


class Impatient(web_worker.WebWorker):
    """gunicorn's worker class for the tests of slow clients."""

    def init_process(self):
        web_worker.READ_SECONDS, web_worker.LOOK_EVERY = 1, 0.1
        super().init_process()
