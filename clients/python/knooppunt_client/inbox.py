# SPDX-License-Identifier: EUPL-1.2
"""What was received and verified, durable before it is acknowledged (C18)."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from typing import Any

from . import files
from .errors import BadInput

_POSITION = 'position'


@dataclass(frozen=True)
class Received:
    """A delivery that was verified, as `docs/melding-json.md` names its content. It stays in the
    inbox until it was acknowledged."""

    functie: str
    number: int
    part_hash: bytes
    header_hash: bytes
    content: dict[str, Any]


class Inbox:
    """One functie. The newest number that is durable here is `newest`; the next that is taken is
    the one after it, or one that a person named (C23)."""

    def __init__(self, folder: str, functie: str, sealer: files.Sealer) -> None:
        if not functie or not all(c in 'abcdefghijklmnopqrstuvwxyz0123456789-' for c in functie):
            raise BadInput('bad-value', '/functie', 'a functie has 1 to 32 of a-z 0-9 -')
        self.functie = functie
        self._folder = os.path.join(folder, 'inbox', functie)
        self._sealer = sealer
        files.make_folder(self._folder)
        names = files.names_in(self._folder)
        self.acked = 0
        if _POSITION in names:
            self.acked = int(json.loads(sealer.get(self._folder, _POSITION))['acked'])
        self._numbers = sorted(int(name) for name in names if name != _POSITION)
        self._drop_acked()

    def _name(self, number: int) -> str:
        return f'{number:010d}'

    def _drop_acked(self) -> None:
        for number in [each for each in self._numbers if each <= self.acked]:
            files.remove(os.path.join(self._folder, self._name(number)))
            self._numbers.remove(number)

    @property
    def newest(self) -> int:
        return self._numbers[-1] if self._numbers else self.acked

    def add(self, received: Received) -> None:
        content = json.dumps({
            'part_hash': base64.b64encode(received.part_hash).decode(),
            'header_hash': base64.b64encode(received.header_hash).decode(),
            'content': received.content}).encode()
        self._sealer.put(self._folder, self._name(received.number), content)
        self._numbers.append(received.number)

    def waiting(self) -> list[Received]:
        """Those that were not acknowledged yet, in order."""
        return [self._read(number) for number in self._numbers]

    def _read(self, number: int) -> Received:
        data = json.loads(self._sealer.get(self._folder, self._name(number)))
        return Received(self.functie, number, base64.b64decode(data['part_hash']),
                        base64.b64decode(data['header_hash']), data['content'])

    def mark_acked(self, number: int) -> None:
        """All up to this one: their content goes."""
        self._write_position(number)
        self._drop_acked()

    def _write_position(self, number: int) -> None:
        self._sealer.put(self._folder, _POSITION, json.dumps({'acked': number}).encode())
        self.acked = number
