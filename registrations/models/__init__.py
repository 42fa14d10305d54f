"""The registrations, the mails to the people, and the allowances that limit both."""

from registrations.models.allowance import Allowance
from registrations.models.outgoing_mail import OutgoingMail
from registrations.models.registration import Registration

__all__ = ["Allowance", "OutgoingMail", "Registration"]
