# SPDX-License-Identifier: EUPL-1.2
"""Keys and content are where they have to be and nowhere else: the memory of every process, the
disk and the log lines are searched for the bytes of each private key and for words of a melding."""

import os
import signal
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_crypto as kx  # noqa: E402
from knp_convenant import base, bsn, persoon  # noqa: E402
from knp_process import wait_gone  # noqa: E402
from knp_stage import Stage, main  # noqa: E402
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as unseal  # noqa: E402

HEADER, SALT = 47, slice(7, 23)
# Which process holds which key while it runs; nobody holds what opened the files.
HOLDERS = {'transport': {'gate'}, 'receive': {'opener'}, 'send': {'core'}, 'log': {'core'},
           'unlock': set()}
PIECE = 1 << 20


def private_key(folder, name, unlock):
    """The secret in a key file (proto/keys/keyfile.c), opened as the daemon does."""
    with open(os.path.join(folder, f'{name}.key'), 'rb') as file:
        image = file.read()
    key = kx.hkdf(image[SALT], unlock, b'knooppunt/keyfile/v1')
    return unseal(image[HEADER:HEADER + 48], image[:HEADER], image[23:HEADER], key)


def memory_of(pid):
    """All a process can write, in pieces that overlap; the rest are files."""
    with open(f'/proc/{pid}/maps', encoding='ascii') as maps, \
            open(f'/proc/{pid}/mem', 'rb', buffering=0) as memory:
        for line in maps:
            where, rights = line.split()[:2]
            first, last = (int(part, 16) for part in where.split('-'))
            if not rights.startswith('rw'):
                continue
            for at in range(first, last, PIECE):
                try:
                    memory.seek(at)
                    yield memory.read(min(PIECE + 256, last - at))
                except (OSError, ValueError):
                    continue  # a guard page, or a device


def count(pieces, needle):
    return sum(piece.count(needle) for piece in pieces)


def files_below(folder):
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            if os.path.isfile(path):
                with open(path, 'rb') as file:
                    yield path, file.read()


class Canaries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(('politie', 'sittard'))
        cls.addClassCleanup(cls.stage.close)
        cls.house = house = cls.stage.house
        with open(house.path('unlock.key'), 'rb') as file:
            unlock = file.read()
        cls.keys = {name: private_key(house.path('keys'), name, unlock)
                    for name in HOLDERS if name != 'unlock'}
        cls.keys['unlock'] = unlock
        # What names a person in what was sent.
        cls.words = [b'Kanarievogel', bsn(31).encode()]
        made = [rubriek for rubriek in base() if rubriek.naam != 'identificatie']
        made.append(persoon(geslachtsnaam=cls.words[0].decode()))
        receipt, = cls.stage.push('politie', cls.stage.melding('politie', rubrieken=made))
        assert receipt.outcome == 'aanvaard', receipt
        cls.stage.sync()

    def processes(self):
        return [('parent', self.house.process.pid)] + self.house.children()

    def test_each_private_key_is_in_the_process_that_uses_it_and_in_no_other(self):
        for name, key in self.keys.items():
            for role, pid in self.processes():
                with self.subTest(key=name, role=role):
                    hits = count(memory_of(pid), key)
                    if role in HOLDERS[name]:
                        self.assertGreater(hits, 0)  # or the search would find nothing at all
                    else:
                        self.assertEqual(hits, 0)

    def test_no_private_key_lies_on_the_disk_or_in_the_log(self):
        for name, key in self.keys.items():
            found = [path for path, content in files_below(self.house.folder)
                     if key in content or key.hex().encode() in content]
            wanted = [self.house.path('unlock.key')] if name == 'unlock' else []
            self.assertEqual(found, wanted, name)

    def test_words_of_a_melding_are_in_no_memory_of_gate_and_parent(self):
        self.assertTrue(self.words)
        for word in self.words:
            self.assertGreater(count(memory_of(os.getpid()), word), 0)  # we wrote it ourselves
            for role, pid in self.processes():
                if role in ('gate', 'parent'):
                    with self.subTest(word=word, role=role):
                        self.assertEqual(count(memory_of(pid), word), 0)

    def test_words_of_a_melding_are_not_on_the_disk_and_not_in_the_log(self):
        planted = self.house.path('data', 'planted')
        with open(planted, 'wb') as file:
            file.write(b'before' + self.words[0] + b'after')
        self.addCleanup(os.remove, planted)
        for word in self.words:
            with self.subTest(word=word):
                found = [path for path, content in files_below(self.house.folder)
                         if word in content]
                self.assertEqual(found, [planted] if word == self.words[0] else [])

    def test_z_a_core_that_aborts_leaves_no_dump(self):
        """Last by its name: another core is in its place afterwards."""
        before = set(os.listdir(self.house.folder)) | set(os.listdir(self.house.path('data')))
        pid = dict(self.house.children())['core']
        os.kill(pid, signal.SIGABRT)
        wait_gone([pid])
        after = set(os.listdir(self.house.folder)) | set(os.listdir(self.house.path('data')))
        self.assertEqual([name for name in after - before if 'core' in name], [])


if __name__ == '__main__':
    if os.geteuid() != 0:
        sys.exit('run as root: the memory of others is read')
    main()
