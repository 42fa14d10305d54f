"""What the task engine calls. A task only wakes us up: the OutgoingMail row is the truth, and the sweep finds what a task lost."""

from django.utils import timezone
from django_tasks import task

from registrations import outbox


@task()
def deliver(mail_pk):
    """Send the OutgoingMail `mail_pk` if it is due and nobody else has it."""
    outbox.deliver(mail_pk, now=timezone.now())
