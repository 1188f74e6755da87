# SPDX-License-Identifier: EUPL-1.2
"""ZSM asks, through the door: what is told where a regel gives, and that who asks cannot tell
somebody nobody knows from somebody of whom nothing may be told.
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_convenant import Betrokkene  # noqa: E402
from knp_lists import bsn  # noqa: E402
from knp_messages import pb  # noqa: E402
from knp_party import now_ms  # noqa: E402
from knp_stage import Stage, StageTest, main  # noqa: E402
from knp_wire import read_entry  # noqa: E402
from path_test import e33  # noqa: E402
from vormen_test import HEAD, TAFEL, regel  # noqa: E402

ZSM = regel('zsm-context', 'verstrek: {aan: {partij: politie, functie: basisteam}, rubrieken: '
                           '[verrijking.pga, verrijking.advies, verrijking.regisseur]}',
            '{vraag: zsm.context}')
TERUG = regel('zsm-terug', 'verstrek: {aan: {partij: huis, functie: procesregisseur}, rubrieken: '
                           '[verrijking.terugkoppeling]}', '{vraag: zsm.terugkoppeling}')
GEWOON = regel('wmo-leest', 'verstrek: {aan: {partij: sittard, functie: wmo}, '
                            'rubrieken: [kenmerken, identificatie]}')
OP_TAFEL = regel('op-tafel', 'agendeer: {overleg: weegtafel}', '{rol: verdachte}')
GEWOGEN = regel('wmo-na-weging', 'vereis: {weging: {door: procesregisseur, uitkomst: ja, '
                'binnen: "5 werkdagen"}}\n    verstrek: {aan: {partij: sittard, functie: wmo}, '
                'rubrieken: [verrijking.pga]}', '{rol: verdachte}')
PGA, ADVIES, REGISSEUR = ((1, f'verrijking.{name}') for name in ('pga', 'advies', 'regisseur'))
KNOWN, VICTIM, SEALED, REPORTED, UNKNOWN, OTHER = (bsn(n) for n in range(60, 66))


class Zsm(StageTest):
    ONLY = ('politie', 'huis', 'sittard')
    SETTINGS = {'convenant': (HEAD + GEWOON + ZSM + TERUG).encode()}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.casus(KNOWN, ave=3, regie=f'{kc.HUIS}:procesregisseur', telefoon='046-1234567',
                  bellen='ja')
        cls.casus(VICTIM, rol='slachtoffer')
        cls.casus(SEALED, besloten='ja')
        item = cls.stage.melding('politie', e33([Betrokkene(bsn=REPORTED, minderjarig='nee')]))
        cls.stage.push('politie', item)

    @classmethod
    def say(cls, who, kind, **values):
        item = cls.stage.parties[who].velden_item(cls.stage.genesis, kind,
                                                  dict(medewerker='mw-1', **values))
        receipt, = cls.stage.push(who, item)
        return item, receipt

    @classmethod
    def casus(cls, person, **values):
        made = dict(casus=f'pgax:{person}', bsn=person, rol='verdachte', status='opgepakt',
                    sinds='2026-01-05', pga='ja')
        made.update(values)
        _, receipt = cls.say('huis', 'casus', **made)
        assert receipt.outcome == 'aanvaard', receipt

    def ask(self, who='politie', **values):
        made = dict(functie='basisteam', parketnummer='10.123456.26', feit=['mishandeling'], uren=6)
        made.update(values)
        return self.say(who, 'zsm_verzoek', **made)

    def answer(self, person):
        item, receipt = self.ask(bsn=person)
        self.assertEqual((receipt.outcome, receipt.reason), ('aanvaard', ''))
        self.receipt = receipt
        one, = self.stage.links['politie'].fetch_all('basisteam')
        self.stage.links['politie'].ack('basisteam', [one])
        self.assertEqual((one.index, one.part.header_hash, one.part.betreft, one.sender),
                         (receipt.index, item.hash, 0, None))
        return one

    def test_what_the_regels_give_is_told(self):
        """spec K19"""
        one = self.answer(KNOWN)
        self.assertEqual(one.values(PGA), {'sinds': ['2026-01-05'], 'ave': ['3']})
        self.assertEqual(one.values(REGISSEUR)['telefoon'], ['046-1234567'])
        self.assertEqual(one.values(REGISSEUR)['bellen'], ['ja'])
        self.assertEqual(sorted(one.places()), sorted([PGA, REGISSEUR]))
        self.assertEqual({grond.regel for grond in one.part.gronden}, {'zsm-context'})
        owed = [line.split() for line in self.stage.house.must('status').all('obligation')]
        self.assertIn(['advies', 'zsm-context', f'{kc.HUIS}/procesregisseur'],
                      [words[1:4] for words in owed])
        self.assertEqual(self.stage.metrics()['knooppunt_open'], len(owed))
        _, receipt = self.say('huis', 'zsm_advies', casus=f'pgax:{KNOWN}', advies=['pga-volgen'],
                              functie='procesregisseur', tekst='Een vaste plek helpt.',
                              afspraak=['wonen'], **{'geldig-tot': '2027-06-01'})
        self.assert_aanvaard(receipt)
        self.assertEqual(self.answer(KNOWN).values(ADVIES)['tekst'], ['Een vaste plek helpt.'])
        owed = [line.split() for line in self.stage.house.must('status').all('obligation')]
        self.assertNotIn('advies', [words[1] for words in owed])

    def test_what_became_of_it_goes_to_whom_a_regel_gives_it_alone(self):
        """spec K26"""
        question = self.answer(KNOWN).index
        nothing = self.answer(OTHER).index
        said = dict(gebruikt='ja', afdoening='voorwaardelijk-sepot', voorwaarde=['meldplicht'])
        for entry, changes, reason in ((nothing, {}, 'not-owed'), (question + 999, {}, 'not-owed'),
                                       (question, dict(gebruikt='nee'), 'missing-field'),
                                       (question, dict(reden=['te-laat']), 'bad-value')):
            _, receipt = self.say('politie', 'zsm_terugkoppeling', entry=entry, **{**said, **changes})
            self.assertEqual((receipt.outcome, receipt.reason), ('geweigerd', reason))
        item, receipt = self.say('politie', 'zsm_terugkoppeling', entry=question, **said)
        self.assert_aanvaard(receipt)
        found = self.stage.links['huis'].fetch_all('procesregisseur')
        self.stage.links['huis'].ack('procesregisseur', found)
        one, = [each for each in found if each.index == receipt.index]
        self.assertEqual((one.part.header_hash, one.part.betreft, one.sender), (item.hash, 0, None))
        velden = one.values((1, 'verrijking.terugkoppeling'))
        self.assertEqual(velden.pop('gevraagd')[0][:2], '20')
        self.assertEqual(velden, {'casus': [f'pgax:{KNOWN}'], 'gebruikt': ['ja'],
                                  'afdoening': ['voorwaardelijk-sepot'],
                                  'voorwaarde': ['meldplicht']})
        self.assertEqual({grond.regel for grond in one.part.gronden}, {'zsm-terug'})
        _, receipt = self.say('politie', 'zsm_terugkoppeling', entry=question, **said)
        self.assertEqual(receipt.reason, 'not-owed')

    def seen(self, person):
        """All that who asks can see of one question, but for what is of that question alone."""
        size, before = self.stage.size(), self.stage.metrics()
        one = self.answer(person)
        part = pb.PartVerstrekking.FromString(one.part.SerializeToString())
        life = part.geldig_tot - read_entry(self.receipt.entry)[1]
        part.ClearField('number'), part.ClearField('header_hash'), part.ClearField('geldig_tot')
        after = self.stage.metrics()
        grown = {name: after[name] - before[name] for name in after
                 if name in before and ('aanvaard' in name or 'entries' in name)}
        return (part.SerializeToString(deterministic=True), len(one.stated), len(one.given),
                self.stage.size() - size, grown, life)

    def test_nobody_known_nothing_allowed_and_nothing_told_are_one_answer(self):
        """spec K20"""
        unknown = self.seen(UNKNOWN)
        self.assertEqual(unknown[1:3], (0, 0))
        self.assertGreater(unknown[-1], 0)
        for person in (VICTIM, SEALED, REPORTED, UNKNOWN, OTHER):
            self.assertEqual(self.seen(person), unknown)
        self.assertNotEqual(self.seen(KNOWN), unknown)

    def test_what_is_refused_follows_from_the_question(self):
        """spec K20, K3"""
        cases = [
            (dict(geslachtsnaam='Jansen', geboortedatum='1990-01-01'), 'identification-needed'),
            (dict(bsn=KNOWN, uren=7), 'bad-value'), (dict(bsn=UNKNOWN, uren=7), 'bad-value'),
            (dict(bsn=KNOWN, functie='wmo'), 'functie-not-held'),
            (dict(bsn=UNKNOWN, functie='wmo'), 'functie-not-held'),
            (dict(bsn='999990343'), 'bsn-elfproef'),
        ]
        for values, reason in cases:
            _, receipt = self.ask(**values)
            self.assertEqual((receipt.outcome, receipt.reason), ('geweigerd', reason))
        old = self.stage.parties['politie'].velden_item(
            self.stage.genesis, 'zsm_verzoek',
            dict(functie='basisteam', bsn=KNOWN, medewerker='mw-1'),
            time=now_ms() - 11 * 60 * 1000)
        receipt, = self.stage.push('politie', old)
        self.assertEqual(receipt.reason, 'too-old')
        self.assertEqual(self.stage.links['politie'].fetch_all('basisteam'), [])

    def test_who_no_regel_gives_to_is_told_nothing(self):
        _, receipt = self.ask('sittard', functie='wmo', bsn=KNOWN)
        self.assert_aanvaard(receipt)
        found = self.stage.links['sittard'].fetch_all('wmo')
        self.stage.links['sittard'].ack('wmo', found)
        self.assertEqual((found[-1].index, found[-1].places()), (receipt.index, []))

    def test_nobody_is_known_for_having_been_asked_after(self):
        """spec K21"""
        self.answer(OTHER)
        item = self.stage.melding('politie', e33([Betrokkene(bsn=OTHER, minderjarig='nee')]))
        self.stage.push('politie', item)
        told = self.stage.vraag('why', ('id', item.id), ('ontvanger', 'sittard/wmo'),
                                     ('betrokkene', '0'), ('rubriek', 'kenmerken'))
        self.assertIn('1.eerder.365=0', told.all('feit'))


class Again(unittest.TestCase):
    def test_state_made_anew_is_the_same_and_every_decision_replays(self):
        stage = Stage(Zsm.ONLY, **Zsm.SETTINGS)
        self.addCleanup(stage.close)
        Zsm.stage = stage
        Zsm.casus(KNOWN)
        for person in (KNOWN, UNKNOWN):
            _, receipt = Zsm.ask(Zsm('seen'), bsn=person)
            self.assertEqual(receipt.outcome, 'aanvaard')
        answer = stage.house.must('replay', ('from', '0'))
        self.assertEqual((answer.all('differ'), answer.all('unreadable')), ([], []))
        self.assertGreaterEqual(int(answer['decisions']), 2)
        self.assertGreaterEqual(int(answer['gifts']), 2)
        stage.house.stop()
        self.assertTrue(stage.house.rebuild()['equal'])

    def test_a_question_taken_again_comes_on_no_agenda_and_waits_for_nothing(self):
        head = HEAD.replace('regels:\n', TAFEL)
        stage = Stage(Zsm.ONLY, convenant=(head + GEWOON + ZSM + OP_TAFEL).encode())
        self.addCleanup(stage.close)
        Zsm.stage = stage
        Zsm.casus(KNOWN)
        _, receipt = Zsm.ask(Zsm('seen'), bsn=KNOWN)
        self.assertEqual(receipt.outcome, 'aanvaard')
        self.assertEqual(stage.house.must('replay', ('from', '0')).all('differ'), [])
        candidate = head + GEWOON + ZSM + OP_TAFEL + GEWOGEN
        answer = stage.house.must('impact', ('document', candidate.encode()), ('from', '0'))
        self.assertEqual((answer.all('differ'), answer['decisions']), ([], '1'))


if __name__ == '__main__':
    main()
