"""The JSON-LD of a page, and what harvesters' shapes (SHACL) say of it; nothing is fetched."""

import json
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pyshacl
import rdflib

# Instants stay as they are written: the shapes look at that.
rdflib.NORMALIZE_LITERALS = False
SHAPES = Path(__file__).parents[1] / "shapes"


def event_of(response):
    """The Event on a page, as a dict, None where it has none. Fails where it has two."""
    found = DataBlocks(response.content.decode()).found
    assert len(found) <= 1
    return json.loads(found[0]) if found else None


class DataBlocks(HTMLParser):
    """Collects the blocks of JSON-LD, as a browser would end them."""

    def __init__(self, html):
        super().__init__(convert_charrefs=False)
        self.found, self.inside = [], False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.inside = tag == "script" and dict(attributes).get("type") == "application/ld+json"
        if self.inside:
            self.found.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.found[-1] += data


def graph_of(events):
    """`events` as one graph: as Artsdata's crawler reads them, dates as those of XML Schema."""
    context = json.loads((SHAPES / "schema_org.jsonld").read_text(encoding="utf-8"))["@context"]
    graph = rdflib.Graph()
    for event in events:
        assert event["@context"] == "https://schema.org"
        graph.parse(data=json.dumps(event | {"@context": context}), format="json-ld")
    return graph


def faults(graph, name):
    """What the shapes `name` do not allow in `graph`: (which property, of what, message)."""
    _fits, report, _text = pyshacl.validate(graph, shacl_graph=shapes(name), advanced=True)
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    results = report.subjects(rdflib.RDF.type, sh.ValidationResult)
    return sorted(
        (str(report.value(each, sh.resultPath)), str(report.value(each, sh.resultMessage)))
        for each in results
    )


@cache
def shapes(name):
    return rdflib.Graph().parse(SHAPES / f"{name}.ttl", publicID="urn:shapes:")
