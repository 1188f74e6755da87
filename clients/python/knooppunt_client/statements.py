# SPDX-License-Identifier: EUPL-1.2
"""Statements of a party (§6): written once, signed, and from then on the same bytes."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from . import batch, commitments, wire
from . import primitives as p
from .errors import BadInput
from .heads import Head
from .keys import Keys
from .melding import write_velden
from .outbox import Item
from .register import Register
from .values import lists
from .wire import pb

_ID = re.compile(r'[A-Za-z0-9_-]{16,64}')
_SYSTEM = re.compile(r'[a-z0-9.-]{1,64}')


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def today() -> datetime.date:
    return datetime.datetime.now(datetime.timezone.utc).date()


def uuid7() -> str:
    """Time first, so that what is made together lies together."""
    data = bytearray(now_ms().to_bytes(6, 'big') + p.random_bytes(10))
    data[6] = 0x70 | (data[6] & 0x0f)
    data[8] = 0x80 | (data[8] & 0x3f)
    text = data.hex()
    return '-'.join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


@dataclass(frozen=True)
class Draft:
    """What is to be said: a melding by its rubrieken, anything else by its velden."""

    type: int
    id: str = ''
    sequence: int = 0
    rubrieken: tuple[bytes, ...] = ()
    velden: tuple[pb.Veld, ...] = ()


@dataclass(frozen=True)
class Author:
    """Who speaks, to which log."""

    oin: str
    systeem: str
    keys: Keys

    def __post_init__(self) -> None:
        if not _SYSTEM.fullmatch(self.systeem):
            raise BadInput('bad-value', '/systeem', '1 to 64 of a-z 0-9 . -')

    @property
    def source(self) -> str:
        return f'urn:nld:oin:{self.oin}:systeem:{self.systeem}'

    def write(self, drafts: Sequence[Draft], register: Register, held: Head) -> list[Item]:
        """One batch under one signature."""
        made = [self._statement(draft, register, held) for draft in drafts]
        proofs = batch.sign_batch(self.oin, self.keys.identity_seed, [data for data, *_ in made])
        return [Item(self.source, id_, draft.sequence, data, proof, seed,
                     commitments.capacity_for(len(draft.rubrieken)) if seed else 0,
                     draft.rubrieken)
                for draft, proof, (data, id_, seed) in zip(drafts, proofs, made)]

    def _statement(self, draft: Draft, register: Register, held: Head) -> tuple[bytes, str, bytes]:
        """Its bytes, its id, and the seed of its slots."""
        id_ = draft.id or uuid7()
        if not _ID.fullmatch(id_):
            raise BadInput('bad-value', '/id', '16 to 64 of A-Z a-z 0-9 _ -')
        statement = pb.Statement(
            type=draft.type, audience_oin=register.oin, audience_log=register.log,
            source=self.source, id=id_, time=now_ms(), sequence=draft.sequence,
            random=p.random_bytes(16), head=held.message(), velden=draft.velden)
        seed = b''
        if draft.rubrieken:
            seed = p.random_bytes(32)
            statement.slots_root = commitments.make_vector(
                commitments.SLOTS, commitments.capacity_for(len(draft.rubrieken)), seed,
                draft.rubrieken).root
        return wire.write(statement), id_, seed


def draft_of(kind: str, values: dict[str, Any], id_: str = '') -> Draft:
    """Of any type but a melding, by the names of the closed lists."""
    rows = lists().type_velden.get(kind)
    if rows is None or kind == 'melding':
        raise BadInput('unknown-type', '', 'no type of statement of this name')
    return Draft(lists().types[kind], id_, 0, (), tuple(write_velden(rows, values, '', today())))
