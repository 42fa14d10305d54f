"""The registrations, their headcounts, the mails to the people, what limits both, the heartbeat.

What people need and what they answer afterwards, what attestations are checked with, what
organisers do to very many at once, what OpenAgenda has, and who wants to hear of the next workshop.
"""

from registrations.models.agenda_entry import AgendaEntry
from registrations.models.allowance import Allowance
from registrations.models.attestation_key import AttestationKey
from registrations.models.ballot_box import BallotBox
from registrations.models.bulk_act import BulkAct, BulkActPart
from registrations.models.headcount import Headcount
from registrations.models.heartbeat import Heartbeat
from registrations.models.need import Need
from registrations.models.notice import Notice
from registrations.models.outgoing_mail import OutgoingMail
from registrations.models.registration import Registration
from registrations.models.revoked_attestation import RevokedAttestation
from registrations.models.subscription import Subscription
from registrations.models.used_stamp import UsedStamp

__all__ = [
    "AgendaEntry",
    "Allowance",
    "AttestationKey",
    "BallotBox",
    "BulkAct",
    "BulkActPart",
    "Headcount",
    "Heartbeat",
    "Need",
    "Notice",
    "OutgoingMail",
    "Registration",
    "RevokedAttestation",
    "Subscription",
    "UsedStamp",
]
