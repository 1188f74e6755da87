# SPDX-License-Identifier: EUPL-1.2
"""Entries of the log (§9.1): 80 bytes each."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from . import tree
from .errors import Refused

GENESIS, REGISTER, EVENT, TICK = 0, 1, 2, 3
SIZE = 80


@dataclass(frozen=True)
class Entry:
    kind: int  # class
    time: int  # milliseconds
    register_head: bytes
    parts_root: bytes
    data: bytes

    @property
    def leaf_hash(self) -> bytes:
        return tree.leaf_hash(self.data)


def read_entry(data: bytes) -> Entry:
    """L1."""
    if len(data) != SIZE:
        raise Refused('L1', 'an entry of another length')
    magic, version, kind, zero, time = struct.unpack('>4sBBHQ', data[:16])
    if magic != b'KNPL':
        raise Refused('L1', 'another magic')
    if version != 1:
        raise Refused('L1', 'another version', 'unsupported')
    if kind > TICK or zero != 0:
        raise Refused('L1', 'another class, or bytes that are not zero')
    if kind == GENESIS and any(data[16:48]):
        raise Refused('L1', 'a genesis that names a leaf before it')
    return Entry(kind, time, data[16:48], data[48:80], data)
