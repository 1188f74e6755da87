#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The Python client as a reader of the log: the register, the keys of the log, a receipt and a
delivery of the vectors, and what it must refuse of each.

Usage: pyclient_log_test.py FOLDER-OF-THE-PACKAGE FOLDER-OF-THE-VECTORS
"""

import sys
import unittest

from google.protobuf import json_format

from pyclient_vectors import OfVectors, load, unhex  # before what it finds
from knooppunt_client import batch, bundle, entry, genesis, heads, house_keys, note
from knooppunt_client import primitives, proof, register, wire
from knooppunt_client.errors import Refused, SplitView

pb = wire.pb
FUTURE = 2 ** 64 - 1  # "never" in log_keys.json


class Reader(OfVectors):
    # Where one input breaks two rules, and this client sees the other one first.
    also = {
        'cut short': 'W6',
        'no OIN': 'W9',
        'a checkpoint signed by another log key': 'L23',
        'a checkpoint over another tree': 'C7',
        'a receive key that is not proven': 'W2',
    }


class Bundles(Reader):
    def possess(self, wire_bytes, send_secret):
        """What the house checks besides: that sealing and transport key are held."""
        party = bundle.read_bundle(wire_bytes)
        signed = wire.parse(pb.SignedBundle, wire_bytes)
        send = primitives.public_of_secret(send_secret)
        claim = bundle.claim_of(signed.bundle)
        for kind, key, given in ((2, party.sealing, signed.sealing_proof),
                                 (3, party.transport, signed.transport_proof)):
            if key and given != bundle.possession_proof(kind, send_secret, key, key, send, claim):
                raise Refused('L16', 'not held', 'signature')
        return party

    def test_bundles(self):
        data = load('bundle')
        secrets = {name: unhex(value) for name, value in data['secrets'].items()}
        for row in data['vectors']:
            read = bundle.read_bundle(unhex(row['wire']))
            fields = json_format.ParseDict(row['fields'], pb.Bundle())
            self.assertEqual((read.oin, read.naam, list(read.functies)),
                             (fields.oin, fields.naam, list(fields.functies)))
            if row['proven'] and read.sealing:
                made = bundle.make_bundle(read, secrets['identity_seed'], secrets['sealing'],
                                          secrets['transport'],
                                          primitives.public_of_secret(unhex(row['send_secret'])))
                self.assertEqual(made, unhex(row['wire']))
                self.possess(made, unhex(row['send_secret']))
        for row in data['negative']:
            self.refuse(row, self.possess, unhex(row['wire']), unhex(row['send_secret']))


class KeysOfTheKnooppunt(Reader):
    def read(self, text, send_secret):
        end = text.startswith(b'einde')
        read = house_keys.read_key_text(text, end)
        if not end and read.use != house_keys.LOG:
            send = primitives.public_of_secret(send_secret)
            kind = 3 if read.use == house_keys.TRANSPORT else 2
            wanted = bundle.possession_proof(kind, send_secret, read.public, read.public, send,
                                             read.before_proof)
            if wanted != read.proof:
                raise Refused('L19', 'not held', 'signature')
        return read

    def test_texts(self):
        data = load('huissleutel')
        for row in data['vectors']:
            read = self.read(unhex(row['text']), unhex(data['send']))
            self.assertEqual((read.use, read.public, read.proof, read.origin, read.adres),
                             (row['gebruik'], unhex(row['key']), unhex(row['bewijs']),
                              data['origin'], row['adres']))
        for row in data['negative']:
            self.refuse(row, self.read, unhex(row['text']), unhex(data['send']))

    def test_which_key_counts(self):
        data = load('log_keys')
        keys = []
        for row in data['keys']:
            key = note.LogKey.from_vkey(row['vkey'])
            until = None if int(row['until']) == FUTURE else int(row['until'])
            keys.append(register.HouseKey(house_keys.LOG, key.public,
                                          register.Span(int(row['from']), until)))
        folded = register.Register(origin=key.name, house_keys=keys)
        for row in data['vectors']:
            made = heads.check_note(unhex(row['note']), folded)
            self.assertEqual(made.size, int(row['size']), row['name'])
        for row in data['negative']:
            self.refuse(row, heads.check_note, unhex(row['note']), folded)


class WholeLog(Reader):
    @classmethod
    def setUpClass(cls):
        cls.data = load('log')

    def setUp(self):
        """The register, as one who holds nothing but a genesis file folds it."""
        first = self.data['entries'][0]
        file = genesis.read_genesis(b'KNPF\x01\0\0\0' + unhex(first['entry'])
                                    + unhex(first['seed']) + unhex(first['parts'][0]))
        self.assertEqual(file.fingerprint.hex(), self.data['genesis_leaf'])
        self.register = register.Register.from_genesis(file)
        replies = wire.parse(pb.Replies, unhex(self.data['register']))
        checkpoint = heads.check_note(replies.checkpoint, self.register)
        for leaf in replies.replies[0].register:
            opened = proof.open_leaf(leaf, checkpoint)
            if opened.index > 0:
                self.register.fold(opened.index, opened.entry, opened.part.register)

    def test_the_register_is_folded_in_order(self):
        self.assertEqual(self.register.newest, 3)
        self.assertEqual(list(self.register.convenanten), ['voorbeeld'])
        self.assertTrue(self.register.oefening)
        again = self.register.copy()
        replies = wire.parse(pb.Replies, unhex(self.data['register']))
        opened = proof.open_shown(replies.replies[0].register[-1])
        with self.assertRaises(Refused):
            again.fold(opened.index, opened.entry, opened.part.register)

    def replies(self, text, held, root):
        """As a session reads them: checkpoint, and that it extends what was held."""
        replies = wire.parse(pb.Replies, unhex(text))
        seen = heads.Heads(heads.Head(held, unhex(root)))
        seen.name()
        checkpoint = heads.check_note(replies.checkpoint, self.register)
        self.assertTrue(seen.check(checkpoint, replies.old_size, list(replies.consistency)))
        return replies, checkpoint

    def receive(self, text, now=None):
        row = self.data['delivery']
        replies, checkpoint = self.replies(text, row['held'], row['held_root'])
        expected = proof.Expected(row['oin'], row['functie'], row['number'], now or row['now'])
        return proof.check_delivery(replies.replies[0].deliveries[0], checkpoint, self.register,
                                    expected)

    def test_a_receipt(self):
        row = self.data['receipt']
        replies, checkpoint = self.replies(row['replies'], row['held'], row['held_root'])
        statement = wire.parse(pb.Statement, unhex(self.data['statement']))
        sent = proof.Sent(statement.source, statement.id,
                          batch.header_hash(unhex(self.data['statement'])))
        reply = replies.replies[0]
        made = proof.check_receipt(reply.receipt, checkpoint, self.register, sent, reply.outcome)
        self.assertEqual((made.index, made.outcome), (4, 1))
        for wrong in (proof.Sent(sent.source, sent.id + 'x', sent.header_hash),
                      proof.Sent(sent.source, sent.id, b'\1' * 32)):
            with self.assertRaises(Refused) as caught:
                proof.check_receipt(reply.receipt, checkpoint, self.register, wrong, 1)
            self.assertEqual(caught.exception.rule, 'C4')
        with self.assertRaises(Refused):
            proof.check_receipt(reply.receipt, checkpoint, self.register, sent, 2)

    def test_a_delivery(self):
        row = self.data['delivery']
        made = self.receive(row['replies'])
        self.assertEqual((made.index, made.part.number), (4, 1))
        self.assertTrue(made.given)
        for wrong, rule in ((dict(number=2), 'C10'), (dict(functie='oov'), 'C9')):
            replies, checkpoint = self.replies(row['replies'], row['held'], row['held_root'])
            expected = proof.Expected(**{**dict(oin=row['oin'], functie='wmo', number=1,
                                                now=row['now']), **wrong})
            with self.assertRaises(Refused) as caught:
                proof.check_delivery(replies.replies[0].deliveries[0], checkpoint, self.register,
                                     expected)
            self.assertEqual(caught.exception.rule, rule)

    def test_what_must_be_refused_of_a_delivery(self):
        for row in self.data['negative']:
            self.refuse(row, self.receive, row['replies'])

    def test_an_older_history_is_a_split_view(self):
        row = self.data['delivery']
        replies = wire.parse(pb.Replies, unhex(row['replies']))
        checkpoint = heads.check_note(replies.checkpoint, self.register)
        seen = heads.Heads(heads.Head(9, b'\2' * 32))
        seen.name()
        with self.assertRaises(SplitView):
            seen.check(checkpoint, 9, [])
        with self.assertRaises(SplitView):
            seen.check(checkpoint, 0, [])  # what is behind gives no proof
        seen.named = {checkpoint.size: b'\5' * 32}
        with self.assertRaises(SplitView):
            seen.check(checkpoint, 0, [])
        seen.named[row['held']] = b'\3' * 32
        with self.assertRaises(SplitView):
            seen.check(checkpoint, row['held'], list(replies.consistency))

    def test_a_proof_from_an_older_head_does_not_move_the_newest(self):
        row = self.data['delivery']
        replies = wire.parse(pb.Replies, unhex(row['replies']))
        checkpoint = heads.check_note(replies.checkpoint, self.register)
        seen = heads.Heads(heads.Head(row['held'], unhex(row['held_root'])))
        seen.name()
        seen.held = heads.Head(5, b'\4' * 32)
        self.assertFalse(seen.check(checkpoint, row['held'], list(replies.consistency)))

    def test_a_changed_genesis_file_is_refused(self):
        first = self.data['entries'][0]
        whole = bytearray(b'KNPF\x01\0\0\0' + unhex(first['entry']) + unhex(first['seed'])
                          + unhex(first['parts'][0]))
        genesis.read_genesis(bytes(whole))
        for place in (0, 9, 20, 70, 100, 200, len(whole) - 1):
            changed = bytearray(whole)
            changed[place] ^= 1
            with self.assertRaises(Refused):
                made = genesis.read_genesis(bytes(changed))
                if made.fingerprint.hex() != self.data['genesis_leaf']:
                    raise Refused('C1', 'another genesis than is pinned')


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
