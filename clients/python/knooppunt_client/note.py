# SPDX-License-Identifier: EUPL-1.2
"""Signed notes and checkpoints of the C2SP documents, as §9.1 uses them."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from . import primitives as p
from .errors import Refused

_DASH = '\u2014'
_ED25519 = b'\x01'
MAX_NOTE = 16384


@dataclass(frozen=True)
class LogKey:
    """A public key under the name of its log."""

    name: str
    public: bytes

    @property
    def hint(self) -> bytes:
        """The four bytes that a signature line begins with."""
        return p.sha256(self.name.encode() + b'\n' + _ED25519 + self.public)[:4]

    @classmethod
    def from_vkey(cls, text: str) -> LogKey:
        name, _, rest = text.partition('+')
        hint, _, encoded = rest.partition('+')
        data = _decode(encoded)
        if data is None or len(data) != 33 or data[:1] != _ED25519 or not name:
            raise Refused('L23', 'no verifier key of Ed25519', 'unsupported')
        key = cls(name, data[1:])
        if key.hint.hex() != hint:
            raise Refused('L23', 'the key does not have the hash that stands before it')
        return key


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint as its text says; whether anybody signed it is asked with `is_signed_by`."""

    origin: str
    size: int
    root: bytes
    note: bytes
    text: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]

    def is_signed_by(self, key: LogKey) -> bool:
        """A line of this key that does not hold counts against all: None of it may be wrong."""
        own = [signature for name, hint, signature in self.signatures
               if name == key.name and hint == key.hint]
        return bool(own) and all(p.is_signed(key.public, self.text, each) for each in own)


def _decode(text: str) -> bytes | None:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def _signature(line: str) -> tuple[str, bytes, bytes]:
    words = line.split(' ')
    data = _decode(words[2]) if len(words) == 3 else None
    if data is None or words[0] != _DASH or not words[1] or len(data) < 5:
        raise Refused('C6', 'a line of a note that is no signature')
    return words[1], data[:4], data[4:]


def read_checkpoint(note: bytes) -> Checkpoint:
    """Strict: three lines and no more, an empty one, one or more signatures."""
    try:
        whole = note.decode('utf-8')
    except UnicodeDecodeError:
        raise Refused('C6', 'a note that is no UTF-8') from None
    text, gap, lines = whole.rpartition('\n\n')
    if len(note) > MAX_NOTE or not gap or not lines.endswith('\n'):
        raise Refused('C6', 'no signed note')
    if any(ord(c) < 32 and c != '\n' for c in whole):
        raise Refused('C6', 'a control character in a note')
    rows = text.split('\n')
    root = _decode(rows[2]) if len(rows) == 3 else None
    digits = rows[1] if len(rows) == 3 else ''
    if root is None or len(root) != 32 or not (digits.isascii() and digits.isdigit()):
        raise Refused('C6', 'no checkpoint of three lines')
    if str(int(digits)) != digits or not 1 <= int(digits) < 2 ** 63:
        raise Refused('C6', 'the size of a checkpoint is not written as it must be')
    signatures = tuple(_signature(line) for line in lines[:-1].split('\n'))
    return Checkpoint(rows[0], int(digits), root, note, (text + '\n').encode(), signatures)
