# SPDX-License-Identifier: EUPL-1.2
"""Witnesses outside: they cosign one history of a log, verify asks for them, and what they find that
nobody inside can. Logs, checkpoints and the check of a cosignature are the tests' own.

usage: cosign_test.py KNOOPPUNT-WITNESS KNOOPPUNT-AUDIT
"""

import base64
import concurrent.futures
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

import desk_world
from desk_world import export, grow, write

import vectors_log
from knp_wire import TICK, entry
from nacl.signing import VerifyKey

WITNESS, AUDIT = sys.argv[1:3]
SIZE = 300


def rewritten(at, size):
    """The same log, by its own key, with other entries from `at` on."""
    log = vectors_log.build()[0]
    entries = grow(log, at)
    for n in range(at, size):
        entries.append(entry(TICK, vectors_log.T0 + 300000 * n + 1, log.register_head, bytes(32)))
        log.tree.append(entries[-1])
    return log, entries


def proof_of(log, old, size):
    return [] if old == 0 or old >= size else log.tree.consistency(old, size)


def body_of(log, size, old, proof=None, note=None):
    proof = proof_of(log, old, size) if proof is None else proof
    lines = ''.join(base64.b64encode(one).decode() + '\n' for one in proof)
    return f'old {old}\n{lines}\n'.encode() + (note or log.key.checkpoint(size, log.tree.root(size)))


class Running:
    """One witness, in a folder of its own."""

    def __init__(self, case, name):
        self.case, self.folder = case, case.path(name)
        os.mkdir(self.folder, 0o700)
        self.settings = f'{self.folder}/witness.yaml'
        write(self.settings, b'folder: own\nunlock_file: unlock.key\nport: 0\n')
        made = subprocess.run([WITNESS, '-c', self.settings, 'init', name], capture_output=True,
                              text=True, check=True)
        self.vkey = made.stdout.strip()
        write(f'{self.folder}/own/policy', f'log {case.log.key.vkey}\nquorum none\n'.encode())
        self.process = None
        self.start()

    def start(self):
        if self.process:
            self.process.stdout.close()
        self.process = subprocess.Popen([WITNESS, '-c', self.settings], stdout=subprocess.PIPE,
                                        text=True)
        self.case.addCleanup(self.kill)
        self.url = self.process.stdout.readline().split('endpoint=')[1].strip()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def call(self, path, body=None):
        """(status, type, answer)"""
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, data=body),
                                        timeout=30) as answer:
                return answer.status, answer.headers['Content-Type'], answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers['Content-Type'], error.read()

    def add(self, *words, **more):
        return self.call('/add-checkpoint', body_of(*words, **more))

    def seen(self):
        origin = hashlib.sha256(self.case.log.key.vkey.name.encode()).hexdigest()
        return self.call(f'/{origin}/checkpoint')

    def check(self, line, text):
        """The time of a cosignature line, verified from the definition."""
        name, key_id, key = self.vkey.split('+', 2)
        key = base64.b64decode(key)
        self.case.assertEqual(key[0], 4)
        self.case.assertEqual(hashlib.sha256(name.encode() + b'\n' + key).hexdigest()[:8], key_id)
        dash, said, blob = line.decode().rstrip('\n').split(' ')
        blob = base64.b64decode(blob)
        self.case.assertEqual((dash, said, blob[:4].hex()), ('\u2014', name, key_id))
        seconds = int.from_bytes(blob[4:12], 'big')
        VerifyKey(key[1:]).verify(f'cosignature/v1\ntime {seconds}\n'.encode() + text, blob[12:])
        return seconds


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix='knp-cosign-')
        self.addCleanup(self.folder.cleanup)
        self.log = vectors_log.build()[0]
        self.entries = grow(self.log, SIZE)
        self.export = self.path('export')
        export(self.log, self.entries, self.export)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def run_json(self, program, *words, code=0):
        done = subprocess.run([program, *words, '--json'], capture_output=True, text=True,
                              check=False, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout.splitlines()[0])

    def policy(self, *witnesses, quorum='all', name='policy', url=True):
        names = [f'w{i}' for i in range(len(witnesses))]
        lines = [f'log {self.log.key.vkey}']
        lines += [f'witness {name} {one.vkey} {one.url if url else ""}'.strip()
                  for name, one in zip(names, witnesses)]
        lines += [f'group all-of-them {quorum} {" ".join(names)}', 'quorum all-of-them']
        return write(self.path(name), ('\n'.join(lines) + '\n').encode())

    def put(self, log, entries, folder=None):
        folder = folder or self.export
        shutil.rmtree(folder, ignore_errors=True)
        export(log, entries, folder)


class Add(Case):
    """What a witness answers, in the order of tlog-witness."""

    def setUp(self):
        super().setUp()
        self.witness = Running(self, 'w.example')

    def test_it_cosigns_what_extends_what_it_cosigned_and_nothing_else(self):
        add = self.witness.add
        self.assertEqual(self.witness.seen()[0], 404)
        status, kind, line = add(self.log, 200, 0)
        self.assertEqual((status, kind), (200, 'text/plain; charset=utf-8'))
        note = self.log.key.checkpoint(200, self.log.tree.root(200))
        text = note[:note.index(b'\n\n') + 1]
        self.assertGreater(self.witness.check(line, text), 1_600_000_000)
        self.assertEqual(self.witness.seen()[2], note + line)
        # It holds 200 now: whoever begins elsewhere is told so, and the same again is fine.
        self.assertEqual(add(self.log, 300, 0), (409, 'text/x.tlog.size', b'200\n'))
        self.assertEqual(add(self.log, 250, 201)[0], 409)
        self.assertEqual(add(self.log, 150, 200)[0], 400)
        self.assertEqual(add(self.log, 200, 200)[0], 200)
        self.assertEqual(add(self.log, 300, 200, proof=[bytes(32)])[0], 422)
        self.assertEqual(add(self.log, 300, 200)[0], 200)
        other = rewritten(290, 310)[0]
        self.assertEqual(add(other, 300, 300)[0], 422)
        self.assertEqual(add(other, 310, 300)[0], 422)
        self.assertEqual(self.witness.seen()[2].split(b'\n')[1], b'300')

    def test_what_it_does_not_cosign(self):
        add, log = self.witness.add, self.log
        stranger = vectors_log.LogKey(log.key.vkey.name, bytes(31) + b'\1')
        self.assertEqual(add(log, 100, 0, note=stranger.checkpoint(100, log.tree.root(100)))[0], 403)
        elsewhere = vectors_log.LogKey('other.example/log', bytes(31) + b'\1')
        self.assertEqual(add(log, 100, 0, note=elsewhere.checkpoint(100, log.tree.root(100)))[0],
                         404)
        whole = body_of(log, 100, 0)
        for body in (b'', b'old 0\n', b'old -1\n\n' + whole[7:], b'old 00\n\n' + whole[7:],
                     b'old 0\nAAAA\n\n' + whole[7:], whole[:-70],
                     b'old 0\n' + (b'A' * 43 + b'=\n') * 64 + b'\n' + whole[7:]):
            self.assertIn(self.witness.call('/add-checkpoint', body)[0], (400, 403), body[:40])
        self.assertEqual(add(log, 100, 0, proof=[bytes(32)])[0], 422)
        self.assertEqual(self.witness.call('/add-checkpoint', b'x' * 100000)[0], 413)
        self.assertEqual(self.witness.call('/add-checkpoint')[0], 405)
        self.assertEqual(self.witness.call('/nothing', b'')[0], 404)
        self.assertEqual(self.witness.call('/' + '0' * 64 + '/checkpoint')[0], 404)
        self.assertEqual(self.witness.seen()[0], 404)

    def test_of_two_histories_at_once_it_cosigns_one(self):
        self.witness.add(self.log, 200, 0)
        other = rewritten(250, 300)[0]
        bodies = [body_of(log, 300, 200) for log in (self.log, other) for _ in range(4)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            said = list(pool.map(lambda body: self.witness.call('/add-checkpoint', body)[0], bodies))
        self.assertEqual(said.count(200), 1, said)
        self.assertEqual(said.count(409), 7, said)

    def test_it_remembers_over_a_kill_and_believes_no_memory_of_others(self):
        self.witness.add(self.log, 200, 0)
        self.witness.process.send_signal(signal.SIGKILL)
        self.witness.process.wait()
        self.witness.start()
        self.assertEqual(self.witness.add(rewritten(100, 300)[0], 300, 0)[0], 409)
        self.assertEqual(self.witness.add(rewritten(100, 300)[0], 300, 200)[0], 422)
        seen, = os.listdir(f'{self.witness.folder}/own/seen')
        write(f'{self.witness.folder}/own/seen/{seen}',
              self.log.key.checkpoint(100, self.log.tree.root(100)))
        self.assertEqual(self.witness.add(self.log, 300, 100)[0], 500)

    def test_what_it_cannot_work_with_is_named(self):
        other = Running(self, 'v.example')
        for change, named in (
                (lambda: write(f'{other.folder}/own/policy', b'log x\n'), 'own/policy'),
                (lambda: os.unlink(f'{other.folder}/own/witness.vkey'), 'own/witness.vkey'),
                (lambda: os.unlink(f'{other.folder}/own/witness.key'), 'witness.key'),
                (lambda: write(other.settings, b'folder: own\n'), 'witness.yaml')):
            change()
            problem = self.run_json(WITNESS, '-c', other.settings, '--check', code=4)['error']
            self.assertIn(named, problem['file'] + problem['message'])
            self.assertTrue(problem['code'] and problem['fix'], problem)
        self.assertEqual(self.run_json(WITNESS, '-c', self.witness.settings, '--check'),
                         {'ok': True})


class Proof(Case):
    """What root on the machine of a knooppunt can do, and who sees it."""

    def verify(self, folder, *words, code=0):
        return self.run_json(AUDIT, 'verify', folder, *words, code=code)

    def test_a_quorum_is_asked_for_and_met(self):
        two = Running(self, 'w0.example'), Running(self, 'w1.example')
        policy, last = self.policy(*two), self.path('last')
        self.assertIn('cosignatures', self.verify(self.export, '--policy', policy, code=1)['what'])
        said = self.run_json(WITNESS, 'feed', self.export, policy)
        self.assertEqual(said, {'asked': 2, 'cosigned': 2, 'quorum': True})
        row = self.verify(self.export, '--policy', policy, '--last', last)
        self.assertEqual((row['intact'], row['cosigned']), (True, SIZE))
        # A log that grew since: what was seen then stands for its beginning, and stays.
        self.entries = grow(self.log, 400, self.entries)
        self.put(self.log, self.entries)
        row = self.verify(self.export, '--policy', policy, '--last', last)
        self.assertEqual((row['size'], row['cosigned'], row['extends']), (400, SIZE, True))
        self.assertIs(self.verify(self.export, '--policy', policy, code=1)['intact'], False)
        self.assertEqual(self.run_json(WITNESS, 'feed', self.export, policy)['cosigned'], 2)
        self.assertEqual(self.run_json(WITNESS, 'feed', self.export, policy)['asked'], 0)
        row = self.verify(self.export, '--policy', policy, '--last', last)
        self.assertEqual((row['cosigned'], row['extends']), (400, True))
        # One that is away is no contradiction.
        two[1].kill()
        self.put(self.log, grow(self.log, 420, self.entries))
        said = self.run_json(WITNESS, 'feed', self.export, policy, code=3)
        self.assertEqual((said['cosigned'], said['quorum'], 'w1' in said['silent']),
                         (1, False, True))
        self.assertEqual(self.verify(self.export, '--policy',
                                     self.policy(*two, quorum='any', name='any'))['cosigned'], 420)
        self.assertIs(self.verify(self.export, '--policy', policy, code=1)['intact'], False)

    def test_a_rewritten_log_is_found_by_one_honest_holder_and_by_nobody_without(self):
        witness = Running(self, 'w.example')
        policy = self.policy(witness)
        self.run_json(WITNESS, 'feed', self.export, policy)
        held = self.path('held')
        shutil.copy(f'{self.export}/checkpoint', held)
        for at, size in ((20, 300), (299, 300), (100, 500), (150, 200)):
            self.put(*rewritten(at, size))
            # With no one outside it is not found: the key signed all of it.
            self.assertIs(self.verify(self.export, '--genesis', self.genesis())['intact'], True)
            said = self.run_json(WITNESS, 'feed', self.export, policy, code=1)
            self.assertIn('w0', said['contradicts'])
            self.assertIs(self.verify(self.export, '--policy', policy, code=1)['intact'], False)
            self.assertIs(self.verify(self.export, '--last', held, code=1)['intact'], False)

    def genesis(self):
        return write(self.path('genesis'), desk_world.genesis_file(self.log))

    def test_two_views_are_found_by_two_who_compare(self):
        one, two = Running(self, 'w0.example'), Running(self, 'w1.example')
        other = self.path('other')
        self.put(*rewritten(200, SIZE), folder=other)
        # Each alone is satisfied with what it was shown.
        first, second = self.policy(one, name='first'), self.policy(two, name='second')
        for folder, policy in ((self.export, first), (other, second)):
            self.run_json(WITNESS, 'feed', folder, policy)
            self.assertIs(self.verify(folder, '--policy', policy)['intact'], True)
        # What the one cosigned is evidence against the other.
        evidence = write(self.path('evidence'), two.seen()[2])
        self.assertIs(self.verify(self.export, '--last', evidence, code=1)['intact'], False)
        self.assertIn('contradicts', self.run_json(WITNESS, 'feed', self.export,
                                                   self.policy(one, two), code=1))

    def test_a_policy_of_another_log_and_a_bad_one_are_no_verdict_or_no(self):
        witness = Running(self, 'w.example')
        bad = write(self.path('bad'), b'log x\nquorum none\n')
        self.assertEqual(self.run_json(AUDIT, 'verify', self.export, '--policy', bad,
                                       code=4)['error']['code'], 'syntax')
        problem = self.run_json(WITNESS, 'feed', self.export, bad, code=4)['error']
        self.assertIn('line 1', problem['message'])
        other = vectors_log.LogKey('other.example/log', bytes(31) + b'\1')
        text = f'log {other.vkey}\nwitness w {witness.vkey} {witness.url}\nquorum none\n'
        policy = write(self.path('other-policy'), text.encode())
        row = self.verify(self.export, '--policy', policy, '--genesis', self.genesis(), code=1)
        self.assertIn('names no key', row['what'])
        self.run_json(WITNESS, 'feed', self.export, policy, code=4)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
