"""The keys of attestations: the private one derived, the public ones kept."""

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from registrations.domain.attestation_codes import base64url
from registrations.models import AttestationKey

# Another use of the same secret has another one (RFC 5869 3.2).
INFO = b"praxis attestation 1"


class SigningKey:
    """The private key that follows from `secret`. `id` is the first of its public key's hash."""

    def __init__(self, secret):
        seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=INFO).derive(secret.encode())
        self.private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.private.public_key().public_bytes_raw()
        self.id = base64url(hashlib.sha256(self.public).digest()[:6])

    def sign(self, written):
        return self.private.sign(written)


derived = lru_cache(maxsize=4)(SigningKey)


def present():
    """The SigningKey of today."""
    return derived(settings.ATTESTATION_KEY or settings.SECRET_KEY)


def known():
    """All AttestationKeys, the oldest first; that of today is the last if it is not recorded."""
    rows, today = list(AttestationKey.objects.all()), present()
    if today.id not in {row.key_id for row in rows}:
        rows.append(AttestationKey(key_id=today.id, public=today.public))
    return rows


def named(key_id):
    """The AttestationKey of this name; None if there is none."""
    row = AttestationKey.objects.filter(key_id=key_id).first()
    today = present()
    if row is None and key_id == today.id:
        return AttestationKey(key_id=today.id, public=today.public)
    return row


def is_signed(written, signature, key):
    """Does `signature` of the bytes `written` come from the AttestationKey `key`?"""
    try:
        Ed25519PublicKey.from_public_bytes(bytes(key.public)).verify(signature, written)
    except InvalidSignature:
        return False
    return True


def record(*, now):
    """Keep the public key of today, unless it is kept.

    Attestations are signed as their pages are shown, and a GET writes nothing: the worker does this
    in its sweep, long before the key is changed.
    """
    today = present()
    if not AttestationKey.objects.filter(key_id=today.id).exists():
        facts = {"public": today.public, "first_used_at": now}
        AttestationKey.objects.get_or_create(key_id=today.id, defaults=facts)


def distrust(key_id, *, now):
    """Believe no attestation of this key any more; False if none is known, or it is already so."""
    record(now=now)
    rows = AttestationKey.objects.filter(key_id=key_id, distrusted_at=None)
    return bool(rows.update(distrusted_at=now))
