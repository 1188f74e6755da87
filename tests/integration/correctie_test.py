# SPDX-License-Identifier: EUPL-1.2
"""Nothing wrong stays with who was given it, through the door: who is told of a correctie, what goes on
being given, what is owed for it; and that a withdrawn toestemming and an order to erase are told too."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_bureau import Bureau  # noqa: E402
from knp_client import RECHTZETTINGEN  # noqa: E402
from knp_convenant import Betrokkene  # noqa: E402
from knp_lists import RUBRIEK_NAMES, bsn  # noqa: E402
from knp_stage import Stage, main  # noqa: E402
from path_test import e33  # noqa: E402
from vormen_test import GEHEIM, HEAD, WMO, regel  # noqa: E402

ONLY = ('politie', 'huis', 'sittard', 'sittard-oov', 'ggz')
OOV = regel('oov-leest', 'verstrek: {aan: {partij: sittard, functie: oov}, rubrieken: [kenmerken]}')
OF_ONE = ('  - regel: van-{0}\n    convenantartikel: "(proef)"\n    herkomst: "proef: «{0}»"\n'
          '    als: {{rol: {1}}}\n'
          '    verstrek: {{aan: {{partij: sittard, functie: {2}}}, rubrieken: [identificatie]}}\n'
          '    doel: proef\n    grondslag: [avg-6-1-e]\n')
WEGING = ('  - regel: ggz-gewogen\n    convenantartikel: "(proef)"\n    herkomst: "proef: «ggz»"\n'
          '    vereis: {weging: {door: procesregisseur, uitkomst: ja, binnen: 1 werkdag}}\n'
          '    verstrek: {aan: {partij: ggz, functie: crisisdienst}, '
          'rubrieken: [kenmerken, identificatie]}\n    doel: proef\n    grondslag: [avg-6-1-e]\n')
WMO_OF, OOV_OF = (kc.SITTARD, 'wmo'), (kc.SITTARD, 'oov')
GGZ_OF = (kc.GGZ, 'crisisdienst')


class Correctie(unittest.TestCase):
    maxDiff = None

    def stage(self, *regels):
        stage = Stage(ONLY, convenant=(HEAD + ''.join(regels)).encode())
        self.addCleanup(stage.close)
        return stage

    def push(self, stage, who='politie', number=20):
        item = stage.melding(who, e33([Betrokkene(bsn=bsn(number), minderjarig='nee')]))
        receipt, = stage.push(who, item)
        self.assertEqual((receipt.outcome, receipt.reason), ('aanvaard', ''))
        return item, receipt.index

    def say(self, stage, who, kind, entry, **values):
        item = stage.parties[who].velden_item(stage.genesis, kind,
                                              dict(entry=entry, medewerker='mw-1', **values))
        receipt, = stage.push(who, item)
        return receipt

    def correct(self, stage, who, entry, correctie, **more):
        receipt = self.say(stage, who, 'correctie', entry, correctie=correctie,
                           motivering='merk-reden', **more)
        return receipt.outcome, receipt.reason, receipt.field

    def told(self, found):
        """{ontvanger: [(soort, places of its gronden)]} of what sets right."""
        return {ontvanger: [(RECHTZETTINGEN[one.part.soort],
                             {(g.betrokkene, RUBRIEK_NAMES[g.rubriek]) for g in one.part.gronden})
                            for one in ones if one.part.soort in RECHTZETTINGEN]
                for ontvanger, ones in found.items()
                if any(one.part.soort in RECHTZETTINGEN for one in ones)}

    def owed(self, stage):
        lines = [line.split() for line in stage.house.must('status').all('obligation')]
        return sorted(tuple(words[2:5]) for words in lines if words[1] == 'opvolging')

    def rebuild_is_equal(self, stage):
        stage.house.stop()
        self.assertTrue(stage.house.rebuild()['equal'])

    def test_who_was_given_it_is_told_and_nobody_else(self):
        """spec K32"""
        stage = self.stage(WMO, OOV)
        item, index = self.push(stage)
        stage.everything()
        for who in ('sittard', 'ggz'):
            self.assertEqual(self.correct(stage, who, index, 'onjuist'),
                             self.correct(stage, who, index + 90, 'onjuist'))
        self.assertEqual(self.correct(stage, 'ggz', index, 'onjuist'),
                         ('geweigerd', 'not-found', 'correctie.entry'))
        self.assertEqual(self.told(stage.everything()), {})
        self.assertEqual(self.correct(stage, 'politie', index, 'onjuist', betrokkene=1)[0],
                         'aanvaard')
        found = stage.everything()
        self.assertEqual(self.told(found), {WMO_OF: [('onjuist', {(1, 'identificatie')})]})
        one, = found[WMO_OF]
        self.assertEqual((one.part.betreft, one.part.header_hash), (index, item.hash))
        self.assertNotIn(b'merk-reden', one.part.SerializeToString())
        # By the house, of all of it: whoever was given any.
        self.assertEqual(self.correct(stage, 'huis', index, 'beperkt')[0], 'aanvaard')
        self.assertEqual(set(self.told(stage.everything())), {WMO_OF, OOV_OF})
        self.rebuild_is_equal(stage)

    def test_what_was_not_confirmed_is_not_named(self):
        """spec K32, K33"""
        stage = self.stage(WMO, OOV)
        _, index = self.push(stage)
        self.correct(stage, 'politie', index, 'onjuist', betrokkene=1)
        found = stage.everything()
        lapsed, told = found[WMO_OF]
        self.assertEqual({name for _, name in lapsed.places()} & {'identificatie'}, set())
        self.assertIn((0, 'kenmerken'), lapsed.places())
        self.assertEqual((told.part.soort, list(told.part.gronden)), (3, []))
        self.assertEqual(len(found[OOV_OF]), 1)

    def put_right(self, bureau, number):
        answer = bureau.must('inzage', ('bsn', bsn(number)))
        return (['/'.join(row.split()[4:6]) for row in answer.all('m-rechtzetting')],
                [row.split()[2:4] for row in answer.all('m-correctie')])

    def test_inzage_names_nobody_who_was_told_about_another_and_no_correctie_of_who_told_it(self):
        """Before it was confirmed, so that it is told without gronden; and of all that was given."""
        stage = self.stage(OF_ONE.format('pleger', 'vermoedelijke-pleger', 'wmo'),
                           OF_ONE.format('slachtoffer', 'slachtoffer', 'oov'))
        bureau = Bureau(stage)
        persons = [Betrokkene(rol=rol, bsn=bsn(number), minderjarig='nee')
                   for number, rol in ((20, 'vermoedelijke-pleger'), (21, 'slachtoffer'))]
        places = tuple((n, name) for n in (1, 2) for name in ('betrokkenheid', 'bsn', 'identificatie'))
        item = stage.melding('politie', e33(persons, ((0, 'kenmerken'), (0, 'melder'), *places)))
        receipt, = stage.push('politie', item)
        self.assertEqual((receipt.outcome, receipt.field), ('aanvaard', ''))
        self.assertEqual(self.correct(stage, 'politie', receipt.index, 'onjuist', betrokkene=2)[0],
                         'aanvaard')
        self.assertEqual(self.told(stage.everything()), {OOV_OF: [('onjuist', set())]})
        self.assertEqual(self.put_right(bureau, 20), ([], []))
        oov = '/'.join(OOV_OF)
        self.assertEqual(self.put_right(bureau, 21), ([oov], [['onjuist', '-']]))
        self.assertEqual(self.correct(stage, 'politie', receipt.index, 'onjuist', rubriek='melder')[0],
                         'aanvaard')
        self.assertEqual(self.put_right(bureau, 20)[1], [])
        self.assertEqual(self.put_right(bureau, 21)[1], [['onjuist', '-']])

    def test_nothing_gives_it_until_it_may_be_used_again(self):
        """spec K33"""
        stage = self.stage(WMO, WEGING)
        _, index = self.push(stage)
        stage.everything()
        self.assertEqual(self.correct(stage, 'politie', index, 'opgeheven', betrokkene=1),
                         ('geweigerd', 'not-found', 'correctie.correctie'))
        self.correct(stage, 'politie', index, 'beperkt', betrokkene=1)
        self.say(stage, 'huis', 'weging', index, regel='ggz-gewogen', betrokkene=0, uitkomst='ja',
                 motivering='nodig')
        found = stage.everything()
        one, = found[GGZ_OF]
        self.assertEqual(set(one.places()), {(0, 'kenmerken')})
        self.correct(stage, 'politie', index, 'opgeheven', betrokkene=1)
        found = stage.everything()
        one, = found[GGZ_OF]
        self.assertEqual((one.part.soort, set(one.places())), (1, {(1, 'identificatie')}))
        self.assertEqual(self.told(found), {WMO_OF: [('opgeheven', {(1, 'identificatie')})]})
        self.assertEqual(stage.house.must('replay', ('from', '0')).all('differ'), [])
        self.rebuild_is_equal(stage)

    def test_who_was_not_there_does_not_count(self):
        """spec K33"""
        stage = self.stage(WMO, OOV)
        for wrong, count in ((False, '1'), (True, '0')):
            number = 30 + wrong
            _, first = self.push(stage, number=number)
            if wrong:
                self.correct(stage, 'politie', first, 'onjuist', betrokkene=1,
                             rubriek='identificatie')
            item, _ = self.push(stage, number=number)
            told = stage.vraag('why', ('id', item.id), ('ontvanger', 'sittard/wmo'))
            self.assertIn(f'1.eerder.365={count}', told.all('feit'))

    def test_an_answer_is_owed_and_comes_back_to_the_house(self):
        """spec K34"""
        stage = self.stage(WMO, OOV)
        _, index = self.push(stage)
        stage.everything()
        self.correct(stage, 'politie', index, 'onjuist', betrokkene=0, rubriek='kenmerken')
        stage.everything()
        entry = f'entry={index}'
        self.assertEqual(self.owed(stage), [('onjuist', f'{kc.SITTARD}/{functie}', entry)
                                            for functie in ('oov', 'wmo')])

        def answer(who, antwoord, what='onjuist', **more):
            receipt = self.say(stage, who, 'opvolging', index, rechtzetting=what,
                               antwoord=antwoord, **more)
            return receipt.outcome, receipt.reason
        self.assertEqual(answer('ggz', 'verwerkt'), ('geweigerd', 'not-owed'))
        self.assertEqual(answer('sittard', 'verwerkt', 'beperkt'), ('geweigerd', 'not-owed'))
        self.assertEqual(answer('sittard-oov', 'niet-aanwezig'), ('aanvaard', ''))
        self.assertEqual(answer('sittard', 'niet-verwerkt'), ('geweigerd', 'missing-field'))
        self.assertEqual(answer('sittard', 'niet-verwerkt', motivering='in beroep'),
                         ('aanvaard', ''))
        self.assertEqual(self.owed(stage), [('onjuist', f'{kc.HUIS}/procesregisseur', entry)])
        self.assertEqual(answer('huis', 'niet-verwerkt', motivering='x'), ('geweigerd', 'bad-value'))
        self.assertEqual(answer('huis', 'verwerkt'), ('aanvaard', ''))
        self.assertEqual(self.owed(stage), [])
        self.assertEqual(answer('sittard', 'verwerkt'), ('geweigerd', 'not-owed'))

    def open(self, stage, who):
        """[(soort, name, by whom, trap)] that `who` is told to be owed; for it the log does not grow."""
        link, before = stage.links[who], stage.size()
        item = link.party.velden_item(stage.genesis, 'open', {})
        reply, _ = link.exchange([item])[item.hash]
        self.assertEqual((reply.outcome, reply.HasField('receipt')), (1, False))
        self.assertEqual(stage.size(), before)
        result, *lines = reply.antwoord.decode().splitlines()
        self.assertEqual(result, 'result ok')
        return [tuple(line.split()[2:5]) + (line.rsplit('trap=', 1)[1],) for line in lines]

    def test_everybody_is_told_what_it_owes_and_the_house_of_all(self):
        """spec K36"""
        stage = self.stage(WMO, OOV, WEGING)
        _, index = self.push(stage)
        stage.everything()
        self.correct(stage, 'politie', index, 'onjuist', betrokkene=0, rubriek='kenmerken')
        wmo = ('opvolging', 'onjuist', f'{kc.SITTARD}/wmo', 'open')
        oov = ('opvolging', 'onjuist', f'{kc.SITTARD}/oov', 'open')
        for who, owed in (('sittard', [wmo]), ('sittard-oov', [oov]), ('politie', []), ('ggz', [])):
            self.assertEqual(self.open(stage, who), owed, who)
        weging, *others = self.open(stage, 'huis')
        self.assertEqual(weging[:3], ('weging', 'ggz-gewogen', f'{kc.HUIS}/procesregisseur'))
        self.assertEqual(sorted(others), [oov, wmo])

    def test_who_holds_what_a_toestemming_gave_is_told_that_it_is_withdrawn(self):
        """spec K35"""
        stage = self.stage(WMO, OOV, GEHEIM.replace('[kenmerken, identificatie]', '[identificatie]'))
        _, index = self.push(stage, 'ggz')
        other, _ = self.push(stage, 'politie')
        given = self.say(stage, 'ggz', 'toestemming', index, betrokkene=1, grond='toestemming',
                         gever='betrokkene', vorm='schriftelijk')
        self.assertEqual(given.outcome, 'aanvaard')
        stage.everything()
        _, later = self.push(stage, 'ggz')  # rests on it too
        stage.everything()
        self.say(stage, 'ggz', 'intrekking', given.index)
        found = stage.everything()
        self.assertEqual(self.told(found),
                         {WMO_OF: 2 * [('ingetrokken', {(1, 'identificatie')})]})
        self.assertEqual({one.part.betreft for one in found[WMO_OF]}, {index, later})
        self.assertNotIn(other.hash, {one.part.header_hash for one in found[WMO_OF]})
        self.assertEqual(set(self.owed(stage)),
                         {('ingetrokken', f'{kc.SITTARD}/wmo', f'entry={entry}')
                          for entry in (index, later)})
        self.rebuild_is_equal(stage)


if __name__ == '__main__':
    main()
