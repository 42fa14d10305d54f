"""What the tests of registrations share."""

import pytest

from registrations.domain import selfservice


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


@pytest.fixture
def register_verified(register, now):
    """Register a person who has used a link of ours since: their mails bear their name."""

    def act(workshop, **facts):
        registration = register(workshop, **facts)
        selfservice.verify(registration, now=now)
        return registration

    return act
