# SPDX-License-Identifier: EUPL-1.2
"""Which history of the log this client has seen, and whether the next fits (C6, C7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from . import tree
from .errors import Refused, SplitView
from .note import Checkpoint, read_checkpoint
from .register import Register
from .wire import pb

MAX_NAMED = 64


@dataclass(frozen=True)
class Head:
    size: int
    root: bytes

    def message(self) -> pb.Head:
        return pb.Head(size=self.size, root=self.root)


def check_note(note: bytes, register: Register) -> Checkpoint:
    """L23: signed by the newest log key that counts at its size."""
    checkpoint = read_checkpoint(note)
    if checkpoint.origin != register.origin_at(checkpoint.size - 1):
        raise Refused('L23', 'a checkpoint of another log, as far as the register goes', 'signature')
    if not checkpoint.is_signed_by(register.log_key_at(checkpoint.size)):
        raise Refused('L23', 'a checkpoint that the log did not sign', 'signature')
    return checkpoint


@dataclass
class Heads:
    """`held` is the newest; `note` its checkpoint, empty while it is genesis alone. `named` are
    the heads that requests of this session named."""

    held: Head
    note: bytes = b''
    named: dict[int, bytes] = field(default_factory=dict)

    def name(self) -> pb.Head:
        """What the next request says is held."""
        self.named[self.held.size] = self.held.root
        while len(self.named) > MAX_NAMED:
            del self.named[min(self.named)]
        return self.held.message()

    def check(self, checkpoint: Checkpoint, old_size: int, consistency: Sequence[bytes]) -> bool:
        """C6: whether it may become the newest. Refused where no named head leads to it."""
        root = self.named.get(old_size)
        if root is None:
            self._check_unproven(checkpoint)
            raise Refused('C6', 'a proof from a size that was not held', 'signature')
        if checkpoint.size < old_size:
            raise SplitView('a checkpoint that is smaller than what was held')
        if not tree.is_consistent(old_size, root, checkpoint.size, checkpoint.root, consistency):
            raise SplitView('a checkpoint that does not extend what was held')
        if checkpoint.size == self.held.size and checkpoint.root != self.held.root:
            raise SplitView('two checkpoints of one size')
        return old_size == self.held.size and checkpoint.size >= self.held.size

    def _check_unproven(self, checkpoint: Checkpoint) -> None:
        """Without a proof from a head that was named: a log that is behind all of them, or is
        another one at the same size, cannot give one."""
        if self.named and checkpoint.size < min(self.named):
            raise SplitView('a checkpoint that is smaller than what was held')
        if self.named.get(checkpoint.size, checkpoint.root) != checkpoint.root:
            raise SplitView('two checkpoints of one size')

    def take(self, checkpoint: Checkpoint) -> None:
        self.held = Head(checkpoint.size, checkpoint.root)
        self.note = checkpoint.note
