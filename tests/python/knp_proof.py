# SPDX-License-Identifier: EUPL-1.2
"""What one party remembers about the log, and what it checks beyond the duties of a client
(knp_client) because it tests the knooppunt. Whatever does not hold raises Refused."""

from typing import NamedTuple

import knp_lists
import knp_tree as kt
import knp_wire as kw
from knp_client import GEGEVEN, View, check_delivery, check_receipt
from knp_crypto import sha256
from knp_messages import decode
from knp_party import Head, now_ms
from knp_register import Registry
from knp_tree import Refused, leaf_hash


def must(condition, why):
    if not condition:
        raise Refused('signature', why)


class Receipt(NamedTuple):
    """The outcome of one statement, proven."""
    about: bytes
    outcome: str
    reason: str
    field: str
    index: int
    entry: bytes
    checkpoint: object   # kt.Checkpoint


class Verstrekking(NamedTuple):
    """One delivery, proven."""
    number: int
    index: int
    part: object         # PartVerstrekking
    part_hash: bytes
    sender: object       # Statement, None when herkomst is withheld
    given: tuple         # exact rubrieken the sender signed
    stated: tuple        # exact rubrieken the knooppunt states

    def places(self):
        """[(betrokkene, rubriek name)] of everything in it."""
        return [knp_lists.decode_rubriek(wire)[:2] for wire in self.given + self.stated]

    def values(self, place):
        for wire in self.given + self.stated:
            rubriek = knp_lists.decode_rubriek(wire)
            if rubriek[:2] == place:
                return rubriek[2]
        return None


class Answer(NamedTuple):
    """An envelope of the knooppunt of which checkpoint and consistency hold."""
    checkpoint: object
    replies: tuple


class Moment(View):
    """The log under the checkpoint of one answer; a later one may be known already."""

    def __init__(self, verifier, checkpoint):
        super().__init__(verifier.genesis.vkey, verifier.registry)
        self.size, self.root = checkpoint.size, checkpoint.root


class Verifier:
    def __init__(self, genesis):
        self.genesis = genesis
        self.registry = Registry(genesis)
        self.held = Head()
        self.notes = {}       # size: (root, note) of every checkpoint ever seen
        self.consistency = 0  # how many proofs were checked
        self.must_prove = False  # answers must prove growth: we hold something
        self.asked = None        # only those about these; None: all. A late one may not know it

    # ---- checkpoints -----------------------------------------------------------------------

    def see_checkpoint(self, note):
        checkpoint = self.registry.log_keys.verify(note)
        known = self.notes.get(checkpoint.size)
        must(known is None or known[0] == checkpoint.root,
             'two checkpoints of one size: a split view')
        self.notes.setdefault(checkpoint.size, (checkpoint.root, note))
        return checkpoint

    def check_growth(self, old_size, checkpoint, path, about):
        """The consistency of an answer, from a checkpoint that we said we hold."""
        if old_size == 0:
            must(not path, 'a consistency proof from nothing')
            must(not self.must_prove or self.asked is not None and not about & self.asked,
                 f'no proof that checkpoint {checkpoint.size} extends what '
                 f'we hold ({self.held.size})')
            return
        must(old_size in self.notes, 'a consistency proof from a checkpoint we never held')
        kt.verify_consistency(old_size, self.notes[old_size][0], checkpoint.size,
                              checkpoint.root, list(path))
        self.consistency += 1

    def read(self, content):
        """Plaintext of an answer: an Answer."""
        replies = decode('Replies', content)
        checkpoint = self.see_checkpoint(replies.checkpoint)
        self.check_growth(replies.old_size, checkpoint, replies.consistency,
                          {reply.about for reply in replies.replies})
        if checkpoint.size > self.held.size:
            self.held = Head(checkpoint.size, checkpoint.root)
        return Answer(checkpoint, tuple(replies.replies))

    # ---- leaves ----------------------------------------------------------------------------

    def knows(self, leaf):
        """Whether the register is known up to this leaf; else it must be asked for first."""
        return kw.read_entry(leaf.entry)[2] in self.registry.heads.values()

    def check_head(self, leaf):
        if leaf.index <= self.registry.head_index:
            must(kw.read_entry(leaf.entry)[2] == self.registry.head_at(leaf.index),
                 'an entry under another register than was in force')

    def receipt(self, reply, item, checkpoint):
        """What became of our own statement; item is a knp_party.Item."""
        must(reply.HasField('receipt'), 'an outcome without a receipt')
        index = check_receipt(Moment(self, checkpoint), reply, item.statement)
        self.check_head(reply.receipt)
        sender = decode('Part', reply.receipt.part.value).sender
        must((sender.reason, sender.field) == (reply.reason, reply.field),
             f'the answer says {reply.reason, reply.field}, the log {sender.reason, sender.field}')
        return Receipt(reply.about, knp_lists.OUTCOMES[sender.outcome],
                       knp_lists.REASONS.get(sender.reason, ''), sender.field, index,
                       reply.receipt.entry, checkpoint)

    def delivery(self, delivery, checkpoint, oin, functie):
        """A Verstrekking; whether its number is the next is for the caller to see."""
        moment, leaf = Moment(self, checkpoint), delivery.leaf
        part = decode('Part', leaf.part.value).verstrekking
        check_delivery(moment, delivery, (oin, functie), part.number, now_ms())
        self.check_head(leaf)
        # What lapses because its convenant ended names the one that ended; what sets right what
        # was given before, the one under which that was.
        must(part.convenant_hash in self.registry.convenanten_at(leaf.index)
             or part.soort != GEGEVEN, 'decided under a convenant that was not in force')
        for number, opening in enumerate(delivery.verrijkingen):
            # Anything but 0, 1, 2, … would tell something about the other recipients.
            must(opening.position == number, 'positions of verrijkingen do not count from 0')
        sender = None
        if delivery.HasField('sender'):
            sender = decode('Statement', delivery.sender.statement)
        else:
            must(not delivery.sender_consistency, 'herkomst is withheld, yet the sender shows')
        found = Verstrekking(part.number, leaf.index, part, sha256(leaf.part.value), sender,
                             tuple(opening.value for opening in delivery.openings),
                             tuple(opening.value for opening in delivery.verrijkingen))
        if part.soort == GEGEVEN:
            self.check_gronden(found)
        return found

    @staticmethod
    def check_gronden(found):
        """Every rubriek rests on a regel, and every regel named has its rubriek."""
        rests = {(g.betrokkene, knp_lists.RUBRIEK_NAMES[g.rubriek]) for g in found.part.gronden
                 if g.rubriek}  # 0: that there is a melding, or that it came on an agenda
        given = set(found.places())
        if not found.part.herkomst_onthouden:
            given.add((0, 'herkomst'))
        must(given == rests, f'rubrieken {given ^ rests} do not match the gronden')
        for grond in found.part.gronden:
            must(grond.regel and grond.doel and grond.grondslag, 'a grond without regel or doel')

    def register_leaf(self, leaf, checkpoint):
        if leaf.index == 0:
            must(leaf_hash(leaf.entry) == self.genesis.leaf, 'another genesis than was pinned')
            Moment(self, checkpoint).check_leaf(leaf)
            return
        Moment(self, checkpoint).fold([leaf])


def ack_item(found):
    return found.number.to_bytes(8, 'big') + found.part_hash
