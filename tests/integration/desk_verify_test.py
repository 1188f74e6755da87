#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""knooppunt-audit verify on exported logs: what it tells of one that is intact and of one that is not.

usage: desk_verify_test.py KNOOPPUNT-AUDIT
"""

import os
import shutil
import subprocess
import sys

import desk_world
from desk_world import World, export, genesis_file, grow, write

import vectors_log
from knp_messages import pb
from knp_tree import encode64
from knp_wire import GENESIS, TICK, entry


class VerifyTest(World):
    """Whether a log is intact is tested with verify itself; here, how it is told."""

    def setUp(self):
        super().setUp()
        self.stop()
        self.export = self.path('export')
        self.entries = grow(self.log, 300)
        export(self.log, self.entries, self.export)
        with open(f'{self.export}/checkpoint', 'rb') as file:
            self.note = file.read()
        self.root = self.note.split(b'\n')[2].decode()

    def test_an_intact_log_needs_no_daemon_and_no_settings(self):
        os.unlink(self.path('settings.yaml'))
        self.assertEqual(self.audit('verify', self.export), [
            {'intact': True, 'size': 300, 'root': self.root, 'erased': None, 'missing': 0,
             'extends': None}])

    def test_on_a_terminal_it_says_how_far_it_is_and_else_it_does_not(self):
        ours, theirs = os.openpty()
        done = subprocess.run([desk_world.PROGRAMS['knooppunt-audit'], 'verify', self.export],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
                              timeout=60, check=False)
        os.close(theirs)
        told = os.read(ours, 65536)
        os.close(ours)
        self.assertEqual(done.returncode, 0, told)
        self.assertIn(b'\r256 of 300 entries, 85 %', told)
        self.assertIn(b'\r300 of 300 entries, 100 %\r\x1b[K', told)
        self.assertNotIn('entries, 100 %',
                         self.run_program('knooppunt-audit', 'verify', self.export).stderr)

    def test_with_its_genesis_an_oefening_says_so(self):
        given = ['--genesis', write(self.path('genesis'), genesis_file(self.log))]
        line, = self.audit('verify', self.export, *given)
        self.assertEqual((line['intact'], line['oefening']), (True, True))
        told = self.run_program('knooppunt-audit', 'verify', self.export, *given).stderr
        self.assertEqual([line.split(':')[0] for line in told.splitlines()[:2]],
                         ['OEFENING', 'INTACT'])
        # Of a genesis that is not that of the log nothing is told of it.
        other = vectors_log.Log()
        other.append(GENESIS, vectors_log.T0 + 1, [pb.Part(register=pb.PartRegister(
            genesis=vectors_log.genesis()))])
        given[1] = write(self.path('other'), genesis_file(other))
        line, = self.audit('verify', self.export, *given, code=1)
        self.assertEqual((line['index'], 'oefening' in line), (0, False))

    def test_a_changed_byte_is_named_with_its_place(self):
        tile = f'{self.export}/tile/0/000'
        with open(tile, 'rb') as file:
            data = bytearray(file.read())
        data[77] ^= 1
        write(tile, bytes(data))
        damage, = self.audit('verify', self.export, code=1)
        self.assertEqual((damage['intact'], damage['file']), (False, 'tile/0/000'))
        self.assertEqual((damage['index'], damage['offset']), (77 // 32, 77))
        self.assertTrue(damage['what'])
        done = self.run_program('knooppunt-audit', 'verify', self.export)
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('NOT INTACT', done.stderr)
        self.assertIn('tile/0/000', done.stderr)

    def not_intact(self, *arguments):
        """(file, index, offset) of what verify names; what is wrong is in words."""
        damage, = self.audit('verify', self.export, *arguments, code=1)
        self.assertIs(damage['intact'], False)
        self.assertGreater(len(damage['what']), 5)
        return damage['file'], damage.get('index'), damage.get('offset')

    def spoil(self, name, change):
        """Puts changed content, or nothing, in the place of a file; the content of before."""
        path = f'{self.export}/{name}'
        with open(path, 'rb') as file:
            whole = file.read()
        os.unlink(path)
        if change(whole) is not None:
            write(path, change(whole))
        return whole

    def test_whatever_is_wrong_is_named_with_where(self):
        """In the folder of 300 entries: one full tile, one of 44, and the tile above."""
        def flip(at):
            return lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]

        def without(first, end):
            return lambda data: data[:first] + data[end:]

        for what, name, change, index, offset in [
                ('a changed byte of an entry', 'tile/entries/000', flip(82 * 77 + 60), 77,
                 82 * 77 + 2),
                ('a changed byte of a hash', 'tile/0/001.p/44', flip(99), 256 + 3, 99),
                ('a changed byte higher up', 'tile/1/000.p/1', flip(31), 0, 31),
                ('a changed byte of the checkpoint', 'checkpoint', flip(-20), None, None),
                ('a missing tile', 'tile/0/000', lambda _: None, None, None),
                ('a missing tile of entries', 'tile/entries/001.p/44', lambda _: None, None, None),
                ('a missing checkpoint', 'checkpoint', lambda _: None, None, None),
                ('a truncated tile', 'tile/0/001.p/44', lambda data: data[:-1], None, 1407),
                ('a truncated tile of entries', 'tile/entries/000', lambda data: data[:820], None,
                 820),
                ('a missing signature', 'checkpoint',
                 lambda data: data[:data.index(b'\n\n') + 2], None, None),
                ('a gap', 'tile/entries/000', without(82 * 5, 82 * 6), 5, 82 * 5),
                ('entries that were put in', 'tile/entries/000',
                 lambda data: data[:820] + data[738:], 10, 820)]:
            with self.subTest(what):
                whole = self.spoil(name, change)
                found = self.not_intact()
                write(f'{self.export}/{name}', whole)
                self.assertEqual(found[0], name)
                self.assertEqual(found[2], offset)
                if index is not None:
                    self.assertEqual(found[1], index)
        self.audit('verify', self.export)

    def test_a_log_that_does_not_extend_what_was_seen_is_not_intact(self):
        last = self.path('last')
        self.audit('verify', self.export, '--last', last)
        with open(last, 'rb') as file:
            seen = file.read()
        # Whole and signed, longer, and with another past: entry 290 is of another time.
        other = vectors_log.build()[0]
        entries = grow(other, 290)
        entries += [entry(TICK, vectors_log.T0 + 300000 * n + 1, other.register_head, bytes(32))
                    for n in range(290, 310)]
        for one in entries[290:]:
            other.tree.append(one)
        shutil.rmtree(self.export)
        export(other, entries, self.export)
        self.assertEqual(self.audit('verify', self.export)[0]['size'], 310)
        damage, = self.audit('verify', self.export, '--last', last, code=1)
        self.assertEqual((damage['intact'], damage['file']), (False, 'checkpoint'))
        self.assertIn('seen before', damage['what'])
        with open(last, 'rb') as file:
            self.assertEqual(file.read(), seen)  # what was seen stays what must be extended

    def test_a_checkpoint_seen_before_is_extended_and_replaced(self):
        last = self.path('last')
        self.assertEqual(self.audit('verify', self.export, '--last', last)[0]['extends'], None)
        self.assertEqual(self.audit('verify', self.export, '--last', last)[0]['extends'], True)
        smaller = self.path('smaller')
        export(self.log, self.entries[:299], smaller)
        self.assertIs(self.audit('verify', smaller, '--last', last, code=1)[0]['intact'], False)

    def test_the_key_of_the_house_must_be_that_of_the_log(self):
        self.audit('verify', self.export, '--vkey', f'{self.export}/log.vkey')
        with open(f'{self.export}/log.vkey', encoding='utf-8') as file:
            name = file.read().split('+')[0]
        other = vectors_log.LogKey(name, bytes(31) + b'\1').vkey
        vkey = write(self.path('vkey'), f'{other}\n'.encode())
        self.assertIs(self.audit('verify', self.export, '--vkey', vkey, code=1)[0]['intact'],
                      False)

    def test_what_cannot_be_looked_at_is_no_verdict(self):
        shutil.rmtree(self.export)
        self.error(self.audit('verify', self.export, code=4), 'file-missing')
        os.mkdir(self.export)
        bad = write(self.path('bad'), b'no key\n')
        problem = self.error(self.audit('verify', self.export, '--vkey', bad, code=4), 'syntax')
        self.assertEqual(problem['file'], bad)
        self.assertIn('--vkey', problem['message'])

    def test_the_root_is_told_as_the_checkpoint_has_it(self):
        done = self.run_program('knooppunt-audit', 'verify', self.export)
        self.assertEqual((done.returncode, done.stdout), (0, ''))
        self.assertIn(f'INTACT: 300 entries, root {self.root}', done.stderr)
        self.assertEqual(len(self.root), len(encode64(bytes(32))))


if __name__ == '__main__':
    desk_world.main(sys.argv[1:])
