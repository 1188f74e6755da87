# SPDX-License-Identifier: EUPL-1.2
"""What the tests of knooppuntctl and knooppunt-audit stand in: a folder with settings, role keys
made by the tests' own code, a small log, and a daemon that answers what a test told it."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))
import knp_crypto as kx  # noqa: E402
import vectors_log  # noqa: E402
from knp_control import Daemon  # noqa: E402
from knp_tiles import TILE_WIDTH, join_bundle, tile_name, tile_widths  # noqa: E402
from knp_wire import TICK, Vector, entry  # noqa: E402
from vector_cast import secret  # noqa: E402

PROGRAMS = {}  # name to path, from the command line
OUR_OIN = vectors_log.HOUSE


def write(path, data, mode=0o600):
    with open(path, 'wb') as file:
        file.write(data)
    os.chmod(path, mode)
    return path


def key_file(own_secret, key, kdf, kind=1):
    """A private key at rest, as proto/keys describes it; kind 1 is identity."""
    head = b'KNPK1' + bytes([kdf, kind]) + SALT + NONCE
    sealed = head + kx.encrypt(key, NONCE, head, own_secret)
    return sealed + kx.sha256(sealed)[:8]


SALT, NONCE = secret('salt of a key file')[:16], secret('nonce of a key file')[:24]


def genesis_file(log):
    """The file a house hands out: entry, seed of its vector, part."""
    data, seed, vector = log.rows[0]
    assert isinstance(vector, Vector)
    return b'KNPF\1\0\0\0' + data + seed + vector.values[0]


def role_folder(parent, who):
    """A folder with identity.key, unlock.key and bundle.knp of a role of genesis."""
    folder = f'{parent}/keys-{who}'
    os.mkdir(folder, 0o700)
    unlock = secret(f'unlock of {who}')
    write(f'{folder}/unlock.key', unlock)
    key = kx.hkdf(SALT, unlock, b'knooppunt/keyfile/v1')
    write(f'{folder}/identity.key', key_file(secret(f'{who} identity'), key, 2))
    functie = {'officer': 'privacy-officer'}.get(who, who)
    write(f'{folder}/bundle.knp', vectors_log.role(who, functie), 0o644)
    return folder


def grow(log, size, entries=()):
    """The entries of a log that grew, from `entries`, to `size` by ticks of which nobody reads a part."""
    entries = list(entries or [row[0] for row in log.rows])
    while len(entries) < size:
        time = vectors_log.T0 + 300000 * len(entries)
        entries.append(entry(TICK, time, log.register_head, kx.sha256(str(time).encode())))
        log.tree.append(entries[-1])
    return entries


def export(log, entries, folder):
    """Writes the log as tlog-tiles, in the tests' own way."""
    size = len(entries)
    files = {'checkpoint': log.key.checkpoint(size, log.tree.root(size)),
             'log.vkey': f'{log.key.vkey}\n'.encode()}
    for index, width in enumerate(tile_widths(None, size)):
        first = index * TILE_WIDTH
        files[tile_name(None, index, width)] = join_bundle(entries[first:first + width])
    for level in range(8):
        for index, width in enumerate(tile_widths(level, size)):
            first = index * TILE_WIDTH
            files[tile_name(level, index, width)] = b''.join(
                log.tree.subtree(8 * level, first + i) for i in range(width))
    for name, data in files.items():
        os.makedirs(os.path.dirname(f'{folder}/{name}'), exist_ok=True)
        write(f'{folder}/{name}', data)


class World(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix='knp-desk-')
        self.addCleanup(self.folder.cleanup)
        self.log, _ = vectors_log.build()[:2]
        write(self.path('settings.yaml'), f'data: {self.folder.name}\nkeys: keys\n'
              'unlock_file: unlock\ncontrol: socket\n'.encode())
        self.daemon = Daemon(self.path('socket'))
        self.addCleanup(self.stop)
        self.daemon.answers['log'] = self.log_answer(self.log)
        self.keys = role_folder(self.folder.name, 'beheerder')

    def stop(self):
        if self.daemon:
            self.daemon.stop()
        self.daemon = None

    def path(self, name):
        return os.path.join(self.folder.name, name)

    @staticmethod
    def log_answer(log):
        size = len(log.tree)
        return [('origin', log.key.vkey.name), ('vkey', str(log.key.vkey)), ('size', size),
                ('genesis', genesis_file(log)),
                ('checkpoint', log.key.checkpoint(size, log.tree.root()))]

    def run_program(self, name, *arguments, stdout=subprocess.PIPE):
        call = [PROGRAMS[name], '-c', self.path('settings.yaml'), *arguments]
        return subprocess.run(call, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=60,
                              check=False)

    def json(self, name, *arguments, code=0):
        """The objects it prints with --json; without it, nothing may come on standard output."""
        done = self.run_program(name, '--json', *arguments)
        self.assertEqual(done.returncode, code, (done.stdout, done.stderr))
        self.assertEqual(done.stderr, '')
        return [json.loads(line) for line in done.stdout.splitlines()]

    def ctl(self, *arguments, code=0):
        return self.json('knooppuntctl', *arguments, code=code)

    def audit(self, *arguments, code=0):
        return self.json('knooppunt-audit', *arguments, code=code)

    def error(self, objects, code):
        """The one error object; its code is as expected and it says what to do."""
        self.assertEqual(len(objects), 1, objects)
        problem = objects[0]['error']
        self.assertEqual(problem['code'], code, problem)
        self.assertTrue(problem['message'] and problem['fix'], problem)
        return problem


def main(programs):
    for path in programs:
        PROGRAMS[os.path.basename(path)] = path
    unittest.main(argv=sys.argv[:1])
