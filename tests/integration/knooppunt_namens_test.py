# SPDX-License-Identifier: EUPL-1.2
"""A small partner without keys of its own: the house enters its melding, by the functie that the
convenant names, and everybody who may know it is told whose it is (spec K40)."""

import datetime
import json
import os
import unittest

import knooppunt_world
from knooppunt_world import HOUSE, POLITIE, Partner, World, example, must, run, small_convenant, write

PRAKTIJK, STAD = '00000099000000005100', '00000099000000003000'
ELDERS = '00000099000000005200'
REGELS = '''\
  - regel: wmo-leest-van-de-praktijk
    convenantartikel: "1"
    herkomst: "proef: «wmo»"
    als: {bron: praktijk}
    verstrek: {aan: {partij: stad, functie: wmo}, rubrieken: [kenmerken, herkomst, namens]}
    doel: zorg
    grondslag: [avg-6-1-e]
  - regel: huis-leest-van-ggz
    convenantartikel: "2"
    herkomst: "proef: «huis»"
    als: {bron.soort: ggz}
    verstrek: {aan: {partij: huis, functie: procesregisseur}, rubrieken: [kenmerken]}
    doel: zorg
    grondslag: [avg-6-1-e]
  - regel: wmo-leest-van-het-huis
    convenantartikel: "3"
    herkomst: "proef: «wmo»"
    als: {bron: huis}
    verstrek: {aan: {partij: stad, functie: wmo}, rubrieken: [identificatie]}
    doel: zorg
    grondslag: [avg-6-1-e]
  - regel: politie-leest-na-weging
    convenantartikel: "4"
    herkomst: "proef: «politie»"
    als: {bron: praktijk}
    vereis: {weging: {door: procesregisseur, uitkomst: lokaal, binnen: 1 werkdag}}
    verstrek: {aan: {partij: politie, functie: basisteam}, rubrieken: [kenmerken, namens]}
    doel: zorg
    grondslag: [avg-6-1-e]
  - regel: geheim-van-de-praktijk
    convenantartikel: "6"
    herkomst: "proef: «geheim»"
    als: {bron: praktijk}
    vereis: {aan: iedereen, rubrieken: [incident],
             toestemming: {grond: [toestemming, conflict-van-plichten], voor: zorg}}
  - regel: wmo-leest-het-incident
    convenantartikel: "6"
    herkomst: "proef: «geheim»"
    als: {bron: praktijk}
    verstrek: {aan: {partij: stad, functie: wmo}, rubrieken: [incident]}
    doel: zorg
    grondslag: [avg-6-1-e]
  - regel: praktijk-leest-alles
    convenantartikel: "5"
    herkomst: "proef: «praktijk»"
    vereis: {overdracht: {binnen: P3D, terug: procesregisseur}}
    verstrek: {aan: {partij: praktijk, functie: arts}, rubrieken: [kenmerken]}
    doel: zorg
    grondslag: [avg-6-1-e]
'''


ADAPTER = f"""\
naam: praktijk
client: client.yaml
in: praktijk
vorm: csv
rust_s: 0
scheiding: ";"
tekenset: utf-8
registratienummer: Nummer
afbeelding:
  - {{naar: /kenmerken/soort, vast: partner}}
  - {{naar: /kenmerken/thema/0, vast: multiproblematiek}}
  - {{naar: /kenmerken/urgentie, vast: gewoon}}
  - {{naar: /kenmerken/gemeente, kolom: Gemeente}}
  - {{naar: /kenmerken/registratienummer, kolom: Nummer}}
  - {{naar: /namens/partner, vast: "{PRAKTIJK}"}}
  - {{naar: /namens/soort, vast: ggz}}
  - {{naar: /namens/medewerker, kolom: Wie}}
"""


def convenant(invoer):
    partijen = {
        'huis': (HOUSE, 'procesregisseur, frontoffice', 'soort: veiligheidshuis'),
        'praktijk': (PRAKTIJK, 'arts, assistent', f'soort: ggz{invoer}'),
        'politie': (POLITIE, 'basisteam', 'soort: politie'),
        'stad': (STAD, 'wmo', 'soort: gemeente, gemeente: GM1883')}
    return small_convenant('proef-namens', partijen, REGELS)


class Namens(World):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stad = Partner(cls.house, 'stad', STAD, 'gemeente', 'wmo').enrol()
        cls.politie = Partner(cls.house, 'politie', POLITIE, 'politie', 'basisteam').enrol()
        cls.front = Partner(cls.house, 'front', HOUSE, 'veiligheidshuis', 'frontoffice').enrol()
        cls.regisseur = Partner(cls.house, 'regisseur', HOUSE, 'veiligheidshuis',
                                'procesregisseur').enrol()
        cls.propose(', invoer: frontoffice')

    @classmethod
    def propose(cls, invoer):
        path = write(cls.house.path('convenant.yaml'), convenant(invoer))
        return cls.house.approve(['convenant', 'propose'], path)

    def setUp(self):
        self.partners = (self.stad, self.politie, self.front, self.regisseur)
        for partner in self.partners:
            partner.write_settings()
            self.fetched(partner)

    def push(self, who, name, *words, **changes):
        [person, _] = example()['betrokkenen']
        melding = example(id=name, systeem=None, betrokkenen=[person], melder=None, medewerker=None,
                          toelichting=None, **{'incident': None, **changes})
        path = write(who.path('melding.json'), json.dumps(melding))
        return who.run('push', path, '--wait', *words)

    def fetched(self, who):
        done = who.run('fetch')
        self.assertEqual(done.code, 0, done.out + done.err)
        return done.lines

    def rebuilt(self):
        """State is a replay: whose a melding is comes out the same."""
        self.house.stop()
        done = run('knooppuntd', '-c', self.house.settings, 'rebuild', '--compare')
        self.assertTrue(done.line['equal'], done.out + done.err)
        self.house.start()
        self.setUp()

    def assert_refused(self, done, code, veld):
        self.assertEqual((done.code, done.line['status']), (1, 'geweigerd'), done.out + done.err)
        self.assertEqual((done.line['reden']['code'], done.line['reden']['veld']), (code, veld))

    def test_it_is_the_partners_and_says_who_entered_it(self):
        done = self.push(self.front, 'namens-praktijk-0001', '--namens', f'{PRAKTIJK}:arts',
                         '--soort', 'ggz', '--medewerker', 'mw-12')
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.out + done.err)
        # The regels see the practice as bron, by its name and by its kind; never the house.
        [given] = self.fetched(self.stad)
        self.assertEqual(given['regels'], ['wmo-leest-van-de-praktijk'])
        [namens] = [one for one in given['rubrieken'] if one['rubriek'] == 'namens']
        self.assertEqual(namens['velden'], {'partner': PRAKTIJK, 'functie': 'arts',
                                            'medewerker': 'mw-12', 'soort': 'ggz'})
        # Held under the law of the practice, not under that of the house.
        self.assertEqual({one['regime'] for one in given['rubrieken']}, {'wgbo'})
        self.assertTrue(given['bron'].startswith(f'urn:nld:oin:{HOUSE}:'), given['bron'])
        # What no regel gives of it is not given: here nothing shows the practice.
        [read] = self.fetched(self.regisseur)
        self.assertEqual((read['regels'], [one['rubriek'] for one in read['rubrieken']]),
                         (['huis-leest-van-ggz'], ['kenmerken']))
        self.assertNotIn(PRAKTIJK, json.dumps(read))
        self.assert_accounted(done.line['id'], done.line['index'])
        # A judgement later on is put before the same: the practice sent it, not who judged.
        done = self.regisseur.run('weging', str(done.line['index']), '--regel',
                                  'politie-leest-na-weging', '--uitkomst', 'lokaal',
                                  '--medewerker', 'mw-3', '--motivering', 'bekeken', '--wait')
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.out + done.err)
        [judged] = self.fetched(self.politie)
        self.assertEqual(judged['regels'], ['politie-leest-na-weging'])
        # Of the same person the house reports itself: that is another source.
        done = self.push(self.front, 'namens-niemand-0001')
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.out + done.err)
        self.assertEqual(self.fetched(self.stad)[0]['regels'], ['wmo-leest-van-het-huis'])
        told = must('knooppunt-audit', 'why', done.line['id'], 'stad/wmo', 'identificatie',
                    *self.house.asking).lines[-1]
        self.assertEqual(told['verloop'][0]['feiten']['1.samenloop'], 'ja')
        self.assertNotIn('namens', told['verloop'][0])

    def assert_accounted(self, melding, index):
        """The officer sees in why whose it is and who entered it, in stromen whose it was."""
        told = must('knooppunt-audit', 'why', melding, 'stad/wmo', 'kenmerken',
                    *self.house.asking).lines[-1]
        first = told['verloop'][0]
        self.assertEqual(first['namens'], {'partner': PRAKTIJK, 'functie': 'arts',
                                           'medewerker': 'mw-12'}, first)
        self.assertEqual(first['feiten']['bron'], 'praktijk', first)
        # To the practice it is its own: nothing of it is given back there.
        own = run('knooppunt-audit', 'why', melding, 'praktijk/arts', 'kenmerken',
                  *self.house.asking, '--json')
        self.assertEqual(own.lines[-1]['beslissing'], 'geweigerd', own.out)
        said = run('knooppunt-audit', 'why', melding, 'stad/wmo', 'kenmerken',
                   *self.house.asking).err
        self.assertIn(f'entered by the house for {PRAKTIJK}, by mw-12', said)
        day, week = datetime.date.today(), datetime.timedelta(days=7)
        months = [f'{one:%Y-%m}' for one in (day - week, day + week)]
        lines = must('knooppunt-audit', 'stromen', *months, *self.house.asking).lines
        self.assertIn(PRAKTIJK, json.dumps(lines), lines)
        _, *meldingen = must('knooppunt-audit', 'inzage', 'bsn:999990342', *self.house.asking,
                             '--zaak', 'verzoek-1').lines
        self.assertEqual([one['melding']['bron'] for one in meldingen
                          if one['melding']['entry'] == index],
                         [{'oin': PRAKTIJK, 'naam': 'Praktijk'}], meldingen)

    def test_a_list_of_the_partner_goes_in_by_the_adapter_of_the_house(self):
        """It is the settings that say for whom: one instance for each such partner."""
        settings = write(self.front.path('praktijk.yaml'), ADAPTER)
        folder = self.front.path('praktijk')
        os.makedirs(folder)
        write(os.path.join(folder, 'lijst.csv'),
              'Nummer;Gemeente;Wie\nP-1;GM1883;mw-7\nP-2;GM1883;mw-8\n')
        done = run('knooppunt-adapter', '-c', settings, '--once', '--json')
        self.assertEqual(done.code, 0, done.out + done.err)
        given = self.fetched(self.stad)
        self.assertEqual([one['regels'] for one in given], [['wmo-leest-van-de-praktijk']] * 2)
        self.assertEqual([rubriek['velden'] for one in given for rubriek in one['rubrieken']
                          if rubriek['rubriek'] == 'namens'],
                         [{'partner': PRAKTIJK, 'soort': 'ggz', 'medewerker': wie} for wie in ('mw-7', 'mw-8')])

    def test_a_house_that_is_not_registered_for_it_is_refused(self):
        """K40: by another functie of the house, by another party, for who is no partij, for a
        functie that it does not have; and without a medewerker nothing leaves the client."""
        said = ('--soort', 'ggz', '--medewerker', 'mw-12')
        words = ('--namens', PRAKTIJK, *said)
        self.assert_refused(self.push(self.regisseur, 'namens-geweigerd-001', *words),
                            'functie-not-held', 'rubriek[7].namens.partner')
        self.assert_refused(self.push(self.politie, 'namens-geweigerd-002', *words),
                            'functie-not-held', 'rubriek[7].namens')
        self.assert_refused(self.push(self.front, 'namens-geweigerd-003', '--namens', ELDERS, *said),
                            'unknown-partij', 'rubriek[7].namens.partner')
        self.assert_refused(self.push(self.front, 'namens-geweigerd-004', '--namens', STAD, *said),
                            'functie-not-held', 'rubriek[7].namens.partner')
        self.assert_refused(self.push(self.front, 'namens-geweigerd-005', '--namens',
                                      f'{PRAKTIJK}:tandarts', *said),
                            'bad-value', 'rubriek[7].namens.functie')
        done = self.push(self.front, 'namens-geweigerd-006', namens={'partner': PRAKTIJK, 'soort': 'ggz'})
        self.assertEqual((done.code, done.error['code'], done.error['field']),
                         (1, 'missing-field', '/namens/medewerker'))
        done = self.push(self.front, 'namens-geweigerd-007', '--namens', PRAKTIJK, *said[:2])
        self.assertEqual(done.code, 2)
        # Another kind of partner would be another law for what it says.
        self.assert_refused(self.push(self.front, 'namens-geweigerd-009', '--namens', PRAKTIJK,
                                      '--soort', 'woningcorporatie', *said[2:]),
                            'bad-value', 'rubriek[7].namens.soort')
        done = self.push(self.front, 'namens-geweigerd-008', *words,
                         namens={'partner': PRAKTIJK, 'soort': 'ggz', 'medewerker': 'mw-1'})
        self.assertEqual((done.code, done.error['code'], done.error['field']),
                         (1, 'duplicate', '/namens'))
        self.assertEqual(self.fetched(self.stad), [])

    def open(self, index):
        """What is owed about the melding at this index: by whom, and what."""
        done = run('knooppuntctl', 'open', '-c', self.house.settings, '--json')
        return sorted((one['wie'], one['wat']) for one in done.lines if one.get('melding') == index)

    def taken(self, who, *words):
        done = who.run(*words, '--wait')
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.out + done.err)
        return done.line['index']

    def test_what_the_partner_answers_the_house_enters(self):
        """K40: an overdracht and an opvolging that the partner owes, by the functie that may enter."""
        index = self.push(self.politie, 'voor-de-praktijk-0001').line['index']
        owed = (f'{PRAKTIJK}/arts', 'overdracht')
        self.assertIn(owed, self.open(index))
        said = ('overdracht', str(index), '--regel', 'praktijk-leest-alles', '--medewerker', 'mw-1',
                '--antwoord', 'aanvaard')
        for who, partner, refused in ((self.front, ELDERS, 'unknown-partij'),
                                      (self.regisseur, PRAKTIJK, 'functie-not-held'),
                                      (self.politie, PRAKTIJK, 'functie-not-held'),
                                      (self.front, STAD, 'functie-not-held')):
            self.assert_refused(who.run(*said, '--namens', partner, '--wait'), refused, 'overdracht.namens')
        done = self.front.run(*said, '--wait')  # the house itself owes nothing
        self.assertEqual(done.line['reden']['code'], 'not-owed')
        self.assertIn(owed, self.open(index))
        self.taken(self.front, *said, '--namens', PRAKTIJK)
        self.assertNotIn(owed, self.open(index))
        # What it gives back the house owes.
        other = self.push(self.politie, 'voor-de-praktijk-0002').line['index']
        self.taken(self.front, *('overdracht', str(other), *said[2:-1], 'teruggegeven', '--namens', PRAKTIJK))
        self.assertIn((f'{HOUSE}/procesregisseur', 'overdracht'), self.open(other))
        # It was told that something is not so: what it did with that.
        self.taken(self.politie, 'correctie', str(index), '--correctie', 'onjuist', '--medewerker', 'mw-2',
                   '--motivering', 'verkeerde persoon')
        owed = (f'{PRAKTIJK}/arts', 'opvolging')
        self.assertIn(owed, self.open(index))
        said = ('opvolging', str(index), '--rechtzetting', 'onjuist', '--antwoord', 'niet-verwerkt',
                '--medewerker', 'mw-1', '--motivering', 'per telefoon gezegd')
        self.assert_refused(self.regisseur.run(*said, '--namens', PRAKTIJK, '--wait'), 'functie-not-held',
                            'opvolging.namens')
        self.taken(self.front, *said, '--namens', PRAKTIJK)
        self.assertNotIn(owed, self.open(index))
        self.assertIn('opvolging', [what for who, what in self.open(index) if who.startswith(HOUSE)])
        self.rebuilt()
        self.assertNotIn(owed, self.open(index))

    def test_a_secrecy_is_the_partners_to_weigh(self):
        """K40: what only its source declares, of a melding of that partner alone."""
        incident = example()['incident']
        index = self.push(self.front, 'namens-geheim-0001', '--namens', PRAKTIJK, '--soort', 'ggz',
                          '--medewerker', 'mw-1', incident=incident).line['index']
        self.assertNotIn('incident', json.dumps(self.fetched(self.stad)))
        said = ('toestemming', str(index), '--betrokkene', '1', '--grond', 'conflict-van-plichten', '--vorm',
                'verklaring', '--doel', 'zorg', '--medewerker', 'mw-1')
        self.assertEqual(self.front.run(*said, '--wait').line['reden']['code'], 'bad-value')
        self.assert_refused(self.regisseur.run(*said, '--namens', PRAKTIJK, '--wait'), 'functie-not-held',
                            'toestemming.namens')
        self.taken(self.front, *said, '--namens', PRAKTIJK)
        self.assertIn('incident', json.dumps(self.fetched(self.stad)))
        told = must('knooppunt-audit', 'why', 'namens-geheim-0001', 'stad/wmo', '0', 'incident',
                    *self.house.asking).lines[-1]
        [event] = [one for one in told['verloop'] if one['soort'] == 'toestemming']
        self.assertEqual(event['namens'], {'partner': PRAKTIJK, 'medewerker': 'mw-1'}, event)
        other = self.push(self.politie, 'geheim-van-een-ander').line['index']
        done = self.front.run('toestemming', str(other), *said[2:], '--namens', PRAKTIJK, '--wait')
        self.assertEqual(done.line['reden']['code'], 'not-found')

    def test_what_the_convenant_no_longer_says_no_longer_counts(self):
        """Two roles changed it, and were told before: from that leaf on the house is refused."""
        said = {'partner': PRAKTIJK, 'soort': 'ggz', 'medewerker': 'mw-13'}
        done = self.push(self.front, 'namens-voor-de-wijziging', namens=said)
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.out + done.err)
        index = done.line['index']
        [given] = self.fetched(self.stad)
        self.assertEqual(given['regels'], ['wmo-leest-van-de-praktijk'])
        old = write(self.house.path('oud.yaml'), convenant(', invoer: frontoffice'))
        new = write(self.house.path('nieuw.yaml'), convenant(''))
        done = run('knooppunt-audit', 'convenant', 'diff', old, new, '--json')
        self.assertEqual((done.code, done.lines),
                         (1, [{'partij': 'praktijk', 'oin': PRAKTIJK, 'invoer_van': 'frontoffice'}]))
        must('knooppuntctl', 'convenant', 'propose', new, '--key', self.house.role('beheerder'),
             '-c', self.house.settings)
        shown = must('knooppunt-audit', 'approve', new, '-c', self.house.settings).line
        self.assertEqual(shown['invoer'], [{'partij': 'praktijk', 'oin': PRAKTIJK,
                                            'invoer_van': 'frontoffice'}])
        must('knooppunt-audit', 'approve', new, '--key', self.house.role('privacy-officer'), '-c',
             self.house.settings)
        try:
            self.assert_refused(self.push(self.front, 'namens-na-de-wijziging', namens=said),
                                'functie-not-held', 'rubriek[7].namens.partner')
            # Who it was then has the name that it had then.
            self.house.approve(['convenant', 'propose'], write(
                self.house.path('naam.yaml'), convenant('').replace('naam: Praktijk', 'naam: Anders')))
            _, *meldingen = must('knooppunt-audit', 'inzage', 'bsn:999990342', *self.house.asking, '--zaak',
                                 'verzoek-2').lines
            self.assertIn({'oin': PRAKTIJK, 'naam': 'Praktijk'},
                          [one['melding'].get('bron') for one in meldingen
                           if one['melding']['entry'] == index], meldingen)
        finally:
            self.propose(', invoer: frontoffice')
        self.rebuilt()
        # The same statement again has the outcome it had.
        done = self.push(self.front, 'namens-na-de-wijziging', namens=said)
        self.assertEqual(done.line['status'], 'geweigerd')

    def test_check_names_a_functie_that_nobody_has_keys_for(self):
        path = write(self.house.path('wacht.yaml'), convenant(', invoer: frontoffice'))
        found = run('knooppunt-audit', 'convenant', 'check', path, '--json').lines
        self.assertEqual([(one['where'], one['regel'], one['fout']) for one in found
                          if one.get('bevinding') == 'zonder-sleutels'],
                         [('praktijk/arts', 'praktijk-leest-alles', False)], found)
        write(path, convenant(''))
        found = run('knooppunt-audit', 'convenant', 'check', path, '--json').lines
        self.assertNotIn('zonder-sleutels', json.dumps(found))

    def test_the_house_has_no_functie_of_that_name(self):
        path = write(self.house.path('fout.yaml'), convenant(', invoer: baliekluiver'))
        done = run('knooppunt-audit', 'convenant', 'check', path, '--json')
        self.assertEqual((done.code, done.error['code'], done.error['field']),
                         (4, 'unknown-partij', 'partijen.praktijk.invoer'), done.out)
        write(path, convenant('').replace('soort: veiligheidshuis', 'soort: veiligheidshuis, '
                                                                    'invoer: frontoffice'))
        done = run('knooppunt-audit', 'convenant', 'check', path, '--json')
        self.assertEqual((done.code, done.error['code'], done.error['field']),
                         (4, 'bad-value', 'partijen.huis.invoer'), done.out)


if __name__ == '__main__':
    knooppunt_world.main()
