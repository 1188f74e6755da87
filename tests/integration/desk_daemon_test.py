#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""knooppuntctl and knooppunt-audit against a running knooppuntd: what they were told in the other
tests is what it says.

usage: desk_daemon_test.py KNOOPPUNTCTL KNOOPPUNT-AUDIT KNOOPPUNTD
"""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import desk_world
from desk_world import write

import knp_messages as km
import vectors_log
from knp_crypto import x25519_public
from knp_sandbox import let_users_pass, settings_lines
from knp_tiles import verify_folder
from knp_tree import VKey
from vector_cast import GEMEENTE, HOUSE, POLITIE, identity, secret

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
CONVENANT = f'{SOURCE}/config/convenanten/voorbeeld-westelijke-mijnstreek.yaml'
ROLES = {'beheerder': 'beheerder', 'officer': 'privacy-officer', 'deputy': 'privacy-officer-plv'}


SETTINGS = ('data: data\nkeys: keys\nunlock_file: unlock.key\ncodes: codes\n'
            'control: control.sock\nendpoint: tcp://127.0.0.1:0\n')


class Running(unittest.TestCase):
    """One daemon for all tests, each of which begins when all is well: a revocation or a kill has
    the gate start again."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix='knp-desk-')
        cls.addClassCleanup(cls.folder.cleanup)
        roles = []
        for who, functie in ROLES.items():
            folder = desk_world.role_folder(cls.folder.name, who)
            roles += ['--role', write(f'{folder}/bundle.knp', vectors_log.role(who, functie))]
        let_users_pass(cls.folder.name)
        os.mkdir(cls.path('huis'))
        write(cls.path('huis/knooppunt.yaml'), (SETTINGS + settings_lines()).encode())
        made = subprocess.run(
            [desk_world.PROGRAMS['knooppuntd'], 'init', cls.path('huis'), '--oefening', '--origin',
             vectors_log.ORIGIN, '--oin', HOUSE, '--naam', 'Huis', *roles],
            capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        cls.made = made.stdout
        shutil.copytree(f'{SOURCE}/config/codes', cls.path('huis/codes'))
        cls.settings = cls.path('huis/knooppunt.yaml')
        cls.start()

    @classmethod
    def start(cls):
        cls.errors = open(cls.path('log'), 'w+', encoding='utf-8')
        cls.addClassCleanup(cls.errors.close)
        cls.daemon = subprocess.Popen([desk_world.PROGRAMS['knooppuntd'], '-c', cls.settings],
                                      stdout=subprocess.PIPE, stderr=cls.errors, text=True)
        cls.addClassCleanup(cls.daemon.stdout.close)
        cls.addClassCleanup(cls.daemon.wait)
        cls.addClassCleanup(cls.daemon.terminate)
        cls.ready = cls.daemon.stdout.readline()
        assert cls.ready.startswith('event=ready '), cls.said()

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder.name, name)

    @classmethod
    def said(cls):
        with open(cls.path('log'), encoding='utf-8') as file:
            return file.read()

    def setUp(self):
        call = [desk_world.PROGRAMS['knooppuntctl'], '-c', self.settings, 'status']
        while subprocess.run(call, capture_output=True, timeout=60, check=False).returncode != 0:
            self.assertIsNone(self.daemon.poll(), self.said())

    def call(self, name, *arguments, code=0):
        call = [desk_world.PROGRAMS[name], '-c', self.settings, '--json', *arguments]
        done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, (done.stdout, done.stderr, self.said()))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def ctl(self, *arguments, code=0):
        return self.call('knooppuntctl', *arguments, code=code)

    def audit(self, *arguments, code=0):
        return self.call('knooppunt-audit', *arguments, code=code)

    def keys(self, who):
        return ['--key', self.path(f'keys-{who}')]

    def bundle(self, oin, naam):
        """A partner's bundle whose proofs are for this house."""
        with open(self.path('huis/data/genesis'), 'rb') as file:
            part = km.decode('Part', file.read()[8 + 80 + 32:])
        key, secrets = identity(naam), (secret(f'{naam} s'), secret(f'{naam} t'))
        bundle = km.pb.Bundle(oin=oin, naam=naam, soort='politie', functies=['basisteam'], suite=1,
                              identity=key[0], sealing=x25519_public(secrets[0]),
                              transport=x25519_public(secrets[1]))
        wire = vectors_log.make_bundle(bundle, key[1], *secrets, part.register.genesis.send_key)
        return write(self.path(f'{naam}.knp'), wire)


class DeskTest(Running):
    def test_the_ready_line_tells_where_and_whose(self):
        self.assertRegex(self.ready, r'^event=ready endpoint=tcp://127\.0\.0\.1:[1-9]\d* log=\S+\n')

    def test_code_tables_that_are_not_there_are_told_where_they_lie(self):
        with open(self.settings, encoding='utf-8') as file:
            text = file.read().replace('codes: codes', 'codes: nowhere')
        settings = write(self.path('huis/nowhere.yaml'), text.encode())
        done = subprocess.run([desk_world.PROGRAMS['knooppuntd'], '-c', settings, '--check',
                               '--json'], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 4)
        error, = json.loads(done.stdout)['errors']
        self.assertIn('share/knooppunt/codes', error['fix'])

    def test_help_for_a_subcommand_is_no_mistake(self):
        for subcommand, option in (('init', '--oefening'), ('rebuild', '--compare')):
            done = subprocess.run([desk_world.PROGRAMS['knooppuntd'], subcommand, '--help'],
                                  capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            self.assertIn(option, done.stdout)

    def test_a_wrong_call_of_init_is_told_by_what_is_wrong(self):
        good = {'DIR': self.path('nergens'), '--origin': 'huis.example/log', '--oin': HOUSE,
                '--naam': 'Huis'}
        roles = ['--role', 'a', '--role', 'b', '--role', 'c']
        for name, value, text in (
                ('DIR', None, 'DIR'), ('--origin', None, '--origin is missing'),
                ('--origin', 'met spatie', 'met spatie is no name of a log'),
                ('--oin', None, '--oin is missing'), ('--oin', '12', '--oin 12 is no OIN'),
                ('--naam', None, '--naam is missing'), ('--onzin', 'x', "'--onzin'")):
            call = {**good, name: value}
            words = [word for key, word in call.items() if word is not None
                     for word in ([word] if key == 'DIR' else [key, word])]
            self.assertIn(text, self.init_fails(*words, *roles))
        words = [good['DIR'], *(word for key, word in good.items() if key != 'DIR'
                                for word in (key, word))]
        self.assertIn('2 of at least 3 bundles', self.init_fails(*words, *roles[:4]))
        self.assertIn('"ook" is one argument too many', self.init_fails(*words, *roles, 'ook'))

    def init_fails(self, *words):
        done = subprocess.run([desk_world.PROGRAMS['knooppuntd'], 'init', *words],
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ''), words)
        self.assertIn('usage: ', done.stderr)
        return done.stderr.split('usage: ')[0]

    def test_status_is_well_and_complete(self):
        status, = self.ctl('status')
        self.assertIs(status['ok'], True)
        self.assertIs(status['oefening'], True)
        self.assertEqual({re.sub(r'-\d+$', '', p['name']) for p in status['processes']},
                         {'gate', 'opener', 'core', 'reader', 'officer-reader'})
        self.assertGreaterEqual(status['log']['size'], 1)
        self.assertIn(vectors_log.ORIGIN, status['log']['checkpoint'])
        self.assertTrue(status['map']['state']['size'])

    def test_a_partner_is_enrolled_by_two_and_revoked_by_one(self):
        bundle = self.bundle(POLITIE, 'politie')
        proposed, = self.ctl('partner', 'add', bundle, *self.keys('beheerder'))
        self.assertEqual((proposed['index'], proposed['state']), (None, 'voorgesteld'))
        wanted = {'object': proposed['object'], 'soort': 'partner', 'state': 'voorgesteld',
                  'naam': 'politie', 'oin': POLITIE, 'key': proposed['key']}
        waiting = [{k: row[k] for k in wanted} for row in self.audit('approve')
                   if row['soort'] == 'partner']
        self.assertEqual(waiting, [wanted])
        shown, = self.audit('approve', bundle)
        self.assertEqual((shown['key'], shown['oefening']), (proposed['key'], True))
        self.assertEqual(self.ctl('partner', 'show', POLITIE, code=1)[0]['error']['code'],
                         'not-found')
        self.audit('approve', bundle, *self.keys('beheerder'), code=1)
        done, = self.audit('approve', bundle, *self.keys('officer'))
        self.assertEqual(done['state'], 'actief')
        partner, = self.ctl('partner', 'show', POLITIE)
        self.assertEqual((partner['state'], partner['index'], partner['functies']),
                         ('actief', done['index'], ['basisteam']))
        self.assertEqual(partner['key'], proposed['key'])
        again = self.ctl('partner', 'add', bundle, *self.keys('beheerder'), code=1)[0]['error']
        self.assertEqual(again['code'], 'exists')
        self.assertEqual(self.audit('approve'), [])
        revoked, = self.ctl('partner', 'revoke', POLITIE, *self.keys('deputy'))
        self.assertEqual(revoked['state'], 'ingetrokken')
        self.assertEqual(self.ctl('partner', 'show', POLITIE)[0]['state'], 'ingetrokken')

    def test_only_the_beheerder_proposes(self):
        bundle = self.bundle(GEMEENTE, 'gemeente')
        for who in ('officer', 'deputy'):
            error = self.ctl('partner', 'add', bundle, *self.keys(who), code=1)[0]['error']
            self.assertEqual(error['code'], 'functie-not-held')
        self.assertNotIn('gemeente', [row['naam'] for row in self.audit('approve')])

    def test_the_fingerprint_of_genesis_and_the_key_of_the_log_are_handed_out(self):
        with open(self.path('huis/data/genesis'), 'rb') as file:
            entry = file.read()[8:88]
        fingerprint = hashlib.sha256(b'\0' + entry).hexdigest()
        self.assertIn(f' fingerprint={fingerprint} ', self.made)
        self.assertEqual(self.ctl('status')[0]['fingerprint'], fingerprint)
        with open(self.path('huis/data/log.vkey'), encoding='utf-8') as file:
            self.assertIn(f' log={file.read()}', self.ready)

    def test_a_bundle_for_another_house_is_not_proven(self):
        wire = vectors_log.partner(POLITIE, 'Elders', 'elders', ['basisteam'])
        bundle = write(self.path('elders.knp'), wire)
        self.ctl('partner', 'add', bundle, *self.keys('beheerder'), code=1)

    def test_a_convenant_is_approved_by_its_file(self):
        self.ctl('convenant', 'propose', CONVENANT, *self.keys('beheerder'))
        self.assertEqual(self.audit('approve', CONVENANT, *self.keys('deputy'))[0]['state'],
                         'actief')
        self.assertEqual(self.ctl('status')[0]['convenant'], 'voorbeeld-westelijke-mijnstreek')

    def test_a_convenant_that_is_wrong_is_placed(self):
        with open(CONVENANT, encoding='utf-8') as file:
            text = file.read().replace('    doel:', '    dole:', 1)
        wrong = write(self.path('wrong.yaml'), text.encode())
        error = self.ctl('convenant', 'propose', wrong, *self.keys('beheerder'), code=4)[0]['error']
        line = 1 + next(n for n, row in enumerate(text.split('\n')) if 'dole:' in row)
        self.assertEqual((error['code'], error['file'], error['line']),
                         ('unknown-keyword', wrong, line))

    def test_the_export_is_a_log_for_everybody(self):
        folder = self.path('export')
        size = self.audit('export', folder)[0]['size']
        self.assertEqual(self.audit('verify', folder)[0]['size'], size)
        with open(f'{folder}/log.vkey', encoding='utf-8') as file:
            vkey = file.read()
        checkpoint, _, _ = verify_folder(folder, VKey.parse(vkey.rstrip('\n')))
        self.assertEqual(checkpoint.size, size)
        self.assertIn(f' log={vkey}', self.ready)

    def test_metrics_are_numbers(self):
        self.assertTrue(all(isinstance(v, int) for v in self.ctl('metrics')[0].values()))

    def test_a_gate_that_was_killed_is_back_and_counted(self):
        def gate():
            return next(p for p in self.ctl_status() if p['name'] == 'gate')
        before = gate()
        os.kill(before['pid'], signal.SIGKILL)
        while gate()['pid'] in (0, before['pid']):
            pass
        self.assertGreater(gate()['restarts'], before['restarts'])

    def ctl_status(self):
        call = [desk_world.PROGRAMS['knooppuntctl'], '-c', self.settings, '--json', 'status']
        done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
        self.assertIn(done.returncode, (0, 1), done.stdout)
        return json.loads(done.stdout)['processes']


if __name__ == '__main__':
    desk_world.main(sys.argv[1:])
