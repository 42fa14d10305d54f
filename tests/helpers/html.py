"""What html-validate finds wrong with HTML: its standard rules, and those of accessibility."""

import json
import subprocess
from pathlib import Path

TESTS = Path(__file__).parents[1]
# A mail's tables need the attributes that CSS replaces elsewhere (align, bgcolor, cellpadding,
# cellspacing, height, valign, width): Outlook, which draws with Word, knows no other way.
RULES_OF_MAILS = {"no-deprecated-attr": "off"}
RULES = {
    # Our templates are not minified: their indentation stays.
    "no-trailing-whitespace": "off",
    # `<meta>` and `<br>` are written as HTML, not as XML.
    "void-style": ["error", {"style": "omit"}],
}


def findings(documents, folder, *, are_mails=False):
    """{name: [finding]} of the HTML `documents` ({name: text}), those alone that have one.

    A finding is "rule: message (line)". `folder` is an empty one.
    """
    rules = RULES | RULES_OF_MAILS if are_mails else RULES
    config = {
        "root": True,
        "extends": ["html-validate:standard", "html-validate:a11y"],
        "rules": rules,
    }
    (folder / ".htmlvalidate.json").write_text(json.dumps(config), encoding="utf-8")
    paths = {}
    for number, (name, text) in enumerate(documents.items()):
        path = folder / f"{number}.html"
        path.write_text(text, encoding="utf-8")
        paths[str(path)] = name
    program = TESTS / "node_modules" / ".bin" / "html-validate"
    # Into a file: node ends before a pipe has taken more than 64 kB.
    found = folder / "findings.json"
    command = [program, "--formatter", f"json={found}"]
    command += ["--config", folder / ".htmlvalidate.json", *paths]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode in (0, 1), answer.stderr
    return {
        paths[each["filePath"]]: [
            f"{fault['ruleId']}: {fault['message']} ({fault['line']})" for fault in each["messages"]
        ]
        for each in json.loads(found.read_text(encoding="utf-8"))
        if each["messages"]
    }
