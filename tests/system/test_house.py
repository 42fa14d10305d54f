"""The house stays as designed: imports run one way by folder, calendars are written in three
modules alone, and no page holds an inline script or style.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    path
    for app in ("events", "registrations", "praxis")
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# From the outside inwards; a folder imports only what stands further in (docs/architecture.md).
ORDER = ["outside", "domain", "mail", "models", "events", "praxis"]
OF_EVENTS = {"models", "clocks", "readings", "twin_clock", "colours", "calendars", "open_agenda"}


def room_of(name):
    """The place of a module in ORDER: its app, and in registrations its folder.

    What stands in no folder of ORDER (views, forms, admin, the worker) is "outside".
    """
    app, _dot, rest = name.partition(".")
    if app != "registrations":
        return app
    folder = rest.partition(".")[0]
    return folder if folder in ORDER else "outside"


@cache
def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


NAMES = {name_of(module) for module in MODULES}


@cache
def imports_of(path):
    """Every name that `path` imports, as module or as module and attribute."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module] + [f"{node.module}.{alias.name}" for alias in node.names]
    return names


@cache
def ours(path):
    return {name for name in imports_of(path) if name in NAMES}


def imports_between(importer, imported):
    """(importer, imported) for each import between modules whose names these functions accept."""
    return [
        (name_of(path), name)
        for path in MODULES
        if importer(name_of(path))
        for name in sorted(ours(path))
        if imported(name)
    ]


@pytest.mark.parametrize("room", ORDER)
def test_imports_run_from_the_outside_inwards(room):
    outward = ORDER[: ORDER.index(room)]

    found = imports_between(
        lambda name: room_of(name) == room, lambda name: room_of(name) in outward
    )

    assert found == []


def test_registrations_takes_of_events_only_what_it_shows_of_them():
    found = imports_between(
        lambda name: name.startswith("registrations."),
        lambda name: name.startswith("events.") and name.split(".")[1] not in OF_EVENTS,
    )

    assert found == []


def test_no_two_modules_import_each_other():
    inside = {
        name_of(path): ours(path) - {name_of(path)} for path in MODULES if path.stem != "__init__"
    }

    left = dict(inside)
    while free := [name for name, needed in left.items() if not needed & left.keys()]:
        for name in free:
            del left[name]

    assert left == {}


def test_a_module_is_read_in_one_sitting():
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}

    assert {name: lines for name, lines in lengths.items() if lines > 250} == {}


def test_icalendar_is_imported_by_what_writes_calendars_alone():
    importers = {
        name_of(path)
        for path in MODULES
        if any(name.split(".")[0] == "icalendar" for name in imports_of(path))
    }
    assert importers <= {"events.calendars", "events.vtimezone", "registrations.mail.invites"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_holds_an_inline_style_handler_or_script(path):
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"\son[a-z]+=|<script(?![^>]*\bsrc=)|<style", text)
    if "mail" not in path.parts:
        found += re.findall(r"\sstyle=", text)
    assert found == []
