"""Logos as organisers upload them."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from events import logos
from events.models import Logo

SHAPES = '<rect width="300" height="120" fill="#1f4e8c"/><circle cx="60" cy="60" r="40"/>'


def svg(inside=SHAPES, attributes='viewBox="0 0 300 120"', before=""):
    """The bytes of an SVG with these elements inside."""
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"{before}<svg {namespaces} {attributes}>{inside}</svg>".encode()


def png(width=300, height=120, colour="#1f4e8c", mode="RGB", **saved):
    """The bytes of a PNG."""
    file = io.BytesIO()
    Image.new(mode, (width, height), colour).save(file, "PNG", **saved)
    return file.getvalue()


def upload(content, name="logo.svg"):
    """What a browser sends of a chosen file."""
    return SimpleUploadedFile(name, content)


def give_logo(owner, data=None, words="Un cercle"):
    """The Logo that a community or a partner has from now on."""
    owner.logo = Logo.objects.create(**logos.read(data or svg()))
    owner.logo_alt = words
    owner.save()
    return owner.logo


def give_logos(workshop):
    """A logo for each host of `workshop`: a square PNG, then an SVG, and so on."""
    for number, host in enumerate(workshop.communities):
        give_logo(host, svg() if number % 2 else png(200 + number, 200))
