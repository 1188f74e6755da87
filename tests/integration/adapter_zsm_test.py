# SPDX-License-Identifier: EUPL-1.2
"""Questions by files: ZSM puts them into a folder, and each is answered by a file with its number; what
became of the answer goes back the same way. Veilig Thuis asks what may be added to its own melding.
Killed at the calls that change files (KNP_LONG=1 for each of them); with an adapter that forgets what
it asked, which must be caught.

Usage: adapter_zsm_test.py PROGRAM…
"""

import json
import os
import signal

import knooppunt_world
from adapter_world import Instance
from jzv_world import jzv
from knooppunt_dossier_test import BSN, CONVENANT, OTHER
from knooppunt_world import (HOUSE, OM, POLITIE, PROGRAMS, VT, Partner, World, example, small_convenant,
                             write)
from knp_stage import FAKETIME, preload

CHANGES = 'rename,renameat2,fsync,fdatasync,unlink,write'
STEP = 1 if os.environ.get('KNP_LONG') else 9
COLUMNS = ('Vraag', 'BSN', 'SKN', 'VNummer', 'Geboortedatum', 'Parketnummer', 'Feit', 'Aanvang', 'Uren',
           'Medewerker')
BACK = ('Vraag', 'Gebruikt', 'Reden', 'Afdoening', 'Voorwaarde', 'Medewerker')


def line(number, columns=COLUMNS, **values):
    values = {'Vraag': number, 'Uren': '6', 'Medewerker': 'ovj-1', **values}
    if columns is BACK:
        values.pop('Uren')
    return ';'.join(values.get(name, '') for name in columns)


def sheet(*lines, columns=COLUMNS):
    return '\n'.join([';'.join(columns), *lines]) + '\n'


def clock(off):
    return ('env', f'LD_PRELOAD={preload(PROGRAMS["knooppunt-adapter"], FAKETIME)}', f'FAKETIME={off}')


class Files(World):
    def answers(self):
        """What lies in the folder of the answers, taken from there. What is hidden is not there yet."""
        folder = self.system.partner.path('antwoorden')
        found = []
        for name in sorted(name for name in os.listdir(folder) if not name.startswith('.')):
            with open(os.path.join(folder, name), encoding='utf-8') as file:
                found.append(json.load(file))
            os.remove(os.path.join(folder, name))
        return found

    def by_number(self):
        return {each['registratienummer']: each for each in self.answers()}


def put(path, content):
    with open(path, 'wb') as file:
        file.write(content)


class Questions(Files):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.huis = Partner(cls.house, 'huis', HOUSE, 'veiligheidshuis', 'procesregisseur').enrol()
        cls.om = Partner(cls.house, 'om', OM, 'om', 'zsm').enrol()
        cls.house.approve(['convenant', 'propose'], write(cls.house.path('zsm.yaml'), CONVENANT))
        cls.huis.write_settings()
        casus = dict(casus='pgax:1', bsn=BSN, rol='verdachte', status='opgepakt', sinds='2026-01-05',
                     pga=True, medewerker='mw-1')
        done = cls.huis.run('casus', write(cls.huis.path('casus.json'), json.dumps(casus)), '--wait')
        assert done.code == 0, done.out

    def setUp(self):
        self.om.write_settings()
        self.system = Instance(self.om, 'voorbeeld-zsm.yaml')
        self.asked = 0
        self.system.once()
        self.answers()
        for number in self.system.reasons():
            self.system.call('--done', str(number))

    def number(self):
        self.asked += 1
        return f'{self._testMethodName[5:25]}-{self.asked}'

    def ask(self, *lines, code=0):
        self.system.drop('vragen.csv', sheet(*lines))
        done = self.system.once()
        self.assertEqual(done.code, code, done.out + done.err)
        return self.by_number()

    @property
    def sent(self):
        return self.om.run('status').line['outbox']


class Asking(Questions):
    def test_each_question_is_answered_by_a_file(self):
        known, unknown, vague, wrong, again = (self.number() for _ in range(5))
        told = self.ask(line(known, BSN=BSN), line(unknown, BSN=OTHER), line(again, BSN=BSN),
                        line(vague, Geboortedatum='01-01-1990'),
                        line(wrong, BSN=BSN, Feit='iets'), code=1)
        self.assertEqual({number: one['status'] for number, one in told.items()},
                         {known: 'bekend', unknown: 'niets', again: 'bekend', vague: 'identificatie',
                          wrong: 'geweigerd'})
        self.assertIn('verrijking.pga', [one['rubriek'] for one in told[known]['rubrieken']])
        self.assertEqual((told[known]['verified'], told[unknown]['rubrieken']), (True, []))
        self.assertEqual((told[vague]['reden']['code'], told[vague]['regel'], told[vague]['oefening']),
                         ('identification-needed', 5, True))
        self.assertEqual((told[wrong]['reden']['code'], told[wrong]['bestand']),
                         ('unknown-code', 'vragen.csv'))
        # Only what must be mended is in quarantine; nothing else is left, and all is acknowledged.
        [reasons] = self.system.reasons().values()
        self.assertIn('regel 6: Feit: unknown-code', reasons)
        self.assertEqual(len(reasons.splitlines()), 3)
        self.assertEqual(os.listdir(self.system.below('taken')), [])
        self.assertEqual(self.om.run('fetch').lines, [])
        for name in ('Voorbeeld', BSN):
            self.assertNotIn(name, reasons)

    def test_what_became_of_an_answer_goes_back(self):
        number = self.number()
        index = self.ask(line(number, BSN=BSN))[number]['index']
        back = Instance(self.om, 'voorbeeld-zsm-terug.yaml')
        said = line(str(index), BACK, Gebruikt='N', Reden='te-laat', Afdoening='sepot')
        back.drop('terug.csv', sheet(said, columns=BACK))
        done = back.once()
        self.assertEqual(done.code, 0, done.out + done.err)
        found = [one for one in self.huis.run('fetch').lines
                 if one['rubrieken'][0]['rubriek'] == 'verrijking.terugkoppeling']
        self.assertEqual([one['rubrieken'][0]['velden']['afdoening'] for one in found], ['sepot'])
        # It was no question of this instance: the next round of answers is as it was.
        self.assertEqual((self.system.once().code, self.answers()), (0, []))

    def test_a_number_is_one_question(self):
        number = self.number()
        first = self.ask(line(number, BSN=BSN))
        sent = self.sent['aanvaard']
        self.assertEqual(self.ask(line(number, BSN=BSN)), {})
        told = self.ask(line(number, BSN=OTHER), code=1)
        self.assertEqual((told[number]['status'], told[number]['reden']['code']),
                         ('geweigerd', 'conflict'))
        self.assertEqual(self.sent['aanvaard'], sent)
        # The same words under another number are another question.
        other = self.number()
        self.assertGreater(self.ask(line(other, BSN=BSN))[other]['index'], first[number]['index'])

    def test_more_is_given_under_the_same_number(self):
        number = self.number()
        told = self.ask(line(number, Geboortedatum='01-01-1990'))
        self.assertEqual(told[number]['status'], 'identificatie')
        self.assertEqual(self.ask(line(number, BSN=BSN, Geboortedatum='01-01-1990'))[number]['status'],
                         'bekend')

    def test_a_question_in_each_file(self):
        self.system.configure(vorm='json', scheiding=None, registratienummer=None, afbeelding=None)
        with open(self.system.settings, encoding='utf-8') as file:
            rest = [each for each in file if not each.startswith('  - ')]
        write(self.system.settings, ''.join(rest))
        number = self.number()
        asked = dict(functie='zsm', medewerker='ovj-1', bsn=BSN, registratienummer=number)
        wrong = ((dict(asked, registratienummer='twee woorden'), 'bad-value', '/registratienummer'),
                 (dict(asked, functie='wmo', registratienummer='F-1'), 'bad-value', '/functie'),
                 ({key: asked[key] for key in asked if key != 'registratienummer'}, 'missing-field',
                  '/registratienummer'))
        for n, (each, _, _) in enumerate(((asked, 0, 0), *wrong)):
            self.system.drop(f'vraag-{n}.json', json.dumps(each))
        self.assertEqual(self.system.once().code, 1)
        told = {one.get('bestand', 'vraag-0.json'): one for one in self.answers()}
        self.assertEqual((told['vraag-0.json']['status'], told['vraag-0.json']['registratienummer']),
                         ('bekend', number))
        for n, (_, code, field) in enumerate(wrong, 1):
            reden = told[f'vraag-{n}.json']['reden']
            self.assertEqual((reden['code'], reden['veld']), (code, field))
        self.assertEqual(self.system.call('--dry-run', write(
            self.om.path('proef.json'), json.dumps(asked))).line['type'], 'zsm_verzoek')

    def test_the_knooppunt_away_for_longer_than_a_question_counts(self):
        """It goes anew, once, for as long as its answer may be of use."""
        number, late = self.number(), self.number()
        self.om.write_settings(endpoint='"tcp://127.0.0.1:9"', timeout_ms='300')
        self.system.drop('vragen.csv', sheet(line(number, BSN=BSN)))
        self.system.drop('laat.csv', sheet(line(late, BSN=BSN)))
        path = os.path.join(self.system.folder, 'laat.csv')
        written = os.stat(path).st_mtime - 10 * 3600
        os.utime(path, (written, written))
        self.assertEqual(self.system.once(prefix=clock('-20m')).code, 3)
        self.assertEqual(self.answers(), [])
        self.om.write_settings()
        before = self.sent
        done = self.system.once()
        self.assertEqual(done.code, 1, done.out + done.err)
        told = self.by_number()
        self.assertEqual((told[number]['status'], told[late]['status'], told[late]['reden']['code']),
                         ('bekend', 'geweigerd', 'too-old'))
        after = self.sent
        self.assertEqual((after['aanvaard'] - before['aanvaard'],
                          after['geweigerd'] - before['geweigerd']), (1, 2))
        self.assertEqual((self.system.once().code, self.answers()), (0, []))

    def test_an_answer_that_comes_before_the_outcome_waits_for_it(self):
        """The reply to a question was lost on its way, and its answer was not: it keeps its number."""
        folder, outbox = self.om.path('antwoorden'), self.om.path('spool', 'outbox')
        before, numbers = set(os.listdir(outbox)), {self.number(), self.number()}
        full = [write(os.path.join(folder, f'vol-{n}'), '') for n in range(999)]
        self.system.drop('vragen.csv', sheet(*(line(number, BSN=BSN) for number in sorted(numbers))))
        self.assertEqual(self.system.once().code, 0)
        for path in full:
            os.remove(path)
        [first] = self.by_number()  # there was room for one, the other lies in the inbox
        for name in set(os.listdir(outbox)) - before:
            stem, suffix = os.path.join(outbox, name).rsplit('.', 1)
            if suffix == 'done':
                os.rename(f'{stem}.done', f'{stem}.item')
            else:
                os.remove(f'{stem}.{suffix}')
        self.om.write_settings(endpoint='"tcp://127.0.0.1:9"', timeout_ms='300')
        self.assertEqual((self.system.once().code, self.answers()), (3, []))
        self.om.write_settings()
        # One that lies in a file that cannot be read may be what it answers.
        sound = {}
        for path in (os.path.join(outbox, name) for name in set(os.listdir(outbox)) - before):
            with open(path, 'rb') as file:
                sound[path] = file.read()
            put(path, sound[path][:-1] + bytes([sound[path][-1] ^ 1]))
        done = self.system.once()
        self.assertEqual((done.code, self.answers()), (3, []), done.out + done.err)
        self.assertIn('event=adapter.waits naam=zsm code=damaged', done.err)
        for path, content in sound.items():
            put(path, content)
        self.assertEqual(self.system.once().code, 0)
        told = self.by_number()
        self.assertEqual({number: one['status'] for number, one in told.items()},
                         {number: 'bekend' for number in numbers - {first}})

    def test_settings_that_lead_no_answer_out(self):
        self.assertEqual(self.system.call('--check').line, {'ok': True})
        with open(self.system.settings, encoding='utf-8') as file:
            text = file.read()
        write(self.system.settings, text[:text.index('uit:')] + 'rust_s: 0\n')
        done = self.system.call('--check')
        self.assertEqual((done.code, done.error['field']), (4, 'wat'))


class Killed(Questions):
    def given(self):
        """Numbers of the deliveries that answered, whatever their files say."""
        return [one['number'] for one in self.answers() if 'number' in one]

    def test_killed_at_each_call_that_changes_a_file(self):
        """Every question has one answer, under one name, with its number on it; none is asked twice."""
        wanted, at, killed, seen = [], 1, True, {}
        while killed:
            number = self.number()
            wanted.append(number)
            self.system.drop('vragen.csv', sheet(line(number, BSN=BSN)))
            done = self.system.once(prefix=(
                'env', 'ASAN_OPTIONS=detect_leaks=0', 'strace', '-f', '-o', '/dev/null', '-e',
                f'trace={CHANGES}', '-e', f'inject={CHANGES}:signal=SIGKILL:when={at}'))
            self.assertIn(done.code, (0, -signal.SIGKILL), done.out + done.err)
            killed = done.code != 0
            done = self.system.once()
            self.assertEqual(done.code, 0, done.out + done.err)
            self.assertEqual((self.system.reasons(), os.listdir(self.system.below('taken'))), ({}, []))
            for one in self.answers():
                seen.setdefault(one['number'], set()).add(one['registratienummer'])
            at += STEP
        self.assertGreater(len(wanted), 3, 'hardly ever killed')
        self.assertEqual(sorted(number for numbers in seen.values() for number in numbers),
                         sorted(wanted))
        self.assertEqual({len(numbers) for numbers in seen.values()}, {1})

    def test_an_adapter_that_forgets_is_caught(self):
        self.system.program = 'knooppunt-adapter-forgetful'
        self.om.write_settings(endpoint='"tcp://127.0.0.1:9"', timeout_ms='300')
        self.system.drop('vragen.csv', sheet(line(self.number(), BSN=BSN)))
        for _ in range(2):
            self.assertEqual(self.system.once().code, 3)
        self.om.write_settings()
        self.system.once()
        self.assertGreater(len(self.given()), 1)


ADDS = small_convenant('verrijking', {
    'vt': (VT, 'frontoffice', 'soort: veilig-thuis'),
    'huis': (HOUSE, 'procesregisseur', 'soort: veiligheidshuis'),
    'politie': (POLITIE, 'basisteam', 'soort: politie')}, """\
  - regel: politie-aan-vt
    convenantartikel: "1"
    herkomst: "proef: «over en weer verrijken»"
    als: {soort: politie}
    verstrek: {aan: {partij: vt, functie: frontoffice}, rubrieken: [kenmerken]}
    doel: proef
    grondslag: [avg-6-1-e]
  - regel: verrijking-vt
    convenantartikel: "2"
    herkomst: "proef: «over en weer verrijken»"
    als: {soort: veilig-thuis}
    verstrek: {aan: {partij: vt, functie: frontoffice}, rubrieken: [verrijking.eerder]}
    doel: proef
    grondslag: [avg-6-1-e]
""")


class Adding(Files):
    """A verrijkingsverzoek is a melding of Veilig Thuis, and its answer what a regel adds to it."""

    def test_what_may_be_added_comes_as_a_file(self):
        vt = Partner(self.house, 'vt', VT, 'veilig-thuis', 'frontoffice').enrol()
        politie = Partner(self.house, 'politie', POLITIE, 'politie', 'basisteam').enrol()
        self.house.approve(['convenant', 'propose'], write(self.house.path('adds.yaml'), ADDS))
        politie.write_settings()
        vt.write_settings()
        told = example(id='melding-van-de-politie')
        bsn = told['betrokkenen'][0]['bsn']
        done = politie.run('push', write(politie.path('melding.json'), json.dumps(told)), '--wait')
        self.assertEqual(done.code, 0, done.out)
        self.system = Instance(vt, 'voorbeeld-verrijking.yaml')
        asked = jzv(registratienummer='VT-2026-1', soort='VT')
        asked['natuurlijkPersoon']['burgerservicenummer'] = bsn
        self.system.drop('verzoek.json', json.dumps(asked))
        done = self.system.once()
        self.assertEqual(done.code, 0, f'{done.err}{self.system.reasons()}')
        own, = [one for one in self.answers() if 'registratienummer' in one]
        self.assertEqual(own['registratienummer'], 'VT-2026-1')
        self.assertEqual([one['rubriek'] for one in own['rubrieken']], ['verrijking.eerder'])
        self.assertEqual(self.system.status['alarms'], [])


if __name__ == '__main__':
    knooppunt_world.main()
