# SPDX-License-Identifier: EUPL-1.2
"""A party of its own: keys, bundle, statements, slots, batch signature and envelope.

Nothing here comes from or loads Knooppunt's C code. Everything that a well-behaved partner would
never write can be written too: what a test wants wrong it passes as an override.
"""

import datetime
import os
import struct
import time
import uuid
import zoneinfo
from typing import NamedTuple

import knp_lists
import knp_wire as kw
from knp_crypto import IDENTITY, SEALING, key_id, sha256, sign, sign_pair, x25519_public
from knp_messages import pb
from knp_tree import Refused, Tree, leaf_hash

CAPACITY = 64
BEHEERDER, OFFICER, DEPUTY = 'beheerder', 'privacy-officer', 'privacy-officer-plv'


SHIFT_MS = 0  # of the parties' clocks, for tests that move the daemon's


def now_ms():
    return int(time.time() * 1000) + SHIFT_MS


def today():
    """The day in Amsterdam, by which a knooppunt counts, wherever the machine is."""
    return datetime.datetime.now(zoneinfo.ZoneInfo('Europe/Amsterdam')).date()


def new_id():
    """A UUIDv7 without its dashes: later ids sort after earlier ones."""
    raw = bytearray(struct.pack('>Q', now_ms())[2:] + os.urandom(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return uuid.UUID(bytes=bytes(raw)).hex


class Head(NamedTuple):
    """A tree head: what a signer saw, or a sender holds."""
    size: int = 0
    root: bytes = b''

    def message(self):
        return pb.Head(size=self.size, root=self.root) if self.size else None


class Keys:
    def __init__(self):
        self.identity, self.identity_secret = sign_pair(os.urandom(32))
        self.sealing_secret, self.transport_secret = os.urandom(32), os.urandom(32)
        self.sealing = x25519_public(self.sealing_secret)
        self.transport = x25519_public(self.transport_secret)

    @property
    def identity_id(self):
        return key_id(IDENTITY, self.identity)

    @property
    def sealing_id(self):
        return key_id(SEALING, self.sealing)


class Item(NamedTuple):
    """One statement with what belongs to it."""
    statement: bytes
    slots: object = None      # pb.Slots
    vector: object = None     # kw.Vector of a melding
    rubrieken: tuple = ()     # knp_lists.Rubriek
    id: str = ''

    @property
    def hash(self):
        return leaf_hash(self.statement)


class Role:
    """Someone of the house with a key that signs acts only."""

    def __init__(self, oin, naam, functie):
        self.oin, self.naam, self.functies = oin, naam, [functie]
        self.soort = 'veiligheidshuis'
        self.keys = Keys()
        self.systeem = 'beheer'
        self.sequence = 0
        self.head = Head()

    def bundle_body(self):
        return pb.Bundle(oin=self.oin, naam=self.naam, soort=self.soort, suite=1,
                                 functies=self.functies, identity=self.keys.identity)

    def bundle(self):
        return kw.make_bundle(self.bundle_body(), self.keys.identity_secret)

    @property
    def source(self):
        return f'urn:nld:oin:{self.oin}:systeem:{self.systeem}'

    def statement(self, genesis, kind, velden=(), **overrides):
        """Exact bytes of a statement; `kind` is a type by name or number."""
        self.sequence += 1
        number = knp_lists.TYPES[kind]['type'] if isinstance(kind, str) else kind
        fields = dict(type=number, audience_oin=genesis.oin, audience_log=genesis.origin,
                      source=self.source, id=new_id(), time=now_ms(), sequence=self.sequence,
                      head=self.head.message(), random=os.urandom(16))
        fields.update(overrides)
        message = pb.Statement(**fields)
        for veld, waarde in velden:
            message.velden.add(veld=veld, waarde=waarde)
        return message.SerializeToString(deterministic=True)

    def velden_item(self, genesis, kind, values, **overrides):
        """A statement with velden by name: fetch, ack, weging, act, …"""
        rows = knp_lists.TYPES[kind]['velden']
        wire = self.statement(genesis, kind, knp_lists.velden(rows, values), **overrides)
        return Item(wire, id=pb.Statement.FromString(wire).id)

    def sign_batch(self, tree):
        return sign(self.keys.identity_secret, kw.batch_message(
            self.oin, self.keys.identity_id, len(tree), tree.root()))

    def act(self, genesis, soort, wanted, expired=False, days=1, **overrides):
        """A SignedStatement in which this role wants an object, until so many days from now."""
        until = now_ms() / 1000 + (-60 if expired else days * 86400)
        expires = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(until))
        values = {'soort': soort, 'object': sha256(wanted), 'expires': expires}
        item = self.velden_item(genesis, 'act', values, **overrides)
        return pb.SignedStatement(
            statement=item.statement, signer=self.oin, key_id=self.keys.identity_id, size=1,
            signature=self.sign_batch(Tree([item.hash]))).SerializeToString(deterministic=True)


class Party(Role):
    """A partner: it sends and receives."""

    def __init__(self, oin, naam, soort, functies, systeem='proef'):
        super().__init__(oin, naam, '')
        self.soort, self.functies, self.systeem = soort, list(functies), systeem

    def bundle_body(self):
        body = super().bundle_body()
        body.sealing, body.transport = self.keys.sealing, self.keys.transport
        return body

    def bundle(self, send, **overrides):
        """With proofs of possession towards the knooppunt's public send key."""
        keys = self.keys
        wire = kw.make_bundle(self.bundle_body(), keys.identity_secret, keys.sealing_secret,
                              keys.transport_secret, send)
        signed = pb.SignedBundle.FromString(wire)
        for name, value in overrides.items():
            setattr(signed, name, value)
        return signed.SerializeToString(deterministic=True)

    def melding(self, genesis, rubrieken, capacity=CAPACITY, seed=None, **overrides):
        """A melding of knp_lists.Rubriek (or exact bytes of one, to be wrong)."""
        seed = seed or os.urandom(32)
        wires = [r if isinstance(r, bytes) else r.encode() for r in rubrieken]
        vector = kw.Vector(kw.SLOTS, capacity, seed, wires)
        fields = dict(slots_root=vector.root, id=new_id())
        fields.update(overrides)
        slots = pb.Slots(seed=seed, capacity=capacity, rubrieken=wires)
        return Item(self.statement(genesis, 'melding', **fields), slots, vector,
                    tuple(rubrieken), fields['id'])

    def request(self, items, held=Head(), **overrides):
        """Plaintext of an envelope: the items under one signature."""
        tree = Tree(item.hash for item in items)
        made = pb.Request(signer=self.oin, key_id=self.keys.identity_id, size=len(items),
                                  signature=self.sign_batch(tree), held=held.message())
        for index, item in enumerate(items):
            made.items.add(statement=item.statement, index=index, slots=item.slots,
                           path=tree.inclusion(index))
        for name, value in overrides.items():
            setattr(made, name, value)
        return made.SerializeToString(deterministic=True)

    def pair_key(self, genesis, direction, knooppunt=None):
        if not knooppunt:
            inward = direction == kw.TO_KNOOPPUNT
            knooppunt = genesis.receive_key if inward else genesis.send_key
        ends = [(self.oin, self.keys.sealing), (genesis.oin, knooppunt)]
        if direction == kw.FROM_KNOOPPUNT:
            ends.reverse()
        return kw.pair_key(genesis.origin, direction, ends[0], ends[1], self.keys.sealing_secret)

    def envelope(self, genesis, content):
        return kw.seal(kw.TO_KNOOPPUNT, (self.keys.sealing_id, genesis.receive_id),
                       self.pair_key(genesis, kw.TO_KNOOPPUNT), content)

    def open(self, genesis, frame, send_keys=None):
        """`send_keys`: those of the knooppunt in force, else that of genesis."""
        known = {key_id(SEALING, key): key for key in send_keys or [genesis.send_key]}
        direction, sender, recipient = kw.read_prefix(frame)
        if (direction, recipient) != (kw.FROM_KNOOPPUNT, self.keys.sealing_id) \
                or sender not in known:
            raise Refused('signature', 'an envelope that is not from the knooppunt to us')
        return kw.open_envelope(frame, self.pair_key(genesis, kw.FROM_KNOOPPUNT, known[sender]))
