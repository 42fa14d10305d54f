"""What tests of the desk start from."""

import pytest


@pytest.fixture
def workshop(make_workshop):
    """As elsewhere, and its room has an address: each save warns of one that is missing."""
    return make_workshop(meeting_url="https://zoom.example/j/1")
