# SPDX-License-Identifier: EUPL-1.2
"""Vectors of commitments: the slots of a melding (§8) and the parts of an entry (§9.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import primitives as p
from .errors import Refused

SLOTS = b'knooppunt/slots/v1'
PARTS = b'knooppunt/parts/v1'
PARTS_CAPACITY = 32


@dataclass(frozen=True)
class Vector:
    label: bytes
    commitments: bytes  # capacity times 32
    order: tuple[int, ...] = ()
    salts: tuple[bytes, ...] = ()

    @property
    def capacity(self) -> int:
        return len(self.commitments) // 32

    @property
    def root(self) -> bytes:
        return p.sha256(p.pae(self.label + b'/root', p.u8(self.capacity), self.commitments))


def capacity_for(rubrieken: int) -> int:
    return 64 if rubrieken <= 64 else 128


def commitment(label: bytes, position: int, salt: bytes, value: bytes) -> bytes:
    return p.sha256(p.pae(label, p.u8(position), salt, value))


def make_vector(label: bytes, capacity: int, seed: bytes, values: Sequence[bytes]) -> Vector:
    """Value j lies at order[j]; an unused position holds its salt."""
    stream = p.chacha20_stream(seed, capacity * 40)
    tags = [stream[place * 40:place * 40 + 8] for place in range(capacity)]
    salts = [stream[place * 40 + 8:place * 40 + 40] for place in range(capacity)]
    order = sorted(range(capacity), key=lambda place: (tags[place], place))
    row = list(salts)
    for place, value in zip(order, values):
        row[place] = commitment(label, place, salts[place], value)
    return Vector(label, b''.join(row), tuple(order), tuple(salts))


def read_vector(label: bytes, data: bytes, capacities: Sequence[int]) -> Vector:
    if len(data) % 32 != 0 or len(data) // 32 not in capacities:
        raise Refused('W23', 'a vector of another length')
    return Vector(label, data)


def check_opening(vector: Vector, position: int, salt: bytes, value: bytes) -> None:
    """W23: the commitment at its position is the one that salt and value give."""
    if len(salt) != 32 or position >= vector.capacity:
        raise Refused('W23', 'an opening of no position', 'signature')
    there = vector.commitments[position * 32:position * 32 + 32]
    if not p.same(there, commitment(vector.label, position, salt, value)):
        raise Refused('W23', 'an opening that does not hold', 'signature')


def verrijking_commitment(pairs: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Of what the knooppunt states itself, as (salt, value) in their order; empty for none."""
    if not pairs:
        return b''
    pieces = [piece for pair in pairs for piece in pair]
    return p.sha256(p.pae(b'knooppunt/verrijking/v1', *pieces))
