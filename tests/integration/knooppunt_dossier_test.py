# SPDX-License-Identifier: EUPL-1.2
"""Casussen, advice and questions at the command line: files in, the decision first, exit codes of their
own. Against a running knooppuntd."""

import json
import os

import knooppunt_world
from knooppunt_world import (HOUSE, OM, POLITIE, SOURCE, Partner, World, example, must, run, write,
                             zsm_convenant)

BSN, OTHER = '999990342', '999990019'
EMPTY = 'Er zijn geen gegevens die wij hierover kunnen verstrekken.'
CONVENANT = zsm_convenant('verrijking.pga, verrijking.advies, verrijking.regisseur', """\
  - regel: zsm-terug
    convenantartikel: "1"
    herkomst: "proef: «zsm»"
    als: {vraag: zsm.terugkoppeling}
    verstrek: {aan: {partij: huis, functie: procesregisseur}, rubrieken: [verrijking.terugkoppeling]}
    doel: zsm
    grondslag: [avg-6-1-e]
  - regel: bekend
    convenantartikel: "1"
    herkomst: "proef: «bekend»"
    als: {vraag: bekend.vraag, bron: huis}
    vereis: {antwoord: {binnen: "2 werkdagen"}}
    verstrek: {aan: {partij: politie, functie: basisteam}, rubrieken: [bekend.vraag, identificatie]}
    doel: triage
    grondslag: [avg-6-1-e]
  - regel: bekend-antwoord
    convenantartikel: "1"
    herkomst: "proef: «bekend»"
    als: {vraag: bekend.antwoord}
    verstrek: {aan: {rol: vrager}, rubrieken: [bekend.antwoord, bekend.contact]}
    doel: triage
    grondslag: [avg-6-1-e]
""")


class Dossier(World):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.huis = Partner(cls.house, 'huis', HOUSE, 'veiligheidshuis', 'procesregisseur').enrol()
        cls.om = Partner(cls.house, 'om', OM, 'om', 'zsm').enrol()
        cls.politie = Partner(cls.house, 'politie', POLITIE, 'politie', 'basisteam').enrol()
        cls.house.approve(['convenant', 'propose'], write(cls.house.path('zsm.yaml'), CONVENANT))
        for partner in (cls.huis, cls.om, cls.politie):
            partner.write_settings()

    def file(self, partner, **values):
        self.made = getattr(self, 'made', 0) + 1
        path = partner.path(f'{self._testMethodName}-{self.made}.json')
        return write(path, json.dumps({k.replace('_', '-'): v for k, v in values.items()}))

    def casus(self, number='pgax:1', bsn=BSN, **values):
        made = dict(casus=[number], bsn=bsn, rol='verdachte', status='opgepakt', sinds='2026-01-05',
                    pga=True, medewerker='mw-1')
        made.update(values)
        return self.huis.run('casus', self.file(self.huis, **made), '--wait')

    def question(self, **values):
        made = dict(functie='zsm', medewerker='ovj-1', uren=6, parketnummer='10.123456.26',
                    aanvang_termijn='2026-11-29T22:10:00+01:00')
        made.update(values)
        return self.file(self.om, **made)

    def told(self, path):
        """As people see it."""
        return run('knooppunt', 'context', path, '-c', self.om.settings)

    def owed(self, what='advies'):
        return [line for line in must('knooppuntctl', 'open', '-c', self.house.settings).lines
                if line['wat'] == what]

    def test_what_is_known_is_told_with_the_decision_first(self):
        done = self.casus(ave=3, regie=f'{HOUSE}:procesregisseur', telefoon='046-1234567')
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'))
        done = self.om.run('context', self.question(bsn=BSN))
        self.assertEqual((done.code, done.line['status']), (0, 'bekend'))
        self.assertEqual(next(iter(done.line)), 'status')
        velden = {one['rubriek']: one['velden'] for one in done.line['rubrieken']}
        self.assertEqual(velden['verrijking.pga'], {'sinds': '2026-01-05', 'ave': 3})
        self.assertEqual(velden['verrijking.regisseur']['telefoon'], '046-1234567')
        self.assertEqual((done.line['regels'], done.line['verified']), (['zsm-context'], True))
        # What was shown is acknowledged: fetch has nothing left.
        self.assertEqual(self.om.run('fetch').lines, [])
        [line] = self.owed()
        self.assertEqual(line['wie'], f'{HOUSE}/procesregisseur')
        advice = dict(casus='pgax:1', functie='procesregisseur', advies=['pga-volgen'],
                      tekst='Een vaste plek helpt.', geldig_tot='2027-06-01', medewerker='mw-1')
        self.assertEqual(self.huis.run('advies', self.file(self.huis, **advice), '--wait').code, 0)
        self.assertEqual(self.owed(), [])
        done = self.told(self.question(bsn=BSN))
        lines = done.err.splitlines()
        self.assertEqual((done.code, lines[0], done.out), (0, 'bekend (OEFENING)', ''))
        self.assertLessEqual(len(lines), 25)
        self.assertIn('termijn: 6 uur vanaf 2026-11-29T22:10:00+01:00', lines)
        self.assertIn('  advies: aansluiten bij de lopende persoonsgerichte aanpak', lines)
        self.assertNotIn(BSN, done.err)

    def test_others_involved_stands_on_top_and_hours_are_told_as_from_when(self):
        self.casus('pgax:7', '999990044', pga=False, bellen=True, regie=f'{HOUSE}:procesregisseur',
                   bereikbaar='ma-zo 00:00-24:00', casusregie=f'{POLITIE}:basisteam',
                   casusbereikbaar='zo 03:00-03:01')
        done = self.told(self.question(bsn='999990044'))
        lines = done.err.splitlines()
        self.assertEqual((done.code, lines[1]), (0, 'er zijn anderen betrokken: bel vóór heenzending'))
        self.assertRegex(done.err, r'(?m)^  vanaf: (nu|20\d\d-\d\d-\d\d 00:00)$')
        self.assertRegex(done.err, r'(?m)^  casusvanaf: (nu|20\d\d-\d\d-\d\d 03:00)$')
        self.assertFalse([line for line in lines if line.startswith('  bellen')])
        done = self.casus('pgax:7', '999990044', bereikbaar='kantooruren')
        self.assertEqual((done.code, done.line['reden']['veld']), (1, 'casus.bereikbaar'))

    def test_the_longest_answer_is_twenty_five_lines_with_the_decision_first(self):
        for n in range(3):
            number = f'pgax:9{n}'
            self.casus(number, '999990056', ave=4, niveau='veiligheidshuis', bellen=True,
                       regie=f'{HOUSE}:procesregisseur', telefoon='046-1234567',
                       casusregie=f'{POLITIE}:basisteam', casustelefoon='046-1234568',
                       bereikbaar='ma-vr 08:30-17:00', casusbereikbaar='ma-vr 08:30-17:00')
            advice = dict(casus=number, functie='procesregisseur', advies=['pga-volgen', 'overleg'],
                          tekst='Een vaste plek\nhelpt.', afspraak=['wonen', 'gezin'],
                          geldig_tot='2027-06-01', medewerker='mw-1')
            self.assertEqual(self.huis.run('advies', self.file(self.huis, **advice), '--wait').code, 0)
        lines = self.told(self.question(bsn='999990056')).err.splitlines()
        self.assertEqual((len(lines), lines[0]), (25, 'bekend (OEFENING)'))
        self.assertIn('--json', lines[-1])
        self.assertIn('  advies: aansluiten bij de lopende persoonsgerichte aanpak; eerst overleg met de '
                      'procesregisseur', lines)

    def test_what_became_of_an_answer_is_owed_until_it_is_said(self):
        self.casus('pgax:6', '999990081', pga=False, regie=f'{HOUSE}:procesregisseur')
        asked = self.om.run('context', self.question(bsn='999990081')).line['index']
        line, = [each for each in self.owed('terugkoppeling') if each['melding'] == asked]
        self.assertEqual((line['wie'], line['regel']), (f'{OM}/zsm', 'zsm-terug'))
        self.assertIn(f'entry {asked}', line['door'])
        said = dict(entry=asked, gebruikt=False, reden=['te-laat'], afdoening='sepot',
                    medewerker='ovj-1')
        done = self.om.run('terugkoppeling', self.file(self.om, **said), '--wait')
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'))
        self.assertFalse([each for each in self.owed('terugkoppeling') if each['melding'] == asked])
        found, = [each for each in self.huis.run('fetch').lines if each['index'] == done.line['index']]
        velden, = [each['velden'] for each in found['rubrieken']]
        self.assertEqual((velden['casus'], velden['gebruikt'], velden['reden'], velden['afdoening']),
                         (['pgax:6'], False, ['te-laat'], 'sepot'))
        done = self.om.run('terugkoppeling', self.file(self.om, **said), '--wait')
        self.assertEqual((done.code, done.line['reden']['code']), (1, 'not-owed'))

    def test_a_question_is_passed_on_answered_and_withdrawn(self):
        asked = self.huis.run('ask', self.file(
            self.huis, functie='procesregisseur', bsn='999990093', geslachtsnaam='Voorbeeld',
            geboortedatum='1990-05-17', aanleiding='triage', medewerker='mw-1'))
        self.assertEqual((asked.code, asked.line['status']), (10, 'niets'))
        entry = str(asked.line['index'])
        line, = [each for each in self.politie.run('open').lines if each['wat'] == 'bekend']
        self.assertEqual((line['melding'], line['regel'], line['wie'], line['trap']),
                         (int(entry), 'bekend', f'{POLITIE}/basisteam', 'open'))
        self.assertIn(f'bekend {entry} --antwoord nee', line['door'])
        got = self.politie.run('fetch')
        velden = {one['rubriek']: one['velden'] for one in got.line['rubrieken']}
        self.assertEqual(velden['identificatie'],
                         {'geslachtsnaam': 'Voorbeeld', 'geboortedatum': '1990-05-17'})
        self.assertEqual((velden['bekend.vraag']['entry'], velden['bekend.vraag']['aanleiding']),
                         (int(entry), 'triage'))
        self.assertNotIn('999990093', got.out)
        half = self.politie.run('bekend', entry, '--antwoord', 'ja', '--medewerker', 'p-1', '--wait')
        self.assertEqual((half.code, half.line['reden']['veld']), (1, 'bekend_antwoord.betrokken'))
        done = self.politie.run('bekend', entry, '--antwoord', 'misschien', '--medewerker', 'p-1')
        self.assertEqual(done.code, 2)
        answer = ('bekend', entry, '--antwoord', 'ja', '--betrokken', 'eerder', '--telefoon',
                  '0900-8844', '--medewerker', 'p-1', '--wait')
        self.assertEqual(self.politie.run(*answer).code, 0)
        velden = {one['rubriek']: one['velden'] for one in self.huis.run('fetch').line['rubrieken']}
        self.assertEqual(velden['bekend.antwoord']['betrokken'], 'eerder')
        self.assertEqual(velden['bekend.contact'], {'telefoon': '0900-8844'})
        line, = [each for each in self.huis.run('open').lines if each['wat'] == 'afsluiting']
        self.assertEqual((line['melding'], line['trap']), (int(entry), 'wacht'))
        done = self.huis.run('verrijking-intrekking', entry, '--medewerker', 'mw-1', '--wait')
        self.assertEqual(done.code, 0)
        self.assertFalse([each for each in self.huis.run('open').lines
                          if each['wat'] == 'afsluiting'])
        done = self.politie.run(*answer)
        self.assertEqual((done.code, done.line['reden']['code']), (1, 'not-owed'))

    def test_who_is_not_known_gives_the_empty_answer(self):
        self.casus('pgax:2', OTHER, rol='slachtoffer')
        for bsn in (OTHER, '999990020'):
            done = self.om.run('context', self.question(bsn=bsn))
            self.assertEqual((done.code, done.line['status'], done.line['rubrieken']),
                             (10, 'niets', []))
            done = self.told(self.question(bsn=bsn))
            self.assertEqual((done.code, done.err.splitlines()[0]), (10, f'niets: {EMPTY}'))

    def test_a_name_alone_is_not_looked_up(self):
        path = self.question(geslachtsnaam='Jansen', geboortedatum='1990-01-01')
        done = self.om.run('context', path)
        self.assertEqual((done.code, done.line['status'], done.line['reden']['code']),
                         (11, 'identificatie', 'identification-needed'))
        done = self.told(path)
        self.assertEqual(done.code, 11)
        self.assertIn('vul identificatie aan', done.err)

    def test_what_is_wrong_in_a_file_is_said_where(self):
        for changes, code, field in (
                (dict(bsn='999990343'), 'bsn-elfproef', '/bsn'),
                (dict(bsn=BSN, feit=['iets']), 'unknown-code', '/feit/0'),
                (dict(bsn=BSN, adres='x'), 'unknown-field', '/adres'),
                (dict(bsn=BSN, medewerker=None), 'missing-field', '/medewerker')):
            done = self.om.run('context', self.question(**changes))
            self.assertEqual((done.code, done.error['code'], done.error['field']),
                             (1, code, field))
        done = self.huis.run('casus', self.file(self.huis, casus='pgax:1', medewerker='mw-1'))
        self.assertEqual((done.code, done.error['code'], done.error['field']),
                         (1, 'missing-field', '/rol'))

    def test_the_regie_passes_to_who_takes_it(self):
        self.casus('pgax:5', '999990032')
        take = dict(casus='pgax:5', functie='procesregisseur', medewerker='mw-1')
        self.assertEqual(self.huis.run('regie', self.file(self.huis, **take), '--wait').code, 0)
        take['functie'] = 'basisteam'
        done = self.politie.run('regie', self.file(self.politie, **take), '--wait')
        self.assertEqual((done.code, done.line['reden']['code']), (1, 'not-found'))

    def test_an_answer_behind_others_leaves_them_to_fetch(self):
        pushed = self.politie.run('push', write(self.politie.path('melding.json'),
                                                json.dumps(example())), '--wait')
        self.assertEqual(pushed.code, 0)
        done = self.om.run('context', self.question(bsn='999990068'))
        self.assertEqual((done.code, done.line['status']), (10, 'niets'))
        found = self.om.run('fetch').lines
        self.assertEqual([one['index'] for one in found],
                         [pushed.line['index'], done.line['index']])
        self.assertEqual([one['rubriek'] for one in found[0]['rubrieken']], ['kenmerken'])
        self.assertEqual(self.om.run('fetch').lines, [])


class Shipped(World):
    """The convenant of Noord-Limburg as it is shipped, with the house and the OM of these tests in
    the place of its own."""

    def test_context_works_with_what_is_shipped(self):
        path = os.path.join(SOURCE, 'config', 'convenanten', 'voorbeeld-noord-limburg.yaml')
        with open(path, encoding='utf-8') as file:
            text = file.read()
        for own, ours in (('00000099002000002000', HOUSE), ('00000099002000009000', OM)):
            self.assertEqual(text.count(own), 1)
            text = text.replace(own, ours)
        huis = Partner(self.house, 'huis', HOUSE, 'veiligheidshuis', 'procesregisseur').enrol()
        om = Partner(self.house, 'om', OM, 'om', 'zsm').enrol()
        self.house.approve(['convenant', 'propose'], write(self.house.path('nl.yaml'), text))
        for partner in (huis, om):
            partner.write_settings()
        casus = dict(casus='pgax:1', bsn=BSN, rol='verdachte', status='opgepakt',
                     sinds='2026-01-05', pga=True, medewerker='mw-1', telefoon='077-1234567',
                     regie=f'{HOUSE}:procesregisseur')
        done = huis.run('casus', write(huis.path('casus.json'), json.dumps(casus)), '--wait')
        self.assertEqual(done.code, 0, done.out)
        for person, code, status, rubrieken in (
                (BSN, 0, 'bekend', ['verrijking.pga', 'verrijking.regisseur']),
                (OTHER, 10, 'niets', [])):
            asked = dict(bsn=person, functie='zsm', medewerker='ovj-1', uren=6)
            done = om.run('context', write(om.path('vraag.json'), json.dumps(asked)))
            self.assertEqual((done.code, done.line['status']), (code, status), done.out)
            self.assertEqual(sorted(one['rubriek'] for one in done.line['rubrieken']), rubrieken)


if __name__ == '__main__':
    knooppunt_world.main()
