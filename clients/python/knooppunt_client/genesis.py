# SPDX-License-Identifier: EUPL-1.2
"""The genesis file: what a partner pins the log by (§9.3)."""

from __future__ import annotations

from dataclasses import dataclass

from . import commitments, entry, wire
from .errors import Refused
from .wire import pb

_MAGIC = b'KNPF\x01\0\0\0'
_ENTRY = len(_MAGIC)
_SEED = _ENTRY + entry.SIZE
_PART = _SEED + 32


@dataclass(frozen=True)
class GenesisFile:
    entry: entry.Entry
    register: pb.PartRegister

    @property
    def fingerprint(self) -> bytes:
        """The leaf hash of entry 0, which stands in the paper convenant (C1)."""
        return self.entry.leaf_hash


def read_genesis(data: bytes) -> GenesisFile:
    if len(data) <= _PART or data[:_ENTRY] != _MAGIC:
        raise Refused('C1', 'no genesis file')
    made = entry.read_entry(data[_ENTRY:_SEED])
    part = data[_PART:]
    if made.kind != entry.GENESIS:
        raise Refused('C1', 'a genesis file with another entry in it')
    vector = commitments.make_vector(commitments.PARTS, commitments.PARTS_CAPACITY,
                                     data[_SEED:_PART], [part])
    if vector.root != made.parts_root:
        raise Refused('C1', 'a genesis file whose part is not that of its entry', 'signature')
    read = wire.parse(pb.Part, part)
    if read.WhichOneof('inhoud') != 'register' or read.register.soort != 0:
        raise Refused('C1', 'a genesis file with another part in it')
    return GenesisFile(made, read.register)
