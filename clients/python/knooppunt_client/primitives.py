# SPDX-License-Identifier: EUPL-1.2
"""The algorithms of the specification (§1, §2) in one place: everything else calls these."""

from __future__ import annotations

import hashlib
import hmac
import struct

import nacl.bindings as sodium
import nacl.exceptions

from .errors import Refused

IDENTITY, SEALING, TRANSPORT, LOG, COSIGN = 1, 2, 3, 4, 5

# The key pairs printed in the manual page zmq_curve(7) (W3).
PRINTED = ('rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7',
           'Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID')


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def same(one: bytes, other: bytes) -> bool:
    """Without telling by its time how much was equal."""
    return hmac.compare_digest(one, other)


def pae(*pieces: bytes) -> bytes:
    parts = [struct.pack('>I', len(pieces))]
    for piece in pieces:
        parts.append(struct.pack('>I', len(piece)))
        parts.append(piece)
    return b''.join(parts)


def u8(number: int) -> bytes:
    return struct.pack('>B', number)


def u32be(number: int) -> bytes:
    return struct.pack('>I', number)


def u64be(number: int) -> bytes:
    return struct.pack('>Q', number)


def hkdf(salt: bytes, material: bytes, info: bytes) -> bytes:
    """HKDF-SHA-256 (RFC 5869) of 32 bytes: one block of its second half."""
    return hmac_sha256(hmac_sha256(salt, material), info + b'\x01')


def _rotate(word: int, bits: int) -> int:
    return ((word << bits) | (word >> (32 - bits))) & 0xffffffff


def _quarter(words: list[int], a: int, b: int, c: int, d: int) -> None:
    words[a] = (words[a] + words[b]) & 0xffffffff
    words[d] = _rotate(words[d] ^ words[a], 16)
    words[c] = (words[c] + words[d]) & 0xffffffff
    words[b] = _rotate(words[b] ^ words[c], 12)
    words[a] = (words[a] + words[b]) & 0xffffffff
    words[d] = _rotate(words[d] ^ words[a], 8)
    words[c] = (words[c] + words[d]) & 0xffffffff
    words[b] = _rotate(words[b] ^ words[c], 7)


_COLUMNS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15))
_DIAGONALS = ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def _chacha20_block(key: bytes, counter: int) -> bytes:
    start = [*struct.unpack('<4I', b'expand 32-byte k'), *struct.unpack('<8I', key), counter, 0, 0, 0]
    words = list(start)
    for _ in range(10):
        for column in _COLUMNS:
            _quarter(words, *column)
        for diagonal in _DIAGONALS:
            _quarter(words, *diagonal)
    return struct.pack('<16I', *((a + b) & 0xffffffff for a, b in zip(words, start)))


def chacha20_stream(key: bytes, length: int) -> bytes:
    """The keystream of RFC 8439 under a nonce of zeros, from block 0. Written out here: PyNaCl has
    the cipher only with its authentication, and that takes block 0 for itself."""
    blocks = (length + 63) // 64
    return b''.join(_chacha20_block(key, block) for block in range(blocks))[:length]


def key_id(kind: int, public: bytes) -> bytes:
    return sha256(pae(b'knooppunt/key/v1', u8(kind), public))[:8]


def agree(secret: bytes, public: bytes) -> bytes:
    """X25519. A public key with which agreement gives zeros is refused (W2)."""
    try:
        return bytes(sodium.crypto_scalarmult(secret, public))
    except (nacl.exceptions.CryptoError, RuntimeError):
        raise Refused('W2', 'a public key of low order', 'signature') from None


def check_agreement_key(public: bytes) -> None:
    """W2 and W3 of a sealing or transport key, whoever has its secret."""
    try:
        agree(sha256(b'any secret will do'), public)
    except Refused as refused:
        raise Refused(refused.rule, 'a public key of low order') from None
    if any(same(public, _z85(text)) for text in PRINTED):
        raise Refused('W3', 'a key whose secret is printed in a manual page')


def check_identity_key(public: bytes) -> None:
    """W2: a canonical point of the prime-order group."""
    if not sodium.crypto_core_ed25519_is_valid_point(public):
        raise Refused('W2', 'an Ed25519 key outside the prime-order group')


_Z85 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'


def _z85(text: str) -> bytes:
    groups = [text[start:start + 5] for start in range(0, len(text), 5)]
    number = [sum(_Z85.index(c) * 85 ** (4 - place) for place, c in enumerate(g)) for g in groups]
    return b''.join(u32be(value) for value in number)


def sign(seed: bytes, message: bytes) -> bytes:
    _, secret = sodium.crypto_sign_seed_keypair(seed)
    return bytes(sodium.crypto_sign(message, secret)[:64])


def public_of_seed(seed: bytes) -> bytes:
    return bytes(sodium.crypto_sign_seed_keypair(seed)[0])


def public_of_secret(secret: bytes) -> bytes:
    return bytes(sodium.crypto_scalarmult_base(secret))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    try:
        sodium.crypto_sign_open(signature + message, public)
    except nacl.exceptions.BadSignatureError:
        return False
    return True


def seal(key: bytes, nonce: bytes, known: bytes, content: bytes) -> bytes:
    return bytes(sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(content, known, nonce, key))


def unseal(key: bytes, nonce: bytes, known: bytes, sealed: bytes) -> bytes | None:
    """The content, or None where it does not authenticate."""
    try:
        return bytes(sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, known, nonce, key))
    except nacl.exceptions.CryptoError:
        return None


def random_bytes(count: int) -> bytes:
    return bytes(sodium.randombytes(count))
