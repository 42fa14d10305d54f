"""Answers of a ballot that wait to be shown, as bytes from which the database alone tells nothing.

Neither what they say nor how many or how long they are: two copies of a row, taken before and after
somebody answered, differ in random bytes.
"""

import json
import logging
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.crypto import salted_hmac

logger = logging.getLogger("praxis.ballots")

LONGEST_REMARK = 500  # characters, each of four bytes at most once they are JSON
# Room for the nine answers that wait at most (ballots.gather).
SIZE = 20_000  # bytes
NONCE = 12  # bytes: NIST SP 800-38D, 5.2.1.1


def seal(waiting, secret):
    """`waiting` ({question: its answers}) as bytes, always as many; each list sorted.

    So which answers to two questions are one person's is not kept.
    """
    ordered = {question: sorted(answers) for question, answers in waiting.items()}
    content = json.dumps(ordered, ensure_ascii=False).encode().ljust(SIZE)
    nonce = secrets.token_bytes(NONCE)
    return nonce + cipher(secret).encrypt(nonce, content, None)


def unseal(sealed, secret, questions):
    """{question: its answers} of what seal() gave; no answers where nothing is sealed.

    Nor where SECRET_KEY has changed: what was sealed under the old one is lost.
    """
    nobodys = {question: [] for question in questions}
    if not sealed:
        return nobodys
    sealed = bytes(sealed)
    try:
        return json.loads(cipher(secret).decrypt(sealed[:NONCE], sealed[NONCE:], None))
    except InvalidTag:
        logger.warning("answers of a ballot were sealed under another SECRET_KEY, and are lost")
        return nobodys


def cipher(secret):
    """The cipher of a ballot box, whose key is half in its row and half in SECRET_KEY."""
    key = salted_hmac(f"praxis.ballots.sealed.{secret}", "", algorithm="sha256").digest()
    return AESGCM(key)
