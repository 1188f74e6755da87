# SPDX-License-Identifier: EUPL-1.2
"""What is to be sent, and what became of it: durable before anything is sent, kept byte for byte
until its outcome is proven (C4, C5)."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from . import files
from . import primitives as p
from .batch import Proof, header_hash


KEPT_SECONDS = 14 * 86400  # an outcome, from the day it came
_SEQUENCE = 'sequence'


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text)


def content_of(rubrieken: Sequence[bytes]) -> bytes:
    """Tells meldingen apart by what they say."""
    return p.sha256(p.pae(*rubrieken))


@dataclass(frozen=True)
class Item:
    """A signed statement. `seed` and `rubrieken` are of a melding."""

    source: str
    id: str
    sequence: int
    statement: bytes
    proof: Proof
    seed: bytes = b''
    capacity: int = 0
    rubrieken: tuple[bytes, ...] = ()

    @property
    def header_hash(self) -> bytes:
        return header_hash(self.statement)

    @property
    def name(self) -> str:
        """Of its file: in the order of sequence, found by id and by content, and telling neither."""
        by_id = p.sha256(p.pae(self.source.encode(), self.id.encode())).hex()[:32]
        return f'{self.sequence:012d}-{by_id}-{content_of(self.rubrieken).hex()[:32]}'


@dataclass
class Outcome:
    """`status` is outbox, aanvaard or geweigerd. `receipt` and `checkpoint` prove it."""

    id: str
    status: str
    index: int = -1
    reason: int = 0
    veld: str = ''
    oefening: bool = False
    receipt: bytes = field(default=b'', repr=False)
    checkpoint: bytes = field(default=b'', repr=False)

    @property
    def is_final(self) -> bool:
        return self.status != 'outbox'


def _item_to_json(item: Item) -> dict[str, Any]:
    proof = item.proof
    return {'source': item.source, 'id': item.id, 'sequence': item.sequence,
            'statement': _b64(item.statement), 'seed': _b64(item.seed),
            'capacity': item.capacity, 'rubrieken': [_b64(each) for each in item.rubrieken],
            'proof': {'signer': proof.signer, 'key_id': _b64(proof.key_id), 'size': proof.size,
                      'index': proof.index, 'path': [_b64(each) for each in proof.path],
                      'signature': _b64(proof.signature)}}


def _item_from_json(data: dict[str, Any]) -> Item:
    proof = data['proof']
    return Item(data['source'], data['id'], data['sequence'], _unb64(data['statement']),
                Proof(proof['signer'], _unb64(proof['key_id']), proof['size'], proof['index'],
                      tuple(map(_unb64, proof['path'])), _unb64(proof['signature'])),
                _unb64(data['seed']), data['capacity'], tuple(map(_unb64, data['rubrieken'])))


class Outbox:
    """Two folders: `outbox` of what waits and `outcomes` of what came of the rest, for 14 days; and
    `sequence`, what the numbers of those that went came to. One process at a time; the spool is
    locked by who opens it."""

    def __init__(self, folder: str, sealer: files.Sealer) -> None:
        self._waiting = os.path.join(folder, 'outbox')
        self._done = os.path.join(folder, 'outcomes')
        self._sealer = sealer
        self._sequence = os.path.join(folder, _SEQUENCE)
        self._past = int(files.get(self._sequence)) if os.path.exists(self._sequence) else 0
        for each in (self._waiting, self._done):
            files.make_folder(each)
        self._expire(time.time() - KEPT_SECONDS)
        self._names = {name: folder for folder in (self._done, self._waiting)
                       for name in files.names_in(folder)}
        self._settle_doubles()

    def _settle_doubles(self) -> None:
        """A kill between outcome and removal leaves both: the outcome counts."""
        done = set(files.names_in(self._done))
        for name in files.names_in(self._waiting):
            if name in done:
                files.remove(os.path.join(self._waiting, name))
                self._names[name] = self._done

    def _expire(self, before: float) -> None:
        """Outcomes go with their content. Only once the newest number is written down may what
        implies it go: no number is used twice. What still waits beside its outcome was not taken
        out yet, and comes first."""
        waiting = set(files.names_in(self._waiting))
        old = [name for name in files.names_in(self._done) if name not in waiting
               and os.stat(os.path.join(self._done, name)).st_mtime < before]
        newest = max((int(name[:12]) for name in old), default=0)
        if newest > self._past:
            files.put(self._sequence, f'{newest}\n'.encode())
            self._past = newest
        files.remove_all(self._done, old)

    @property
    def next_sequence(self) -> int:
        return max([self._past, *(int(name[:12]) for name in self._names)]) + 1

    def add(self, items: Sequence[Item]) -> None:
        """Durable when this returns."""
        for item in items:
            content = json.dumps(_item_to_json(item)).encode()
            self._sealer.put(self._waiting, item.name, content)
            self._names[item.name] = self._waiting

    def waiting(self) -> list[Item]:
        return [self._item(name) for name in sorted(self._names)
                if self._names[name] == self._waiting]

    @property
    def count(self) -> int:
        return sum(1 for folder in self._names.values() if folder == self._waiting)

    def _item(self, name: str) -> Item:
        return _item_from_json(json.loads(self._sealer.get(self._waiting, name)))

    def find_id(self, source: str, id_: str) -> str:
        """The name of what was pushed under this id, or an empty text."""
        key = p.sha256(p.pae(source.encode(), id_.encode())).hex()[:32]
        return next((name for name in self._names if name[13:45] == key), '')

    def find_content(self, rubrieken: Sequence[bytes]) -> str:
        key = content_of(rubrieken).hex()[:32]
        return next((name for name in self._names if name[46:] == key), '')

    def is_same(self, name: str, rubrieken: Sequence[bytes]) -> bool:
        return name[46:] == content_of(rubrieken).hex()[:32]

    def outcome(self, name: str) -> Outcome:
        if self._names[name] == self._waiting:
            return Outcome(self._item(name).id, 'outbox')
        data = json.loads(self._sealer.get(self._done, name))
        return Outcome(data['id'], data['status'], data['index'], data['reason'], data['veld'],
                       data['oefening'], _unb64(data['receipt']), _unb64(data['checkpoint']))

    def finish(self, item: Item, outcome: Outcome) -> None:
        """First what came of it, then it is taken out: a kill between leaves both."""
        content = json.dumps({
            'id': outcome.id, 'status': outcome.status, 'index': outcome.index,
            'reason': outcome.reason, 'veld': outcome.veld, 'oefening': outcome.oefening,
            'receipt': _b64(outcome.receipt), 'checkpoint': _b64(outcome.checkpoint)}).encode()
        self._sealer.put(self._done, item.name, content)
        files.remove(os.path.join(self._waiting, item.name))
        self._names[item.name] = self._done
