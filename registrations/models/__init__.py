"""The registrations, their headcounts, the mails to the people, what limits both, the heartbeat."""

from registrations.models.allowance import Allowance
from registrations.models.headcount import Headcount
from registrations.models.heartbeat import Heartbeat
from registrations.models.outgoing_mail import OutgoingMail
from registrations.models.registration import Registration
from registrations.models.used_stamp import UsedStamp

__all__ = ["Allowance", "Headcount", "Heartbeat", "OutgoingMail", "Registration", "UsedStamp"]
