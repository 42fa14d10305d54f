"""What six calendar readers make of a calendar, each by its own program."""

import atexit
import json
import subprocess
from functools import cache
from pathlib import Path

import icalendar
import ics
import vobject

HELPERS = Path(__file__).parent


def read_by_six(*contents):
    """[{reader: {UID: (start, end, status, title, SEQUENCE)}}], one for each calendar's bytes.

    Instants are seconds since 1970.
    """
    texts = [content.decode() for content in contents]
    thunderbird = ask_node("ical.mjs", [{"ics": text} for text in texts])
    others = ask_node("readers.mjs", texts)
    return [
        {
            "icalendar": dict(map(by_icalendar, icalendar.Calendar.from_ical(text).events)),
            "vobject": dict(map(by_vobject, vobject.readOne(text).contents.get("vevent", []))),
            "ics": dict(map(by_ics, ics.Calendar(text).events)),
            "ical.js": dict(map(by_ical_js, answer["events"])),
            **{name: dict(map(by_script, events)) for name, events in other.items()},
        }
        for text, answer, other in zip(texts, thunderbird, others, strict=True)
    ]


def ask_node(script, questions):
    """What the script answers to `questions`, a list: an answer for each.

    Its process stays for all who ask; one that failed makes room for the next.
    """
    process = running(script)
    process.stdin.write(json.dumps(questions) + "\n")
    process.stdin.flush()
    answers = process.stdout.readline()
    if not answers:
        running.cache_clear()
        raise AssertionError(process.communicate()[1])
    return json.loads(answers)


@cache
def running(script):
    """A process of Node that answers each line of JSON with another one."""
    process = subprocess.Popen(
        ["node", HELPERS / script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A reader that takes a wall time for one of its own machine is found out.
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "Asia/Tokyo"},
    )
    atexit.register(process.communicate)
    return process


def by_icalendar(event):
    start, end = event["DTSTART"].dt.timestamp(), event["DTEND"].dt.timestamp()
    facts = str(event["STATUS"]), str(event["SUMMARY"]), int(event["SEQUENCE"])
    return str(event["UID"]), (start, end, *facts)


def by_vobject(event):
    start, end = event.dtstart.value.timestamp(), event.dtend.value.timestamp()
    facts = event.status.value, event.summary.value, int(event.sequence.value)
    return event.uid.value, (start, end, *facts)


def by_ics(event):
    [sequence] = [int(line.value) for line in event.extra if line.name == "SEQUENCE"]
    instants = event.begin.timestamp(), event.end.timestamp()
    return event.uid, (*instants, event.status, event.name, sequence)


def by_ical_js(event):
    instants = event["start"]["seconds"], event["end"]["seconds"]
    return event["uid"], (*instants, event["status"], event["summary"], event["sequence"])


def by_script(event):
    return event["uid"], tuple(
        event[name] for name in ("start", "end", "status", "summary", "sequence")
    )
