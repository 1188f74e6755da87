# SPDX-License-Identifier: EUPL-1.2
"""The program `knooppunt` as a contract: exit codes, JSON keys and what is kept, against a running
knooppuntd and against none."""

import json
import os
import stat
import subprocess
import time
import unittest

import knooppunt_world
from knooppunt_world import CONVENANT, POLITIE, VT, Exchange, Partner, World, example, must, run, write


class CommandLine(unittest.TestCase):
    def test_help_names_each_command_and_no_other(self):
        done = run('knooppunt', '--help')
        self.assertEqual(done.code, 0)
        for name in ('keygen', 'bundle', 'rotate', 'push', 'fetch', 'status', 'open', 'weging',
                     'uitkomst', 'overdracht', 'toestemming', 'intrekking', 'correctie',
                     'opvolging', 'ask', 'bekend', 'verrijking-intrekking', 'act'):
            self.assertIn(f'  {name} ', done.out)
            self.assertEqual(run('knooppunt', name, '--help').code, 0)
        self.assertNotIn('\n  vraag ', done.out)

    def test_version(self):
        self.assertRegex(run('knooppunt', '--version').out, r'^knooppunt \d+\.\d+\.\d+\n$')

    def test_a_wrong_command_line_gives_2_and_an_error_object(self):
        for words in ([], ['fly'], ['push'], ['push', '--max', '3'], ['fetch', '--max'],
                      ['fetch', '--max', 'many'], ['fetch', '--max', '0'], ['fetch', 'x'],
                      ['fetch', '--wait', '-1'], ['keygen'], ['keygen', 'a', 'b'],
                      ['keygen', 'a', '--oin', '1'], ['bundle', 'a'], ['rotate', 'a'], ['weging', 'x'],
                      ['weging', '1', '--regel', 'a'], ['uitkomst', '1', '--overleg', 'a'],
                      ['overdracht', '1', '--regel', 'a'], ['act', 'x'], ['status', '--status']):
            with self.subTest(words=words):
                done = run('knooppunt', *words, '--json')
                self.assertEqual(done.code, 2, done.out + done.err)
                self.assertEqual(done.error['code'], 'usage')
                self.assertEqual(set(done.error), {'code', 'message', 'fix'})

    def test_without_json_errors_go_to_standard_error(self):
        done = run('knooppunt', 'fly')
        self.assertEqual((done.code, done.out), (2, ''))
        self.assertIn('to do:', done.err)

    def test_wrong_settings_name_file_line_and_field(self):
        done = run('knooppunt', 'status', '-c', '/nowhere/client.yaml', '--json')
        self.assertEqual(done.code, 4)
        self.assertEqual(done.error['file'], '/nowhere/client.yaml')


CLOSED = ['sh', '-c', 'exec "$@" <&- >&- 2>&-', 'sh']  # runs what follows without 0, 1 and 2


class Closed(Exchange):
    """Whoever starts a program may have closed its standard files. What it then opens must not get
    their numbers: what is meant for a reader would be written into a spool, a socket or a key."""

    def closed(self, name, *words):
        return subprocess.run([*CLOSED, knooppunt_world.PROGRAMS[name], *words], check=False,
                              timeout=knooppunt_world.TIMEOUT).returncode

    def test_fetch_writes_nowhere_and_acknowledges_nothing(self):
        self.assertEqual(self.push(self.melding(), '--wait').code, 0)
        self.assertEqual(self.closed('knooppunt', 'fetch', '--json', '-c', self.vt.settings), 5)
        for folder, _, names in os.walk(self.vt.path('spool')):
            for name in names:
                with open(os.path.join(folder, name), 'rb') as file:
                    self.assertNotIn(b'rubrieken', file.read(), name)
        self.assertEqual(len(self.vt.run('fetch').lines), 1)

    def test_the_desk_says_that_nobody_heard_it(self):
        for name, words in (('knooppuntctl', ['status', '-c', self.house.settings]),
                            ('knooppuntctl', ['partner', 'list', '-c', self.house.settings]),
                            ('knooppunt-audit', ['convenant', 'check', CONVENANT])):
            self.assertEqual(self.closed(name, *words, '--json'), 5, words)

    def test_the_daemon_and_its_children_hold_them(self):
        self.house.stop()
        daemon = subprocess.Popen([*CLOSED, knooppunt_world.PROGRAMS['knooppuntd'], '-c',
                                   self.house.settings])
        try:
            for _ in range(600):
                if run('knooppuntctl', 'status', '--json', '-c', self.house.settings).code in (0, 1):
                    break
                time.sleep(0.1)
            with open(f'/proc/{daemon.pid}/task/{daemon.pid}/children', encoding='ascii') as file:
                pids = [daemon.pid, *map(int, file.read().split())]
            self.assertGreaterEqual(len(pids), 4)
            for pid in pids:
                for fd in range(3):
                    self.assertEqual(os.readlink(f'/proc/{pid}/fd/{fd}'), '/dev/null')
        finally:
            daemon.terminate()
            daemon.wait(knooppunt_world.TIMEOUT)
            self.house.start()


class Keys(World):
    def setUp(self):
        self.partner = Partner(self.house, self._testMethodName, POLITIE, 'politie', 'basisteam')

    def mode(self, *names):
        return stat.S_IMODE(os.stat(self.partner.path(*names)).st_mode)

    def test_keys_are_for_their_owner_alone(self):
        line = self.partner.keygen().line
        self.assertEqual(set(line), {'bundle', 'key'})
        self.assertEqual(self.mode('keys'), 0o700)
        for name in ('identity.key', 'sealing.key', 'transport.key', 'unlock.key'):
            self.assertEqual(self.mode('keys', name), 0o600)

    def test_keys_are_never_replaced(self):
        self.partner.keygen()
        done = run('knooppunt', 'keygen', self.partner.path('keys'), '--json')
        self.assertEqual((done.code, done.error['code']), (4, 'exists'))

    def test_a_role_has_an_identity_key_only(self):
        must('knooppunt', 'keygen', self.partner.path('rol'), '--role')
        self.assertEqual(sorted(os.listdir(self.partner.path('rol'))),
                         ['identity.key', 'unlock.key'])

    def test_a_passphrase_opens_the_keys_and_another_does_not(self):
        word = write(self.partner.path('word'), 'een lange zin\nwat daarna komt telt niet\n')
        os.chmod(word, 0o600)
        self.partner.keygen('--passphrase-file', word)
        self.assertFalse(os.path.exists(self.partner.path('keys', 'unlock.key')))
        self.partner.write_settings(unlock_file=None, passphrase_file='word')
        self.assertEqual(self.partner.run('status').line['enrolled'], False)
        write(word, '\n')
        done = self.partner.run('status')
        self.assertEqual((done.code, done.error['file']), (4, word))
        self.assertIn('empty', done.error['message'])
        done = run('knooppunt', 'keygen', self.partner.path('more'), '--passphrase-file', word,
                   '--json')
        self.assertEqual((done.code, done.error['file']), (4, word))
        self.assertIn('empty', done.error['message'])
        write(word, 'een andere zin\n')
        done = self.partner.run('status')
        self.assertEqual((done.code, done.error['code']), (4, 'key-locked'))
        os.chmod(word, 0o644)
        self.assertEqual(self.partner.run('status').code, 4)

    def refused_keygen(self, **changes):
        words = {'oin': POLITIE, 'naam': 'P', 'soort': 'politie', 'functie': 'basisteam',
                 'genesis': self.house.genesis, **changes}
        folder = self.partner.path('refused')
        done = run('knooppunt', 'keygen', folder, '--json', *(
            word for key, value in words.items() if value is not None
            for word in (f'--{key}', value)[:1 if value == '' else 2]))
        self.assertFalse(os.path.exists(folder))
        return done

    def test_what_a_bundle_lacks_shows_before_there_are_keys(self):
        done = self.refused_keygen(genesis=None)
        self.assertEqual(done.code, 2)
        self.assertIn('--genesis', done.error['message'])
        done = self.refused_keygen(genesis=CONVENANT)
        self.assertEqual((done.code, done.error['file']), (4, CONVENANT))
        self.assertIn('handed out', done.error['fix'])
        done = self.refused_keygen(functie='wijkteam', role='')
        self.assertEqual(done.code, 2)
        for functie in ('beheerder', 'privacy-officer', 'privacy-officer-plv'):
            self.assertIn(functie, done.error['message'])
        done = self.refused_keygen(soort='politiebureau')
        self.assertEqual(done.code, 2)
        for soort in ('politie', 'veilig-thuis', 'woningcorporatie', 'veiligheidshuis'):
            self.assertIn(f' {soort}', done.error['message'] + done.error['fix'])

    def test_a_bundle_can_be_made_later_and_elsewhere(self):
        must('knooppunt', 'keygen', self.partner.path('keys'))
        out = self.partner.path('out.knp')
        words = ('bundle', self.partner.path('keys'), '--oin', POLITIE, '--naam', 'P', '--soort',
                 'politie', '--functie', 'basisteam', '--out', out)
        done = run('knooppunt', *words, '--json')
        self.assertEqual((done.code, done.error['code']), (2, 'usage'))
        must('knooppunt', *words, '--genesis', self.house.genesis)
        with open(out, 'rb') as one, open(self.partner.path('keys', 'bundle.knp'), 'rb') as two:
            self.assertEqual(one.read(), two.read())
        done = run('knooppunt', *words, '--genesis', CONVENANT, '--json')
        self.assertEqual(done.code, 4)

    def test_acts_that_were_signed_elsewhere_enrol_a_partner(self):
        self.partner.keygen()
        bundle = self.partner.path('keys', 'bundle.knp')
        for role, command in (('beheerder', ['knooppuntctl', 'partner', 'add']),
                              ('privacy-officer', ['knooppunt-audit', 'approve'])):
            act = self.partner.path(f'{role}.act')
            line = must('knooppunt', 'act', bundle, '--keys', self.house.role(role), '--genesis',
                        self.house.genesis, '--soort', 'partner', '--out', act).line
            self.assertEqual(set(line), {'act', 'soort', 'object'})
            done = must(command[0], *command[1:], bundle, '--act', act, '-c', self.house.settings)
        self.assertEqual(done.line['state'], 'actief')
        self.assertEqual(self.partner.run('fetch').code, 0)
        act = self.partner.path('intrekking.act')
        key = must('knooppunt', 'bundle', self.partner.path('keys'), '--oin', POLITIE, '--naam',
                   'P', '--soort', 'politie', '--functie', 'basisteam', '--genesis',
                   self.house.genesis).line['key']
        must('knooppunt', 'act', key, '--keys', self.house.role('beheerder'), '--genesis',
             self.house.genesis, '--soort', 'intrekking', '--out', act)
        must('knooppuntctl', 'partner', 'revoke', key, '--act', act, '-c', self.house.settings)


class Meldingen(Exchange):
    def test_a_melding_is_receipted_and_arrives_verified(self):
        path = self.melding()
        done = self.push(path, '--wait')
        self.assertEqual(done.code, 0, done.out + done.err)
        self.assertEqual(set(done.line), {'id', 'status', 'index', 'proof', 'oefening'})
        self.assertEqual((done.line['status'], done.line['oefening']), ('aanvaard', True))
        told = run('knooppunt', 'push', path, '-c', self.politie.settings).err
        self.assertTrue(told.startswith(f'OEFENING  {done.line["id"]}  aanvaard'), told)
        with open(done.line['proof'], encoding='utf-8') as file:
            self.assertEqual(file.readline(), 'c2sp.org/tlog-proof@v1\n')
        # The same file again is the same melding, and the same outcome.
        self.assertEqual(self.push(path).line, done.line)
        fetched = self.vt.run('fetch', '--out', self.vt.path())
        self.assertEqual(fetched.code, 0, fetched.err)
        line = fetched.line
        self.assertEqual((line['id'], line['index']), (done.line['id'], done.line['index']))
        self.assertEqual(line['bron'], f'urn:nld:oin:{POLITIE}:systeem:bvh')
        self.assertEqual((line['soort'], line['verified'], line['oefening']),
                         ('verstrekking', True, True))
        self.assertIn('politie-veilig-thuis', line['regels'])
        self.assertNotIn('bsn', {r['rubriek'] for r in line['rubrieken']})
        with open(self.vt.path(f'frontoffice-{line["number"]:012}.json'), encoding='utf-8') as file:
            self.assertEqual(json.load(file), line)
        self.assertEqual(self.vt.run('fetch').out, '')

    def test_the_content_of_a_melding_is_erased_by_two_roles(self):
        path = self.melding()
        pushed = self.push(path, '--wait').line
        settings = ['-c', self.house.settings]
        officer, beheerder = (['--key', self.house.role(role)]
                              for role in ('privacy-officer', 'beheerder'))
        grond = 'AVG art. 17, verzoek van 1 november'
        for wrong in ('', 'a' * 201, 'twee\nregels'):
            done = run('knooppunt-audit', 'erase', pushed['id'], wrong, *officer, *settings)
            self.assertEqual(done.code, 2)
        done = run('knooppunt-audit', 'erase', pushed['id'], 'verzoek van 999990342', *officer,
                   *settings, '--json')
        self.assertEqual((done.code, done.error['code']), (2, 'bad-value'))
        self.assertIn('BSN', done.error['message'])
        self.assertNotIn('999990342', done.out + done.err)
        done = run('knooppunt-audit', 'erase', 'een-ander-id-0123', grond, *officer, *settings,
                   '--json')
        self.assertEqual((done.code, done.error['code']), (1, 'not-found'))
        line = must('knooppunt-audit', 'erase', pushed['id'], grond, *officer, *settings).line
        self.assertEqual(line['state'], 'voorgesteld')
        shown = must('knooppunt-audit', 'approve', line['object'], *settings).line
        self.assertEqual(shown['document'].splitlines()[0::3],
                         ['wissing van inhoud', f'grond {grond}'])
        done = run('knooppunt-audit', 'approve', line['object'], *officer, *settings, '--json')
        self.assertEqual((done.code, done.error['code']), (1, 'two-needed'))
        done = must('knooppunt-audit', 'approve', line['object'], *beheerder, *settings).line
        self.assertEqual(done['state'], 'gewist')
        # What waited comes as news without content; the sender's outcome stands, and so does why.
        fetched = self.vt.run('fetch').lines
        self.assertEqual([(line['soort'], line['rubrieken']) for line in fetched],
                         [('vervallen', []), ('gewist', [])])
        self.assertEqual(self.push(path).line, pushed)
        told = must('knooppunt-audit', 'why', pushed['id'], f'{VT}/frontoffice', *self.house.asking)
        for one in told.lines:
            self.assertEqual((one['gewist']['grond'], one['gewist']['entry']),
                             (grond, done['index']))
        given = [one for one in told.lines if one['verloop'][0]['gegeven']]
        self.assertTrue(given)
        for one in given:  # it was decided on, and taken back before it was acknowledged
            self.assertEqual(([step['soort'] for step in one['verloop']], one['beslissing']),
                             (['beslissing', 'vervallen'], 'geweigerd'))
            self.assertEqual((one['verloop'][1]['reden'], one['vervallen']),
                             ('gewist', done['index']))
        export = self.politie.path('export')
        must('knooppunt-audit', 'export', export, *settings)
        self.assertEqual(must('knooppunt-audit', 'verify', export).line['intact'], True)
        done = run('knooppunt-audit', 'erase', pushed['id'], grond, *officer, *settings, '--json')
        self.assertEqual((done.code, done.error['code']), (1, 'already-decided'))

    def test_other_content_under_the_same_id_is_refused_here_already(self):
        path = self.melding()
        self.assertEqual(self.push(path).code, 0)
        other = self.melding(id=example()['id'] and f'{self._testMethodName}-1'.replace('_', '-')[-60:],
                             toelichting='Toch anders.')
        done = self.push(other)
        self.assertEqual((done.code, done.error['code'], done.error['file']),
                         (1, 'conflict', other))

    def test_the_same_content_without_an_id_goes_again_with_a_warning(self):
        path = self.melding(id=None, toelichting='Een keer is genoeg.')
        first = self.push(path, '--wait')
        self.assertEqual((first.code, first.err), (0, ''))
        again = self.push(path, '--wait')
        self.assertEqual((again.code, again.line['status']), (0, 'aanvaard'))
        self.assertIn(first.line['id'], again.err)
        self.assertNotEqual(again.line['id'], first.line['id'])
        other = self.melding(id=None, toelichting='Iets anders.')
        self.assertEqual(self.push(other, '--wait').err, '')

    def test_a_bad_file_is_named_and_the_good_ones_go(self):
        good, bad = self.melding(), self.melding(kenmerken={'soort': 'onzin'})
        broken = write(self.politie.path('broken.json'), '{"id":\n  nee}')
        done = self.push(bad, good, broken, '--wait')
        self.assertEqual(done.code, 1)
        errors = [line['error'] for line in done.lines if 'error' in line]
        self.assertEqual([e['file'] for e in errors], [bad, broken])
        self.assertTrue(errors[0]['field'].startswith('/'))
        self.assertEqual((errors[1]['code'], errors[1]['line']), ('syntax', 2))
        self.assertEqual([line['status'] for line in done.lines if 'status' in line],
                         ['aanvaard'])

    def test_a_file_that_is_not_there_gives_4(self):
        done = self.push(self.politie.path('nergens.json'))
        self.assertEqual((done.code, done.error['code']), (4, 'file-missing'))

    def test_a_melding_of_another_system_is_refused(self):
        done = self.push(self.melding(systeem='ander'))
        self.assertEqual((done.code, done.error['field']), (1, '/systeem'))

    def test_many_files_go_together(self):
        paths = [self.melding(id=None) for _ in range(70)]
        done = self.push(*paths, '--wait')
        self.assertEqual(done.code, 0, [line for line in done.lines if "error" in line])
        self.assertEqual(len({line['id'] for line in done.lines}), 70)
        self.assertEqual(len({line['index'] for line in done.lines}), 70)
        fetched = self.vt.run('fetch', '--max', '3')
        self.assertEqual(len(fetched.lines), 3)
        rest = self.vt.run('fetch')
        self.assertEqual(rest.code, 0, rest.out[-2000:])
        numbers = [line['number'] for line in fetched.lines + rest.lines]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 70)))

    def test_what_cannot_be_sent_waits_in_the_outbox(self):
        self.politie.write_settings(endpoint='tcp://127.0.0.1:9', timeout_ms='300')
        done = self.push(self.melding())
        self.assertEqual((done.code, done.line['status']), (3, 'outbox'))
        self.assertEqual(set(done.line), {'id', 'status', 'reden', 'oefening'})
        reden = done.line['reden']
        self.assertEqual((set(reden), reden['code']), ({'code', 'veld', 'uitleg', 'fix'}, 'unreachable'))
        for part in ('tcp://127.0.0.1:9', POLITIE, 'do not push the file again', 'push --wait'):
            self.assertIn(part, reden['uitleg'])
        status = self.politie.run('status', done.line['id'])
        self.assertEqual((status.code, status.line['status']), (3, 'outbox'))
        status = self.politie.run('status')
        self.assertEqual((status.code, status.line['ok']), (1, False))
        self.assertEqual(status.line['outbox']['waiting'], 1)
        self.assertEqual(status.line['alarms'], ['unreachable'])
        text = run('knooppunt', 'status', '-c', self.politie.settings)
        self.assertTrue((text.out + text.err).startswith('ALARM    1 in the outbox'))
        again = self.push('--wait')
        self.assertEqual((again.code, again.error['code']), (3, 'unreachable'))
        self.politie.write_settings()
        sent = self.push('--wait')
        self.assertEqual((sent.code, sent.line['id'], sent.line['status']),
                         (0, done.line['id'], 'aanvaard'))
        status = self.politie.run('status', done.line['id'])
        self.assertEqual((status.code, status.line['status']), (0, 'aanvaard'))

    def test_waiting_for_nobody_ends_and_says_so_once(self):
        self.politie.write_settings(endpoint='tcp://127.0.0.1:9', timeout_ms='200')
        path = self.melding()
        for words in ((), ('=3',)):
            began = time.monotonic()
            done = run('knooppunt', '-c', self.politie.settings, 'push', path,
                       *([f'--wait{words[0]}'] if words else ['--wait']))
            self.assertEqual(done.code, 3, done.err)
            self.assertLess(time.monotonic() - began, 20)
            self.assertEqual((done.out + done.err).count('cannot be reached'), 1, done.err)
            self.assertIn('oin setting ' + POLITIE, done.out + done.err)
        self.assertGreater(time.monotonic() - began, 2)
        self.assertEqual(self.push(path, '--wait=lang').code, 2)
        self.politie.write_settings()
        self.assertEqual(self.push('--wait', '30').code, 0)

    def test_an_oin_that_is_not_that_of_our_keys_is_refused_before_anything_is_signed(self):
        self.assertEqual(self.push(self.melding(), '--wait').code, 0)
        for spool in ('spool', 'spool-new'):
            with self.subTest(spool=spool):
                self.politie.write_settings(oin=f'"{VT}"', spool=spool)
                done = self.push(self.melding())
                self.assertEqual((done.code, [line['error']['field'] for line in done.lines]),
                                 (4, ['oin'] * len(done.lines)), done.out)
                for part in (POLITIE, VT, 'identity key'):
                    self.assertIn(part, done.lines[0]['error']['message'])
        self.politie.write_settings(oin=f'"{VT}"')
        status = self.politie.run('status')
        self.assertEqual((status.code, status.line['alarms']), (1, ['oin-differs']))
        self.assertEqual(status.line['outbox']['waiting'], 0)
        fetched = self.politie.run('fetch')
        self.assertEqual((fetched.code, fetched.lines[0]['error']['field']), (4, 'oin'))

    def test_a_line_that_did_not_get_out_is_not_acked(self):
        self.assertEqual(self.push(self.melding(), '--wait').code, 0)
        with open('/dev/full', 'w', encoding='ascii') as full:
            done = self.vt.run('fetch', stdout=full)
        self.assertEqual(done.code, 5)
        done = self.vt.run('fetch', '--out', '/proc')  # where nobody makes files
        self.assertEqual((done.code, done.error['code']), (1, 'io'))
        self.assertEqual(len(self.vt.run('fetch').lines), 1)
        self.assertEqual(self.vt.run('fetch').lines, [])

    def test_fetch_waits_for_what_comes(self):
        import threading
        path = self.melding()
        threading.Timer(1.0, lambda: self.push(path, '--wait')).start()
        done = self.vt.run('fetch', '--wait', '30')
        self.assertEqual((done.code, len(done.lines)), (0, 1))

    def test_a_functie_that_is_not_ours_is_refused(self):
        done = self.vt.run('fetch', '--functie', 'wmo')
        self.assertEqual((done.code, done.error['code']), (4, 'functie-not-held'))

    def test_status_tells_how_things_stand(self):
        self.push(self.melding(), '--wait')
        done = self.politie.run('status')
        self.assertEqual(done.code, 0)
        self.assertEqual(set(done.line), {'ok', 'enrolled', 'log', 'outbox', 'inbox', 'keys', 'adapters',
                                          'alarms'})
        self.assertEqual((done.line['ok'], done.line['enrolled'], done.line['alarms']),
                         (True, True, []))
        self.assertEqual([key['ours'] for key in done.line['keys']], [True])
        self.assertGreater(done.line['log']['size'], 4)

    def test_a_checkpoint_that_contradicts_is_an_alarm(self):
        conflict = self.politie.path('spool', 'conflict-001-received')
        write(conflict, 'evidence\n')
        try:
            done = self.politie.run('status')
            self.assertEqual((done.code, done.line['alarms']), (1, ['conflict']))
            done = self.push(self.melding())
            self.assertEqual(done.code, 1)
            self.assertEqual(done.lines[0]['error']['code'], 'bad-head')
            self.assertEqual(done.lines[1]['status'], 'outbox')
        finally:
            os.remove(conflict)
        self.assertEqual(self.push('--wait').code, 0)

    def test_a_partner_that_is_not_enrolled_keeps_what_it_pushed(self):
        stranger = Partner(self.house, 'stranger', '00000099000000007000', 'woningcorporatie',
                           'wonen')
        stranger.write_settings(timeout_ms='1500')
        stranger.keygen()
        done = stranger.run('push', self.melding())
        self.assertEqual((done.code, done.line['status']), (3, 'outbox'))
        self.assertEqual(stranger.run('fetch').code, 3)
        status = stranger.run('status')
        self.assertEqual((status.code, status.line['ok']), (1, False))
        self.assertEqual(status.line['alarms'][0], 'not-enrolled')
        stranger.write_settings(timeout_ms='300')
        done = stranger.run('push', '--wait')
        self.assertEqual(done.code, 3)
        self.assertIn('00000099000000007000', done.error['message'])

    def test_a_new_spool_is_told_that_the_knooppunt_has_the_id(self):
        melding = self.melding()
        self.assertEqual(self.push(melding, '--wait').line['status'], 'aanvaard')
        self.politie.write_settings(spool='other-spool')
        done = self.push(melding, '--wait')
        self.assertEqual((done.code, done.line['status'], done.line['reden']['code']),
                         (1, 'geweigerd', 'conflict'))
        self.assertIn('do not send it under a new id', done.line['reden']['fix'])

    def test_a_spool_of_other_keys_is_named_as_that(self):
        self.assertEqual(self.push(self.melding(), '--wait').code, 0)
        other = Partner(self.house, 'other', POLITIE, 'politie', 'basisteam')
        other.keygen()
        self.politie.write_settings(keys=other.path('keys'),
                                    unlock_file=other.path('keys', 'unlock.key'))
        done = self.politie.run('status')
        self.assertEqual(done.code, 4, done.out + done.err)
        self.assertIn('does not open with these keys', done.error['message'])
        self.assertIn('new folder as spool', done.error['fix'])

    def test_another_genesis_is_refused_for_good(self):
        self.politie.write_settings(genesis=CONVENANT)
        done = self.politie.run('status')
        self.assertEqual((done.code, done.error['file']), (4, CONVENANT))

    def test_a_weging_that_nobody_asked_for_is_refused_in_the_log(self):
        index = self.push(self.melding(), '--wait').line['index']
        done = self.vt.run('weging', str(index), '--regel', 'bestaat-niet', '--uitkomst', 'ja',
                           '--medewerker', 'mw-1', '--motivering', 'Omdat het moet.', '--wait')
        self.assertEqual(done.code, 1, done.out + done.err)
        reden = done.line['reden']
        self.assertEqual((set(reden), reden['code'], reden['veld']),
                         ({'code', 'veld', 'uitleg', 'fix'}, 'not-owed', 'weging.regel'))
        self.assertIn('Check the number of the entry', reden['fix'])


if __name__ == '__main__':
    knooppunt_world.main()
