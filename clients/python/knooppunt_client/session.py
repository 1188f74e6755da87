# SPDX-License-Identifier: EUPL-1.2
"""One connection to a knooppunt: what goes out in envelopes, and which answers are believed."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from . import envelope, files, heads, proof, wire
from .entry import read_entry
from .envelope import End
from .errors import NotReached, Refused, SplitView, Trouble
from .genesis import GenesisFile, read_genesis
from .heads import Head, Heads
from .house_keys import RECEIVE, SEND
from .keys import Keys
from .link import Link
from .note import Checkpoint
from .outbox import Item
from .register import Register, as_register
from .wire import pb

_ROOM = 4096  # for what is around the items of a request


_REGISTER, _HEAD = 'register', 'head'


@dataclass(frozen=True)
class Answer:
    """A reply about a statement of ours, and the verified checkpoint beside it."""

    reply: pb.Reply
    checkpoint: Checkpoint


class Memory:
    """What a client must remember of the log: the register as it was proven, and the newest
    checkpoint. Both lie in the spool, sealed: what is read there is what was written."""

    def __init__(self, folder: str, file: GenesisFile, sealer: files.Sealer) -> None:
        self._folder = folder
        self._sealer = sealer
        self.alarm_path = os.path.join(folder, 'alarm')
        self.register = Register.from_genesis(file)
        self._rows: list[dict[str, str | int]] = []
        if self._has(_REGISTER):
            self._rows = json.loads(sealer.get(folder, _REGISTER))
            for row in self._rows:
                self._fold_row(row)
        self.heads = Heads(self._held(file))

    def _has(self, name: str) -> bool:
        return os.path.exists(os.path.join(self._folder, name))

    def _fold_row(self, row: dict[str, str | int]) -> None:
        part = wire.parse(pb.Part, base64.b64decode(str(row['part'])))
        self.register.fold(int(row['index']), read_entry(base64.b64decode(str(row['entry']))),
                           as_register(part))

    def _held(self, file: GenesisFile) -> Head:
        if not self._has(_HEAD):
            return Head(1, file.fingerprint)
        checkpoint = heads.check_note(self.note, self.register)
        return Head(checkpoint.size, checkpoint.root)

    def keep_register(self, register: Register, leaves: Sequence[proof.Opened]) -> None:
        self._rows += [{'index': each.index, 'entry': base64.b64encode(each.entry.data).decode(),
                        'part': base64.b64encode(each.part_bytes).decode()} for each in leaves]
        self._sealer.put(self._folder, _REGISTER, json.dumps(self._rows).encode())
        self.register = register

    def keep_head(self, checkpoint: Checkpoint) -> None:
        if checkpoint.size == self.heads.held.size and self.note:
            return
        self._sealer.put(self._folder, _HEAD, checkpoint.note)
        self.heads.take(checkpoint)

    @property
    def note(self) -> bytes:
        return self._sealer.get(self._folder, _HEAD) if self._has(_HEAD) else b''

    def keep_alarm(self, shown: bytes, what: str) -> None:
        """C7: both checkpoints, for a person."""
        both = {'what': what, 'held': self.note.decode('utf-8', 'replace'),
                'shown': shown.decode('utf-8', 'replace')}
        files.put(self.alarm_path, json.dumps(both, indent=1).encode())

    def check_alarm(self) -> None:
        if os.path.exists(self.alarm_path):
            raise Trouble(f'{self.alarm_path}: the log showed two histories. Nothing is '
                          'acknowledged any more: show this file to the house and to another '
                          'partner, and remove it only when a person knows why')


def read_genesis_file(path: str, fingerprint: str = '') -> GenesisFile:
    """C1: where the fingerprint of the paper convenant is given, it is that of the file."""
    file = read_genesis(files.get(path))
    if fingerprint and file.fingerprint.hex() != fingerprint.lower():
        raise Trouble(f'{path}: not the genesis whose fingerprint stands in the settings')
    return file


class Session:
    def __init__(self, oin: str, keys: Keys, memory: Memory, endpoint: str) -> None:
        self.oin, self.keys, self.memory = oin, keys, memory
        self._endpoint = endpoint
        self._way = memory.register.way
        self._link = self._connect()
        self.last_hint = ''
        self._shown: Register | None = None  # folded as shown, while a log key is learnt
        self._log_keys: Register | None = None  # what was learnt so

    def close(self) -> None:
        self._link.close()

    def _connect(self) -> Link:
        """By the newest transport key in force, where the register says that it is served (C27)."""
        public, adres = self._way
        return Link(adres or self._endpoint, public, self.keys)

    def _follow_way(self) -> None:
        if self._way == self.memory.register.way:
            return
        self._way = self.memory.register.way
        self._link.close()
        self._link = self._connect()

    # ---- out ----

    def request_of(self, items: Sequence[Item]) -> bytes:
        """Of one batch."""
        first = items[0].proof
        request = pb.Request(signer=first.signer, key_id=first.key_id, size=first.size,
                             signature=first.signature, held=self.memory.heads.name())
        for item in items:
            made = request.items.add(statement=item.statement, index=item.proof.index,
                                     path=item.proof.path)
            if item.seed:
                made.slots.CopyFrom(pb.Slots(seed=item.seed, capacity=item.capacity,
                                             rubrieken=item.rubrieken))
        return wire.write(request)

    def send(self, items: Sequence[Item]) -> None:
        """Seals for the newest receive key in force (C24)."""
        register = self.memory.register
        own = End(self.oin, self.keys.sealing_public)
        house = End(register.oin, register.keys_in_force(RECEIVE)[-1])
        key = envelope.pair_key(register.origin, envelope.TO_KNOOPPUNT, own, house,
                                self.keys.sealing)
        self._link.send(envelope.seal(key, envelope.TO_KNOOPPUNT, own.key_id, house.key_id,
                                      self.request_of(items)))

    # ---- in ----

    def _open(self, frame: bytes) -> bytes | None:
        """The content of an envelope of the knooppunt, under a send key in force (C26)."""
        if frame[:4] == b'KNPH':
            self.last_hint = envelope.read_hint(frame).text
            return None
        register = self.memory.register
        prefix = envelope.read_prefix(frame)
        own = End(self.oin, self.keys.sealing_public)
        for public in register.keys_in_force(SEND):
            house = End(register.oin, public)
            if house.key_id == prefix.sender and own.key_id == prefix.recipient:
                key = envelope.pair_key(register.origin, envelope.FROM_KNOOPPUNT, house, own,
                                        self.keys.sealing)
                return envelope.unseal(key, envelope.FROM_KNOOPPUNT, frame)
        return None

    def replies_until(self, deadline: float) -> Iterator[pb.Replies]:
        """What opens and is well-formed; anything else is dropped (W5)."""
        while True:
            frame = self._link.receive(deadline)
            if frame is None:
                return
            try:
                content = self._open(frame)
                if content is not None:
                    yield wire.parse(pb.Replies, content)
            except Refused:
                continue

    def believe(self, replies: pb.Replies, register: Register) -> Checkpoint:
        """C6, C7: its checkpoint is signed, and extends what was held. It is not kept yet."""
        checkpoint = heads.check_note(replies.checkpoint, register)
        try:
            self.memory.heads.check(checkpoint, replies.old_size, list(replies.consistency))
        except SplitView as split:
            self.memory.keep_alarm(replies.checkpoint, str(split))
            raise
        return checkpoint

    def keep(self, replies: pb.Replies, checkpoint: Checkpoint) -> None:
        if self.memory.heads.check(checkpoint, replies.old_size, list(replies.consistency)):
            self.memory.keep_head(checkpoint)

    def exchange(self, items: Sequence[Item], seconds: float) -> dict[bytes, Answer]:
        """Sends items of one batch, and what was answered about them in that time. What is missing
        in it was not answered, and can be sent again."""
        self.send(items)
        wanted = {item.header_hash for item in items}
        found: dict[bytes, Answer] = {}
        for replies in self.replies_until(time.monotonic() + seconds):
            checkpoint = self.believe(replies, self.memory.register)
            self.keep(replies, checkpoint)
            for reply in replies.replies:
                if reply.about in wanted:
                    found[reply.about] = Answer(reply, checkpoint)
            if len(found) == len(wanted):
                break
        return found

    # ---- the register ----

    def ask_register(self, item: Item, seconds: float) -> bool:
        """Folds what the knooppunt shows after the newest leaf that is held. Whether more waits."""
        self.send([item])
        for replies in self.replies_until(time.monotonic() + seconds):
            for reply in replies.replies:
                if reply.about == item.header_hash:
                    return self._take_register(replies, reply)
        raise NotReached(f'no answer in {seconds:g} s' + (
            f'; the knooppunt says: {self.last_hint}' if self.last_hint else ''))

    @property
    def register_after(self) -> int:
        """From where the register is asked next."""
        return (self._shown or self.memory.register).newest

    def _take_register(self, replies: pb.Replies, reply: pb.Reply) -> bool:
        if reply.outcome != 1:
            raise NotReached('the knooppunt did not show its register')
        if self._shown is not None:
            return self._learn(replies, reply, self._shown)
        try:
            checkpoint = self.believe(replies, self._log_keys or self.memory.register)
        except Refused as refused:
            if refused.rule != 'L23' or self._log_keys is not None:
                raise
            return self._learn(replies, reply, self.memory.register)
        register = self.memory.register.copy()
        opened = [proof.open_leaf(leaf, checkpoint) for leaf in reply.register]
        new = [each for each in opened if each.index > register.newest]
        for each in new:
            register.fold(each.index, each.entry, as_register(each.part))
        if new:
            self.memory.keep_register(register, new)
        self.keep(replies, checkpoint)
        self._follow_way()
        return bool(reply.more)

    def _learn(self, replies: pb.Replies, reply: pb.Reply, base: Register) -> bool:
        """C25: leaves as they are shown, only to learn which key signs the log now. Nothing of
        them is kept; they are asked for again and must then be proven under it."""
        shown = base.copy()
        for leaf in reply.register:
            each = proof.open_shown(leaf)
            if each.index > shown.newest:
                shown.fold(each.index, each.entry, as_register(each.part))
        if any(each.since < self.memory.heads.held.size for each in shown.herstel
               if each not in base.herstel):
            raise Trouble('two roles had the log go on from a copy after a loss, and what this '
                          'spool holds of it is lost: keep the spool, for it proves how far the '
                          'log had come, and ask the house; then begin a spool anew and push '
                          'again what was receipted since')
        try:
            heads.check_note(replies.checkpoint, shown)
        except Refused:
            if not reply.more or shown.newest == base.newest:
                raise
            self._shown = shown
            return True
        self._log_keys, self._shown = shown, None
        return True


def batches_of(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Items that may go in one request: of one batch, and no more than an envelope holds."""
    group: list[Item] = []
    size = 0
    for item in items:
        length = len(item.statement) + sum(len(each) + 8 for each in item.rubrieken) + 512
        full = size + length > envelope.MAX_CONTENT - _ROOM
        if group and (full or item.proof.signature != group[0].proof.signature):
            yield group
            group, size = [], 0
        group.append(item)
        size += length
    if group:
        yield group
