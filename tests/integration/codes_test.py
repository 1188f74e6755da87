# SPDX-License-Identifier: EUPL-1.2
"""The code tables of a house, through its programs: what is broken in one, what a convenant rests on
in them, and what a melding becomes known to be by them."""

import datetime
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import knooppunt_world
from knooppunt_world import (HOUSE, POLITIE, PROGRAMS, SOURCE, House, Partner, World, example,
                             must, run, small_convenant, write)
from knp_party import today
from knp_process import FAKETIME, preload

TABLES = ('gemeenten', 'klassen', 'themas', 'grondslagen', 'bewaartermijnen')
GIVEN = '2026-10-01'
RESTS = {'grondslagen wpg-20', 'bewaartermijnen wpg-5-jaar', 'bewaartermijnen wpg-inzage-4-jaar'}


def convenant(grondslag='wpg-20', als='klassen: I28', getekend=False, rubrieken='kenmerken'):
    """One regel: what the police tells goes to the house."""
    signed = f'{{door: "D. Irecteur", op: {GIVEN}}}' if getekend else 'nee'
    return small_convenant('proef-codes', {
        'huis': (HOUSE, 'procesregisseur', 'soort: veiligheidshuis'),
        'politie': (POLITIE, 'basisteam', 'soort: politie')}, f'''\
  - regel: huis-leest
    convenantartikel: "1"
    herkomst: "proef: «huis»"
    als: {{{als}}}
    verstrek: {{aan: {{partij: huis, functie: procesregisseur}}, rubrieken: [{rubrieken}]}}
    doel: regie
    grondslag: [{grondslag}]
''', signed)


def clock(program, shift):
    """What comes before a program for which it is another time; nothing when it is now."""
    return ['env', f'LD_PRELOAD={preload(PROGRAMS[program], FAKETIME)}', f'FAKETIME={shift}',
            'FAKETIME_NO_CACHE=1', 'FAKETIME_DONT_FAKE_MONOTONIC=1'] if shift else []


def melding(klasse, persoon=None):
    data = example(id=None, systeem=None, incident=None, melder=None, medewerker=None,
                   toelichting=None, betrokkenen=None)
    data['kenmerken'] = {'soort': 'politie', 'thema': ['verward-gedrag'], 'urgentie': 'gewoon',
                         'gemeente': 'GM1883', **({'klasse': klasse} if klasse else {})}
    if persoon:
        data['betrokkenen'] = [{'betrokkenheid': {'rol': 'verdachte'}, 'bsn': persoon}]
    return json.dumps(data)


class Codes(World):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.politie = Partner(cls.house, 'politie', POLITIE, 'politie', 'basisteam').enrol()
        cls.huis = Partner(cls.house, 'regisseur', HOUSE, 'veiligheidshuis',
                           'procesregisseur').enrol()

    def propose(self, text):
        path = write(self.house.path('convenant.yaml'), text)
        return path, run('knooppuntctl', 'convenant', 'propose', path, '--key',
                         self.house.role('beheerder'), '-c', self.house.settings, '--json')

    def test_a_klasse_is_also_every_wider_one(self):
        path, done = self.propose(convenant())
        self.assertEqual(done.code, 0, done.out)
        must('knooppunt-audit', 'approve', path, '--key', self.house.role('privacy-officer'), '-c',
             self.house.settings)
        for klasse, given in (('E33', 1), ('E14', 1), ('I28', 1), ('overig', 0), ('', 0)):
            with self.subTest(klasse):
                self.politie.write_settings()
                self.huis.write_settings()
                path = write(self.politie.path('melding.json'), melding(klasse))
                done = self.politie.run('push', path, '--wait')
                self.assertEqual(done.code, 0, done.out)
                arrived = self.huis.run('fetch').lines
                self.assertEqual([[grond['voorlopig'] for grond in one['gronden']]
                                  for one in arrived], [[True]] * given)
                *_, told = must('knooppunt-audit', 'why', done.line['id'],
                                'huis/procesregisseur', 'kenmerken',
                                *self.house.asking).lines
                self.assertEqual(told['beslissing'], 'verstrekt' if given else 'geweigerd')
                self.assertEqual(set(told['voorlopig']), RESTS if given else set())
        status = run('knooppuntctl', 'status', '-c', self.house.settings, '--json')
        self.assertEqual(set(status.lines[-1]['voorlopig']), RESTS)
        said = run('knooppuntctl', 'status', '-c', self.house.settings).err
        self.assertIn('proef-codes, voorlopig: 3 codes not confirmed', said)
        said = run('knooppunt-audit', 'why', done.line['id'], 'huis/procesregisseur', 'kenmerken',
                   *self.house.asking).err
        self.assertNotIn('voorlopig', said)

    def test_a_convenant_that_the_tables_do_not_allow_is_not_proposed(self):
        for changes, code, field in (
                ({'grondslag': 'bestuurlijk-akkoord'}, 'unknown-code', 'regels.huis-leest.grondslag'),
                ({'als': 'gemeente: GM0344'}, 'unknown-code', 'regels.huis-leest.als')):
            _, done = self.propose(convenant(**changes))
            self.assertEqual((done.code, done.error['code']), (1, code), done.out)
            self.assertEqual(done.error['field'], field)
            self.assertIn('codes/', done.error['fix'])
            self.assertGreater(done.error['line'], 0)

    def test_check_names_what_a_convenant_rests_on_that_nobody_confirmed(self):
        path = write(self.house.path('check.yaml'), convenant(als='thema: [overlast, stalking]'))
        *rows, _ = run('knooppunt-audit', 'convenant', 'check', path, '-c', self.house.settings,
                       '--json').lines
        rows = [row for row in rows if row['bevinding'] == 'voorlopig']
        self.assertEqual({(row['tabel'], row['code']) for row in rows},
                         {('themas', 'stalking'), ('grondslagen', 'wpg-20'),
                          ('bewaartermijnen', 'wpg-5-jaar'),
                          ('bewaartermijnen', 'wpg-inzage-4-jaar')})
        self.assertTrue(all(row['bron'] and not row['fout'] for row in rows))
        said = run('knooppunt-audit', 'convenant', 'check', path, '-c', self.house.settings).err
        self.assertIn('voorlopig: themas stalking is not confirmed (', said)
        said = run('knooppunt-audit', 'convenant', 'check', path, '-c', '/nowhere/k.yaml').err
        self.assertIn('code tables are not looked at', said)
        bad = write(self.house.path('check.yaml'), convenant(grondslag='bestuurlijk-akkoord'))
        done = run('knooppunt-audit', 'convenant', 'check', bad, '-c', self.house.settings, '--json')
        self.assertEqual((done.code, done.lines[-1]['error']['file']), (4, bad))

    def test_a_broken_table_is_named_with_file_line_and_field(self):
        folder = self.house.path('codes-broken')
        settings = write(self.house.path('broken.yaml'), self.of_settings().replace(
            'codes: ', 'codes: codes-broken #'))
        for table in TABLES:
            for change, code in ((lambda text, key=table: text.replace(f'\n{key}:', '\nanders:'),
                                  'unknown-keyword'),
                                 (lambda text: text.replace('status: bevestigd', 'status: ja', 1)
                                  if 'status: bevestigd' in text
                                  else text.replace('niet-geverifieerd}', 'ja}', 1), 'unknown-code'),
                                 (lambda text: text.replace('bron:', 'bron: {a: b}, oud:', 1),
                                  'unknown-keyword'),
                                 (lambda _: None, 'file-missing')):
                with self.subTest(table=table, code=code):
                    shutil.rmtree(folder, ignore_errors=True)
                    shutil.copytree(os.path.join(SOURCE, 'config', 'codes'), folder)
                    os.chmod(folder, 0o755)
                    self.break_table(os.path.join(folder, f'{table}.yaml'), change)
                    done = run('knooppuntd', '-c', settings, '--check', '--json')
                    [error] = done.line['errors']
                    self.assertEqual((done.code, error['code']), (4, code), done.out)
                    self.assertTrue(error['file'].endswith(f'codes-broken/{table}.yaml'))
                    self.assertTrue(error['fix'])
                    if code != 'file-missing':
                        self.assertGreater(error['line'], 0)

    def test_check_of_the_daemon_names_each_row_that_nobody_confirmed(self):
        done = run('knooppuntd', '-c', self.house.settings, '--check', '--json')
        self.assertEqual((done.code, done.line['ok'], done.line['errors']), (0, True, []))
        rows = {(row['tabel'], row['code']) for row in done.line['voorlopig']}
        self.assertLess({('themas', 'stalking'), ('grondslagen', 'wpg-20'),
                         ('gemeenten', 'GM0935')}, rows)
        self.assertFalse({('klassen', 'E33'), ('gemeenten', 'GM1883')} & rows)
        self.assertIn(f'voorlopig, {len(rows)} of ', done.err)
        self.assertRegex(done.err, r'\n  themas: .*stalking')

    def of_settings(self):
        with open(self.house.settings, encoding='utf-8') as file:
            return file.read()

    @staticmethod
    def break_table(path, change):
        with open(path, encoding='utf-8') as file:
            text = change(file.read())
        os.remove(path)
        if text is not None:
            write(path, text)


class Earnest(unittest.TestCase):
    """A log that is no oefening."""

    def setUp(self):
        class NoOefening(House):
            log = ()

        self.folder = tempfile.mkdtemp(prefix='knp-codes-')
        self.addCleanup(shutil.rmtree, self.folder)
        self.house = NoOefening(self.folder)
        self.addCleanup(self.house.stop)

    def start(self, *changes):
        """With these changes of (table, old, new)."""
        for table, old, new in changes:
            path = self.house.path('codes', f'{table}.yaml')
            with open(path, encoding='utf-8') as file:
                text = file.read()
            self.assertIn(old, text)
            write(path, text.replace(old, new))
        self.house.start()
        self.politie = Partner(self.house, 'politie', POLITIE, 'politie', 'basisteam').enrol()
        self.huis = Partner(self.house, 'regisseur', HOUSE, 'veiligheidshuis',
                            'procesregisseur').enrol()

    def propose(self, text):
        path = write(self.house.path('convenant.yaml'), text)
        return run('knooppuntctl', 'convenant', 'propose', path, '--key',
                   self.house.role('beheerder'), '-c', self.house.settings, '--json')


class InEarnest(Earnest):
    """What nobody confirmed does not count."""

    def test_no_convenant_comes_into_force_on_what_nobody_confirmed(self):
        self.start()
        done = self.propose(convenant(getekend=True))
        self.assertEqual((done.code, done.error['code']), (4, 'not-confirmed'), done.out)
        self.assertIn('wpg-20', done.error['message'])
        self.assertIn('status: bevestigd', done.error['fix'])
        said = run('knooppuntctl', 'status', '-c', self.house.settings).err
        self.assertIn('convenant none', said)

    def test_what_was_confirmed_counts_and_a_house_nobody_confirmed_is_not_known(self):
        self.start(('grondslagen', 'niet-geverifieerd', 'bevestigd'),
                   ('bewaartermijnen', 'niet-geverifieerd', 'bevestigd'))
        text = convenant(getekend=True, als='huis: [westelijke-mijnstreek, maastricht-heuvelland]')
        path = self.house.path('convenant.yaml')
        done = self.propose(text)
        self.assertEqual(done.code, 0, done.out)
        must('knooppunt-audit', 'approve', path, '--key', self.house.role('privacy-officer'), '-c',
             self.house.settings)
        for gemeente, given in (('GM1883', 'verstrekt'), ('GM0935', 'wacht')):
            self.politie.write_settings()
            path = write(self.politie.path('melding.json'),
                         melding('').replace('GM1883', gemeente))
            done = self.politie.run('push', path, '--wait')
            self.assertEqual(done.code, 0, done.out)
            *_, told = must('knooppunt-audit', 'why', done.line['id'], 'huis/procesregisseur',
                            'kenmerken', *self.house.asking).lines
            self.assertEqual((told['beslissing'], told['voorlopig']), (given, []))
        self.assertEqual(told['feiten']['huis'], 'onbekend')


class Accepted(Earnest):
    """What nobody confirmed counts until a day when two roles accepted it."""

    GROND = 'de jurist leest ze na'

    def audit(self, *words, shift='', role=None):
        key = ['--key', self.house.role(role)] if role else []
        made = subprocess.run([*clock('knooppunt-audit', shift), PROGRAMS['knooppunt-audit'], *words, *key, '-c',
                               self.house.settings, '--json'], capture_output=True, text=True,
                              timeout=60, check=False)
        return knooppunt_world.Done(made.returncode, made.stdout, made.stderr)

    def accept(self, *words):
        done = self.audit('codes', *words, role='privacy-officer')
        self.assertEqual((done.code, done.line['state']), (0, 'voorgesteld'), done.out)
        done = self.audit('approve', done.line['object'], role='beheerder')
        self.assertEqual((done.code, done.line['state']), (0, 'vastgelegd'), done.out)
        return done.line['index']

    def refused(self, *words, role='privacy-officer'):
        done = self.audit('codes', *words, role=role)
        self.assertNotEqual(done.code, 0)
        return done.error['code']

    def activate(self, text):
        done = self.propose(text)
        self.assertEqual(done.code, 0, done.out)
        must('knooppunt-audit', 'approve', self.house.path('convenant.yaml'), '--key',
             self.house.role('privacy-officer'), '-c', self.house.settings)

    def knooppunt(self, partner, *words, shift=''):
        partner.write_settings()
        made = subprocess.run([*clock('knooppunt', shift), PROGRAMS['knooppunt'], *words, '-c', partner.settings,
                               '--json'], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        return [json.loads(line) for line in made.stdout.splitlines()]

    def push(self, shift=''):
        """Its id, and whether what went of it was provisional."""
        path = write(self.politie.path('melding.json'), melding('').replace('GM1883', 'GM0935'))
        [pushed] = self.knooppunt(self.politie, 'push', path, '--wait', shift=shift)
        return pushed['id'], [grond['voorlopig']
                              for one in self.knooppunt(self.huis, 'fetch', shift=shift)
                              for grond in one['gronden']]

    def told(self, melding_id, shift=''):
        *_, told = self.audit('why', melding_id, 'huis/procesregisseur', 'kenmerken',
                              *self.house.asking, shift=shift).lines
        return told

    def status(self):
        *_, status = run('knooppuntctl', 'status', '-c', self.house.settings, '--json').lines
        return status['acceptatie'], [code for code in status['alarms'] if code == 'codes-open']

    def restart(self, shift=''):
        self.house.stop()
        self.house.prefix = clock('knooppuntd', shift)
        self.house.start()

    def test_it_counts_until_that_day_and_then_no_more(self):
        self.start()
        text = convenant(getekend=True, als='huis: maastricht-heuvelland')
        tot = (today() + datetime.timedelta(days=2)).isoformat()
        self.assertEqual(self.propose(text).error['code'], 'not-confirmed')
        proposed = self.audit('codes', 'accept', tot, self.GROND, role='privacy-officer')
        self.assertEqual(proposed.code, 0, proposed.out)
        self.assertEqual(self.propose(text).error['code'], 'not-confirmed')  # by one it is not
        shown = self.audit('approve', proposed.line['object']).line['document']
        self.assertIn(f'\ntot {tot}\ngrond {self.GROND}\nrij gemeenten ', shown)
        self.assertIn('\nrij grondslagen wpg-20\n', shown)
        done = self.audit('approve', proposed.line['object'], role='beheerder')
        self.assertEqual(done.code, 0, done.out)
        self.activate(text)
        first, given = self.push()
        self.assertEqual(given, [True])
        told = self.told(first)
        self.assertEqual((told['beslissing'], set(told['voorlopig'])),
                         ('verstrekt', RESTS | {'gemeenten GM0935'}))
        accepted, alarms = self.status()
        self.assertEqual((accepted['entry'], accepted['tot'], accepted['grond'], alarms),
                         (done.line['index'], tot, self.GROND, []))
        [owed] = [line for line in run('knooppuntctl', 'open', '-c', self.house.settings,
                                       '--json').lines if line['wat'] == 'acceptatie']
        self.assertEqual((owed['tot'], owed['aantal']), (tot, accepted['rijen']))
        *rows, total = self.audit('codes').lines
        self.assertEqual((total['acceptatie'], {row['aanvaard'] for row in rows}),
                         (accepted, {True}))
        self.assertEqual({f'{row["tabel"]} {row["code"]}' for row in rows if row['rust']}, RESTS)
        key = self.house.role_keys['privacy-officer']
        self.assertIn('codes-acceptatie', self.audit('sleutel', key, *self.house.asking).out)
        # Three days on, with nobody confirming anything.
        self.restart('+3d')
        accepted, alarms = self.status()
        self.assertEqual((accepted, alarms), (None, ['codes-open']))
        second, given = self.push('+3d')
        after = self.told(second, '+3d')
        self.assertEqual((given, after['beslissing']), ([], 'wacht'))
        self.assertEqual(after['feiten']['huis'], 'onbekend')
        again = text.replace('versie: "1"', 'versie: "2"')
        made = subprocess.run([*clock('knooppuntctl', '+3d'), PROGRAMS['knooppuntctl'], 'convenant',
                               'propose', write(self.house.path('2.yaml'), again), '--key',
                               self.house.role('beheerder'), '-c', self.house.settings, '--json'],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(json.loads(made.stdout)['error']['code'], 'not-confirmed', made.stdout)
        self.assertEqual(self.audit('codes').code, 1)
        self.assertEqual(self.told(first, '+3d'), told)  # what was, stays
        *_, replay = self.audit('convenant', 'replay').lines
        self.assertEqual((replay['beslissingen'], replay['anders'], replay['onleesbaar']), (2, 0, 0))
        self.house.stop()
        self.assertTrue(run('knooppuntd', '-c', self.house.settings, 'rebuild',
                            '--compare').line['equal'])

    def test_a_row_that_was_changed_since_is_another_and_the_newest_acceptance_counts(self):
        self.start()
        tot = (today() + datetime.timedelta(days=60)).isoformat()
        named = ','.join(code.replace(' ', '/') for code in RESTS)
        self.accept('accept', tot, self.GROND, named)
        self.activate(convenant(getekend=True, als='huis: maastricht-heuvelland'))
        self.assertEqual(self.push()[1], [])  # of this gemeente nothing was accepted
        self.assertEqual([line for line in run('knooppuntctl', 'open', '-c', self.house.settings,
                                               '--json').lines if line['wat'] == 'acceptatie'], [])
        self.change('themas', 'stalking', 'bron: "nu anders"')
        self.assertEqual(self.status()[1], [])
        self.change('grondslagen', 'wpg-20', 'naam: "nu anders"')
        accepted, alarms = self.status()
        self.assertEqual((accepted['rijen'], alarms), (3, ['codes-open']))
        self.accept('accept', tot, self.GROND)
        self.assertEqual(self.status()[1], [])
        self.assertEqual(self.push()[1], [True])
        index = self.accept('end', 'de jurist wees ze af')
        accepted, alarms = self.status()
        self.assertEqual((accepted, alarms), (None, ['codes-open']))
        self.restart()  # and so it is when it is read again
        self.assertEqual(self.status(), (None, ['codes-open']))
        self.assertGreater(index, 0)

    def change(self, table, code, to):
        """Another text in the row of a code; the house starts anew with it."""
        path = self.house.path('codes', f'{table}.yaml')
        with open(path, encoding='utf-8') as file:
            text = file.read()
        key = to.split(':')[0]
        new = re.sub(rf'(: {code}\b[^}}]*?){key}: "[^"]*"', rf'\g<1>{to}', text, count=1)
        self.assertNotEqual(new, text)
        write(path, new)
        self.restart()

    def test_what_is_no_acceptance_is_refused_with_a_reason(self):
        self.start()
        day = (today() + datetime.timedelta(days=30)).isoformat()
        late = (today() + datetime.timedelta(days=380)).isoformat()
        for words, code in (((day, self.GROND, 'grondslagen/geen'), 'not-found'),
                            ((day, self.GROND, 'klassen/E33'), 'not-found'),
                            (('2020-01-01', self.GROND), 'out-of-range'),
                            ((late, self.GROND), 'out-of-range'),
                            (('morgen', self.GROND), 'usage'),
                            ((day, 'van 999990342'), 'usage')):
            with self.subTest(words):
                self.assertEqual(self.refused('accept', *words), code)
        done = self.audit('codes', 'accept', day, self.GROND, role='privacy-officer')
        wanted = done.line['object']
        self.house.stop()
        self.change('themas', 'stalking', 'bron: "nu anders"')
        done = self.audit('approve', wanted, role='beheerder')
        self.assertEqual((done.code, done.error['code']), (1, 'conflict'), done.out)
        done = self.audit('approve', wanted, role='privacy-officer')
        self.assertNotEqual(done.code, 0)


if __name__ == '__main__':
    knooppunt_world.main()
