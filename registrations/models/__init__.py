"""Who comes, the mails they are sent, and how often somebody did something lately."""

from registrations.models.allowance import Allowance
from registrations.models.outgoing_mail import OutgoingMail
from registrations.models.registration import Registration

__all__ = ["Allowance", "OutgoingMail", "Registration"]
