# SPDX-License-Identifier: EUPL-1.2
"""Casussen through the door: what the house says of them steers decisions and is told to who takes
part; the regie changes by an overname alone; rebuild and replay know them.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_convenant import Betrokkene  # noqa: E402
from knp_lists import bsn  # noqa: E402
from knp_stage import StageTest, main  # noqa: E402
from path_test import e33  # noqa: E402
from vormen_test import HEAD, regel  # noqa: E402

WMO, REGISSEUR, NAZORG = f'{kc.SITTARD}:wmo', f'{kc.HUIS}:procesregisseur', f'{kc.SITTARD}:nazorg'
BIJ_PGA = regel('bij-pga', 'verstrek: {aan: {partij: sittard, functie: wmo}, '
                           'rubrieken: [kenmerken, verrijking.casus]}', '{pga: ja}')
ALTIJD = regel('altijd', 'verstrek: {aan: {partij: sittard, functie: nazorg}, '
                         'rubrieken: [kenmerken, verrijking.casus]}')
CASUS = (1, 'verrijking.casus')


class Casus(StageTest):
    ONLY = ('politie', 'huis', 'sittard')
    SETTINGS = {'convenant': (HEAD + BIJ_PGA + ALTIJD).encode()}
    person = 40

    def setUp(self):
        super().setUp()
        Casus.person += 1
        self.bsn, self.number = bsn(self.person), f'pgax:{self.person}'

    def say(self, who, kind, **values):
        item = self.stage.parties[who].velden_item(self.stage.genesis, kind,
                                                   dict(medewerker='mw-1', **values))
        receipt, = self.stage.push(who, item)
        return receipt.outcome, receipt.reason, receipt.field

    def casus(self, who='huis', **values):
        made = dict(casus=self.number, rol='betrokkene', status='opgepakt', sinds='2026-01-05')
        made.update(values)
        return self.say(who, 'casus', **made)

    def melding(self):
        item = self.stage.melding('politie', e33([Betrokkene(bsn=self.bsn, minderjarig='nee')]))
        receipt, = self.stage.push('politie', item)
        self.assert_aanvaard(receipt)
        found = self.stage.everything()
        return found[kc.SITTARD, 'wmo'], found[kc.SITTARD, 'nazorg']

    def refused(self, answer, reason, field):
        self.assertEqual(answer, ('geweigerd', reason, field))

    def test_what_runs_steers_and_is_told_to_who_takes_part(self):
        """spec K18"""
        wmo, (nazorg,) = self.melding()
        self.assertEqual(wmo, [])
        nothing = nazorg.values(CASUS)
        self.assertEqual(self.casus(bsn=self.bsn, pga='ja', ave=3, deelnemer=[WMO])[0], 'aanvaard')
        (wmo,), (nazorg,) = self.melding()
        self.assertEqual(wmo.values(CASUS), {
            'deelnemer': ['ja'], 'status': ['opgepakt'], 'sinds': ['2026-01-05'], 'ave': ['3'],
            'pga': ['ja']})
        self.assertEqual(nazorg.values(CASUS), nothing)
        self.assertEqual(self.casus(pga='ja', deelnemer=[WMO, NAZORG], besloten='ja')[0],
                         'aanvaard')
        wmo, (nazorg,) = self.melding()
        self.assertEqual((wmo, nazorg.values(CASUS)), ([], nothing))
        self.assertEqual(self.casus(status='gesloten', pga='ja', deelnemer=[NAZORG])[0], 'aanvaard')
        wmo, (nazorg,) = self.melding()
        self.assertEqual(wmo, [])
        self.assertEqual(nazorg.values(CASUS)['status'], ['gesloten'])

    def test_only_the_house_says_how_it_stands_and_says_it_of_one_person(self):
        """spec K17"""
        self.refused(self.casus('politie', bsn=self.bsn), 'functie-not-held', 'signer')
        self.refused(self.casus(), 'missing-field', 'casus.bsn')
        self.assertEqual(self.casus(casus=[self.number, f'gcos:{self.person}'], bsn=self.bsn,
                                    pga='ja')[0], 'aanvaard')
        self.refused(self.casus(bsn=bsn(self.person + 400)), 'bad-value', 'casus.bsn')
        other = f'pgax:{self.person + 400}'
        self.assertEqual(self.casus(casus=other, bsn=bsn(self.person + 400))[0], 'aanvaard')
        self.refused(self.casus(casus=[self.number, other]), 'bad-value', 'casus.casus')
        self.assertEqual(len(self.melding()[0]), 1)
        self.assertEqual(self.casus(casus=f'gcos:{self.person}', status='gesloten')[0], 'aanvaard')
        self.assertEqual(len(self.melding()[0]), 0)

    def test_the_regie_changes_by_an_overname_of_who_takes_part(self):
        """spec K17"""
        self.assertEqual(self.casus(bsn=self.bsn, regie=WMO)[0], 'aanvaard')
        self.refused(self.casus(regie=REGISSEUR), 'bad-value', 'casus.regie')
        there = self.say('politie', 'regie', casus=self.number, functie='basisteam')
        self.assertEqual(there, self.say('politie', 'regie', casus='pgax:no', functie='basisteam'))
        self.refused(there, 'not-found', 'regie.casus')
        self.refused(self.say('sittard', 'regie', casus=self.number, functie='nazorg'),
                     'not-found', 'regie.casus')
        take = dict(casus=self.number, functie='procesregisseur', motivering='aan tafel besloten')
        self.assertEqual(self.say('huis', 'regie', **take)[0], 'aanvaard')
        self.refused(self.say('huis', 'regie', **take), 'already-decided', 'regie.functie')
        self.assertEqual(self.casus(regie=REGISSEUR)[0], 'aanvaard')

    def test_who_leads_says_how_it_stands_from_a_system_of_its_own(self):
        """spec K24"""
        self.assertEqual(self.casus(bsn=self.bsn, pga='ja', casusregie=WMO,
                                    deelnemer=[NAZORG])[0], 'aanvaard')
        stand = dict(casus=self.number, functie='wmo', status='gesloten', sinds='2026-02-01',
                     niveau='lokaal', nummer=f'{kc.SITTARD}:proef:{self.person}')
        self.assertEqual(len(self.melding()[0]), 1)
        # Who takes part and does not lead; who has no part; another's functie.
        self.refused(self.say('sittard', 'casusstand', **{**stand, 'functie': 'nazorg'}),
                     'functie-not-held', 'casusstand.functie')
        self.refused(self.say('politie', 'casusstand', **{**stand, 'functie': 'basisteam'}),
                     'not-found', 'casusstand.casus')
        self.refused(self.say('politie', 'casusstand', **{**stand, 'functie': 'basisteam',
                                                          'casus': 'pgax:no'}),
                     'not-found', 'casusstand.casus')
        # A number of another system or organisation, and one of its own that is another casus: the
        # same words. A system is named by who has it: that alone makes no number its own.
        other = f'{kc.SITTARD}:proef:{self.person + 500}'
        self.assertEqual(self.casus(casus=other, bsn=bsn(self.person + 500))[0], 'aanvaard')
        for taken in (f'pgax:{self.person}', f'proef:{self.person}', f'{kc.SITTARD}:pgax:1',
                      f'{kc.POLITIE}:proef:1', f'{kc.SITTARD}:proef:', other):
            self.refused(self.say('sittard', 'casusstand', **{**stand, 'nummer': taken}),
                         'bad-value', 'casusstand.nummer')
        self.assertEqual(self.say('sittard', 'casusstand', **stand)[0], 'aanvaard')
        wmo, (nazorg,) = self.melding()
        self.assertEqual(wmo, [])  # closed: no PGA runs
        self.assertEqual(nazorg.values(CASUS)['status'], ['gesloten'])
        self.assertEqual(nazorg.values(CASUS)['sinds'], ['2026-02-01'])
        # By its own number, from then on; and the house says how it stands after that.
        again = {**stand, 'casus': stand['nummer'], 'status': 'terugval', 'sinds': '2026-03-01'}
        self.assertEqual(self.say('sittard', 'casusstand', **again)[0], 'aanvaard')
        (wmo,), (nazorg,) = self.melding()
        self.assertEqual(nazorg.values(CASUS)['status'], ['terugval'])
        self.assertEqual(self.casus(casus=stand['nummer'], pga='ja', status='afgeschaald',
                                    casusregie=WMO, deelnemer=[NAZORG])[0], 'aanvaard')
        (wmo,), (nazorg,) = self.melding()
        self.assertEqual(nazorg.values(CASUS)['status'], ['afgeschaald'])

    def test_state_made_anew_is_the_same_and_every_decision_replays(self):
        self.casus(bsn=self.bsn, pga='ja', casusregie=WMO, deelnemer=[WMO])
        self.say('sittard', 'casusstand', casus=self.number, functie='wmo', status='terugval',
                 sinds='2026-02-01', nummer=f'{kc.SITTARD}:proef:{self.person}')
        self.melding()
        at, decisions = '0', 0
        while at:
            answer = self.stage.house.must('replay', ('from', at))
            at = (answer.all('next') or [''])[0]
            decisions += int(answer['decisions'])
            self.assertEqual((answer.all('differ'), answer.all('unreadable')), ([], []))
        self.assertGreater(decisions, 0)
        self.stage.house.stop()
        self.assertTrue(self.stage.house.rebuild()['equal'])
        self.stage.house.start()
        self.stage.reconnect()
        self.assertEqual(len(self.melding()[0]), 1)


if __name__ == '__main__':
    main()
