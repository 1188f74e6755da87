# SPDX-License-Identifier: EUPL-1.2
"""The cryptography of proto/spec/specification.md, over python3-nacl and hashlib only.

Whatever does not verify raises Refused of knp_tree, of kind 'signature'.
"""

import functools
import hashlib
import hmac
import struct

import nacl.bindings as sodium
import nacl.exceptions
from knp_tree import Refused

IDENTITY, SEALING, TRANSPORT, LOG, COSIGN = 1, 2, 3, 4, 5


def as_bytes(piece):
    return piece.encode() if isinstance(piece, str) else bytes(piece)


def sha256(*pieces):
    return hashlib.sha256(b''.join(pieces)).digest()


def u32(value):
    return struct.pack('>I', value)


def pae(*pieces):
    """Count, then each piece behind its length."""
    pieces = [as_bytes(piece) for piece in pieces]
    return u32(len(pieces)) + b''.join(u32(len(piece)) + piece for piece in pieces)


def hmac_sha256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def hkdf(salt, key, info):
    """RFC 5869 for 32 bytes of output, which is all the protocol asks for."""
    return hmac_sha256(hmac_sha256(as_bytes(salt), key), info + b'\x01')


def key_id(kind, public):
    return sha256(pae('knooppunt/key/v1', bytes([kind]), public))[:8]


# --- Ed25519 and X25519 -------------------------------------------------------------------------

def sign_pair(seed):
    """(public, secret) from a 32-byte seed."""
    return sodium.crypto_sign_seed_keypair(seed)


def sign(secret, message):
    return sodium.crypto_sign(message, secret)[:64]


def verify(public, message, signature):
    try:
        sodium.crypto_sign_open(signature + message, public)
    except (nacl.exceptions.BadSignatureError, nacl.exceptions.CryptoError, ValueError) as error:
        raise Refused('signature', 'Ed25519') from error


def sign_public_is_valid(public):
    return bool(sodium.crypto_core_ed25519_is_valid_point(public))


def x25519_public(secret):
    return sodium.crypto_scalarmult_base(secret)


def agree(secret, public):
    try:
        shared = sodium.crypto_scalarmult(secret, public)
    except (nacl.exceptions.CryptoError, RuntimeError) as error:
        raise Refused('signature', 'a key of low order') from error
    if shared == bytes(32):
        raise Refused('signature', 'a key of low order')
    return shared


def encrypt(key, nonce, data, plain):
    return sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, data, nonce, key)


def decrypt(key, nonce, data, sealed):
    try:
        return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, data, nonce, key)
    except nacl.exceptions.CryptoError as error:
        raise Refused('signature', 'it does not open') from error


# --- ChaCha20 keystream (RFC 8439), of which nacl offers all but the first block: an AEAD keeps that
# for its authenticator. So the first is written out, and the others are what it makes of zeros.

def rotate(value, count):
    return (value << count | value >> (32 - count)) & 0xffffffff


def quarter(state, a, b, c, d):
    for first, second, third, count in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[first] = (state[first] + state[second]) & 0xffffffff
        state[third] = rotate(state[third] ^ state[first], count)


def chacha20_block(key, counter, nonce=bytes(12)):
    start = list(struct.unpack('<4I', b'expand 32-byte k')) + list(struct.unpack('<8I', key))
    start += [counter] + list(struct.unpack('<3I', nonce))
    state = list(start)
    for _ in range(10):
        for column in range(4):
            quarter(state, column, 4 + column, 8 + column, 12 + column)
        for column in range(4):
            quarter(state, column, 4 + (column + 1) % 4, 8 + (column + 2) % 4,
                    12 + (column + 3) % 4)
    return struct.pack('<16I', *((x + y) & 0xffffffff for x, y in zip(state, start)))


@functools.lru_cache(maxsize=16)
def keystream(key, length):
    """The first bytes under `key`, counter from 0, nonce zero."""
    rest = sodium.crypto_aead_chacha20poly1305_ietf_encrypt(bytes(max(0, length - 64)), None,
                                                            bytes(12), key)[:-16]
    return chacha20_block(key, 0)[:length] + rest
