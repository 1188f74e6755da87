#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""knooppunt-audit verify on exported logs: what it tells of one that is intact and of one that is not.

usage: desk_verify_test.py KNOOPPUNT-AUDIT
"""

import base64
import hashlib
import json
import os
import shutil
import signal
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


def stop_at_once():
    """In the child: the signal has come before the program begins, so no time decides."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    os.kill(os.getpid(), signal.SIGTERM)


class StateTest(World):
    """A verification that goes on from where an earlier one was."""

    SIZE = 1000

    def setUp(self):
        super().setUp()
        self.stop()
        self.export, self.state = self.path('export'), self.path('state')
        self.entries = grow(self.log, self.SIZE)
        export(self.log, self.entries, self.export)

    def verify(self, *arguments, code=0):
        line, = self.audit('verify', self.export, '--state', self.state, *arguments, code=code)
        return line

    def interrupt(self, *arguments):
        """One run that is told to stop before it begins: it reads one bundle."""
        return subprocess.run(
            [desk_world.PROGRAMS['knooppunt-audit'], 'verify', self.export, '--state', self.state,
             '--json', *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False,
            stderr=subprocess.PIPE, timeout=60, preexec_fn=stop_at_once)  # one thread

    def assert_read(self, line, state, first):
        self.assertEqual((line['state'], line['from'], line['read']),
                         (state, first, line['size'] - first))

    def replace(self, log, entries):
        shutil.rmtree(self.export)
        export(log, entries, self.export)

    def rewritten(self, at, size):
        """The same log with another entry from `at` on, whole and signed by its key."""
        other = vectors_log.build()[0]
        entries = grow(other, at)
        for n in range(at, size):
            entries.append(entry(TICK, vectors_log.T0 + 300000 * n + 1, other.register_head,
                                 bytes(32)))
            other.tree.append(entries[-1])
        return other, entries

    def read_state(self):
        with open(self.state, 'rb') as file:
            return file.read()

    def write_state(self, body):
        digest = base64.b64encode(hashlib.sha256(body).digest())
        write(self.state, b'knooppunt-verified/1 ' + digest + b'\n' + body)

    def test_one_that_was_stopped_goes_on_and_says_the_same(self):
        for done in (256, 512, 768):
            stopped = self.interrupt()
            self.assertEqual(stopped.returncode, 3, stopped.stderr)
            problem = self.error([json.loads(line) for line in stopped.stdout.splitlines()],
                                 'stopping')
            self.assertEqual(problem['file'], self.state)
            self.assertIn(f'stopped after {done} of 1000 entries', problem['message'])
        line = self.verify()
        self.assert_read(line, 'used', 768)
        whole, = self.audit('verify', self.export)
        for word in ('intact', 'size', 'root', 'missing'):
            self.assertEqual(line[word], whole[word])
        # Without a file to keep it in, it ends as any program does.
        self.assertEqual(subprocess.run(
            ['sh', '-c', 'kill -TERM $$; exec "$0" verify "$1"',
             desk_world.PROGRAMS['knooppunt-audit'], self.export], check=False).returncode, -15)

    def test_what_was_finished_costs_what_is_new(self):
        self.assert_read(self.verify(), 'none', 0)
        self.assert_read(self.verify(), 'used', 768)  # its last bundle was not full
        for size in (1020, 1024, 1300):
            was = len(self.entries)
            self.entries = grow(self.log, size, self.entries)
            self.replace(self.log, self.entries)
            line = self.verify()
            self.assert_read(line, 'used', was - was % 256)
            self.assertEqual((line['size'], line['extends']), (size, True))

    def test_it_says_what_it_did_not_read_and_whole_reads_it(self):
        self.verify()
        tile = f'{self.export}/tile/entries/001'
        with open(tile, 'rb') as file:
            data = bytearray(file.read())
        data[82 * 5 + 60] ^= 1
        write(tile, bytes(data))
        self.assert_read(self.verify(), 'used', 768)
        told = self.run_program('knooppunt-audit', 'verify', self.export, '--state',
                                self.state).stderr
        self.assertIn('232 entries were read, from entry 768 on', told)
        self.assertIn('--whole', told)
        damage = self.verify('--whole', code=1)
        self.assertEqual((damage['intact'], damage['file'], damage['index']),
                         (False, 'tile/entries/001', 261))
        self.assertEqual((damage['state'], damage['from']), ('whole', 0))
        # The entry before the new ones is read, and says so too.
        write(tile, bytes(data[:82 * 5 + 60] + bytes([data[82 * 5 + 60] ^ 1])
                          + data[82 * 5 + 61:]))
        self.assertTrue(self.verify('--whole')['intact'])
        self.flip('tile/entries/002', -1)
        damage = self.verify(code=1)
        self.assertEqual((damage['file'], damage['index'], damage['state']),
                         ('tile/entries/002', 767, 'anew'))

    def flip(self, name, at):
        with open(f'{self.export}/{name}', 'rb') as file:
            data = bytearray(file.read())
        data[at] ^= 1
        write(f'{self.export}/{name}', bytes(data))

    def test_a_rewritten_history_is_found(self):
        self.verify()
        kept = self.read_state()
        for at, size in ((20, 1200), (900, 1200), (999, 1000), (600, 1024)):
            self.replace(*self.rewritten(at, size))
            self.assertTrue(self.audit('verify', self.export)[0]['intact'])  # taken by itself
            damage = self.verify(code=1)
            self.assertEqual(damage['file'], 'checkpoint')
            self.assertIn('rewritten since it was last verified', damage['what'])
            self.assertEqual(self.read_state(), kept)
            self.assertIn('rewritten', self.verify('--whole', code=1)['what'])

    def test_a_shorter_log_is_found(self):
        self.verify()
        kept = self.read_state()
        self.replace(*self.rewritten(999, 999))
        self.assertTrue(self.audit('verify', self.export)[0]['intact'])
        for whole in ([], ['--whole']):
            damage = self.verify(*whole, code=1)
            self.assertEqual(damage['file'], 'checkpoint')
            self.assertIn('cut off or rolled back', damage['what'])
        self.assertEqual(self.read_state(), kept)

    def test_one_that_was_stopped_holds_the_log_to_what_it_saw(self):
        self.interrupt()
        self.replace(*self.rewritten(990, 990))
        self.assertIn('rolled back', self.verify(code=1)['what'])
        self.replace(*self.rewritten(990, 1000))
        self.assertIn('rewritten', self.verify(code=1)['what'])
        # Nor does a whole reading that is stopped forget it.
        self.replace(self.log, self.entries)
        self.verify()
        self.replace(*self.rewritten(990, 1100))
        self.assertEqual(self.interrupt('--whole').returncode, 3)
        self.assertIn('rewritten', self.verify(code=1)['what'])

    def test_a_damaged_state_is_said_and_made_anew(self):
        self.verify()
        sound = self.read_state()
        middle = bytearray(sound)
        middle[len(sound) // 2] ^= 1
        for damaged in (bytes(middle), sound[:-1], sound + b'\n', b'', b'x' * 70000,
                        sound.replace(b'/1 ', b'/2 ')):
            write(self.state, damaged)
            self.assert_read(self.verify(), 'damaged', 0)
            self.assertEqual(self.read_state(), sound)
        write(self.state, bytes(middle))
        told = self.run_program('knooppunt-audit', 'verify', self.export, '--state',
                                self.state).stderr
        self.assertIn('is damaged or of another version, so all was read', told)
        self.assertIn('--last', told)

    def test_a_forged_state_makes_nothing_intact(self):
        self.interrupt()
        body = self.read_state().split(b'\n', 1)[1]
        size, peak, rest = body.split(b'\n', 2)
        forged = base64.b64encode(bytes(32))
        # Another peak, and a size that its peaks are not of: all is read, and the log is intact.
        for what, state in ((b'\n'.join([size, forged, rest]), 'anew'),
                            (b'\n'.join([b'512', peak, rest]), 'anew'),
                            (b'\n'.join([b'1024', peak, rest]), 'damaged')):
            self.write_state(what)
            self.assert_read(self.verify(), state, 0)
        # A checkpoint that the log's key did not sign.
        self.write_state(b'\n'.join([size, peak, rest.replace(b'\n1000\n', b'\n2000\n')]))
        damage = self.verify(code=1)
        self.assertEqual(damage['file'], self.state)
        self.assertIn('not signed by the key', damage['what'])

    def test_the_state_of_another_log_is_left_as_it_is(self):
        self.verify()
        body = self.read_state().split(b'\n', 1)[1]
        origin = self.log.key.vkey.name.encode()
        self.write_state(body.replace(origin, origin + b'2'))
        kept = self.read_state()
        problem = self.error(self.audit('verify', self.export, '--state', self.state, code=4),
                             'conflict')
        self.assertEqual(problem['file'], self.state)
        self.assertIn('of another log', problem['message'])
        self.assertEqual(self.read_state(), kept)

    def test_the_checkpoint_and_genesis_given_beside_it_are_held_against_the_old_part(self):
        last = self.path('last')
        small = self.path('small')
        export(self.log, self.entries[:300], small)
        self.audit('verify', small, '--last', last)
        self.verify()
        line = self.verify('--last', last, '--genesis',
                           write(self.path('genesis'), genesis_file(self.log)))
        self.assert_read(line, 'used', 768)
        # One that it does not extend, and a genesis with which it does not begin.
        other, entries = self.rewritten(290, 300)
        shutil.rmtree(small)
        export(other, entries, small)
        os.unlink(last)
        self.audit('verify', small, '--last', last)
        self.assertIn('seen before', self.verify('--last', last, code=1)['what'])
        other = vectors_log.Log()
        other.append(GENESIS, vectors_log.T0 + 1, [pb.Part(register=pb.PartRegister(
            genesis=vectors_log.genesis()))])
        damage = self.verify('--genesis', write(self.path('other'), genesis_file(other)), code=1)
        self.assertIn('another genesis', damage['what'])


if __name__ == '__main__':
    desk_world.main(sys.argv[1:])
