"""What is said beforehand of language and access, on the page of a workshop."""

from django import template
from django.utils import timezone

from events.readings import moment_words

register = template.Library()


@register.simple_tag
def access_of(workshop, is_open):
    """What _access.html shows; None if there is nothing to say.

    `deadline` says on each host's clock until when the form, which `is_open`, asks for needs;
    `contact` where to write instead.
    """
    now, deadline, contact = timezone.now(), "", ""
    facts = workshop.access_facts(workshop.has_ended(now))
    if is_open and workshop.takes_needs(now):
        deadline = moment_words(workshop.clocks, workshop.needs_deadline)
    elif is_open:
        contact = workshop.contact
    if not facts and not deadline and not contact:
        return None
    return {"facts": facts, "deadline": deadline, "contact": contact}
