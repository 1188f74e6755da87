#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""knooppuntctl against a daemon that answers what each test says (design 13).

usage: desk_ctl_test.py KNOOPPUNTCTL KNOOPPUNT-AUDIT
"""

import os
import random
import shlex
import shutil
import subprocess
import sys
import time
from datetime import date, datetime, timedelta

import desk_world
from desk_world import OUR_OIN, PROGRAMS, World, genesis_file, role_folder, write

import knp_crypto as kx
import vectors_log
from knp_messages import decode, encode
from knp_wire import verify_statement
from vector_cast import GEMEENTE, POLITIE, identity, secret

WELL = [('origin', 'knooppunt.example/oefening'), ('oefening', 'yes'), ('size', 6),
        ('checkpoint', 'origin\n6\nroot\n\n- signature\n'), ('readonly', 'no'),
        ('convenant', 'voorbeeld'), ('state-map-used', 4096), ('state-map-size', 16777216),
        ('queue', f'{GEMEENTE}/wmo last=3 waiting=1'),
        ('obligation', f'2026-11-20T10:00:00Z weging zorg {OUR_OIN}/procesregisseur entry=4'),
        ('process', 'core pid=12 since=1795000000000 restarts=0'),
        ('process', 'opener-0 pid=13 since=1795000000000 restarts=2'),
        ('refused', f'{POLITIE} bad-signature hour=2 day=3 total=4 last=1795000000000'),
        ('sandbox', 'core uid=998 user=own seccomp=yes landlock=2 memlock=yes dumpable=no'), ('fingerprint', '7e' * 32)]
NOTHING_OWED = [line for line in WELL if line[0] not in ('queue', 'obligation')]
SINCE = 1794997600000
# The most urgent first.
ALARMS = ['readonly', 'stopped-signing', 'damaged-entry', 'damaged-delivery', 'queues-unreadable',
          'obligation-unreadable', 'clock-away',
          'clock-behind', 'disk-full', 'map-full', 'process-down', 'process-failing',
          'process-hung', 'door-closed', 'no-convenant', 'revoked-key-in-use', 'soort-differs', 'sandbox-weaker', 'partner-apart', 'state-damaged',
          'source-gap', 'source-silent', 'source-few', 'scrub-failing', 'clock-stepped', 'disk-filling',
          'map-filling', 'guard-beside-log', 'backup-stale', 'orders-lost', 'core-restarted', 'keys-overlap', 'codes-open', 'codes-changed', 'obligation-overdue',
          'stop-review', 'unacknowledged', 'partner-silent']
PARTNERS = [
    ('partner', f'{POLITIE} actief 1 basisteam Politie Voorbeeld'), ('key', '0011223344556677'),
    ('partner', f'{GEMEENTE} ingetrokken 2 wmo,oov Gemeente Voorbeeld'), ('key', '8' * 16),
    ('partner', f'{GEMEENTE} actief 3 wmo,oov Gemeente Voorbeeld'), ('key', '9' * 16)]
PROPOSED = [('state', 'voorgesteld'), ('object', 'ab' * 32)]


class StatusTest(World):
    def setUp(self):
        super().setUp()
        self.daemon.answers.update(status=WELL, partners=PARTNERS)

    def test_a_knooppunt_that_is_well_has_every_key_of_the_contract(self):
        status, = self.ctl('status')
        for key in ('ok', 'processes', 'partners', 'queues', 'obligations', 'log', 'disk', 'map',
                    'readonly', 'sandbox', 'alarms'):
            self.assertIn(key, status)
        self.assertEqual((status['ok'], status['oefening'], status['fingerprint']),
                         (True, True, '7e' * 32))
        self.assertEqual(status['log'], {'size': 6, 'checkpoint': WELL[3][1]})
        self.assertEqual(status['processes'][0],
                         {'name': 'core', 'pid': 12, 'since': 1795000000000, 'restarts': 0})
        self.assertEqual(status['queues'],
                         [{'ontvanger': f'{GEMEENTE}/wmo', 'last': 3, 'waiting': 1}])
        self.assertEqual(status['obligations'][0]['ontvanger'], f'{OUR_OIN}/procesregisseur')
        self.assertEqual([p['state'] for p in status['partners']],
                         ['actief', 'ingetrokken', 'actief'])
        self.assertEqual(status['map'], {'state': {'used': 4096, 'size': 16777216}})
        self.assertEqual(status['refused'], [{'oin': POLITIE, 'reden': 'bad-signature', 'hour': 2,
                                              'day': 3, 'total': 4, 'last': 1795000000000}])
        self.assertEqual(status['sandbox'], {
            'core': {'uid': 998, 'user': 'own', 'seccomp': 'yes', 'landlock': 2, 'memlock': 'yes',
                     'dumpable': 'no'}})
        self.assertEqual((status['readonly'], status['alarms']), (False, []))
        self.assertGreater(status['disk']['size'], status['disk']['free'])

    def test_all_convenanten_are_named_and_then_what_is_voorlopig(self):
        """Of the longest names that there can be, and as many as can be in force."""
        names = [f'{n}{"-naam" * 12}-ok' for n in range(8)]
        rows = dict(origin='a.example/' + 'b' * 245, size=2**63 - 1)
        self.daemon.answers['status'] = [
            (name, rows.get(name, value)) for name, value in WELL if name != 'convenant'] + [
            *(('convenant', name) for name in names), ('voorlopig', 'delicten a b'),
            ('voorlopig', 'delicten c d')]
        done = self.run_program('knooppuntctl', 'status')
        line, = [line for line in done.stderr.splitlines() if line.startswith('log ')]
        self.assertTrue(line.endswith(
            f'{", ".join(names)}, voorlopig: 2 codes not confirmed'), line)

    def test_what_is_accepted_until_a_day_is_told_and_in_its_last_month_owed(self):
        soon = (date.today() + timedelta(days=20)).isoformat()
        later = (date.today() + timedelta(days=40)).isoformat()
        for tot, owed in ((soon, 1), (later, 0)):
            self.daemon.answers['status'] = NOTHING_OWED + [
                ('acceptatie', f'45 {tot} 31'), ('acceptatie-grond', 'de jurist leest ze na')]
            status, = self.ctl('status')
            self.assertEqual(status['acceptatie'], {'entry': 45, 'tot': tot, 'rijen': 31,
                                                    'grond': 'de jurist leest ze na'})
            self.assertIn(f'31 that nobody confirmed are accepted until {tot}, entry 45',
                          self.run_program('knooppuntctl', 'status').stderr)
            listed = self.ctl('open')
            self.assertEqual([(row['wat'], row['tot'], row['aantal']) for row in listed],
                             [('acceptatie', tot, 31)] * owed)
            said = self.run_program('knooppuntctl', 'open').stderr
            self.assertEqual(('knooppunt-audit codes' in said, 'nothing is owed' in said),
                             (owed == 1, owed == 0))
        self.daemon.answers['status'] = WELL
        self.assertIsNone(self.ctl('status')[0]['acceptatie'])

    def not_well(self, *lines):
        names = {line[0] for line in lines}
        self.daemon.answers['status'] = [row for row in WELL if row[0] not in names] + [*lines]
        status, = self.ctl('status', code=1)
        self.assertIs(status['ok'], False)
        return status

    def test_readonly_is_not_well_and_is_an_alarm(self):
        status = self.not_well(('readonly', 'journal'), ('alarm', f'readonly {SINCE} journal'))
        self.assertEqual((status['readonly'], status['alarms']), (True, ['readonly']))
        self.assertIs(self.not_well(('readonly', 'journal'))['readonly'], True)

    def test_a_process_that_does_not_run_is_not_well(self):
        self.not_well(('process', 'core pid=12 restarts=0'), ('process', 'gate pid=0 restarts=3'))

    def test_an_alarm_is_not_well(self):
        status = self.not_well(('alarm', f'map-filling {SINCE} log 90 %'))
        self.assertEqual(status['alarms'], ['map-filling'])
        trouble, = status['troubles']
        self.assertEqual((trouble['code'], trouble['since'], trouble['about']),
                         ('map-filling', SINCE, 'log 90 %'))
        self.assertIn('map_log_mib', trouble['fix'])

    def people(self, *lines):
        self.daemon.answers['status'] = WELL + [*lines]
        done = self.run_program('knooppuntctl', 'status')
        self.assertEqual(done.returncode, 1)
        return done.stderr.splitlines()

    def test_two_alarms_are_told_with_the_most_urgent_first(self):
        for i, first in enumerate(ALARMS):
            for second in ALARMS[i:i + 2]:
                lines = self.people(('alarm', f'{second} {SINCE} this'),
                                    ('alarm', f'{first} {SINCE + 1000} that'))
                self.assertLessEqual(len(lines), 10)
                self.assertEqual(lines[:2], ['OEFENING', 'NOT WELL: 2 troubles'])
                told = [line.split(' ')[:5] for line in lines[2:4]]
                since = ['2026-11-18T10:26:40Z:', '2026-11-18T10:26:41Z:']
                wanted = [[second, '(this),', 'since', since[0]], [first, '(that),', 'since', since[1]]]
                if first != second:
                    wanted.reverse()
                self.assertEqual([words[:4] for words in told], wanted)
                self.assertTrue(all('. To do: ' in line for line in lines[2:4]), lines)
                self.daemon.asked.clear()

    def test_in_whatever_order_they_come(self):
        some = random.Random(7)
        for _ in range(10):
            told = some.sample(ALARMS, len(ALARMS))
            status = self.not_well(*[('alarm', f'{code} {SINCE} x') for code in told])
            self.assertEqual(status['alarms'], ALARMS)
            self.daemon.asked.clear()

    def test_all_of_them_are_ten_lines_and_none_is_lost(self):
        lines = self.people(*[('alarm', f'{code} {SINCE} x') for code in reversed(ALARMS)])
        self.assertEqual(len(lines), 10)
        self.assertEqual([line.split(' ')[0] for line in lines[2:8]], ALARMS[:6])
        self.assertIn(f'and {len(ALARMS) - 6} more', lines[8])
        status, = self.ctl('status', code=1)
        self.assertEqual(status['alarms'], ALARMS)
        self.assertTrue(all(one['text'] and one['fix'] for one in status['troubles']))

    def test_an_alarm_of_a_newer_daemon_is_told_by_its_code(self):
        status = self.not_well(('alarm', f'moon-full {SINCE} tonight'),
                               ('alarm', f'partner-silent {SINCE} {POLITIE}'))
        self.assertEqual(status['alarms'], ['partner-silent', 'moon-full'])
        self.assertIn('one version', status['troubles'][1]['fix'])

    def test_a_daemon_that_is_away_is_3_as_for_every_command(self):
        self.stop()
        for program, command in (('knooppuntctl', ['status']), ('knooppuntctl', ['metrics']),
                                 ('knooppunt-audit', ['weigeringen'])):
            self.error(self.json(program, *command, code=3), 'unreachable')

    def test_what_it_says_to_do_next_can_be_copied(self):
        """With the settings that were given, as a shell reads them."""
        odd = self.path("het huis' settings.yaml")
        os.rename(self.path('settings.yaml'), odd)
        alarms = [('alarm', f'partner-silent {SINCE} {POLITIE}')] * 9
        self.daemon.answers['status'] = WELL + alarms
        done = subprocess.run([PROGRAMS['knooppuntctl'], '-c', odd, 'status'],
                              stderr=subprocess.PIPE, text=True, check=False)
        [line] = [line for line in done.stderr.splitlines() if ' more: ' in line]
        self.assertEqual(shlex.split(line.split('more: ')[1]),
                         ['knooppuntctl', '-c', odd, '--json', 'status'])

    def test_people_read_it_on_standard_error(self):
        done = self.run_program('knooppuntctl', 'status')
        self.assertEqual((done.returncode, done.stdout), (0, ''))
        self.assertEqual(done.stderr.splitlines()[0], 'OEFENING')
        self.assertLessEqual(len(done.stderr.splitlines()), 10)
        for text in ('all is well', '1 verstrekkingen for 1 ontvangers', '2026-11-20T10:00:00Z',
                     'core runs, opener-0 runs (2 restarts)', '6 entries', '7e' * 32,
                     f'3 in a day; most: {POLITIE} bad-signature 3', 'core uid=998'):
            self.assertIn(text, done.stderr)

    def test_settings_that_are_broken_name_file_and_line(self):
        write(self.path('settings.yaml'), b'openers: many\ndata: x\nkeys: k\nunlock_file: u\n')
        problem = self.error(self.ctl('status', code=4), 'bad-type')
        self.assertEqual((problem['file'], problem['line']), (self.path('settings.yaml'), 1))

    def test_an_answer_without_a_size_is_not_believed(self):
        self.daemon.answers['status'] = WELL[:2]
        self.error(self.ctl('status', code=5), 'malformed')


class MetricsTest(World):
    def test_openmetrics_names_the_kind_of_each_and_ends(self):
        self.daemon.answers['metrics'] = [('knooppunt_log_entries', 6),
                                          ('knooppunt_acks_total', 2),
                                          ('refused', f'{POLITIE} unknown-key hour=0 total=7')]
        done = self.run_program('knooppuntctl', 'metrics')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.splitlines(), [
            '# TYPE knooppunt_log_entries gauge', 'knooppunt_log_entries 6',
            '# TYPE knooppunt_acks counter', 'knooppunt_acks_total 2',
            '# TYPE knooppunt_refused counter',
            f'knooppunt_refused_total{{partner="{POLITIE}",reason="unknown-key"}} 7', '# EOF'])
        self.assertEqual(self.ctl('metrics'),
                         [{'knooppunt_log_entries': 6, 'knooppunt_acks_total': 2}])

    def test_a_file_for_the_node_exporter_is_whole_and_for_all_to_read(self):
        self.daemon.answers['metrics'] = [('knooppunt_log_entries', 6), ('knooppunt_acks_total', 2),
                                          ('refused', f'{POLITIE} unknown-key hour=0 total=7')]
        path = write(self.path('knooppunt.prom'), b'old')
        before = os.stat(path).st_ino
        done = self.run_program('knooppuntctl', 'metrics', '--out', path)
        self.assertEqual((done.returncode, done.stdout), (0, ''), done.stderr)
        with open(path, encoding='ascii') as file:
            self.assertEqual(file.read().splitlines(), [
                '# TYPE knooppunt_log_entries gauge', 'knooppunt_log_entries 6',
                '# TYPE knooppunt_acks_total counter', 'knooppunt_acks_total 2',
                '# TYPE knooppunt_refused_total counter',
                f'knooppunt_refused_total{{partner="{POLITIE}",reason="unknown-key"}} 7'])
        # Another file took its place: who had the old one open goes on reading that.
        self.assertNotEqual(os.stat(path).st_ino, before)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o644)
        self.assertEqual([name for name in os.listdir(self.folder.name) if '.tmp' in name], [])
        self.error(self.ctl('metrics', '--out', path, code=2), 'usage')
        done = self.run_program('knooppuntctl', 'metrics', '--out', self.path('no/where'))
        self.assertEqual(done.returncode, 4)
        self.assertIn('folder', done.stderr)
        self.daemon.answers['metrics'] = [('knooppunt_log_entries', 'none')]
        self.assertEqual(self.run_program('knooppuntctl', 'metrics', '--out', path).returncode, 5)
        with open(path, encoding='ascii') as file:
            self.assertIn('knooppunt_log_entries 6', file.read())  # what was there stands

    def test_output_that_cannot_be_written_is_an_error(self):
        self.daemon.answers['metrics'] = [('knooppunt_log_entries', 6)]
        with open('/dev/full', 'w', encoding='utf-8') as full:
            done = self.run_program('knooppuntctl', 'metrics', stdout=full)
        self.assertEqual(done.returncode, 5)


class PartnerTest(World):
    def setUp(self):
        super().setUp()
        self.daemon.answers.update(partners=PARTNERS, propose=PROPOSED)
        self.wire = vectors_log.partner(POLITIE, 'Politie Voorbeeld', 'politie', ['basisteam'])
        self.bundle = write(self.path('politie.knp'), self.wire)

    def proposal(self):
        """The one proposal the daemon got, as a dict."""
        lines, = [lines for lines in self.daemon.asked if lines[0][0] == 'propose']
        return dict(lines)

    def check_act(self, wire, soort, wanted, who='beheerder'):
        signed = decode('SignedStatement', wire)
        verify_statement(signed, identity(who)[0])
        act = decode('Statement', signed.statement)
        self.assertEqual((act.type, act.audience_oin, act.audience_log),
                         (7, OUR_OIN, self.log.key.vkey.name))
        self.assertEqual((act.head.size, act.head.root), (6, self.log.tree.root()))
        velden = {veld.veld: veld.waarde for veld in act.velden}
        self.assertEqual((velden[1], velden[2]), (soort.encode(), wanted))
        expires = datetime.fromisoformat(velden[3].decode()).timestamp()
        self.assertTrue(time.time() < expires <= time.time() + 86400)
        self.assertEqual(signed.signer, OUR_OIN)

    def test_add_signs_the_bundle_and_proposes_it(self):
        answer, = self.ctl('partner', 'add', self.bundle, '--key', self.keys)
        key = kx.key_id(1, identity('politie')[0]).hex()
        self.assertEqual(answer, {'index': None, 'state': 'voorgesteld', 'object': 'ab' * 32,
                                  'key': key})
        proposal = self.proposal()
        self.assertEqual((proposal['soort'], proposal['object']), (b'partner', self.wire))
        self.check_act(proposal['act'], 'partner', kx.sha256(self.wire))

    def test_a_passphrase_opens_the_key_as_well(self):
        import nacl.pwhash
        os.unlink(f'{self.keys}/unlock.key')
        argon = nacl.pwhash.argon2id
        key = argon.kdf(32, b'correct horse', desk_world.SALT, opslimit=argon.OPSLIMIT_INTERACTIVE,
                        memlimit=argon.MEMLIMIT_INTERACTIVE)
        write(f'{self.keys}/identity.key',
              desk_world.key_file(secret('beheerder identity'), key, 1))
        word = write(self.path('word'), b'correct horse\n')
        self.ctl('partner', 'add', self.bundle, '--key', self.keys, '--passphrase-file', word)
        self.check_act(self.proposal()['act'], 'partner', kx.sha256(self.wire))
        write(word, b'wrong horse\n')
        self.error(self.ctl('partner', 'add', self.bundle, '--key', self.keys,
                            '--passphrase-file', word, code=4), 'key-locked')

    def test_genesis_is_pinned_and_another_log_gets_no_signature(self):
        self.ctl('partner', 'add', self.bundle, '--key', self.keys)
        with open(f'{self.keys}/genesis', 'rb') as file:
            self.assertEqual(file.read(), genesis_file(self.log))
        self.ctl('partner', 'add', self.bundle, '--key', self.keys)
        other = vectors_log.Log()
        part = vectors_log.pb.PartRegister(genesis=vectors_log.genesis())
        other.append(0, vectors_log.T0 + 1, [vectors_log.pb.Part(register=part)])
        self.daemon.answers['log'] = self.log_answer(other)
        self.daemon.asked.clear()
        self.error(self.ctl('partner', 'add', self.bundle, '--key', self.keys, code=4), 'conflict')
        self.assertEqual(self.daemon.commands(), ['log'])

    def test_a_checkpoint_of_another_key_gets_no_signature(self):
        note = vectors_log.LogKey(self.log.key.vkey.name, bytes(32)).checkpoint(
            6, self.log.tree.root())
        self.daemon.answers['log'] = self.log_answer(self.log)[:-1] + [('checkpoint', note)]
        # It is asked which acts brought that key: none did, or what is shown does not hold.
        answers = vectors_log.Answers()
        whole = answers.register.replies[0]
        for leaves in ([], list(whole.register)[1:], list(whole.register)[2:]):
            shown = vectors_log.pb.Replies(checkpoint=note)
            shown.replies.add(about=bytes(32), outcome=1, register=leaves)
            self.daemon.answers['register'] = [('leaves', encode(shown))]
            self.daemon.asked.clear()
            self.error(self.ctl('partner', 'add', self.bundle, '--key', self.keys, code=5),
                       'malformed')
            self.assertEqual(self.daemon.commands(), ['log', 'register'])

    def test_a_genesis_that_does_not_hold_together_gets_no_signature(self):
        broken = bytearray(genesis_file(self.log))
        broken[-1] ^= 1
        self.daemon.answers['log'] = [('genesis', bytes(broken)) if row[0] == 'genesis' else row
                                      for row in self.log_answer(self.log)]
        self.ctl('partner', 'add', self.bundle, '--key', self.keys, code=5)
        self.assertFalse(os.path.exists(f'{self.keys}/genesis'))

    def test_a_bundle_beside_another_key_is_refused(self):
        shutil.copy(f'{role_folder(self.folder.name, "officer")}/bundle.knp', f'{self.keys}/bundle.knp')
        self.error(self.ctl('partner', 'add', self.bundle, '--key', self.keys, code=4),
                   'unknown-key')

    def test_a_changed_bundle_is_not_sent(self):
        at = self.wire.index(b'Politie')
        write(self.bundle, self.wire[:at] + b'politie' + self.wire[at + 7:])
        problem = self.error(self.ctl('partner', 'add', self.bundle, '--key', self.keys, code=1),
                             'bad-signature')
        self.assertEqual(problem['file'], self.bundle)
        self.assertEqual(self.daemon.asked, [])

    def test_list_and_show_tell_every_key(self):
        partners = self.ctl('partner', 'list')
        self.assertEqual(partners[1], {
            'oin': GEMEENTE, 'naam': 'Gemeente Voorbeeld', 'state': 'ingetrokken', 'index': 2,
            'functies': ['wmo', 'oov'], 'key': '8' * 16})
        self.assertEqual(self.ctl('partner', 'show', GEMEENTE), partners[1:])
        self.error(self.ctl('partner', 'show', OUR_OIN, code=1), 'not-found')

    def test_in_an_oefening_every_line_says_so(self):
        self.daemon.answers['partners'] = [('oefening', 'yes'), *PARTNERS]
        self.assertTrue(all(row['oefening'] is True for row in self.ctl('partner', 'list')))
        done = self.run_program('knooppuntctl', 'partner', 'list')
        self.assertEqual(done.stderr.splitlines()[0], 'OEFENING')
        self.daemon.answers['partners'] = PARTNERS
        self.assertNotIn('oefening', self.ctl('partner', 'list')[0])

    def test_revoke_by_oin_names_the_key_in_force(self):
        self.daemon.answers['propose'] = [('state', 'ingetrokken'), ('index', 7)]
        answer, = self.ctl('partner', 'revoke', GEMEENTE, '--key', self.keys)
        self.assertEqual((answer['index'], answer['state']), (7, 'ingetrokken'))
        wanted = bytes.fromhex('9' * 16)
        proposal = self.proposal()
        self.assertEqual((proposal['soort'], proposal['object']), (b'intrekking', wanted))
        self.check_act(proposal['act'], 'intrekking', kx.sha256(wanted))

    def test_revoke_by_key_needs_no_list(self):
        self.ctl('partner', 'revoke', '0011223344556677', '--key', self.keys)
        self.assertEqual(self.proposal()['object'], bytes.fromhex('0011223344556677'))

    def test_revoke_never_guesses(self):
        self.error(self.ctl('partner', 'revoke', OUR_OIN, '--key', self.keys, code=1),
                   'not-found')
        self.daemon.answers['partners'] = PARTNERS + PARTNERS[-2:]
        self.error(self.ctl('partner', 'revoke', GEMEENTE, '--key', self.keys, code=1),
                   'not-found')
        self.error(self.ctl('partner', 'revoke', 'politie', '--key', self.keys, code=2), 'usage')
        self.assertNotIn('propose', self.daemon.commands())


class ConvenantTest(World):
    def setUp(self):
        super().setUp()
        self.daemon.answers['propose'] = PROPOSED
        self.text = 'convenant: voorbeeld\n# één\n'.encode()
        self.file = write(self.path('convenant.yaml'), self.text)

    def act_file(self, soort, wanted):
        return write(self.path('act'), vectors_log.encode(
            vectors_log.act('beheerder', soort, wanted, 1)))

    def test_propose_carries_the_exact_document_and_an_act_that_was_signed_elsewhere(self):
        act = self.act_file('convenant', kx.sha256(self.text))
        self.ctl('convenant', 'propose', self.file, '--act', act)
        lines, = self.daemon.asked
        with open(act, 'rb') as file:
            self.assertEqual(lines, [('propose', None), ('soort', b'convenant'),
                                     ('object', self.text), ('act', file.read())])

    def test_an_act_about_something_else_is_not_sent(self):
        for soort, wanted in (('convenant', bytes(32)), ('partner', kx.sha256(self.text))):
            act = self.act_file(soort, wanted)
            self.error(self.ctl('convenant', 'propose', self.file, '--act', act, code=1),
                       'conflict')
        write(self.path('act'), b'no act')
        self.error(self.ctl('convenant', 'propose', self.file, '--act', act, code=1), 'malformed')
        self.assertEqual(self.daemon.asked, [])

    def test_the_daemon_says_where_a_convenant_is_wrong(self):
        self.daemon.answers['propose'] = [
            ('result', 'unknown-keyword'), ('message', 'the word is not known'),
            ('file', 'convenant'), ('line', 12), ('field', 'regels[1].als'), ('fix', 'leave it')]
        problem = self.error(self.ctl('convenant', 'propose', self.file, '--key', self.keys,
                                      code=4), 'unknown-keyword')
        self.assertEqual(problem, {
            'code': 'unknown-keyword', 'message': 'the word is not known', 'file': self.file,
            'line': 12, 'field': 'regels[1].als', 'fix': 'leave it'})

    def test_exit_codes_tell_a_refusal_from_a_moment_and_a_fault(self):
        for code, expected in (('two-needed', 1), ('not-signed', 1), ('revoked-key', 1),
                               ('busy', 3), ('full', 3), ('readonly', 3), ('syntax', 4),
                               ('io', 5)):
            self.daemon.answers['propose'] = [('result', code)]
            self.error(self.ctl('convenant', 'propose', self.file, '--key', self.keys,
                                code=expected), code)
        self.daemon.answers['propose'] = [('result', 'no-such-code')]
        self.error(self.ctl('convenant', 'propose', self.file, '--key', self.keys, code=5),
                   'malformed')

    def test_nothing_is_lost_when_the_daemon_is_away(self):
        self.stop()
        self.ctl('convenant', 'propose', self.file, '--key', self.keys, code=3)


class CallTest(World):
    def test_wrong_calls_are_usage(self):
        for call in ([], ['partner'], ['partner', 'drop'], ['partner', 'add'],
                     ['status', 'now'], ['status', '--key', 'x'], ['status', '--loud'],
                     ['partner', 'show', OUR_OIN, '--act'], ['metrics', '-c', 'twice'],
                     ['partner', 'add', 'x', '--key', 'a', '--act', 'b'],
                     ['convenant', 'propose', __file__], ['partner', 'show', '--', '-x', 'y']):
            self.error(self.ctl(*call, code=2), 'usage')
        self.assertEqual(self.daemon.asked, [])

    def test_every_command_has_help_and_the_program_a_version(self):
        for name in ('knooppuntctl', 'knooppunt-audit'):
            done = self.run_program(name, '--help')
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            calls = [line.split('[')[0].split() for line in done.stdout.splitlines()
                     if line.startswith('  ') and not line.startswith('  --')]
            self.assertGreater(len(calls), 4)
            for call in calls:
                words = [word for word in call if word == word.lower()]
                helped = self.run_program(name, *words, '--help')
                self.assertEqual(helped.returncode, 0)
                self.assertIn(' '.join(words), helped.stdout.splitlines()[0])
            version = self.run_program(name, '--version').stdout.split()
            self.assertEqual((version[0], len(version)), (name, 2))


if __name__ == '__main__':
    desk_world.main(sys.argv[1:])
