"""The processes that tests start are as Python starts them, though they are forks of a warm one."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.helpers.processes import Talker, run

pytestmark = pytest.mark.real_time

STATE = """
import json, os, random, signal, sys, threading
print(json.dumps({
    "arguments": sys.argv, "path": sys.path[0], "folder": os.getcwd(),
    "environment": dict(os.environ),
    "interrupt": getattr(signal.getsignal(2), "__name__", "ignored"),
    "files": sorted(os.listdir("/proc/self/fd"))[:-1], "threads": threading.active_count(),
    "ours": [name for name in sys.modules if name.partition(".")[0] in {
        "praxis", "events", "registrations", "tests", "gunicorn"}],
    "django": "django.db.models" in sys.modules,
}))
"""


def test_a_process_has_what_it_was_given_and_nothing_of_ours_is_there_before_it(tmp_path):
    known = {"PATH": os.environ["PATH"], "LC_CTYPE": "C.UTF-8", "WHO": "Zoé"}
    cold = subprocess.run(
        [sys.executable, "-c", STATE, "a", "b"], cwd=tmp_path, env=known, capture_output=True
    )

    warm = run("-c", STATE, "a", "b", cwd=tmp_path, env=known)

    assert (warm.returncode, warm.stderr) == (0, "")
    expected = json.loads(cold.stdout)
    assert (expected["django"], expected["environment"], expected["ours"]) == (False, known, [])
    assert json.loads(warm.stdout) == expected | {"django": True}


@pytest.mark.parametrize(
    ("program", "code", "words"),
    [
        ("", 0, ""),
        ("raise SystemExit", 0, ""),
        ("raise SystemExit(3)", 3, ""),
        ("raise SystemExit('too much')", 1, "too much\n"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("import os; os.kill(os.getpid(), 9)", -9, ""),
        ("import sys; print('lost and', 'found', file=sys.stderr)", 0, "lost and found\n"),
        ("import atexit, sys; atexit.register(print, 'late', file=sys.stderr)", 0, "late\n"),
        (
            "import sys, threading, time\n"
            "def act():\n    time.sleep(0.2)\n    print('waited for', file=sys.stderr)\n"
            "threading.Thread(target=act).start()",
            0,
            "waited for\n",
        ),
    ],
)
def test_a_process_ends_as_python_ends(program, code, words):
    line = [sys.executable, "-c", program]
    cold = subprocess.run(line, env={}, capture_output=True, text=True)

    warm = run("-c", program, env={})

    ends = [(done.returncode, done.stderr.splitlines(True)[-1:]) for done in (cold, warm)]
    assert ends == [(code, [words] if words else [])] * 2


def test_a_process_is_talked_to_and_told_to_end():
    with_an_answer = Talker("-c", "print(input() * 2)", env={})
    asleep = Talker("-c", "import time; print('up'); time.sleep(60)", env={})
    said = asleep.stdout.readline()
    running = asleep.poll()

    asleep.send_signal(signal.SIGTERM)
    with_an_answer.stdin.write("ha\n")
    with_an_answer.stdin.flush()

    assert (said, running, asleep.wait(timeout=60)) == ("up\n", None, -signal.SIGTERM)
    assert (with_an_answer.communicate(timeout=60), with_an_answer.poll()) == (("haha\n", None), 0)
    asleep.communicate()


def test_one_may_wait_for_a_process_that_another_kills():
    asleep = Talker("-c", "import time; time.sleep(60)", env={})

    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(asleep.wait, timeout=60) for _each in range(2)]
        asleep.kill()
        codes = [asleep.wait(timeout=60), *(each.result() for each in waiting)]

    asleep.communicate()
    assert codes == [-signal.SIGKILL] * 3


def test_two_processes_throw_different_dice():
    draws = {
        run("-c", "import random; print(random.random())", env={}).stdout for _each in range(3)
    }

    assert len(draws) == 3
