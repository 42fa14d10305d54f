"""The registrations, their headcounts, the mails to the people, what limits both, the heartbeat.

And what organisers do to very many at once; and who wants to hear of the next workshop.
"""

from registrations.models.allowance import Allowance
from registrations.models.bulk_act import BulkAct, BulkActPart
from registrations.models.headcount import Headcount
from registrations.models.heartbeat import Heartbeat
from registrations.models.notice import Notice
from registrations.models.outgoing_mail import OutgoingMail
from registrations.models.registration import Registration
from registrations.models.subscription import Subscription
from registrations.models.used_stamp import UsedStamp

__all__ = [
    "Allowance",
    "BulkAct",
    "BulkActPart",
    "Headcount",
    "Heartbeat",
    "Notice",
    "OutgoingMail",
    "Registration",
    "Subscription",
    "UsedStamp",
]
