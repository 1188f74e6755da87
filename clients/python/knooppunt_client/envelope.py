# SPDX-License-Identifier: EUPL-1.2
"""Envelopes and hints (§5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from . import primitives as p
from .errors import Refused

TO_KNOOPPUNT, FROM_KNOOPPUNT = 1, 2
MAX_FRAME = 262144
PREFIX = 48
TAG = 16
CLASSES = (512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262080)
MAX_CONTENT = CLASSES[-1] - 4

HINTS = {1: 'again', 2: 'not accepted', 3: 'too large', 4: 'stopping'}


@dataclass(frozen=True)
class End:
    """One end of an envelope: whose key it is, and the public key."""

    oin: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return p.key_id(p.SEALING, self.public)


def pair_key(origin: str, direction: int, sender: End, recipient: End, secret: bytes,
             psk: bytes = b'') -> bytes:
    """The key of §5.2, made by the end that has `secret`."""
    own = p.public_of_secret(secret)
    if own not in (sender.public, recipient.public):
        raise Refused('W14', 'a secret that belongs to neither end')
    other = recipient.public if own == sender.public else sender.public
    info = p.pae(p.u8(1), p.u8(direction), origin.encode(), sender.oin.encode(), sender.public,
                 recipient.oin.encode(), recipient.public, p.u8(1 if psk else 0))
    return p.hkdf(b'knooppunt/envelope/v1', p.agree(secret, other) + psk, info)


def size_class(content: int) -> int:
    for size in CLASSES:
        if content + 4 <= size:
            return size
    raise Refused('W4', 'more than one envelope holds', 'large')


def seal(key: bytes, direction: int, sender: bytes, recipient: bytes, content: bytes,
         nonce: bytes = b'', at_least: int = 0) -> bytes:
    """A frame. `sender` and `recipient` are key ids, `at_least` a class that a type demands; the
    nonce is for tests alone (W13)."""
    nonce = nonce or p.random_bytes(24)
    prefix = struct.pack('>4sBBBB', b'KNPE', 1, 1, direction, 0) + sender + recipient + nonce
    padded = (p.u32be(len(content)) + content).ljust(max(size_class(len(content)), at_least), b'\0')
    return prefix + p.seal(key, nonce, prefix, padded)


@dataclass(frozen=True)
class Prefix:
    direction: int
    sender: bytes
    recipient: bytes


def read_prefix(frame: bytes) -> Prefix:
    """The part in the open, before a key is chosen; what it says holds only once it opens."""
    if len(frame) < PREFIX or len(frame) > MAX_FRAME:
        raise Refused('W5', 'no envelope')
    magic, version, suite, direction, zero = struct.unpack('>4sBBBB', frame[:8])
    if magic != b'KNPE':
        raise Refused('W10', 'another magic')
    if version != 1 or suite != 1:
        raise Refused('W10', 'another version or suite', 'unsupported')
    if direction not in (TO_KNOOPPUNT, FROM_KNOOPPUNT) or zero != 0:
        raise Refused('W10', 'another direction, or a byte that is not zero')
    if len(frame) - PREFIX - TAG not in CLASSES:
        raise Refused('W11', 'a plaintext of no size class')
    return Prefix(direction, frame[8:16], frame[16:24])


def unseal(key: bytes, direction: int, frame: bytes) -> bytes:
    prefix = read_prefix(frame)
    if prefix.direction != direction:
        raise Refused('W14', 'an envelope of the other direction', 'signature')
    padded = p.unseal(key, frame[24:PREFIX], frame[:PREFIX], frame[PREFIX:])
    if padded is None:
        raise Refused('W10', 'an envelope that does not authenticate', 'signature')
    length = int.from_bytes(padded[:4], 'big')
    if length > len(padded) - 4 or any(padded[4 + length:]):
        raise Refused('W12', 'padding or length that is not as it must be')
    return padded[4:4 + length]


@dataclass(frozen=True)
class Hint:
    """Not sealed, proves nothing, ends nothing (C3)."""

    code: int
    pause_ms: int

    @property
    def text(self) -> str:
        return HINTS[self.code]


def read_hint(frame: bytes) -> Hint:
    if len(frame) != 12 or frame[:5] != b'KNPH\x01' or frame[6:8] != b'\0\0':
        raise Refused('W5', 'no hint')
    if frame[5] not in HINTS:
        raise Refused('W5', 'a hint of no code')
    return Hint(frame[5], int.from_bytes(frame[8:], 'big'))
