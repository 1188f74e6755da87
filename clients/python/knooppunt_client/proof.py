# SPDX-License-Identifier: EUPL-1.2
"""What a client must check of a receipt and of a delivery before it believes it (C4, C8..C17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import acts, batch, commitments, tree, wire
from . import primitives as p
from .entry import Entry, read_entry
from .errors import Refused
from .note import Checkpoint
from .register import Register
from .wire import pb

MELDING = 1
VERSTREKKING, VERVALLEN = 1, 2
# Of what was given before (L6): they give nothing themselves.
RECHTZETTINGEN = {3: 'onjuist', 4: 'aangevuld', 5: 'beperkt', 6: 'opgeheven', 7: 'ingetrokken',
                  8: 'gewist'}
GETOOND = 9
AFGESLOTEN = 10


@dataclass(frozen=True)
class Opened:
    """A leaf that stands in the log, and the part in it that was opened."""

    index: int
    entry: Entry
    part: pb.Part
    part_bytes: bytes


def open_shown(leaf: pb.Leaf) -> Opened:
    """The part of L5 that needs no checkpoint: entry, vector and opening belong together."""
    entry = read_entry(leaf.entry)
    vector = commitments.read_vector(commitments.PARTS, leaf.vector,
                                     (commitments.PARTS_CAPACITY,))
    if vector.root != entry.parts_root:
        raise Refused('L5', 'a vector that is not that of the entry', 'signature')
    try:
        commitments.check_opening(vector, leaf.part.position, leaf.part.salt, leaf.part.value)
    except Refused as refused:
        raise Refused('L5', 'a part that does not hold', refused.kind) from None
    return Opened(leaf.index, entry, wire.parse(pb.Part, leaf.part.value), leaf.part.value)


def open_leaf(leaf: pb.Leaf, checkpoint: Checkpoint) -> Opened:
    """L5, under a checkpoint that was verified."""
    opened = open_shown(leaf)
    root = tree.root_by_path(opened.entry.leaf_hash, leaf.index, checkpoint.size, list(leaf.path))
    if root != checkpoint.root:
        raise Refused('L5', 'a path that does not lead to the root', 'signature')
    return opened


# ---- receipts -----------------------------------------------------------------------------------

@dataclass(frozen=True)
class Sent:
    """Of a statement of ours: what its receipt must be about."""

    source: str
    id: str
    header_hash: bytes


@dataclass(frozen=True)
class Receipt:
    index: int
    outcome: int
    reason: int
    field: str
    oefening: bool


def check_receipt(leaf: pb.Leaf, checkpoint: Checkpoint, register: Register, sent: Sent,
                  outcome: int) -> Receipt:
    """C4."""
    opened = open_leaf(leaf, checkpoint)
    register.check_head_of(opened.index, opened.entry)
    if opened.part.WhichOneof('inhoud') != 'sender':
        raise Refused('C4', 'a receipt that is another part', 'signature')
    part = opened.part.sender
    if (part.origin, part.source, part.id, part.header_hash) != (
            register.origin_at(opened.index), sent.source, sent.id, sent.header_hash):
        raise Refused('C4', 'a receipt of something else', 'signature')
    if part.outcome != outcome:
        raise Refused('C4', 'a receipt that says another outcome than the reply', 'signature')
    if part.oefening != register.oefening:
        raise Refused('L7', 'a part that does not say what genesis says', 'signature')
    return Receipt(opened.index, part.outcome, part.reason, part.field, part.oefening)


# ---- deliveries ---------------------------------------------------------------------------------

@dataclass(frozen=True)
class Expected:
    """What the next delivery must be: ours, for this functie, under this number; and the time."""

    oin: str
    functie: str
    number: int
    now: int  # milliseconds


@dataclass(frozen=True)
class Given:
    """One rubriek that was given. `by_knooppunt`: the knooppunt states it, not the sender."""

    rubriek: pb.Rubriek
    by_knooppunt: bool


@dataclass(frozen=True)
class Verstrekking:
    """A delivery of which everything was checked."""

    index: int
    part: pb.PartVerstrekking
    part_hash: bytes
    statement: pb.Statement | None
    given: tuple[Given, ...]

    @property
    def is_vervallen(self) -> bool:
        return bool(self.part.soort == VERVALLEN)

    @property
    def soort(self) -> str:
        """'verstrekking', 'vervallen', 'getoond', 'afgesloten', or of what was given before
        'onjuist' and so on."""
        return {VERSTREKKING: 'verstrekking', VERVALLEN: 'vervallen', GETOOND: 'getoond',
                AFGESLOTEN: 'afgesloten', **RECHTZETTINGEN}[self.part.soort]


def check_delivery(delivery: pb.Delivery, checkpoint: Checkpoint, register: Register,
                   expected: Expected) -> Verstrekking:
    """C8..C17, in their order; nothing of it may be handed over before all of them held."""
    opened = open_leaf(delivery.leaf, checkpoint)
    register.check_head_of(opened.index, opened.entry)
    part = _own_part(opened, register, expected)
    statement = None
    openings: list[bytes] = []
    if delivery.HasField('sender'):
        statement = _check_sender(delivery, opened.index, part, register)
        openings = _check_slots(delivery, part, statement)
        _check_history(delivery, statement, checkpoint, register)
    _check_presence(delivery, part)
    _check_verrijkingen(delivery, part)
    given = tuple(
        [Given(wire.parse(pb.Rubriek, value), False) for value in openings]
        + [Given(wire.parse(pb.Rubriek, each.value), True) for each in delivery.verrijkingen])
    _check_covered(given, part)
    if part.geldig_tot != 0 and part.geldig_tot <= expected.now:
        raise Refused('C16', 'a delivery that lapsed')
    return Verstrekking(opened.index, part, p.sha256(opened.part_bytes), statement, given)


def _own_part(opened: Opened, register: Register, expected: Expected) -> pb.PartVerstrekking:
    if opened.part.WhichOneof('inhoud') != 'verstrekking':
        raise Refused('C9', 'a part that is no verstrekking', 'signature')
    part = opened.part.verstrekking
    if (part.origin, part.oin, part.functie) != (
            register.origin_at(opened.index), expected.oin, expected.functie):
        raise Refused('C9', 'a verstrekking to somebody else', 'signature')
    if part.soort not in (VERSTREKKING, VERVALLEN, *RECHTZETTINGEN, GETOOND, AFGESLOTEN):
        raise Refused('C9', 'a verstrekking of an unknown soort', 'unsupported')
    if not _is_next(part, opened.index, register, expected.number):
        raise Refused('C10', 'a delivery out of its turn', 'signature')
    if part.oefening != register.oefening:
        raise Refused('L7', 'a part that does not say what genesis says', 'signature')
    return part


def _is_next(part: pb.PartVerstrekking, index: int, register: Register, number: int) -> bool:
    """C10, L26."""
    if not register.begins_numbers(index, part.number):
        return bool(part.number == number and part.vorige == 0)
    return bool(part.vorige < number <= part.number)


def _check_sender(delivery: pb.Delivery, index: int, part: pb.PartVerstrekking,
                  register: Register) -> pb.Statement:
    """C11."""
    signed = delivery.sender
    if batch.header_hash(signed.statement) != part.header_hash:
        raise Refused('C11', 'another statement than the part is about', 'signature')
    statement = wire.parse(pb.Statement, signed.statement)
    party = register.member_by_identity(signed.signer, signed.key_id, part.betreft or index)
    if party is None or part.betreft > index:
        raise Refused('C11', 'a sender whose key did not count', 'signature')
    try:
        batch.check_signed(party.identity, signed.statement, acts.proof_of(signed))
    except Refused as refused:
        raise Refused('C11', 'a signature of the sender that does not hold', refused.kind) from None
    if not statement.source.startswith(f'urn:nld:oin:{party.oin}:systeem:'):
        raise Refused('C11', 'a source of another party than signed', 'signature')
    if statement.audience_oin != register.oin or statement.audience_log not in register.logs:
        raise Refused('C11', 'a statement to another house or log', 'signature')
    return statement


def _check_slots(delivery: pb.Delivery, part: pb.PartVerstrekking, statement: pb.Statement
                 ) -> list[bytes]:
    """C12, W23: the values that were opened."""
    positions = [opening.position for opening in delivery.openings]
    if positions != list(part.slots) or len(set(positions)) != len(positions):
        raise Refused('C12', 'other openings than the part names', 'signature')
    if not delivery.slots_vector:
        raise Refused('C12', 'a sender without its vector', 'signature')
    vector = commitments.read_vector(commitments.SLOTS, delivery.slots_vector, (64, 128))
    if vector.root != statement.slots_root:
        raise Refused('C12', 'a vector that the sender did not sign', 'signature')
    for opening in delivery.openings:
        commitments.check_opening(vector, opening.position, opening.salt, opening.value)
    return [opening.value for opening in delivery.openings]


def _check_history(delivery: pb.Delivery, statement: pb.Statement, checkpoint: Checkpoint,
                   register: Register) -> None:
    """C17. A head in a statement to an origin of before is one of another log."""
    if statement.audience_log != register.log:
        return
    if not statement.HasField('head'):
        if delivery.sender_consistency:
            raise Refused('C17', 'a proof from no head', 'signature')
        return
    head = statement.head
    if not tree.is_consistent(head.size, head.root, checkpoint.size, checkpoint.root,
                              list(delivery.sender_consistency)):
        raise Refused('C17', 'the sender saw another history', 'signature')


def _check_presence(delivery: pb.Delivery, part: pb.PartVerstrekking) -> None:
    """C15."""
    shown = delivery.HasField('sender')
    if part.soort != VERSTREKKING:
        if shown or delivery.openings or delivery.verrijkingen or part.slots:
            raise Refused('C15', 'something is given by what gives nothing', 'signature')
        return
    if shown == part.herkomst_onthouden:
        raise Refused('C15', 'a sender is there where herkomst is withheld, or is missing',
                      'signature')
    if not shown and (delivery.openings or part.slots):
        raise Refused('C15', 'openings without their sender', 'signature')


def _check_verrijkingen(delivery: pb.Delivery, part: pb.PartVerstrekking) -> None:
    """C13."""
    pairs = [(each.salt, each.value) for each in delivery.verrijkingen]
    if commitments.verrijking_commitment(pairs) != part.verrijking:
        raise Refused('C13', 'verrijkingen that were not recorded so', 'signature')


def _check_covered(given: Sequence[Given], part: pb.PartVerstrekking) -> None:
    """C14; a Grond with rubriek 0 covers nothing (L9)."""
    covered = {(grond.betrokkene, grond.rubriek) for grond in part.gronden if grond.rubriek != 0}
    for each in given:
        if (each.rubriek.betrokkene, each.rubriek.soort) not in covered:
            raise Refused('C14', 'a rubriek that no grond covers', 'signature')
