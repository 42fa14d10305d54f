"""What the tests of registrations share."""

import pytest


@pytest.fixture
def arrive(register, communities):
    """Register people in their order, each "name" or "name@place" of a community.

    The last one's Registration.
    """

    def act(workshop, *people, **facts):
        for person in people:
            name, _at, place = person.partition("@")
            community = communities[place] if place else None
            last = register(
                workshop, email=f"{name}@example.org", first_name=name, community=community, **facts
            )
        return last

    return act
