"""People who ask for seats at once: `python -m tests.race ADDRESS NAME…` says it is ready, starts at a line on its standard
input, and prints the codes of the answers as JSON. Copies of the project run it too.
"""

import json
import sys
from functools import partial

import django
from django.test import Client


def ask(form, name):
    """What `name` gets who sends `form`."""
    from tests.conftest import typed

    return Client(raise_request_exception=False).post(
        form, typed(email=f"{name}@example.org"), follow=False
    )


def main(form, *names):
    from tests.conftest import at_once

    print("ready", flush=True)
    sys.stdin.readline()
    print(
        json.dumps(
            [
                answer.status_code
                for answer in at_once(*(partial(ask, form, name) for name in names))
            ]
        )
    )


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])
