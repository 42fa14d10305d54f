"""The registrations, their headcounts, the mails to the people, what limits both, the heartbeat.

And what organisers do to very many at once, and what attestations are checked with.
"""

from registrations.models.allowance import Allowance
from registrations.models.attestation_key import AttestationKey
from registrations.models.bulk_act import BulkAct, BulkActPart
from registrations.models.headcount import Headcount
from registrations.models.heartbeat import Heartbeat
from registrations.models.outgoing_mail import OutgoingMail
from registrations.models.registration import Registration
from registrations.models.revoked_attestation import RevokedAttestation
from registrations.models.used_stamp import UsedStamp

__all__ = [
    "Allowance",
    "AttestationKey",
    "BulkAct",
    "BulkActPart",
    "Headcount",
    "Heartbeat",
    "OutgoingMail",
    "Registration",
    "RevokedAttestation",
    "UsedStamp",
]
