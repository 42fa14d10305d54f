"""The public keys with which attestations are checked, kept for as long as the site."""

from base64 import b64encode

from django.db import models


class AttestationKey(models.Model):
    """A public key of Ed25519 (RFC 8032). The private one is derived, and stored nowhere.

    `key_id` is what codes call it by. From `distrusted_at` on no attestation of the key is
    believed: whoever has stolen the private one dates what they write as they like.
    """

    key_id = models.CharField(max_length=8, primary_key=True)
    public = models.BinaryField()
    first_used_at = models.DateTimeField()
    distrusted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["first_used_at", "key_id"]
        default_permissions = []

    def __str__(self):
        return self.key_id

    @property
    def as_text(self):
        """The 32 bytes of the key as base64."""
        return b64encode(self.public).decode()
