# SPDX-License-Identifier: EUPL-1.2
"""The genesis file a party pins, and the register folded from it with what each leaf found in force."""

import knp_wire as kw
from knp_client import Folded
from knp_crypto import SEALING, key_id
from knp_messages import decode
from knp_tree import Refused, VKey, leaf_hash


class Genesis:
    """The file the house hands out, checked as a whole."""

    def __init__(self, wire):
        if wire[:8] != b'KNPF\x01\x00\x00\x00' or len(wire) <= 120:
            raise Refused('malformed', 'not a genesis file')
        self.wire, self.entry, seed, self.part = wire, wire[8:88], wire[88:120], wire[120:]
        vector = kw.Vector(kw.PARTS, 32, seed, [self.part])
        kind, self.time, _, parts_root = kw.read_entry(self.entry)
        if kind != kw.GENESIS or parts_root != vector.root:
            raise Refused('signature', 'entry, seed and part of genesis do not belong together')
        self.leaf = leaf_hash(self.entry)
        self.register = decode('Part', self.part).register
        genesis = self.register.genesis
        self.origin, self.oin, self.naam = genesis.origin, genesis.oin, genesis.naam
        self.oefening = genesis.oefening
        self.receive_key, self.send_key = genesis.receive_key, genesis.send_key
        self.transport_key = genesis.transport_key
        self.receive_id = key_id(SEALING, self.receive_key)
        self.send_id = key_id(SEALING, self.send_key)
        self.vkey = VKey.make(self.origin, genesis.log_key)


class Registry(Folded):
    def __init__(self, genesis):
        super().__init__()
        self.heads = {}           # index of a register leaf: its hash
        self.head_index = 0
        self.fold(0, genesis.entry, genesis.register)

    def fold(self, index, data, part):
        super().fold(index, data, part)
        self.head_index = index
        self.heads[index] = self.head

    def head_at(self, index):
        """Hash of the newest register leaf before `index`."""
        return self.heads[max(i for i in self.heads if i < index)]

    def convenanten_at(self, index):
        """Hashes of the documents in force for the entry at `index`."""
        return {row[1] for row in self.convenanten if row[2] < index <= row[3]}
