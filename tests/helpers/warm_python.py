"""A Python that has imported what Praxis stands on, and forks the processes that tests start.

Over half of what such a process costs is the import of Django and other packages. Here that is
paid once. tests.helpers.processes.Process asks: a message on the socket that is our standard input
has Python's arguments, the folder and the whole environment, and brings a socket to answer on and
the files that are to be the process's standard input, output and error.

Nothing of ours is imported before the fork, and nothing that reads the environment as it is
imported (as gunicorn does): settings, connections, threads and signal handlers are the child's own.
"""

import atexit
import gc
import json
import os
import runpy
import socket
import sys
import threading
from contextlib import suppress
from importlib import import_module

PACKAGES = [
    "PIL.Image",
    "PIL.ImageOps",
    "asyncio",
    "babel.dates",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.kdf.hkdf",
    "csp.constants",
    "dateutil.relativedelta",
    "defusedxml.ElementTree",
    "django.contrib.admin",
    "django.contrib.messages.api",
    "django.core.mail.backends.smtp",
    "django.core.management",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.db.migrations",
    "django.db.models",
    "django.forms",
    "django.template.loader",
    "django.test",
    "django.views.generic",
    "environ",
    "http.server",
    "icalendar",
    "imaplib",
    "markdown_it",
    "psycopg",
    "resvg_py",
    "segno",
    "smtplib",
    "tzdata",
    "whitenoise",
    "xlsxwriter",
]


def next_order(asker):
    """(arguments, folder, environment) of what this process, a child by then, is to become."""
    while True:
        message, descriptors, *_rest = socket.recv_fds(asker, 2**20, 4)
        bury_the_dead()
        if not message:  # the tests are over
            os._exit(0)
        if not os.fork():
            asker.close()
            watch_a_child(*descriptors)
            return json.loads(message)
        for descriptor in descriptors:
            os.close(descriptor)


def bury_the_dead():
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def watch_a_child(line, *standard):
    """Returns in a child, with these standard files; tells its number, and its code at its end."""
    with socket.socket(fileno=line) as answers:
        if child := os.fork():
            answers.sendall(f"{child}\n".encode())
            for number, descriptor in enumerate(standard):
                os.close(descriptor)
                os.close(number)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            answers.sendall(f"{code}\n".encode())
            os._exit(0)
    for number, descriptor in enumerate(standard):
        os.dup2(descriptor, number)
        os.close(descriptor)


def become(arguments, folder, environment):
    """Does what `python ARGUMENTS` does: a script, -m and a module, or -c and a program."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    match arguments:
        case ["-c", program, *rest]:
            sys.argv, sys.path[:0] = ["-c", *rest], [""]
            exec(program, {"__name__": "__main__"})
        case ["-m", module, *rest]:
            sys.argv, sys.path[:0] = [module, *rest], [folder]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [script, *_rest]:
            sys.argv, sys.path[:0] = arguments, [folder]
            runpy.run_path(script, run_name="__main__")


def end(code):
    """Ends as Python does, but leaves what was imported in one piece.

    To take it apart would copy all of its memory, which costs more than most of what is tested.
    """
    threading._shutdown()
    atexit._run_exitfuncs()
    if isinstance(code, str):
        print(code, file=sys.stderr)
    sys.stdout.flush()
    os._exit(code if isinstance(code, int) else bool(code))


def fail(*error):
    """What Python does with an exception that nobody catches."""
    sys.__excepthook__(*error)
    end(1)


if __name__ == "__main__":
    for name in PACKAGES:
        import_module(name)
    gc.freeze()  # a look for garbage would copy their memory, too
    order = next_order(socket.socket(fileno=os.dup(0)))
    sys.excepthook = fail
    try:
        become(*order)
        end(0)
    except SystemExit as ended:
        end(ended.code)
