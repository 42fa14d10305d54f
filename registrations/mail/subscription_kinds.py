"""The kinds of mail to subscribers, each with its Rules: kinds.py has those to the registered."""

from django.utils.translation import gettext_lazy as _

from registrations.mail import bands
from registrations.mail.rules import NEVER, KindOfMail, Rules


class SubscriptionKind(KindOfMail):
    """A kind of mail to a subscriber."""

    SUBSCRIPTION = (
        "subscription",
        Rules(
            subject=_("Shall we tell you of the next workshop?"),
            heading=_("Shall we tell you of the next workshop?"),
            band=bands.SUBSCRIPTION,
            priority=0,
            when_limited=NEVER,
            # Whoever types a stranger's address here keeps no mail of a registration from it.
            counted_as="subscription",
            waits_for_publication=False,
        ),
        _("confirmation of a subscription"),
    )
    NEXT_WORKSHOP = (
        "next_workshop",
        Rules(
            subject=_("New workshop: %(when)s"),
            heading=_("A new workshop"),
            band=bands.NEXT_WORKSHOP,
            # After all that concerns somebody who has registered.
            priority=4,
        ),
        _("new workshop"),
    )
