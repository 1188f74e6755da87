#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The Python client against the vectors of the specification: each positive one is read and made
anew, each negative one is refused for its rule and as its kind.

Usage: pyclient_vectors_test.py FOLDER-OF-THE-PACKAGE FOLDER-OF-THE-VECTORS
"""

import sys
import unittest

from google.protobuf import json_format

from pyclient_vectors import OfVectors, load, unhex  # before what it finds
from knooppunt_client import batch, commitments, entry, envelope, primitives, wire
from knooppunt_client.errors import Refused


class Vectors(OfVectors):
    # Where one input breaks two rules, and this client sees the other one first.
    also = {
        'a wrong wire type': 'W7',
        'bad UTF-8': 'W6',
        'a surrogate': 'W6',
        'an overlong NUL': 'W6',
        'a veld without its number': 'W6',
        'delivery number 0': 'W9',
    }

    def test_pae_and_key_ids(self):
        data = load('pae')
        for row in data['vectors']:
            self.assertEqual(primitives.pae(*map(unhex, row['pieces'])), unhex(row['pae']))
        for group in data['distinct']:
            made = {primitives.pae(*map(unhex, pieces)) for pieces in group}
            self.assertEqual(len(made), len(group))
        for row in load('key_id')['vectors']:
            self.assertEqual(primitives.key_id(row['kind'], unhex(row['public_key'])),
                             unhex(row['key_id']))

    def test_pair_keys(self):
        def make(row):
            sender, recipient = (envelope.End(row[end]['oin'], unhex(row[end]['public_key']))
                                 for end in ('sender', 'recipient'))
            return envelope.pair_key(row['origin'], row['direction'], sender, recipient,
                                     unhex(row['own_secret']), unhex(row['psk']))
        data = load('pair_key')
        for row in data['vectors']:
            self.assertEqual(make(row), unhex(row['key']), row['name'])
        for row in data['negative']:
            self.refuse(row, make, row)

    def test_envelopes(self):
        data = load('envelope')
        for row in data['classes']:
            if row['class']:
                self.assertEqual(envelope.size_class(row['content_len']), row['class'])
            else:
                self.assertRaises(Refused, envelope.size_class, row['content_len'])
        for row in data['vectors']:
            made = envelope.seal(unhex(row['key']), row['direction'], unhex(row['sender']),
                                 unhex(row['recipient']), unhex(row['content']),
                                 unhex(row['nonce']),
                                 len(unhex(row['frame'])) - envelope.PREFIX - envelope.TAG)
            self.assertEqual(made, unhex(row['frame']), row['name'])
            self.assertEqual(envelope.unseal(unhex(row['key']), row['direction'], made),
                             unhex(row['content']))
        for row in data['negative']:
            self.refuse(row, envelope.unseal, unhex(row['key']), 1, unhex(row['frame']))

    def test_hints(self):
        data = load('hint')
        for row in data['vectors']:
            hint = envelope.read_hint(unhex(row['frame']))
            self.assertEqual((hint.code, hint.pause_ms), (row['code'], row['pause_ms']))
        for row in data['negative']:
            self.refuse(row, envelope.read_hint, unhex(row['frame']))

    def test_messages(self):
        for name in ('statement', 'request', 'part'):
            data = load(name)
            for row in data['vectors']:
                kind = getattr(wire.pb, row['type'])
                read = wire.parse(kind, unhex(row['wire']))
                made = json_format.ParseDict(row['fields'], kind())
                self.assertEqual(read, made, row['name'])
                self.assertEqual(wire.write(made), unhex(row['wire']), row['name'])
            for row in data['negative']:
                self.refuse(row, wire.parse, getattr(wire.pb, row['type']), unhex(row['wire']))

    def test_vectors_of_commitments(self):
        data = load('vector')
        stream = data['keystream']
        self.assertEqual(primitives.chacha20_stream(unhex(stream['key']),
                                                    len(unhex(stream['stream']))),
                         unhex(stream['stream']))
        for row in data['vectors']:
            made = commitments.make_vector(row['label'].encode(), row['capacity'],
                                           unhex(row['seed']), list(map(unhex, row['values'])))
            self.assertEqual(list(made.order), row['order'])
            self.assertEqual(made.commitments, unhex(row['vector']))
            self.assertEqual(made.root, unhex(row['root']))
            for opening in row['openings']:
                commitments.check_opening(made, opening['position'], unhex(opening['salt']),
                                          unhex(opening['value']))
        for row in data['negative']:
            self.refuse(row, self._open, row)

    @staticmethod
    def _open(row):
        vector = commitments.read_vector(row['label'].encode(), unhex(row['vector']),
                                         (32, 64, 128))
        commitments.check_opening(vector, row['position'], unhex(row['salt']),
                                  unhex(row['value']))

    def test_verrijkingen(self):
        for row in load('verrijking')['vectors']:
            pairs = [(unhex(each['salt']), unhex(each['value'])) for each in row['openings']]
            self.assertEqual(commitments.verrijking_commitment(pairs), unhex(row['commitment']))

    def test_batches(self):
        data = load('batch')
        for row in data['vectors']:
            statements = list(map(unhex, row['statements']))
            made = batch.sign_batch(row['signer'], unhex(row['seed']), statements)
            self.assertEqual(made[0].signature, unhex(row['signature']))
            for proof, item in zip(made, row['items']):
                self.assertEqual((proof.index, list(proof.path)),
                                 (item['index'], list(map(unhex, item['path']))))
                batch.check_signed(unhex(row['public_key']), statements[proof.index], proof)
        for row in data['negative']:
            proof = batch.Proof(row['signer'], unhex(row['key_id']), row['size'], row['index'],
                                tuple(map(unhex, row['path'])), unhex(row['signature']))
            self.refuse(row, batch.check_signed, unhex(row['public_key']),
                        unhex(row['statement']), proof)

    def test_entries(self):
        data = load('entry')
        for row in data['vectors']:
            made = entry.read_entry(unhex(row['entry']))
            self.assertEqual((made.kind, made.time, made.register_head, made.parts_root),
                             (row['class'], row['time'], unhex(row['register_head']),
                              unhex(row['parts_root'])))
            self.assertEqual(made.leaf_hash, unhex(row['leaf_hash']))
        for row in data['negative']:
            self.refuse(row, entry.read_entry, unhex(row['entry']))


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
