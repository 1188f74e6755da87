# SPDX-License-Identifier: EUPL-1.2
"""`knooppunt toestemming` and `knooppunt intrekking` as the GGZ and the house would use them: what was
refused for secrecy goes, as narrow as it was given, and goes no more once it is withdrawn."""

import datetime
import json
import os
import re
import unittest

import knooppunt_world
from knooppunt_world import HOUSE, SOURCE, Partner, World, example, run, small_convenant, write
from knp_party import today

GGZ, STAD = '00000099000000005000', '00000099000000003000'
CONVENANT = small_convenant('proef-geheim', {
    'huis': (HOUSE, 'procesregisseur', 'soort: veiligheidshuis'),
    'ggz': (GGZ, 'behandeling', 'soort: ggz'),
    'stad': (STAD, 'wmo', 'soort: gemeente, gemeente: GM1883')}, '''\
  - regel: wmo-leest
    convenantartikel: "1"
    herkomst: "proef: «wmo»"
    verstrek: {aan: {partij: stad, functie: wmo},
              rubrieken: [kenmerken, identificatie, gezondheid]}
    doel: zorg
    grondslag: [avg-6-1-e]
  - regel: beroepsgeheim
    convenantartikel: "2"
    herkomst: "proef: «geheim»"
    als: {bron.soort: ggz}
    vereis: {aan: iedereen, rubrieken: [kenmerken, identificatie, gezondheid],
             toestemming: {grond: [toestemming, conflict-van-plichten], voor: zorg}}
  - regel: nood-adres
    convenantartikel: "3"
    herkomst: "proef: «nood»"
    nood: {aan: {partij: stad, functie: wmo}, rubrieken: [verblijfadres], door: procesregisseur,
           minuten: 30}
    doel: redden
    grondslag: [avg-6-1-e]
''')
CODES = {'--grond': 'toestemming-grond', '--gever': 'toestemming-gever',
         '--leeftijdsband': 'leeftijdsband', '--vorm': 'toestemming-vorm'}
# What every toestemming says; a test adds or changes.
SAID = {'--betrokkene': '1', '--grond': 'toestemming', '--vorm': 'schriftelijk',
        '--medewerker': 'mw-7', '--doel': 'zorg'}


def words(**changes):
    """The options of SAID with changes: `functie=None` leaves one out, `van='…'` adds it."""
    said = {**SAID, **{f'--{name}': value for name, value in changes.items()}}
    return [word for name, value in said.items() if value is not None for word in (name, value)]


def day(ahead):
    return (today() + datetime.timedelta(days=ahead)).isoformat()


class Toestemming(World):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ggz = Partner(cls.house, 'ggz', GGZ, 'ggz', 'behandeling').enrol()
        cls.stad = Partner(cls.house, 'stad', STAD, 'gemeente', 'wmo').enrol()
        cls.huis = Partner(cls.house, 'regisseur', HOUSE, 'veiligheidshuis',
                           'procesregisseur').enrol()
        path = write(cls.house.path('convenant.yaml'), CONVENANT)
        cls.house.approve(['convenant', 'propose'], path)

    def setUp(self):
        for partner in (self.ggz, self.stad, self.huis):
            partner.write_settings()

    def push(self, bsn=None):
        """A melding of the GGZ about one person; its entry."""
        [person, _] = example()['betrokkenen']
        person['gezondheid'] = {'zorg': 'ggz', 'stand': 'in-zorg', 'regime': 'wgbo'}
        if bsn:
            person['bsn'] = bsn
        else:
            del person['bsn']
        melding = example(id=None, systeem=None, betrokkenen=[person], incident=None, melder=None,
                          medewerker=None, toelichting=None)
        melding['kenmerken'] = {'soort': 'partner', 'thema': ['verward-gedrag'],
                                'urgentie': 'gewoon', 'gemeente': 'GM1883'}
        done = self.ggz.run('push', write(self.ggz.path('melding.json'), json.dumps(melding)),
                            '--wait')
        self.assertEqual(done.code, 0, done.out + done.err)
        return done.line['index']

    def say(self, who, *said):
        done = who.run(*said, '--wait')
        return done.code, done.line.get('reden', {}).get('code', ''), done.line['index']

    def accepted(self, who, *said):
        code, reason, index = self.say(who, *said)
        self.assertEqual((code, reason), (0, ''))
        return index

    def fetched(self):
        """The rubrieken of each verstrekking that waits for the gemeente, beside what it is told of
        those before."""
        done = self.stad.run('fetch')
        self.assertEqual(done.code, 0, done.out + done.err)
        self.told = [line['soort'] for line in done.lines if line['soort'] != 'verstrekking']
        return [{row['rubriek'] for row in line['rubrieken']} for line in done.lines
                if line['soort'] == 'verstrekking']

    def test_what_was_secret_goes_once_it_is_lifted_and_no_more_once_it_is_withdrawn(self):
        index = self.push(bsn='999990342')
        self.assertEqual(self.fetched(), [])
        given = self.accepted(self.ggz, 'toestemming', str(index),
                              *words(gever='betrokkene', leeftijdsband='16-en-ouder'))
        self.assertEqual(self.fetched(), [{'kenmerken', 'identificatie', 'gezondheid'}])
        self.push(bsn='999990342')  # the same person: it waits for nobody
        self.assertEqual(len(self.fetched()), 1)
        self.accepted(self.ggz, 'intrekking', str(given), '--medewerker', 'mw-7')
        self.push(bsn='999990342')
        self.assertEqual(self.fetched(), [])
        self.assertEqual(self.told, 2 * ['ingetrokken'])
        self.assertEqual(self.say(self.ggz, 'intrekking', str(given), '--medewerker', 'mw-7')[:2],
                         (1, 'already-decided'))

    def test_it_is_as_narrow_as_it_was_given(self):
        for changes, opened in (({'doel': 'iets-anders'}, []),
                                ({'ontvanger': GGZ}, []),
                                ({'ontvanger': STAD, 'functie': 'oov'}, []),
                                ({'rubriek': 'bsn'}, []),
                                ({'van': day(1)}, []),
                                ({'tot': day(-1)}, []),
                                ({'grond': 'meldrecht', 'vorm': 'verklaring'}, []),
                                ({'rubriek': 'identificatie'}, [{'identificatie'}]),
                                ({'ontvanger': STAD, 'functie': 'wmo', 'van': day(-1),
                                  'tot': day(1), 'rubriek': 'gezondheid'}, [{'gezondheid'}])):
            with self.subTest(changes):
                index = self.push()
                self.accepted(self.ggz, 'toestemming', str(index), *words(**changes))
                self.assertEqual(self.fetched(), opened)

    def test_the_house_says_it_for_the_source_it_names(self):
        index = self.push()
        self.accepted(self.huis, 'toestemming', str(index), *words())
        self.assertEqual(self.fetched(), [])  # that is the secrecy of the house
        given = self.accepted(self.huis, 'toestemming', str(index), *words(bron=GGZ))
        self.assertEqual(len(self.fetched()), 1)
        self.accepted(self.huis, 'intrekking', str(given), '--medewerker', 'mw-1')

    def test_a_conflict_van_plichten_is_of_its_source_and_of_one_melding(self):
        """spec K31"""
        declared = words(grond='conflict-van-plichten', vorm='verklaring')
        index = self.push(bsn='999990068')
        self.assertEqual(self.say(self.huis, 'toestemming', str(index), *declared)[:2],
                         (1, 'bad-value'))
        self.accepted(self.ggz, 'toestemming', str(index), *declared)
        self.assertEqual(self.fetched(), [{'kenmerken', 'identificatie', 'gezondheid'}])
        again = self.push(bsn='999990068')  # another situation, to be weighed anew
        self.assertEqual(self.fetched(), [])
        given = self.accepted(self.ggz, 'toestemming', str(again), *declared,
                              '--rubriek', 'identificatie', '--tot', day(1))
        self.assertEqual(self.fetched(), [{'identificatie'}])
        self.accepted(self.ggz, 'intrekking', str(given), '--medewerker', 'mw-7')

    def test_who_may_not_say_it_is_refused_with_a_reason(self):
        index = self.push()
        for who, said, refused in (
                (self.stad, words(), 'not-found'),
                (self.ggz, words(bron=STAD), 'bad-value'),
                (self.ggz, words(betrokkene='2'), 'unknown-betrokkene')):
            self.assertEqual(self.say(who, 'toestemming', str(index), *said)[:2], (1, refused))
        given = self.accepted(self.ggz, 'toestemming', str(index), *words())
        for who, entry in ((self.stad, given), (self.ggz, index), (self.ggz, 10**9)):
            self.assertEqual(self.say(who, 'intrekking', str(entry), '--medewerker', 'mw-7')[:2],
                             (1, 'not-found'))
        self.fetched()

    def listed(self, command, *more, code=0):
        """What the officer is told, by the entry that said it."""
        done = run('knooppunt-audit', command, *more, *self.house.asking, '-c',
                   self.house.settings, '--json')
        self.assertEqual(done.code, code, done.out + done.err)
        return {line['index']: line for line in done.lines}

    def test_the_officer_sees_what_was_lifted_by_whom_and_what_was_withdrawn(self):
        index = self.push()
        given = self.accepted(self.ggz, 'toestemming', str(index), *words(
            gever='betrokkene', leeftijdsband='16-en-ouder', ontvanger=STAD, functie='wmo',
            tot=day(9)))
        stays = self.accepted(self.ggz, 'toestemming', str(index), *words(rubriek='gezondheid'))
        refused = self.say(self.stad, 'toestemming', str(index), *words())[2]
        gone = self.accepted(self.ggz, 'intrekking', str(given), '--medewerker', 'mw-8')
        told = self.listed('toestemmingen', '1')
        self.assertNotIn(refused, told)
        one = told[given]
        self.assertEqual(
            {name: one[name] for name in ('verklaring', 'melding', 'door', 'betrokkene', 'grond',
                                          'gever', 'ontvanger', 'functie', 'tot', 'medewerker',
                                          'ingetrokken')},
            {'verklaring': 'toestemming', 'melding': index, 'door': GGZ, 'betrokkene': '1',
             'grond': 'toestemming', 'gever': 'betrokkene', 'ontvanger': STAD, 'functie': 'wmo',
             'tot': day(9), 'medewerker': 'mw-7', 'ingetrokken': str(gone)})
        self.assertNotIn('ingetrokken', told[stays])
        self.assertEqual((told[gone]['verklaring'], told[gone]['melding'],
                          told[gone]['medewerker']), ('intrekking', index, 'mw-8'))
        text = run('knooppunt-audit', 'toestemmingen', *self.house.asking, '-c',
                   self.house.settings).err
        self.assertIn(f'entry {given}  toestemming of melding {index} by {GGZ}', text)
        done = run('knooppunt-audit', 'toestemmingen', '0', *self.house.asking, '--json')
        self.assertEqual((done.code, done.error['code']), (2, 'usage'))
        self.fetched()

    def test_the_officer_sees_each_noodverstrekking_until_it_is_reviewed_and_how(self):
        index = self.push()
        nood = ('nood', str(index), '--regel', 'nood-adres', '--betrokkene', '1', '--ontvanger',
                STAD, '--functie', 'wmo', '--minuten', '10', '--medewerker', 'mw-1',
                '--motivering', 'zij is in gevaar')
        given = self.accepted(self.huis, *nood)
        one = self.listed('noodverstrekkingen', '1')[given]
        self.assertEqual((one['verklaring'], one['melding'], one['regel'], one['betrokkene'],
                          one['ontvanger'], one['minuten'], one['medewerker']),
                         ('nood', index, 'nood-adres', '1', STAD, '10', 'mw-1'))
        self.assertRegex(one['toets_open'], r'^procesregisseur 20\d\d-')
        self.assertNotIn('gevaar', json.dumps(one))
        toets = self.accepted(self.huis, 'noodtoets', str(index), '--regel', 'nood-adres',
                              '--uitkomst', 'terecht', '--medewerker', 'mw-2', '--motivering',
                              'het kon niet anders')
        told = self.listed('noodverstrekkingen')
        self.assertNotIn('toets_open', told[given])
        self.assertEqual((told[toets]['verklaring'], told[toets]['uitkomst'],
                          told[toets]['medewerker']), ('noodtoets', 'terecht', 'mw-2'))
        self.assertNotIn('anders', json.dumps(told[toets]))
        self.fetched()

    def test_a_knooppunt_that_is_away_gets_it_later(self):
        index = self.push()
        self.ggz.write_settings(endpoint='"tcp://127.0.0.1:9"', timeout_ms='300')
        done = self.ggz.run('toestemming', str(index), *words())
        self.assertEqual((done.code, done.line['status']), (3, 'outbox'))
        self.assertIn('push', done.line['reden']['uitleg'])
        self.assertEqual(self.fetched(), [])
        self.ggz.write_settings()
        self.assertEqual(self.ggz.run('push', '--wait').code, 0)
        self.assertEqual(len(self.fetched()), 1)


class Usage(unittest.TestCase):
    """What can be seen without keys or a knooppunt."""

    def misused(self, *said):
        done = run('knooppunt', *said, '--json')
        self.assertEqual((done.code, done.error['code']), (2, 'usage'), done.out)
        self.assertIn(f'knooppunt {said[0]} --help', done.error['fix'])
        return done.error['message']

    def test_what_is_missing_or_wrong_is_named_with_what_it_takes(self):
        for missing in ('betrokkene', 'grond', 'vorm', 'medewerker'):
            self.assertIn(f'--{missing}', self.misused('toestemming', '7', *words(**{missing: None})))
        self.assertIn('--medewerker', self.misused('intrekking', '7'))
        self.assertIn("toestemming's entry", self.misused('intrekking', 'x', '--medewerker', 'm'))
        self.assertIn("melding's entry", self.misused('toestemming', 'x', *words()))
        for option, value, said in (('betrokkene', '0', '1 to 16'), ('van', '2026-02-30', 'YYYY-MM-DD'),
                                    ('tot', 'morgen', 'YYYY-MM-DD'), ('bron', 'ggz', 'OIN'),
                                    ('ontvanger', '123', 'OIN'), ('medewerker', 'Jan Jansen', 'no name'),
                                    ('doel', 'Zorg!', 'small letters'),
                                    ('rubriek', 'identifikatie', 'probably identificatie')):
            with self.subTest(option):
                told = self.misused('toestemming', '7', *words(**{option: value}))
                self.assertIn(f'--{option} ', told)
                self.assertIn(said, told)
                self.assertNotIn(value, told)
        self.assertIn('--ontvanger', self.misused('toestemming', '7', *words(functie='wmo')))
        for option, value in (('gever', 'betrokkene'), ('leeftijdsband', '16-en-ouder'),
                              ('bron', STAD), ('vorm', 'mondeling')):
            self.assertIn(f'--{option} ', self.misused('toestemming', '7', *words(
                **{'grond': 'meldrecht', 'vorm': 'verklaring', option: value})))
        self.assertIn('before --van', self.misused(
            'toestemming', '7', *words(van='2026-11-02', tot='2026-11-01')))

    def test_a_code_that_is_none_gets_the_list_and_the_page_has_it_whole(self):
        with open(os.path.join(SOURCE, 'proto', 'spec', 'vectors', 'lists.json'),
                  encoding='utf-8') as file:
            lists = {name: [row['code'] for row in rows]
                     for name, rows in json.load(file)['lists'].items()}
        with open(os.path.join(SOURCE, 'clients', 'knooppunt', 'knooppunt.1'),
                  encoding='utf-8') as file:
            page, = re.findall(r'^\.It Cm toestemming .*?(?=^\.It Cm)', file.read(), re.M | re.S)
        for option, name in CODES.items():
            told = self.misused('toestemming', '7', *words(**{option[2:]: 'misschien'}))
            for code in lists[name]:
                self.assertIn(code, told)
                self.assertRegex(page, rf'(?<![\w-]){code}(?![\w-])')


if __name__ == '__main__':
    knooppunt_world.main()
