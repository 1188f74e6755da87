#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The vectors of the specification against the tests' own Python reading of it.

usage: python_wire_test.py VECTORS
"""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))
import knp_client as kc  # noqa: E402
import knp_crypto as kx  # noqa: E402
import knp_messages as km  # noqa: E402
import knp_tree as kt  # noqa: E402
import knp_wire as kw  # noqa: E402
import make_vectors  # noqa: E402
from google.protobuf.json_format import ParseDict  # noqa: E402

VECTORS = None
LABELS = {kw.SLOTS, kw.PARTS}


def load(name):
    with open(os.path.join(VECTORS, name + '.json'), encoding='utf-8') as file:
        return json.load(file)


def raw(text):
    return bytes.fromhex(text)


def outcome(check, *arguments):
    """'ok', or the kind of the refusal."""
    try:
        check(*arguments)
    except kt.Refused as refused:
        return refused.kind
    return 'ok'


class Vectors(unittest.TestCase):
    def negative(self, name, check):
        """Every negative row of a file is refused, and for its own reason."""
        rows = load(name)['negative']
        self.assertGreater(len(rows), 0)
        for row in rows:
            with self.subTest(row['reason']):
                self.assertEqual(outcome(check, row), row['kind'])

    def positive(self, name):
        rows = load(name)['vectors']
        self.assertGreater(len(rows), 0)
        for row in rows:
            with self.subTest(row['name']):
                yield row

    def test_every_file_is_what_the_generator_writes(self):
        kept = {name[:-5] for name in os.listdir(VECTORS) if name.endswith('.json')}
        self.assertEqual(kept, set(make_vectors.FILES) | {'lists'})
        for name in make_vectors.FILES:
            with open(os.path.join(VECTORS, name + '.json'), encoding='utf-8') as file:
                self.assertEqual(file.read(), make_vectors.render(name), name)

    def test_pae(self):
        for row in self.positive('pae'):
            self.assertEqual(kx.pae(*map(raw, row['pieces'])), raw(row['pae']))
        for group in load('pae')['distinct']:
            encodings = {kx.pae(*map(raw, pieces)) for pieces in group}
            self.assertEqual(len(encodings), len(group))

    def test_key_ids(self):
        for row in self.positive('key_id'):
            self.assertEqual(kx.key_id(row['kind'], raw(row['public_key'])), raw(row['key_id']))

    @staticmethod
    def pair_key(row):
        ends = [(row[end]['oin'], raw(row[end]['public_key'])) for end in ('sender', 'recipient')]
        return kw.pair_key(row['origin'], row['direction'], *ends, raw(row['own_secret']),
                           raw(row['psk']) or None)

    def test_pair_keys(self):
        for row in self.positive('pair_key'):
            self.assertEqual(self.pair_key(row), raw(row['key']))
        self.negative('pair_key', self.pair_key)

    def test_envelopes(self):
        for row in self.positive('envelope'):
            frame = raw(row['frame'])
            self.assertEqual(kw.read_prefix(frame),
                             (row['direction'], raw(row['sender']), raw(row['recipient'])))
            self.assertEqual(kw.open_envelope(frame, raw(row['key'])), raw(row['content']))
        self.negative('envelope', lambda row: kw.open_envelope(raw(row['frame']), raw(row['key'])))
        for row in load('envelope')['classes']:
            self.assertEqual(kw.size_class(row['content_len']), row['class'])

    def test_hints(self):
        for row in self.positive('hint'):
            self.assertEqual(kw.read_hint(raw(row['frame'])), (row['code'], row['pause_ms']))
        self.negative('hint', lambda row: kw.read_hint(raw(row['frame'])))

    def test_commitment_vectors(self):
        stream = load('vector')['keystream']
        self.assertEqual(kx.keystream(raw(stream['key']), 128), raw(stream['stream']))
        for row in self.positive('vector'):
            made = kw.Vector(row['label'], row['capacity'], raw(row['seed']),
                             [raw(value) for value in row['values']])
            self.assertEqual((made.bytes, made.root, made.order),
                             (raw(row['vector']), raw(row['root']), row['order']))
            for opening in row['openings']:
                self.check_opening({**row, **opening})
        self.negative('vector', self.check_opening)

    @staticmethod
    def check_opening(row):
        kw.check_opening(row['label'], raw(row['vector']), row['position'], raw(row['salt']),
                         raw(row['value']))

    def test_entries(self):
        for row in self.positive('entry'):
            data = raw(row['entry'])
            self.assertEqual(kw.read_entry(data), (row['class'], row['time'],
                                                   raw(row['register_head']),
                                                   raw(row['parts_root'])))
            self.assertEqual(kt.leaf_hash(data), raw(row['leaf_hash']))
        self.negative('entry', lambda row: kw.read_entry(raw(row['entry'])))

    def test_messages(self):
        for name in ('statement', 'request', 'part'):
            for row in self.positive(name):
                message = km.decode(row['type'], raw(row['wire']))
                self.assertEqual(message, ParseDict(row['fields'], getattr(km.pb, row['type'])()))
                self.assertEqual(km.encode(message), raw(row['wire']))
            self.negative(name, lambda row: km.decode(row['type'], raw(row['wire'])))

    def test_batches(self):
        for row in self.positive('batch'):
            statements = [raw(statement) for statement in row['statements']]
            batch = kw.Batch(row['signer'], kx.sign_pair(raw(row['seed'])), statements)
            self.assertEqual((batch.root, batch.signature, batch.key_id),
                             (raw(row['root']), raw(row['signature']), raw(row['key_id'])))
            request = km.decode('Request', km.encode(batch.request()))
            self.assertEqual(kw.verify_request(request, raw(row['public_key'])),
                             [raw(item['header_hash']) for item in row['items']])
            for item in row['items']:
                self.assertEqual(batch.tree.inclusion(item['index']),
                                 [raw(sibling) for sibling in item['path']])
        self.negative('batch', self.verify_statement)

    @staticmethod
    def verify_statement(row):
        kw.verify_statement(km.pb.SignedStatement(
            statement=raw(row['statement']), signer=row['signer'], key_id=raw(row['key_id']),
            size=row['size'], index=row['index'], path=[raw(p) for p in row['path']],
            signature=raw(row['signature'])), raw(row['public_key']))

    def test_verrijkingen(self):
        for row in self.positive('verrijking'):
            openings = [km.pb.Opening(salt=raw(o['salt']), value=raw(o['value']))
                        for o in row['openings']]
            self.assertEqual(kw.verrijking_commitment(openings), raw(row['commitment']))

    def test_bundles(self):
        for row in self.positive('bundle'):
            bundle = kw.check_bundle(raw(row['wire']))
            self.assertEqual(bundle, ParseDict(row['fields'], km.pb.Bundle()))
            proven = outcome(kw.check_bundle, raw(row['wire']), raw(row['send_secret']))
            self.assertEqual(proven, 'ok' if row['proven'] or not bundle.sealing else 'signature')
        self.negative('bundle',
                      lambda row: kw.check_bundle(raw(row['wire']), raw(row['send_secret'])))


class WholeLog(unittest.TestCase):
    """log.json as a client reads it, from genesis on."""

    def setUp(self):
        self.log = load('log')
        self.view = kc.View(kt.VKey.parse(self.log['vkey']))
        register = km.decode('Replies', raw(self.log['register']))
        self.view.take(register)
        self.view.fold(register.replies[0].register)

    def hold(self, name):
        """The client held the checkpoint at which this answer was asked."""
        self.view.size = self.log[name]['held']
        self.view.root = raw(self.log[name]['held_root'])

    def read_delivery(self, wire):
        delivery = self.log['delivery']
        self.hold('delivery')
        replies = km.decode('Replies', wire)
        self.view.take(replies)
        return kc.check_delivery(self.view, replies.replies[0].deliveries[0],
                                 (delivery['oin'], delivery['functie']), delivery['number'],
                                 delivery['now']), replies

    def test_entries_make_the_tree_and_hold_their_parts(self):
        tree = kt.Tree()
        for row in self.log['entries']:
            parts = [raw(part) for part in row['parts']]
            made = kw.Vector(kw.PARTS, 32, raw(row['seed']), parts)
            self.assertEqual(made.bytes, raw(row['vector']))
            self.assertEqual(made.root, kw.read_entry(raw(row['entry']))[3])
            tree.append(raw(row['entry']))
            self.assertEqual(tree.leaves[-1], raw(row['leaf_hash']))
        checkpoint = kt.verify_checkpoint(self.log['checkpoint'].encode(), self.view.vkey)
        self.assertEqual((checkpoint.size, checkpoint.root), (len(tree), tree.root()))

    def test_the_register_is_pinned_by_genesis_and_names_the_parties(self):
        register = self.view.register
        self.assertEqual(register.leaves[0], (0, raw(self.log['genesis_leaf'])))
        self.assertEqual([p.bundle.soort for p in register.parties if not p.is_role],
                         ['politie', 'gemeente'])
        self.assertEqual([row[0] for row in register.convenanten], ['voorbeeld'])

    def test_a_register_without_one_of_its_leaves_is_refused(self):
        leaves = km.decode('Replies', raw(self.log['register'])).replies[0].register
        for missing in range(len(leaves) - 1):
            fresh = kc.View(self.view.vkey)
            fresh.size, fresh.root = self.view.size, self.view.root
            rest = [leaf for n, leaf in enumerate(leaves) if n != missing]
            self.assertEqual(outcome(fresh.fold, rest), 'signature')

    def test_the_receipt_names_the_entry(self):
        self.hold('receipt')
        replies = km.decode('Replies', raw(self.log['receipt']['replies']))
        self.view.take(replies)
        index = kc.check_receipt(self.view, replies.replies[0], raw(self.log['statement']))
        self.assertEqual(index, self.log['receipt']['index'])
        self.assertEqual(outcome(kc.check_receipt, self.view, replies.replies[0],
                                 raw(self.log['statement'])[:-1]), 'malformed')

    def test_the_delivery_gives_exactly_what_the_part_says(self):
        (given, own), replies = self.read_delivery(raw(self.log['delivery']['replies']))
        self.assertEqual([km.encode(rubriek) for rubriek in given],
                         [raw(wire) for wire in self.log['delivery']['from_sender']])
        self.assertEqual([km.encode(rubriek) for rubriek in own],
                         [raw(wire) for wire in self.log['delivery']['from_knooppunt']])
        self.assertEqual(kc.ack_item(replies.replies[0].deliveries[0]),
                         raw(self.log['delivery']['ack_item']))

    def test_every_changed_delivery_is_refused(self):
        for row in self.log['negative']:
            with self.subTest(row['reason']):
                self.assertEqual(outcome(self.read_delivery, raw(row['replies'])), row['kind'])


if __name__ == '__main__':
    VECTORS = sys.argv.pop(1)
    unittest.main()
