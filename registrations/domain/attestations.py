"""Attestations: who may have one, what it says, whether one is genuine, taking one back."""

from dataclasses import dataclass
from enum import Enum, auto

from django.db import transaction

from events.models import Workshop
from registrations.domain import attestation_codes, attestation_keys
from registrations.domain.attestation_codes import Statement
from registrations.models import Registration, RevokedAttestation


class Own(Enum):
    """What a person’s own page says of their attestation."""

    READY = auto()
    NOT_YET = auto()
    ABSENT = auto()  # nobody has noted that they came
    REVOKED = auto()
    NONE = auto()  # no seat, or no workshop that took place


def own(registration, *, now):
    """Does the person have an attestation at `now`, and if not, why: one of Own.

    It is that in the language in which the workshop is shown: its code alone may be revoked.
    """
    found = deserved(registration, now=now)
    if found is Own.READY:
        _said, _code, digest = signed(statement(registration))
        if RevokedAttestation.objects.filter(digest=digest).exists():
            return Own.REVOKED
    return found


def deserved(registration, *, now):
    """The same, without a look at the list of revoked ones. Who came has one, after the end."""
    if not registration.is_confirmed or not registration.workshop.is_published:
        return Own.NONE
    if not registration.workshop.has_ended(now):
        return Own.NOT_YET
    if registration.attestation_revoked_at:
        return Own.REVOKED
    return Own.READY if registration.came else Own.ABSENT


def statement(registration):
    """What the attestation says, in the language in which the workshop is shown.

    It says nothing of when it was made: whoever prints it twice, or later, has the same code.
    """
    workshop = registration.workshop
    starts_at, ends_at = workshop.starts_at, workshop.ends_at
    return Statement(
        workshop=workshop.uid,
        title=workshop.title,
        language=workshop.language,
        hosts=tuple(community.name for community in workshop.communities),
        starts_at=starts_at,
        minutes=int((ends_at - starts_at).total_seconds()) // 60,
        clocks=tuple(
            attestation_codes.clock_of(clock, starts_at, ends_at) for clock in workshop.clocks
        ),
        name=registration.full_name,
    )


def signed(said):
    """(Statement, code, digest): `said` as far as a code holds it, signed with today's key."""
    key = attestation_keys.present()
    written = attestation_codes.payload(said, key.id)
    code = attestation_codes.code(written, key.sign(written))
    return attestation_codes.statement_of(written), code, attestation_codes.digest(written)


class Standing(Enum):
    """What became of a code."""

    GENUINE = auto()
    REVOKED = auto()
    DISTRUSTED = auto()  # its key is believed no more
    NEWER = auto()  # of a version that this release does not read
    UNKNOWN_KEY = auto()  # another site's, or anybody's
    NOT_OURS = auto()


@dataclass(frozen=True)
class Answer:
    """What a check found. `statement` and `digest` are those of a signed code, else None.

    `revoked` is the RevokedAttestation, `key` the AttestationKey.
    """

    standing: Standing
    statement: Statement | None = None
    digest: str | None = None
    revoked: RevokedAttestation | None = None
    key: object = None

    @property
    def workshop(self):
        """The Workshop that the code is of; None once it is deleted."""
        return Workshop.objects.filter(uid=self.statement.workshop).first()


def check(code):
    """The Answer to the text `code`. It reads two rows, and never one about a person."""
    parts = attestation_codes.parts(code)
    key_id = attestation_codes.key_named(parts[0]) if parts else ""
    if not key_id:
        return Answer(Standing.NOT_OURS)
    written, signature = parts
    key = attestation_keys.named(key_id)
    if key is None:
        return Answer(Standing.UNKNOWN_KEY)
    if not attestation_keys.is_signed(written, signature, key):
        return Answer(Standing.NOT_OURS)
    found = {"digest": attestation_codes.digest(written), "key": key}
    if key.distrusted_at:
        return Answer(Standing.DISTRUSTED, **found)
    said = attestation_codes.statement_of(written)
    if said is None:
        return Answer(Standing.NEWER, **found)
    revoked = RevokedAttestation.objects.filter(digest=found["digest"]).first()
    standing = Standing.REVOKED if revoked else Standing.GENUINE
    return Answer(standing, said, revoked=revoked, **found)


def digests(registration):
    """The hashes of the attestations that the person may hold as things are: each language, key."""
    workshop = registration.workshop
    found = set()
    for language in ("fr", "en"):
        registration.workshop = workshop.in_language(language)
        said = statement(registration)
        for key in attestation_keys.known():
            found.add(attestation_codes.digest(attestation_codes.payload(said, key.key_id)))
    registration.workshop = workshop
    return found


def may_revoke(registration, *, now):
    """Can the person's attestation be revoked at `now`?

    A mark of coming may have been taken back since the person printed it.
    """
    is_known = registration.erased_at is None
    return is_known and deserved(registration, now=now) in (Own.READY, Own.ABSENT)


def revoke(registration, *, now, reason):
    """Take back the person's attestation, and give no other; False if that is done already.

    One with a name, a title or an hour that was corrected since is revoked by its code alone.
    """
    with transaction.atomic():
        rows = Registration.objects.filter(pk=registration.pk, erased_at=None)
        if not rows.filter(attestation_revoked_at=None).update(attestation_revoked_at=now):
            return False
        put_on_list(digests(registration), registration.workshop, now=now, reason=reason)
    return True


def give_back(registration):
    """Undo revoke(): the person has the attestation again; False if it was not revoked."""
    with transaction.atomic():
        rows = Registration.objects.filter(pk=registration.pk, erased_at=None)
        if not rows.exclude(attestation_revoked_at=None).update(attestation_revoked_at=None):
            return False
        RevokedAttestation.objects.filter(digest__in=digests(registration)).delete()
    return True


def revoke_code(answer, *, now, reason):
    """Take back the attestation of which a check gave `answer`; False if that is done.

    Whoever still has it on their own page gets no other, as with revoke().
    """
    if answer.standing is not Standing.GENUINE:
        return False
    with transaction.atomic():
        for registration in holders(answer):
            revoke(registration, now=now, reason=reason)
        put_on_list({answer.digest}, answer.workshop, now=now, reason=reason)
    return True


def give_code_back(answer):
    """Undo revoke_code(); False if it was not revoked."""
    with transaction.atomic():
        for registration in holders(answer):
            give_back(registration)
        found = RevokedAttestation.objects.filter(digest=answer.digest)
        return bool(found.delete()[0]) or answer.standing is Standing.REVOKED


def holders(answer):
    """The registrations that have, as things are, the attestation of which a check gave `answer`.

    Two people of one name have the same.
    """
    workshop, said = answer.workshop, answer.statement
    if workshop is None or said is None:
        return []
    begins = said.name.removesuffix("…")  # a long one is cut
    people = workshop.registrations.filter(erased_at=None).select_related("workshop")
    named = [each for each in people.came() if each.full_name.startswith(begins)]
    return [each for each in named if answer.digest in digests(each)]


def put_on_list(found, workshop, *, now, reason):
    """Put these hashes on the list; those that stand there stay as they are."""
    rows = [
        RevokedAttestation(digest=each, workshop=workshop, reason=reason, revoked_at=now)
        for each in found
    ]
    RevokedAttestation.objects.bulk_create(rows, ignore_conflicts=True)
