"""The house stays as designed: imports run one way, icalendar stays in its two rooms, no inline script or style."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path
    for app in ("events", "registrations", "praxis")
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# From the door inwards; a module imports only what stands further in (docs/architecture.md).
LEVELS = [
    {"registrations.urls", "registrations.templatetags.seats", "registrations.management.commands.work"}
    | {f"registrations.admin.{name}" for name in ("people", "mails", "workshops", "rows")}
    | {f"registrations.views.{name}" for name in ("sign_up", "manage", "door", "private")}
    | {"registrations.forms"},
    {"registrations.announcements", "registrations.links", "registrations.retention", "registrations.selfservice"},
    {"registrations.signup", "registrations.attendance"},
    {"registrations.outbox"},
    {"registrations.mails"},
    {
        "registrations.seats",
        "registrations.invites",
        "registrations.reminders",
        "registrations.limits",
        "registrations.changes",
    },
    {"registrations.models"},
]
LEVEL = {name: depth for depth, names in enumerate(LEVELS) for name in names}


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports_of(path):
    """Every module that `path` names in an import, as far as it is one of ours or icalendar."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module] + [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def ours(path):
    known = {name_of(module) for module in MODULES}
    return {name for name in imports_of(path) if name in known}


@pytest.mark.parametrize("path", [path for path in MODULES if name_of(path) in LEVEL], ids=name_of)
def test_imports_run_from_the_door_inwards(path):
    depth = LEVEL[name_of(path)]
    outward = {name for name in ours(path) if name in LEVEL and LEVEL[name] < depth}
    sideways = {name for name in ours(path) if LEVEL.get(name) == depth and depth > 0}
    assert (outward, sideways) == (set(), set())


def test_every_module_of_registrations_has_its_level():
    plain = {"registrations.apps", "registrations.__init__"}
    found = {name_of(path) for path in MODULES if path.parts[-2] != "commands" or path.stem == "work"}
    rooms = {name for name in found if name.startswith("registrations.") and not name.endswith("__init__")}
    assert rooms - plain == set(LEVEL)


def test_events_knows_nothing_of_registrations():
    knowing = {
        name_of(path)
        for path in MODULES
        if path.parts[len(ROOT.parts)] == "events" and "registrations" in " ".join(imports_of(path))
    }
    assert knowing == set()


def test_registrations_takes_only_three_things_of_events():
    taken = set()
    for path in MODULES:
        if name_of(path).startswith("registrations."):
            taken |= {name for name in ours(path) if name.startswith("events.")}
    assert taken <= {"events.models", "events.clocks", "events.calendars"}


def test_icalendar_is_imported_in_two_rooms_at_most():
    importers = {
        name_of(path) for path in MODULES if any(name.split(".")[0] == "icalendar" for name in imports_of(path))
    }
    assert importers <= {"events.calendars", "registrations.invites"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_holds_an_inline_style_handler_or_script(path):
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"\son[a-z]+=|<script(?![^>]*\bsrc=)|<style", text)
    if "mail" not in path.parts:
        found += re.findall(r"\sstyle=", text)
    assert found == []
