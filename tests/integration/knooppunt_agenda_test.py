# SPDX-License-Identifier: EUPL-1.2
"""`knooppunt agenda` as one who sits at an overleg would use it, and the outcome that ends an item."""

import datetime
import json
import unittest

import knooppunt_world
from knooppunt_world import HOUSE, POLITIE, Partner, World, example, run, small_convenant, write

STAD = '00000099000000003000'
CONVENANT = small_convenant('proef-agenda', {
    'huis': (HOUSE, 'procesregisseur', 'soort: veiligheidshuis'),
    'politie': (POLITIE, 'basisteam', 'soort: politie'),
    'stad': (STAD, 'wmo', 'soort: gemeente, gemeente: GM1883')}, '''\
  - regel: op-tafel
    convenantartikel: "1"
    herkomst: "proef: «tafel»"
    agendeer: {overleg: weegtafel}
    doel: zorg
    grondslag: [avg-6-1-e]
  - regel: leden-lezen
    convenantartikel: "1"
    herkomst: "proef: «leden»"
    verstrek: {aan: {overleg: weegtafel}, rubrieken: [kenmerken, identificatie]}
    doel: zorg
    grondslag: [avg-6-1-e]
''').replace('\nregels:\n', '''
overleggen:
  - {overleg: weegtafel, voorzitter: {partij: stad, functie: wmo},
     leden: [{partij: huis, functie: procesregisseur}], kalender: dagelijks, aanvang: "00:00"}
regels:
''')


class Agenda(World):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.politie = Partner(cls.house, 'politie', POLITIE, 'politie', 'basisteam').enrol()
        cls.stad = Partner(cls.house, 'stad', STAD, 'gemeente', 'wmo').enrol()
        path = write(cls.house.path('convenant.yaml'), CONVENANT)
        cls.house.approve(['convenant', 'propose'], path)

    def setUp(self):
        for partner in (self.politie, self.stad):
            partner.write_settings()

    def agenda(self, partner, overleg='weegtafel', functie='wmo'):
        return partner.run('agenda', overleg, '--functie', functie)

    def push(self, name):
        [person, _] = example()['betrokkenen']
        melding = example(id=name, systeem=None, betrokkenen=[person], incident=None, melder=None,
                          medewerker=None, toelichting=None)
        done = self.politie.run('push', write(self.politie.path('melding.json'),
                                              json.dumps(melding)), '--wait')
        self.assertEqual(done.code, 0, done.out + done.err)
        return done.line['index']

    def test_one_outcome_is_said_of_all_meldingen_of_an_item(self):
        first, second = self.push('agenda-samen-0001'), self.push('agenda-samen-0002')
        said = ('--overleg', 'weegtafel', '--uitkomst', 'regie-zvh', '--medewerker', 'mw-1')
        done = self.stad.run('uitkomst', str(first), 'x', *said)
        self.assertEqual(done.code, 2, done.out)
        done = self.stad.run('uitkomst', str(first), str(second), *said, '--wait')
        self.assertEqual((done.code, [line['status'] for line in done.lines]),
                         (0, ['aanvaard', 'aanvaard']), done.out + done.err)
        self.assertEqual(self.agenda(self.stad).lines, [])
        done = self.stad.run('uitkomst', str(first), str(second), *said, '--wait')
        self.assertEqual((done.code, [line['reden']['code'] for line in done.lines]),
                         (1, ['not-owed']), done.out + done.err)

    def test_an_item_is_there_until_its_outcome(self):
        done = self.agenda(self.stad)
        self.assertEqual((done.code, done.lines), (0, []), done.out + done.err)
        index = self.push('agenda-eerste-0001')
        done = self.agenda(self.stad)
        self.assertEqual(done.code, 0, done.out + done.err)
        item, = done.lines
        datetime.date.fromisoformat(item['zitting'])
        [of] = item.pop('meldingen')
        self.assertEqual({name: item[name] for name in ('overleg', 'aangehouden', 'voorzit')},
                         {'overleg': 'weegtafel', 'aangehouden': False, 'voorzit': True})
        self.assertEqual((of['melding'], of['nummers'], sorted(of['ziet'])),
                         (index, ['1'], ['0/agenda', '0/kenmerken', '1/agenda', '1/identificatie']))
        done = self.stad.run('uitkomst', str(index), '--overleg', 'weegtafel', '--uitkomst',
                             'geen-actie', '--medewerker', 'mw-1', '--wait')
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.out + done.err)
        self.assertEqual(self.agenda(self.stad).lines, [])

    def test_the_screen_shows_what_all_who_are_present_may_see(self):
        index = self.push('agenda-scherm-0001')
        said = ('scherm', 'weegtafel', str(index), '--medewerker', 'mw-1')
        huis = f'{HOUSE}:procesregisseur:mw-2'
        done = self.stad.run(*said)
        self.assertEqual(done.code, 0, done.out + done.err)
        self.assertEqual((done.line['melding'], done.line['overleg']), (index, 'weegtafel'))
        datetime.date.fromisoformat(done.line['zitting'])
        self.assertEqual({(r['betrokkene'], r['rubriek'], r['bron'])
                          for r in done.line['rubrieken']},
                         {(0, 'kenmerken', ''), (1, 'identificatie', '')})
        self.assertEqual(done.line['toegevoegd'], [])
        self.assertNotIn('bron', done.line)
        self.assertGreater(done.line['index'], index)
        # As people read it: on few lines, whatever there is.
        done = run('knooppunt', *said, '-c', self.stad.path('client.yaml'))
        self.assertEqual(done.code, 0, done.err)
        self.assertIn(f'melding {index}', done.err)
        self.assertLessEqual(len(done.err.splitlines()), 25)
        # The house sits there, and holds no key: nobody of it can be present.
        done = self.stad.run(*said, '--aanwezig', huis)
        self.assertEqual((done.code, done.error['code'], done.error.get('field')),
                         (4, 'unknown-partij', 'scherm.aanwezig[0]'), done.out + done.err)
        for words in (said[:-2], (*said, '--aanwezig', 'niemand'), (*said, '--zitting', 'nu'),
                      ('scherm', 'weegtafel', 'x', *said[3:])):
            self.assertEqual(self.stad.run(*words).code, 2, words)
        done = self.stad.run('uitkomst', str(index), '--overleg', 'weegtafel', '--uitkomst',
                             'geen-actie', '--medewerker', 'mw-1', '--wait')
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.out + done.err)
        done = self.stad.run(*said)
        self.assertEqual((done.code, done.error['code']), (4, 'not-owed'), done.out + done.err)

    def test_a_table_without_leden_does_not_come_into_force(self):
        text = CONVENANT.replace('leden: [{partij: huis, functie: procesregisseur}]', 'leden: []')
        self.assertNotEqual(text, CONVENANT)
        path = write(self.house.path('zonder-leden.yaml'), text)
        done = run('knooppuntctl', 'convenant', 'propose', path, '--key',
                   self.house.role('beheerder'), '-c', self.house.settings, '--json')
        self.assertEqual((done.code, done.error['code'], done.error.get('field')),
                         (1, 'missing-field', 'overleggen.leden'), done.out + done.err)
        self.assertIn('weegtafel', done.error['message'])

    def test_who_does_not_sit_there_is_refused(self):
        for partner, overleg, functie in ((self.politie, 'weegtafel', 'basisteam'),
                                          (self.stad, 'geen-tafel', 'wmo')):
            done = self.agenda(partner, overleg, functie)
            self.assertEqual((done.code, done.error['code']), (4, 'not-found'), done.out)
        done = self.stad.run('agenda', 'weegtafel')
        self.assertEqual(done.code, 2, done.out)
        self.assertIn('--functie', done.error['message'])


if __name__ == '__main__':
    knooppunt_world.main()
