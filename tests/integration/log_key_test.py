# SPDX-License-Identifier: EUPL-1.2
"""The key of the log changes: while two count every checkpoint carries both signatures, two roles
bring the next one and end the old one, whoever was away follows the acts, and nobody believes a log
whose key changed without them."""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import unittest

import keys_world
from desk_world import key_file, SALT, write
from keys_world import CASE
from knp_crypto import decrypt, hkdf, pae, sha256
from knp_party import Party
from knp_process import Failed
from knp_program import PROGRAM, Program, asking
from knp_rotation import BEGIN, END, Changing, key_of, read
from knp_stage import BINARY, Stage, main
from knp_tree import LogKey, Refused, VKey, verify_checkpoint

LEAVES = 70
AUDIT, CTL = os.environ.get('KNOOPPUNT_AUDIT', ''), os.environ.get('KNOOPPUNTCTL', '')


def signers(note, *vkeys):
    """Which of these keys signed the note, as a tool sees it that knows one key and no register."""
    found = []
    for at, vkey in enumerate(vkeys):
        try:
            verify_checkpoint(note, vkey)
            found.append(at)
        except Refused:
            pass
    return found


def text_by(key, origin):
    """The text that brings a log key, proven by whoever holds it."""
    claim = (f'sleutel van het knooppunt\nlog {origin}\ngebruik log\n'
             f'sleutel {key.vkey.public_key.hex()}\n').encode()
    proof = key._key.sign(pae('knooppunt/huissleutel/v1', claim)).signature
    return claim + f'bewijs {proof.hex()}\n'.encode()


class OnTheWire(keys_world.OnTheWire):
    KIND = 'log'

    def push(self):
        """A melding that is receipted, by a link that verifies as the specification says."""
        receipt, = self.stage.push('politie', self.stage.melding('politie', CASE))
        self.assert_aanvaard(receipt)

    works_as_before = push

    def note(self):
        return self.house.must('log')['checkpoint']

    def vkey(self, text):
        return VKey.make(self.house.origin, key_of(text))

    def test_every_checkpoint_is_signed_by_each_key_in_force(self):
        # spec L19, L22, L23
        house, old = self.house, self.genesis.vkey
        begin, end = self.change.prepare()
        new = self.vkey(begin)
        self.push()  # core started again, to read the key that it is to sign with
        self.assertEqual(signers(self.note(), old, new), [0])
        self.refuse_what_is_no_change(begin, end, (
            'a key that core does not hold', BEGIN,
            text_by(LogKey(house.origin, os.urandom(32)), house.origin)))
        self.assertEqual(signers(self.note(), old, new), [0])
        self.assertEqual(self.change.propose(BEGIN, begin, house.beheerder, house.officer), 'ok')
        self.assertEqual(signers(self.note(), old, new), [0, 1])
        self.assertEqual(house.must('log')['vkey'], str(new))
        self.assertEqual(read(house.path('data', 'log.vkey')).decode(), f'{new}\n')
        self.push()
        self.stage.restart()
        self.assertEqual(house.ready['log'], str(new))
        self.assertEqual(signers(self.note(), old, new), [0, 1])
        self.push()
        self.refuse_to_finish()
        self.assertEqual(self.change.propose(END, end, house.beheerder, house.officer), 'ok')
        self.assertEqual(signers(self.note(), old, new), [1])
        self.push()
        self.destroy()
        self.stage.restart()
        self.assertEqual(signers(self.note(), old, new), [1])
        self.push()
        self.stage.everything()
        self.stage.sync()
        for link in self.stage.links.values():  # all that was ever seen, by the key of its size
            for _, note in link.verifier.notes.values():
                link.verifier.registry.log_keys.verify(note)

    def test_a_start_with_another_key_of_the_log_is_refused(self):
        house = self.house
        house.stop()
        kept = {name: read(house.path('keys', name)) for name in self.change.files()}
        try:
            os.remove(house.path('keys', 'log.key'))
            write(house.path('keys', 'log.key'), self.sealed_log_key())
            self.assertEqual(house.try_start(), 4)
            self.assertIn('does not hold a checkpoint of this log', house.log())
        finally:
            for name, data in kept.items():
                write(house.path('keys', name), data)
            house.start()
            self.stage.reconnect()
        self.push()

    def sealed_log_key(self):
        """A log key of somebody else, sealed as the folder of this house asks."""
        unlock = read(self.house.path('unlock.key'))
        return key_file(os.urandom(32), hkdf(SALT, unlock, b'knooppunt/keyfile/v1'), 2, kind=4)


class Desks(unittest.TestCase):
    """The programs of beheerder and privacy officer, over the change and after it."""

    def setUp(self):
        self.stage = Stage(('huis', 'politie'))
        self.addCleanup(self.stage.close)
        self.house = self.stage.house
        self.change = Changing(self.house, 'log')
        for role in (self.house.beheerder, self.house.officer, self.house.deputy):
            self.folder_of(role)

    def folder_of(self, role):
        folder, unlock = self.house.path(role.functies[0]), os.urandom(32)
        os.mkdir(folder, 0o700)
        write(f'{folder}/unlock.key', unlock)
        key = hkdf(SALT, unlock, b'knooppunt/keyfile/v1')
        write(f'{folder}/identity.key', key_file(role.keys.identity_secret[:32], key, 2))
        write(f'{folder}/bundle.knp', role.bundle(), 0o644)

    def call(self, program, *words):
        done = subprocess.run([program, '-c', self.house.settings_file, '--json', *words],
                              capture_output=True, text=True, timeout=60, check=False)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, rows[0] if rows else {}, done.stdout + done.stderr

    def must(self, program, *words):
        code, row, said = self.call(program, *words)
        self.assertEqual(code, 0, said)
        return row

    def two_sign(self, word, name):
        path = self.house.path('data', name)
        self.must(CTL, 'key', word, path, '--key', self.house.path('beheerder'))
        self.must(AUDIT, 'approve', path, '--key', self.house.path('privacy-officer'))

    def melding(self):
        receipt, = self.stage.push('politie', self.stage.melding('politie', CASE))
        self.assertEqual(receipt.outcome, 'aanvaard')

    def verify(self, folder, *words):
        code, row, said = self.call(AUDIT, 'verify', folder, *words)
        self.assertIn(code, (0, 1), said)
        return row['intact'], row.get('file', ''), row.get('what', '')

    def test_an_export_is_verified_over_the_change_and_only_with_its_acts(self):
        # spec L22, L23, L24
        path = self.house.path
        export, first, seen = path('export'), path('first.vkey'), path('seen.checkpoint')
        shutil.copy(path('data', 'log.vkey'), first)
        self.melding()
        self.must(AUDIT, 'export', export)
        self.assertFalse(os.path.exists(f'{export}/register'))
        self.assertTrue(self.verify(export, '--vkey', first, '--last', seen)[0])
        self.change.prepare()
        self.two_sign('propose', 'huissleutel-log.txt')
        self.melding()
        self.stage.sync()
        self.two_sign('end', 'huissleutel-log-einde.txt')
        self.change.finish()
        self.melding()
        # The desks go on: they follow the acts from genesis to the key of the log.
        self.assertEqual([row['state'] for row in self.key_list()], ['beeindigd', 'actief'])
        self.must(AUDIT, 'export', export)
        genesis = path('data', 'genesis')
        self.assertTrue(self.verify(export, '--vkey', path('data', 'log.vkey'))[0])
        self.assertTrue(self.verify(export, '--vkey', first, '--genesis', genesis)[0])
        intact, file, what = self.verify(export, '--vkey', first)
        self.assertEqual((intact, file, '--genesis' in what), (False, 'register', True))
        self.assertTrue(self.verify(export, '--vkey', first, '--last', seen)[0])
        self.tamper(export, first, genesis)

    def test_what_was_seen_ties_the_log_only_where_the_key_that_is_given_signed_it(self):
        # spec L23; more than one tile, so that a state has entries to go on from.
        path = self.house.path
        export, first, early = path('export'), path('first.vkey'), path('early.state')
        shutil.copy(path('data', 'log.vkey'), first)
        empty = self.first_key().checkpoint(0, sha256(b''))
        for _ in range(6):
            self.stage.push('politie', *(self.stage.melding('politie', CASE) for _ in range(50)))
        self.must(AUDIT, 'export', export)
        self.assertTrue(self.verify(export, '--vkey', first, '--state', early)[0])
        for step in (self.change.prepare, self.change.begin, self.stage.sync, self.change.end,
                     self.change.finish):
            step()
        self.must(AUDIT, 'export', export)
        # Whoever took what came, without a key of the house, has seen nothing that ties it.
        late, seen, none = path('late.state'), path('late.checkpoint'), path('empty.checkpoint')
        self.assertTrue(self.verify(export, '--state', late, '--last', seen)[0])
        write(none, empty, 0o644)
        for given in (('--state', late), ('--last', seen), ('--last', none)):
            self.assert_untied(self.verify(export, '--vkey', first, *given))
        row = self.must(AUDIT, 'verify', export, '--vkey', first, '--state', early)
        self.assertEqual((row['state'], row['from'], row['extends']), ('used', 256, True))
        # From here on the new key is the one to give; the genesis ties it as ever.
        self.assert_untied(self.verify(export, '--vkey', first, '--state', early))
        for given in (('--vkey', f'{export}/log.vkey'), ('--genesis', path('data', 'genesis')),
                      ('--vkey', first, '--genesis', path('data', 'genesis'))):
            self.assertTrue(self.verify(export, *given, '--state', early)[0], given)

        self.online(early)

    def online(self, state):
        """The same of the knooppunt that runs, by the keys of the privacybureau."""
        path, fresh = self.house.path, self.house.path('online.state')
        given = ['--online', *asking(self.stage, ['gezien'])]
        size = self.stage.size()
        row = self.must(AUDIT, 'verify', *given, '--state', fresh)
        self.assertEqual((row['intact'], row['state'], row['from'], row['extends']),
                         (True, 'none', 0, None))
        self.assertGreaterEqual(row['size'], size)
        again = self.must(AUDIT, 'verify', *given, '--state', fresh)
        self.assertEqual((again['state'], again['from'], again['extends']), ('used', 256, True))
        self.assertEqual(again['read'], again['size'] - 256)
        # One state serves both ways, and so does what was seen.
        self.assertTrue(self.verify(*given, '--state', state)[0])
        export, seen = path('export'), path('online.checkpoint')
        self.assertTrue(self.verify(*given, '--last', seen)[0])
        self.must(AUDIT, 'export', export)
        row = self.must(AUDIT, 'verify', export, '--state', fresh, '--last', seen,
                        '--genesis', path('data', 'genesis'))
        self.assertEqual((row['state'], row['extends']), ('used', True))
        # A key that this log never had; no keys to ask with; neither a folder nor a knooppunt.
        stranger = write(path('stranger.vkey'),
                         f'{LogKey(self.house.origin, os.urandom(32)).vkey}\n'.encode())
        self.assertEqual(self.verify(*given, '--vkey', stranger)[:2], (False, 'register'))
        self.assertEqual(self.call(AUDIT, 'verify', '--online')[0], 2)
        self.assertEqual(self.call(AUDIT, 'verify')[0], 2)
        self.assertEqual(self.call(AUDIT, 'verify', export, *given)[0], 2)
        # Each question stands in the log, and names nobody.
        rows = self.lines(AUDIT, 'gezien', *given[1:])
        asked = [row for row in rows if row['vraag'] == 'verify']
        self.assertTrue(asked and not any('over' in row for row in asked), rows)
        self.tampered(given, state)

    def tampered(self, given, state):
        """Whoever has the machine changes an entry where it lies. The knooppunt keeps the hashes above
        it only, so that it is found among its 256."""
        entries = read(f'{self.house.path("export")}/tile/entries/000')
        entry, mdb = entries[82 * 100 + 2:82 * 101], self.house.path('data', 'log', 'data.mdb')
        data = read(mdb)
        self.assertEqual(data.count(entry), 1)
        with open(mdb, 'r+b') as file:
            file.seek(data.index(entry) + 60)
            file.write(bytes([entry[60] ^ 1]))
        code, row, said = self.call(AUDIT, 'verify', *given)
        self.assertEqual(code, 1, said)
        self.assertEqual((row['intact'], row['file'], row['index'], row['offset']),
                         (False, 'tile/1/000.p/1', 0, 0), said)
        # The genesis is proven again from that tile, so that a run which goes on finds it too.
        self.assertEqual(self.verify(*given, '--state', state)[:2], (False, 'tile/1/000.p/1'))
        self.house.stop()
        self.assertEqual(self.call(AUDIT, 'verify', *given)[0], 3)

    def assert_untied(self, said):
        intact, file, what = said
        self.assertEqual((intact, file, '--genesis' in what), (False, 'register', True), what)

    def first_key(self):
        """The log's own, as its machine can read it."""
        keys, unlock = (self.house.path(self.house.settings[name])
                        for name in ('keys', 'unlock_file'))
        file = read(f'{keys}/log.key')
        head, sealed = file[:47], file[47:-8]
        key = hkdf(head[7:23], read(unlock), b'knooppunt/keyfile/v1')
        return LogKey(self.house.origin, decrypt(key, head[23:47], head, sealed)[:32])

    def lines(self, program, *words):
        done = subprocess.run([program, '-c', self.house.settings_file, '--json', *words],
                              capture_output=True, text=True, timeout=60, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def key_list(self):
        return [row for row in self.lines(CTL, 'key', 'list') if row['gebruik'] == 'log']

    def tamper(self, export, first, genesis):
        """Whoever changes the key otherwise is found and named."""
        register, note = read(f'{export}/register'), read(f'{export}/checkpoint')
        given = ('--vkey', first, '--genesis', genesis)
        os.remove(f'{export}/register')
        intact, file, what = self.verify(export, *given)
        self.assertEqual((intact, file), (False, 'log.vkey'))
        self.assertIn('no register', what)
        verdicts = []
        for at in range(0, len(register), max(1, len(register) // 60)):
            changed = bytearray(register)
            changed[at] ^= 1
            write(f'{export}/register', bytes(changed), 0o644)
            intact, file, _ = self.verify(export, *given)
            verdicts.append(intact)
            if not intact:
                self.assertIn(file, ('register', 'log.vkey', 'checkpoint'))
        # The paths and the checkpoint in it are for other readers: of 61 some three.
        self.assertLess(verdicts.count(True), len(verdicts) // 4)
        write(f'{export}/register', register, 0o644)
        stranger = LogKey(self.house.origin, os.urandom(32))
        seen = verify_checkpoint(note, VKey.parse(read(f'{export}/log.vkey').decode().strip()))
        write(f'{export}/checkpoint', stranger.checkpoint(seen.size, seen.root), 0o644)
        self.assertEqual(self.verify(export, *given)[:2], (False, 'checkpoint'))
        write(f'{export}/log.vkey', f'{stranger.vkey}\n'.encode(), 0o644)
        self.assertEqual(self.verify(export, *given)[:2], (False, 'log.vkey'))
        self.assertEqual(self.verify(export)[:2], (False, 'register'))


class OfTheProgram(keys_world.OfTheProgram):
    KIND = 'log'

    def change_whole(self):
        for step in (self.change.prepare, self.change.begin, self.change.end, self.change.finish):
            step()

    def test_who_was_away_or_comes_later_follows_the_acts(self):
        # spec C25
        name, said = self.push()
        self.assertEqual(said, (0, {name: 'aanvaard'}))
        for number in range(LEAVES):  # more than one answer holds come before the acts
            self.house.enrol(Party(f'000000990000006{number:05}', 'Partner', 'ggz', ['team']))
        self.change_whole()
        self.change_whole()
        second, said = self.push('--wait=20')
        self.assertEqual(said, (0, {second: 'aanvaard'}))
        # What was receipted under the first key still is.
        self.assertEqual(self.sender.said('status', name), (0, {name: 'aanvaard'}))
        late = Program(self.stage, '00000099000000007777', 'ggz', 'team')
        done = late.run('status')
        self.assertEqual(json.loads(done.stdout)['enrolled'], True, done.stdout + done.stderr)

    def take(self, step):
        state = {'begin': 'actief', 'end': 'beeindigd'}.get(step)
        if state:
            self.under_kills(getattr(self.change, step), state)
        else:
            super().take(step)

    def under_kills(self, step, state):
        """All of it is killed at some moment of the step, which is done then or not at all."""
        before = self.counted(state)
        for delay in random.sample((0.0, 0.002, 0.004, 0.006, 0.01, 0.015, 0.02), 3):
            killer = threading.Timer(delay, self.house.kill)
            killer.start()
            try:
                step()
            except (Failed, OSError):
                pass  # nobody knows what came of it
            killer.join()
            self.house.start()
            if self.counted(state) > before:
                return
        step()
        self.assertGreater(self.counted(state), before)

    def counted(self, state):
        return [now for now, _ in self.change.keys()].count(state)


if __name__ == '__main__':
    for needed in (PROGRAM, AUDIT, CTL, BINARY):
        if not os.access(needed, os.X_OK):
            sys.exit('KNOOPPUNTD, KNOOPPUNT, KNOOPPUNTCTL and KNOOPPUNT_AUDIT must name the programs')
    main()
