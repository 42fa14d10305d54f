"""The registrations, their headcounts, the mails to the people, and what limits both."""

from registrations.models.allowance import Allowance
from registrations.models.headcount import Headcount
from registrations.models.outgoing_mail import OutgoingMail
from registrations.models.registration import Registration
from registrations.models.used_stamp import UsedStamp

__all__ = ["Allowance", "Headcount", "OutgoingMail", "Registration", "UsedStamp"]
