#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""tests/python/knp_tree.py against the published vectors, and against logs written by our C.

usage: python_tree_test.py MAKE_LOG FIXTURES
"""

import base64
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))
import knp_tiles  # noqa: E402
import knp_tree as kt  # noqa: E402

MAKE_LOG = FIXTURES = None
ORIGIN = 'log.example.nl/integratietest'


def load(*path):
    with open(os.path.join(FIXTURES, *path), encoding='utf-8') as file:
        return json.load(file)


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def outcome(check, *arguments):
    """'ok', or why it was refused."""
    try:
        check(*arguments)
    except kt.Refused as refused:
        return refused.kind
    return 'ok'


class PublishedTrees(unittest.TestCase):
    @staticmethod
    def inclusion(vector):
        def plain(text):
            return base64.b64decode(text)
        return (kt.verify_inclusion, plain(vector['leafHash']), vector['leafIdx'],
                vector['treeSize'], [plain(h) for h in vector['proof'] or []],
                plain(vector['root']))

    @staticmethod
    def consistency(vector):
        def plain(text):
            return base64.b64decode(text)
        return (kt.verify_consistency, vector['size1'], plain(vector['root1']), vector['size2'],
                plain(vector['root2']), [plain(h) for h in vector['proof'] or []])

    def judge(self, kind, arguments):
        walk = os.walk(os.path.join(FIXTURES, 'merkle', kind))
        files = [os.path.join(folder, name) for folder, _, names in walk for name in names]
        self.assertEqual(len(files), 98)
        for path in files:
            with open(path, encoding='utf-8') as file:
                vector = json.load(file)
            with self.subTest(path):
                got = outcome(*arguments(vector))
                if path.endswith('sizes-are-equal-one-and-proof-is-empty.json'):
                    self.assertEqual(got, 'malformed')  # its roots have twelve bytes
                else:
                    self.assertEqual(got == 'ok', not vector['wantErr'])

    def test_published_inclusion_proofs_are_judged_as_published(self):
        self.judge('inclusion', self.inclusion)

    def test_published_consistency_proofs_are_judged_as_published(self):
        self.judge('consistency', self.consistency)

    def test_reference_roots_nodes_and_proofs_are_made_as_published(self):
        reference = load('merkle', 'roots.json')
        tree = kt.Tree(kt.leaf_hash(bytes.fromhex(leaf)) for leaf in reference['leaves_hex'])
        for size, root in enumerate(reference['roots_by_size']):
            self.assertEqual(tree.root(size).hex(), root)
        for level, nodes in enumerate(reference['levels']):
            for index, node in enumerate(nodes):
                self.assertEqual(tree.subtree(level, index).hex(), node)
        for item in reference['inclusion']:
            path = tree.inclusion(item['index'], item['size'])
            self.assertEqual([h.hex() for h in path], item['proof'])
        for item in reference['consistency']:
            path = tree.consistency(item['size1'], item['size2'])
            self.assertEqual([h.hex() for h in path], item['proof'])


class Trees(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tree = kt.Tree(kt.leaf_hash(bytes([i])) for i in range(130))

    def test_every_proof_up_to_130_verifies(self):
        for size in range(131):
            root = self.tree.root(size)
            for index in range(size):
                kt.verify_inclusion(self.tree.leaves[index], index, size,
                                    self.tree.inclusion(index, size), root)
            for old in range(size + 1):
                kt.verify_consistency(old, self.tree.root(old), size, root,
                                      self.tree.consistency(old, size))

    def test_flipped_bits_and_other_lengths_are_refused(self):
        for size, index in ((1, 0), (2, 1), (7, 6), (13, 4), (70, 69)):
            root, leaf = self.tree.root(size), self.tree.leaves[index]
            path = self.tree.inclusion(index, size)
            for at in range(len(path)):
                for bit in range(256):
                    bad = copy.copy(path)
                    bad[at] = flipped(path[at], bit)
                    self.assertEqual(outcome(kt.verify_inclusion, leaf, index, size, bad, root),
                                     'signature')
            for bad in (path + [root], path[:-1] if path else [leaf]):
                self.assertEqual(outcome(kt.verify_inclusion, leaf, index, size, bad, root),
                                 'malformed')
            self.assertEqual(outcome(kt.verify_inclusion, leaf, size, size, path, root),
                             'malformed')

    def test_flipped_bits_of_consistency_proofs_are_refused(self):
        for old, size in ((1, 2), (3, 7), (4, 7), (6, 8), (33, 70), (64, 70)):
            path = self.tree.consistency(old, size)
            pieces = [self.tree.root(old), self.tree.root(size)] + path
            for bit in range(256 * len(pieces)):
                bad = copy.copy(pieces)
                bad[bit // 256] = flipped(bad[bit // 256], bit % 256)
                self.assertEqual(outcome(kt.verify_consistency, old, bad[0], size, bad[1],
                                         bad[2:]), 'signature')

    def test_a_split_view_and_a_shrunken_log_are_refused(self):
        one, two = self.tree.leaves[:2]
        self.assertEqual(outcome(kt.verify_consistency, 1, one, 1, two, []), 'signature')
        self.assertEqual(outcome(kt.verify_consistency, 2, one, 1, two, []), 'malformed')
        self.assertEqual(outcome(kt.verify_consistency, 0, one, 1, one, []), 'signature')
        self.assertEqual(outcome(kt.verify_consistency, 0, kt.EMPTY_ROOT, 1, one, []), 'ok')


class Notes(unittest.TestCase):
    def test_published_notes_are_judged_as_published(self):
        judged = 0
        for case in load('signed-note', 'notes.json')['cases']:
            note = base64.b64decode(case['note_b64'])
            for text in case['vkeys']:
                with self.subTest(case['desc']):
                    got = outcome(kt.verify_note, note, kt.VKey.parse(text))
                    self.assertEqual(got == 'ok', not case['wantErr'])
                    judged += 1
        self.assertEqual(judged, 14)

    def test_published_verifier_keys_are_judged_as_published(self):
        kinds = []
        for item in load('signed-note', 'notes.json')['vkeys']:
            kind = outcome(kt.VKey.parse, item['vkey'])
            kinds.append(kind)
            if kind == 'ok':
                self.assertEqual(str(kt.VKey.parse(item['vkey'])), item['vkey'])
                self.assertTrue(item['ok'])
        self.assertEqual(sorted(kinds), ['malformed'] + ['ok'] * 4 + ['unsupported'] * 2)

    def test_every_flipped_bit_of_a_checkpoint_is_refused(self):
        key = kt.LogKey(ORIGIN, b'k' * 32)
        note = key.checkpoint(5, bytes(32))
        self.assertEqual(kt.verify_checkpoint(note, key.vkey), (ORIGIN, 5, bytes(32)))
        for bit in range(8 * len(note)):
            self.assertNotEqual(outcome(kt.verify_checkpoint, flipped(note, bit), key.vkey), 'ok')

    def test_signed_texts_that_are_no_checkpoint_are_malformed(self):
        key = kt.LogKey(ORIGIN, b'k' * 32)
        root = kt.encode64(bytes(32))
        for text in (f'{ORIGIN}\n05\n{root}\n', f'{ORIGIN}x\n5\n{root}\n', f'{ORIGIN}\n5\n',
                     f'{ORIGIN}\n5\n{root}\nextra\n', f'{ORIGIN}\n0\n{root}\n',
                     f'{ORIGIN}\n{1 << 63}\n{root}\n', f'{ORIGIN}\n\n{root}\n',
                     f'{ORIGIN}\n\u0665\n{root}\n', f'{ORIGIN}\n5\n{root[:-4]}\n'):
            note = key.sign(text.encode())
            self.assertEqual(outcome(kt.verify_checkpoint, note, key.vkey), 'malformed', text)

    def test_strangers_are_ignored_and_bounds_hold(self):
        key = kt.LogKey(ORIGIN, b'k' * 32)
        note = key.checkpoint(5, bytes(32))
        stranger = f'{kt.DASH}getuige.example/caf\u00e9 {kt.encode64(bytes(76))}\n'.encode()
        self.assertEqual(outcome(kt.verify_checkpoint, note + 63 * stranger, key.vkey), 'ok')
        self.assertEqual(outcome(kt.verify_checkpoint, note + 64 * stranger, key.vkey), 'large')
        self.assertEqual(outcome(kt.verify_checkpoint, note + bytes(16384), key.vkey), 'large')

    def test_receipts_are_parsed_strictly(self):
        key = kt.LogKey(ORIGIN, b'k' * 32)
        tree = kt.Tree(kt.leaf_hash(bytes([i])) for i in range(11))
        note = key.checkpoint(11, tree.root())
        receipt = kt.Receipt(4, tree.inclusion(4), note)
        text = receipt.text()

        def judge(changed):
            return outcome(kt.verify_receipt, changed, tree.leaves[4], key.vkey)

        self.assertEqual(kt.verify_receipt(text, tree.leaves[4], key.vkey)[0], 4)
        self.assertEqual(judge(receipt._replace(extra=b'iets').text()), 'ok')
        self.assertEqual(judge(receipt._replace(extra=bytes(4097)).text()), 'large')
        self.assertEqual(judge(receipt._replace(index=3).text()), 'signature')
        self.assertEqual(judge(receipt._replace(index=11).text()), 'malformed')
        self.assertEqual(judge(receipt._replace(path=64 * [bytes(32)]).text()), 'large')
        for old, new in ((b'@v1', b'@v2'), (b'index 4', b'index 04'), (b'index 4', b'index '),
                         (b'index 4\n', b'extra \nindex 4\n'), (b'index 4\n', b'')):
            self.assertEqual(judge(text.replace(old, new, 1)), 'malformed')
        for bit in range(8 * len(text)):
            self.assertNotEqual(judge(flipped(text, bit)), 'ok')


class LogsOfOurs(unittest.TestCase):
    """Logs written by the C library. The keys are the same, so whole files must be equal."""

    @classmethod
    def setUpClass(cls):
        cls.key = kt.LogKey(ORIGIN, b'k' * 32)
        cls.work = tempfile.mkdtemp(prefix='knp-tree-')

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.work)

    def make(self, size):
        folder = os.path.join(self.work, str(size))
        if not os.path.exists(folder):
            os.mkdir(folder)
            subprocess.run([MAKE_LOG, folder, str(size)], check=True)
        return folder

    def check_proofs(self, folder, tree):
        lines = knp_tiles.read_file(folder, 'proofs.txt').decode().splitlines()
        for line in lines:
            kind, position, *hashes = line.split(' ')
            make = tree.inclusion if kind == 'inclusion' else tree.consistency
            self.assertEqual([h.hex() for h in make(int(position))], hashes, line[:40])
        return len(lines)

    def check_receipts(self, folder, tree, entries):
        note = knp_tiles.read_file(folder, 'checkpoint')
        files = os.listdir(os.path.join(folder, 'receipts')) if entries else []
        for name in files:
            index = int(name.split('.')[0])
            text = knp_tiles.read_file(folder, os.path.join('receipts', name))
            self.assertEqual(text, kt.Receipt(index, tree.inclusion(index), note).text())
            got, checkpoint = kt.verify_receipt(text, kt.leaf_hash(entries[index]), self.key.vkey)
            self.assertEqual((got, checkpoint.size), (index, len(tree)))
        return len(files)

    def test_logs_of_all_boundary_sizes_are_what_python_makes(self):
        for size in (0, 1, 2, 255, 256, 257, 1000, 65535, 65536, 65537):
            with self.subTest(size=size):
                folder = self.make(size)
                self.assertEqual(knp_tiles.read_file(folder, 'log.vkey').decode(),
                                 f'{self.key.vkey}\n')
                checkpoint, tree, entries = knp_tiles.verify_folder(folder, self.key.vkey)
                self.assertEqual(checkpoint.size, size)
                self.assertEqual(knp_tiles.read_file(folder, 'checkpoint'),
                                 self.key.checkpoint(size, tree.root()))
                self.assertGreaterEqual(self.check_proofs(folder, tree), min(size, 1000))
                self.assertEqual(self.check_receipts(folder, tree, entries),
                                 (min(size, 1000) + 60) // 61)

    def test_changed_bytes_of_a_log_are_refused(self):
        folder = self.make(257)
        for name in ('checkpoint', 'tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1',
                     'tile/entries/000', 'tile/entries/001.p/1'):
            original = knp_tiles.read_file(folder, name)
            path = os.path.join(folder, name)
            with self.subTest(name):
                for bad in (flipped(original, 4 * len(original)), original[:-1]):
                    with open(path, 'wb') as file:
                        file.write(bad)
                    self.assertNotEqual(
                        outcome(knp_tiles.verify_folder, folder, self.key.vkey), 'ok')
            with open(path, 'wb') as file:
                file.write(original)
        self.assertEqual(outcome(knp_tiles.verify_folder, folder, self.key.vkey), 'ok')


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    MAKE_LOG, FIXTURES = sys.argv[1], sys.argv[2]
    unittest.main(argv=sys.argv[:1])
