"""What is made of an uploaded logo: refused with a sentence, or written anew; how it is served."""

import io
import random
import time
import zlib
from functools import cache
from xml.etree import ElementTree

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image, PngImagePlugin

from events import logos
from events.models import Logo
from tests.helpers.logos import give_logo, png, svg

pytestmark = pytest.mark.one_database

XLINK = "xlink:href"
BOMB = '<!DOCTYPE svg [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def refusal(data):
    """The sentence with which `data` is refused."""
    with pytest.raises(ValidationError) as refused:
        logos.read(data)
    [sentence] = refused.value.messages
    return sentence


def text_of(data):
    """The SVG that is kept of `data`."""
    return logos.read(data)["content"].decode()


ACTS = {
    "a script": "<script>alert(1)</script>",
    "a script in capitals": "<SCRIPT>alert(1)</SCRIPT>",
    "a script of HTML": '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
    "a script in a group": "<g><g><script href='#a'/></g></g>",
    "a handler": '<rect width="9" height="9" onclick="alert(1)"/>',
    "a handler in capitals": '<rect width="9" height="9" OnLoad="alert(1)"/>',
    "a foreign object": "<foreignObject><b/></foreignObject>",
    "an animation": '<use href="#a"><animate attributeName="href" to="data:x"/></use>',
    "a set": '<set attributeName="href" to="javascript:alert(1)"/>',
    "a link": '<a href="javascript:alert(1)"><rect/></a>',
    "a picture": '<image href="https://evil.example/x.png"/>',
    "a picture inside": f'<image {XLINK}="data:image/png;base64,AAAA"/>',
    "an iframe": '<iframe xmlns="http://www.w3.org/1999/xhtml" src="https://evil.example"/>',
    "a filter": '<filter id="f"><feImage href="https://evil.example/x"/></filter>',
    "a handler of events": '<handler type="text/javascript">alert(1)</handler>',
    "a use of another file": '<use href="https://evil.example/x.svg#a"/>',
    "a use of another file, as of old": f'<use {XLINK}="x.svg#a"/>',
    "a use of data": '<use href="data:image/svg+xml;base64,AAAA#a"/>',
    "a use of a script": f'<use {XLINK}=" javascript:alert(1)"/>',
    "a gradient elsewhere": '<linearGradient href="https://evil.example/x#a"/>',
    "a fill elsewhere": '<rect fill="url(https://evil.example/x#a)"/>',
    "a mask of data": '<rect mask="url(data:image/svg+xml,x)"/>',
    "a style elsewhere": '<rect style="background:url( //evil.example )"/>',
    "a style in disguise": '<rect style="fill:u\\72l(//evil.example)"/>',
    "a picture in a style": '<rect style="mask:image-set(&quot;//evil.example&quot; 1x)"/>',
    "a sheet elsewhere": "<style>@import 'https://evil.example/x.css';</style>",
    "a sheet with a picture": "<style>rect{fill:URL(//evil.example)}</style>",
    "a font": "<style>@font-face{font-family:x;src:url(#a)}</style>",
    "a property set to nothing here": '<rect style="x:expression(alert(1))"/>',
}


@pytest.mark.parametrize("inside", ACTS.values(), ids=ACTS)
def test_an_svg_that_acts_or_fetches_is_refused(inside):
    sentence = refusal(svg(inside + '<rect id="a" width="9" height="9"/>'))

    assert sentence.startswith("Le SVG ")
    assert sentence.endswith(
        "Exportez-le en SVG «\u00a0simple\u00a0» ou «\u00a0optimisé\u00a0», ou prenez un PNG."
    )


@pytest.mark.parametrize(
    "handler", ["onload", "onbegin", "onerror", "onmouseover", "onfocusin", "ONLOAD"]
)
def test_a_handler_on_the_drawing_itself_is_refused(handler):
    assert handler.lower() in refusal(svg(attributes=f'{handler}="x()" viewBox="0 0 3 1"')).lower()


ENTITIES = {
    "billion laughs": BOMB + "]>",
    "a file of the server": '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "a parameter": '<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://evil.example/x.dtd"> %x;]>',
}


@pytest.mark.parametrize("before", ENTITIES.values(), ids=ENTITIES)
def test_an_svg_with_entities_is_refused(before):
    assert refusal(svg(before=before)).startswith("Le SVG déclare des entités.")


def test_a_doctype_by_itself_is_left_out():
    kept = text_of(
        svg(
            before='<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
            '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        )
    )

    assert kept.startswith("<svg ")


def test_an_attribute_that_a_doctype_would_add_is_refused_too():
    before = '<!DOCTYPE svg [<!ATTLIST rect onclick CDATA "alert(1)">]>'
    assert "onclick" in refusal(svg(before=before))


@pytest.mark.parametrize(
    "data",
    [b"<svg", b"<svg xmlns='x'/>", b"<html/>", b"<?xml version='1.0' encoding='klingon'?><svg/>",
     svg(attributes=""), svg(attributes='viewBox="0 0 nan 1"'), svg(attributes='viewBox="0 0 0 1"'),
     svg(attributes='width="100%" height="3"'), svg(attributes='viewBox="0 0 1e999 1"')],
)  # fmt: skip
def test_what_is_no_drawing_is_refused(data):
    assert refusal(data).endswith(("Exportez-le de nouveau, ou prenez un PNG.", "en SVG."))


def doubling(times):
    """`use` of `use`: so many, each drawing the one before it twice."""
    return '<g id="u0"><path d="M0 0h9"/></g>' + "".join(
        f'<g id="u{n}"><use href="#u{n - 1}"/><use href="#u{n - 1}"/></g>' for n in range(1, times)
    )


MUCH = {
    "use of use": doubling(30),
    "masks in masks": "".join(
        f'<mask id="m{n}"><g mask="url(#m{n + 1})"/><g mask="url(#m{n + 1})"/></mask>'
        for n in range(40)
    ),
    "masks by a sheet": "<style>"
    + "".join(f".c{n}{{mask:url('#m{n + 1}')}}" for n in range(40))
    + "</style>"
    + "".join(f'<mask id="m{n}"><g class="x c{n}"/><g class="c{n}"/></mask>' for n in range(40)),
    "layers": '<g opacity=".5"><g style="opacity:.5"><path d="M0 0"/></g></g>' * 900,
    "layers by a sheet": "<style>.a{fill:red;mix-blend-mode:multiply}</style>"
    + "<g class='a'/>" * 200,
    "a rule behind a comment": "<style>.b{x:y/*} .z{*/;mask:url(#m)}</style>",
    "a rule behind a text": "<style>.b{x:'} .z{';mask:url(#m)}</style>",
    "a sheet for everything": "<style>*{mask:url(#m)}</style><mask id='m'/>",
    "a rule within a rule": "<style>.a{.b{mask:url(#m)}}</style><g class='b'/>",
    "what follows a rule within one": "<style>.a{.c{x:y} mask:url(#m)}</style><g class='a'/>",
    "a circle": '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>',
    "itself": '<g id="a"><use href="#a"/></g>',
    "very many": "<path d='M0 0'/>" * 20_000,
    "a long chain": "".join(f'<g id="u{n}"><use href="#u{n + 1}"/></g>' for n in range(2000)),
}


@pytest.mark.parametrize("inside", MUCH.values(), ids=MUCH)
def test_a_drawing_that_would_keep_a_browser_busy_is_refused(inside):
    assert refusal(svg(inside)).startswith("Le SVG est trop complexe pour un logo.")


SLOW = {
    "a long word": f'<path id="{"a" * 700_000}" d="M0 0h9v9z"/>',
    "a sheet without an end": f"<style>{'a' * 700_000}</style><path d='M0 0h9v9z'/>",
    "many rules": "<style>"
    + "".join(f".c{n}{{fill:url(#g)}}" for n in range(20_000))
    + "</style>"
    + "<path class='x'/>" * 9_000,
    "many calls": f'<path transform="{"rotate(1)" * 70_000}" d="M0 0h9v9z"/>',
    "many references": f'<g><path id="p" style="{"fill:url(#q);" * 40_000}"/><path id="q"/></g>',
}


@pytest.mark.parametrize("inside", SLOW.values(), ids=SLOW)
def test_no_svg_takes_long_to_be_refused(inside):
    began = time.process_time()

    assert refusal(svg(inside)).startswith("Le SVG est trop complexe pour un logo.")
    assert time.process_time() - began < 5


def test_a_drawing_that_the_renderer_gives_up_is_refused():
    inside = '<rect width="1e30" height="1e30" stroke-width="1e30" stroke="red"/>'

    assert refusal(svg(inside)).startswith("Le SVG ne peut pas être dessiné.")


def test_a_drawing_nested_deeper_than_any_is_refused():
    assert refusal(svg("<g>" * 9000 + "</g>" * 9000)).startswith("Le SVG ")


def test_what_drawing_programs_write_is_kept_or_left_out_in_silence():
    kept = text_of(
        svg(
            """<metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>
            <!-- Generator: Adobe Illustrator --><?xpacket begin?>
            <s:namedview xmlns:s="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"/>
            <defs><style>.a{fill:url(#g)} .b, .c { clip-path : url("#c") }</style>
            <linearGradient id="g"><stop offset="0" stop-color="rgb(1,2,3)"/></linearGradient>
            <linearGradient id="h" xlink:href="#g"/>
            <clipPath id="c"><rect class="a" width="90" height="90"/></clipPath></defs>
            <g class="b" data-name="Logo" i:label="x" xmlns:i="http://inkscape.org/">
            <rect class="a" width="90" height="90" transform="rotate(3 1 1)"/>
            <use xlink:href="#r"/><path id="r" style="fill:#123;opacity:.5" d="M0 0h9v9z"/></g>
            <text x="5" y="50" font-family="'Open Sans'">Été<tspan> &lt;3</tspan></text>""",
            'viewBox="0 0 300 120" width="10mm" height="4mm" version="1.1" xml:space="preserve"',
        )
    )

    root = ElementTree.fromstring(kept)
    tags = [each.tag.rpartition("}")[2] for each in root.iter()]
    assert tags == [
        "svg", "defs", "style", "linearGradient", "stop", "linearGradient", "clipPath", "rect",
        "g", "rect", "use", "path", "text", "tspan",
    ]  # fmt: skip
    assert root.attrib == {"viewBox": "0 0 300 120", "width": "512", "height": "205"}
    assert "".join(root.itertext()).split("}")[-1].strip() == "Été <3"
    for left_out in ("Adobe", "xpacket", "inkscape", "data-name", "RDF", "xlink"):
        assert left_out not in kept
    assert 'href="#r"' in kept


def test_what_is_kept_of_an_svg_is_kept_again_as_it_is():
    once = text_of(svg('<g id="a"><path d="M0 0h99v99z" fill="#123"/></g><use href="#a" x="120"/>'))

    assert text_of(once.encode()) == once


def test_an_svg_comes_with_a_png_of_it():
    kept = logos.read(svg())

    image = Image.open(io.BytesIO(kept["png"]))
    assert (kept["media_type"], image.size) == ("image/svg+xml", (kept["width"], kept["height"]))
    assert image.convert("RGB").getpixel((400, 100)) == (0x1F, 0x4E, 0x8C)


def test_a_png_is_written_anew_without_anything_it_holds_besides():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Zoé")
    data = png(1000, 400, pnginfo=notes, icc_profile=b"secret profile", dpi=(72, 72))

    kept = logos.read(data + b"<script>alert(1)</script>PK\x03\x04")

    assert (kept["media_type"], kept["width"], kept["height"]) == ("image/png", 512, 205)
    for left_out in (b"Zo", b"script", b"PK\x03\x04", b"iCCP", b"pHYs", b"tEXt"):
        assert left_out not in kept["content"]
    image = Image.open(io.BytesIO(kept["content"]))
    image.load()
    assert (image.size, image.info) == ((512, 205), {})


def test_a_detailed_picture_gets_fewer_colours_rather_than_being_refused():
    noise = Image.frombytes("RGB", (200, 200), random.Random(1).randbytes(120_000))
    file = io.BytesIO()
    noise.save(file, "PNG")

    kept = logos.read(file.getvalue())

    assert (kept["width"], kept["height"]) == (200, 200)
    assert len(file.getvalue()) > logos.MOST_BYTES >= len(kept["content"])


def chunk(kind, data):
    crc = zlib.crc32(kind + data)
    return len(data).to_bytes(4, "big") + kind + data + crc.to_bytes(4, "big")


def png_of(*chunks, width=10, height=10):
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


@cache
def zeros():
    """300 MB of zeros, packed into 300 kB. It takes a second: no import of this module should."""
    packer, piece = zlib.compressobj(9), bytes(1_000_000)
    return b"".join(packer.compress(piece) for _each in range(300)) + packer.flush()


WRONG_PNGS = {
    "a bomb of pixels": lambda: png_of(chunk(b"IDAT", zeros()[:1000]), width=60_000, height=60_000),
    "many pixels": lambda: png(4000, 2100, colour=0, mode="1"),
    "a bomb of text": lambda: png_of(chunk(b"zTXt", b"a\0\0" + zeros()), chunk(b"IDAT", b"")),
    "a bomb of a profile": lambda: png_of(chunk(b"iCCP", b"a\0\0" + zeros()), chunk(b"IDAT", b"")),
    "cut off": lambda: png()[:150],
    "a beginning alone": lambda: b"\x89PNG\r\n\x1a\n",
    "HTML behind a beginning": lambda: b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
    "damaged": lambda: png().replace(b"IDAT", b"IDAX"),
}


@pytest.mark.parametrize("make", WRONG_PNGS.values(), ids=WRONG_PNGS)
def test_a_png_that_is_none_or_a_bomb_is_refused(make):
    assert refusal(make()).startswith(("Le PNG est illisible", "L’image a trop de pixels"))


def gif():
    file = io.BytesIO()
    Image.new("RGB", (9, 9)).save(file, "GIF")
    return file.getvalue()


@pytest.mark.parametrize(
    "data", [b"", b"x", b"\0", gif(), b"\xff\xd8\xff\xe0 JFIF", b"\x1f\x8b svgz", b"GIF89a<svg/>"]
)
def test_another_kind_of_file_is_refused(data):
    assert refusal(data).startswith("Ce fichier n’est ni un SVG ni un PNG.")


def test_a_logo_that_nobody_would_see_on_white_is_refused():
    for data in (
        png(colour="white"),
        png(colour=(255, 0, 0, 0), mode="RGBA"),
        svg('<rect width="90" height="90" fill="#fff"/>'),
        svg(""),
    ):
        assert refusal(data).startswith("Sur fond blanc, on ne verrait rien de ce logo.")


@pytest.mark.parametrize("data", [png(600, 50), svg(attributes='viewBox="0 0 10 110"')])
def test_a_picture_that_is_long_and_thin_is_refused(data):
    assert refusal(data).startswith("L’image est trop allongée")


def test_a_file_that_is_too_large_is_refused():
    assert refusal(b"<" * (logos.MOST_UPLOADED + 1)).startswith("Ce fichier dépasse 900\u00a0Ko.")


@pytest.fixture
def stored(db):
    return [Logo.objects.create(**logos.read(data)) for data in (svg(), png())]


def test_a_logo_is_served_as_a_picture_and_nothing_else(stored, client):
    answers = [client.get(logo.url) for logo in stored]

    assert [answer.content for answer in answers] == [bytes(logo.content) for logo in stored]
    assert [a.headers["Content-Type"] for a in answers] == ["image/svg+xml", "image/png"]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (
            answer.headers["Content-Security-Policy"]
            == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        )
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.cookies.output() == ""


def test_a_logo_is_sent_once(stored, client):
    first = client.get(stored[0].url)

    again = client.get(stored[0].url, headers={"if-none-match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_a_logo_that_is_not_there_answers_404(stored, client):
    drawing, picture = stored
    paths = [
        "/logos/x.svg",
        picture.url.replace(".png", ".svg"),
        drawing.url.replace(".svg", ".png"),
        f"/logos/{drawing.digest}.html",
    ]

    assert [client.get(path).status_code for path in paths] == [404] * 4
    assert client.post(drawing.url).status_code == 405


@pytest.mark.parametrize("path", ["", "inscription/", "affiche/"])
def test_a_page_costs_the_same_with_logos_and_reads_no_bytes(path, workshop, client):
    def queries():
        caches["default"].clear()
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/ateliers/{workshop.slug}/{path}").status_code == 200
        return [each["sql"] for each in found]

    without = queries()
    for host in workshop.communities:
        give_logo(host, png(100 + host.pk, 100))
    with_logos = queries()

    columns = [f'"{Logo._meta.db_table}"."{name}"' for name in Logo.BYTES]
    assert len(with_logos) == len(without)
    assert [sql for sql in with_logos if any(column in sql for column in columns)] == []
