# SPDX-License-Identifier: EUPL-1.2
"""The code tables of a house, through its programs: what is broken in one, what a convenant rests on
in them, and what a melding becomes known to be by them."""

import json
import os
import shutil
import tempfile
import unittest

import knooppunt_world
from knooppunt_world import (HOUSE, POLITIE, SOURCE, House, Partner, World, example, must, run,
                             small_convenant, write)

TABLES = ('gemeenten', 'klassen', 'themas', 'grondslagen', 'bewaartermijnen')
GIVEN = '2026-10-01'
RESTS = {'grondslagen wpg-20', 'bewaartermijnen wpg-5-jaar', 'bewaartermijnen wpg-inzage-4-jaar'}


def convenant(grondslag='wpg-20', als='klassen: I28', getekend=False):
    """One regel: what the police tells goes to the house."""
    signed = f'{{door: "D. Irecteur", op: {GIVEN}}}' if getekend else 'nee'
    return small_convenant('proef-codes', {
        'huis': (HOUSE, 'procesregisseur', 'soort: veiligheidshuis'),
        'politie': (POLITIE, 'basisteam', 'soort: politie')}, f'''\
  - regel: huis-leest
    convenantartikel: "1"
    herkomst: "proef: «huis»"
    als: {{{als}}}
    verstrek: {{aan: {{partij: huis, functie: procesregisseur}}, rubrieken: [kenmerken]}}
    doel: regie
    grondslag: [{grondslag}]
''', signed)


def melding(klasse):
    data = example(id=None, systeem=None, incident=None, melder=None, medewerker=None,
                   toelichting=None, betrokkenen=None)
    data['kenmerken'] = {'soort': 'politie', 'thema': ['verward-gedrag'], 'urgentie': 'gewoon',
                         'gemeente': 'GM1883', **({'klasse': klasse} if klasse else {})}
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
                                'huis/procesregisseur', 'kenmerken', '-c',
                                self.house.settings).lines
                self.assertEqual(told['beslissing'], 'verstrekt' if given else 'geweigerd')
                self.assertEqual(set(told['voorlopig']), RESTS if given else set())
        status = run('knooppuntctl', 'status', '-c', self.house.settings, '--json')
        self.assertEqual(set(status.lines[-1]['voorlopig']), RESTS)
        said = run('knooppuntctl', 'status', '-c', self.house.settings).err
        self.assertIn('proef-codes, voorlopig: 3 codes not confirmed', said)
        said = run('knooppunt-audit', 'why', done.line['id'], 'huis/procesregisseur', 'kenmerken',
                   '-c', self.house.settings).err
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


class TablesOfThen(World):
    """A table that is edited changes what comes, never what was decided or why."""

    def edit(self, table, old, new):
        path = self.house.path('codes', f'{table}.yaml')
        with open(path, encoding='utf-8') as file:
            text = file.read()
        self.assertIn(old, text)
        write(path, text.replace(old, new))

    def push(self):
        path = write(self.politie.path('melding.json'), melding('E33'))
        done = self.politie.run('push', path, '--wait')
        self.assertEqual(done.code, 0, done.out)
        return done.line['id'], [grond['voorlopig'] for one in self.huis.run('fetch').lines
                                 for grond in one['gronden']]

    def told(self, melding_id):
        *_, told = must('knooppunt-audit', 'why', melding_id, 'huis/procesregisseur', 'kenmerken',
                        '-c', self.house.settings).lines
        return told

    def replay(self):
        *_, totals = must('knooppunt-audit', 'convenant', 'replay', '-c', self.house.settings).lines
        return [totals[key] for key in ('beslissingen', 'anders', 'onleesbaar')]

    def test_why_and_replay_use_and_name_the_tables_of_then(self):
        self.politie = Partner(self.house, 'politie', POLITIE, 'politie', 'basisteam').enrol()
        self.huis = Partner(self.house, 'regisseur', HOUSE, 'veiligheidshuis',
                            'procesregisseur').enrol()
        self.house.approve(['convenant', 'propose'],
                           write(self.house.path('convenant.yaml'), convenant()))
        for partner in (self.politie, self.huis):
            partner.write_settings()
        first, given = self.push()
        self.assertEqual(given, [True])
        before = self.told(first)
        self.assertEqual((set(before['voorlopig']), before['codes']['nu']), (RESTS, True))
        self.house.stop()
        self.edit('klassen', '{klasse: E33, ruimer: I28,', '{klasse: E33,')
        self.edit('grondslagen', 'niet-geverifieerd', 'bevestigd')
        self.edit('bewaartermijnen', 'niet-geverifieerd', 'bevestigd')
        self.house.start()
        for partner in (self.politie, self.huis):
            partner.write_settings()
        second, given = self.push()
        self.assertEqual(given, [])
        told = self.told(first)
        self.assertEqual((told['beslissing'], set(told['voorlopig'])), ('verstrekt', RESTS))
        self.assertEqual(told['codes'], {'hash': before['codes']['hash'], 'nu': False})
        [event] = told['verloop']
        self.assertEqual((event['codes'], set(event['regels'][0]['voorlopig'])),
                         (told['codes'], RESTS))
        said = run('knooppunt-audit', 'why', first, 'huis/procesregisseur', 'kenmerken', '-c',
                   self.house.settings).err
        self.assertIn(f'other code tables than those of now: {before["codes"]["hash"]}', said)
        now = self.told(second)
        self.assertEqual((now['beslissing'], now['codes']['nu']), ('geweigerd', True))
        self.assertNotEqual(now['codes']['hash'], before['codes']['hash'])
        self.assertEqual(self.replay(), [2, 0, 0])
        # And by a state that is made anew, with the tables of then in the log alone.
        self.house.stop()
        self.assertTrue(must('knooppuntd', '-c', self.house.settings, 'rebuild',
                             '--compare').line['equal'])
        self.edit('klassen', '{klasse: E33,', '{klasse: E33, ruimer: I28,')
        self.house.start()
        for partner in (self.politie, self.huis):
            partner.write_settings()
        self.assertEqual(self.push()[1], [False])  # somebody confirmed its codes
        self.assertEqual(self.replay(), [3, 0, 0])
        self.assertEqual(self.told(first)['codes'], told['codes'])


class InEarnest(unittest.TestCase):
    """A log that is no oefening: what nobody confirmed does not count."""

    def setUp(self):
        class Earnest(House):
            log = ()

        self.folder = tempfile.mkdtemp(prefix='knp-codes-')
        self.addCleanup(shutil.rmtree, self.folder)
        self.house = Earnest(self.folder)
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
                            'kenmerken', '-c', self.house.settings).lines
            self.assertEqual((told['beslissing'], told['voorlopig']), (given, []))
        self.assertEqual(told['feiten']['huis'], 'onbekend')


if __name__ == '__main__':
    knooppunt_world.main()
