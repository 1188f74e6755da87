# SPDX-License-Identifier: EUPL-1.2
"""Forms of the language beside giving and withholding, through the door: what is pushed, what is
fetched, what `why` says of it.
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_convenant import Betrokkene, kenmerken  # noqa: E402
from knp_lists import RUBRIEKEN, Rubriek, bsn  # noqa: E402
from knp_party import today  # noqa: E402
from knp_stage import Stage, main  # noqa: E402
from path_test import e33  # noqa: E402

ONLY = ('politie', 'huis', 'sittard', 'ggz')
HEAD = kc.document().decode().split('\nregels:\n', 1)[0] + '\nregels:\n'


def regel(name, body, als=''):
    """A regel that gives; `als` and `body` are lines of YAML."""
    return (f'  - regel: {name}\n    convenantartikel: "(proef)"\n'
            f'    herkomst: "proef: «{name}»"\n' + (f'    als: {als}\n' if als else '') +
            f'    {body}\n    doel: proef\n    grondslag: [avg-6-1-e]\n')


WMO = regel('wmo-leest', 'verstrek: {aan: {partij: sittard, functie: wmo}, '
                         'rubrieken: [kenmerken, identificatie, herkomst]}')
BERICHT = regel('ggz-hoort', 'meld: {aan: {partij: ggz, functie: crisisdienst}}',
                '{minderjarig: nee}')
REGIME = regel('wmo-onder-wpg', 'verstrek: {aan: {partij: sittard, functie: wmo}, '
                                'rubrieken: [kenmerken, identificatie, herkomst], regime: wpg}')


TAFEL = 'overleggen:\n  - {overleg: weegtafel, voorzitter: {partij: huis, functie: procesregisseur},\n' \
        '     leden: [{partij: sittard, functie: wmo}], kalender: wekelijks}\nregels:\n'
AGENDEER = regel('op-tafel', 'agendeer: {overleg: weegtafel}', '{minderjarig: nee}')
OVERDRACHT = regel('wmo-neemt-over', 'vereis: {overdracht: {binnen: "5 werkdagen", '
                                     'terug: nazorgcoordinator}}\n    '
                                     'verstrek: {aan: {partij: sittard, functie: wmo}, '
                                     'rubrieken: [identificatie]}')


GEHEIM = ('  - regel: beroepsgeheim\n    convenantartikel: "(proef)"\n'
          '    herkomst: "proef: «geheim»"\n    als: {bron.soort: ggz}\n'
          '    vereis: {aan: iedereen, rubrieken: [kenmerken, identificatie],\n'
          '      toestemming: {grond: toestemming, gever: betrokkene}}\n')


VERBIED = ('  - regel: {}\n    convenantartikel: "(proef)"\n    herkomst: "proef: «verbod»"\n'
           '    als: {}\n    verbied: {{aan: iedereen, rubrieken: [{}]}}\n')


class Vormen(unittest.TestCase):
    maxDiff = None

    def stage(self, *regels, head=HEAD):
        stage = Stage(ONLY, convenant=(head + ''.join(regels)).encode())
        self.addCleanup(stage.close)
        return stage

    def why(self, stage, item, ontvanger, rubriek, betrokkene=0):
        answer = stage.vraag('why', ('id', item.id), ('ontvanger', ontvanger),
                                  ('betrokkene', str(betrokkene)), ('rubriek', rubriek))
        return answer['beslissing'], answer.all('regel') or [answer['nearest-test']]

    def push(self, stage, minderjarig='nee'):
        item = stage.melding('politie', e33([Betrokkene(bsn=bsn(20), minderjarig=minderjarig)]))
        receipt, = stage.push('politie', item)
        self.assertEqual((receipt.outcome, receipt.reason), ('aanvaard', ''))
        self.index = receipt.index
        return item

    def say(self, stage, who, kind, **values):
        item = stage.parties[who].velden_item(
            stage.genesis, kind, dict(entry=self.index, medewerker='mw-1', **values))
        receipt, = stage.push(who, item)
        return receipt.outcome, receipt.reason

    def owed(self, stage):
        """[(soort, name, by whom)] of the newest melding."""
        lines = [line.split() for line in stage.house.must('status').all('obligation')]
        return [tuple(words[1:4]) for words in lines if words[4] == f'entry={self.index}']

    def rebuild_is_equal(self, stage):
        stage.house.stop()
        self.assertTrue(stage.house.rebuild()['equal'])

    def test_a_notice_carries_nothing_of_the_melding(self):
        stage = self.stage(WMO, BERICHT)
        item = self.push(stage)
        found = stage.everything()
        one, = found[kc.GGZ, 'crisisdienst']
        self.assertEqual(one.places(), [])
        self.assertEqual([(g.betrokkene, g.rubriek, g.regel) for g in one.part.gronden],
                         [(0, 0, 'ggz-hoort')])
        self.assertTrue(one.part.herkomst_onthouden)
        for rubriek in item.rubrieken:
            self.assertNotIn(rubriek.encode(), one.part.SerializeToString())
        self.assertEqual(self.why(stage, item, 'ggz/crisisdienst', 'bericht'),
                         ('verstrekt', ['ggz-hoort']))
        self.assertEqual(self.why(stage, item, 'sittard/wmo', 'bericht')[0], 'geweigerd')
        self.rebuild_is_equal(stage)

    def test_no_notice_where_its_condition_fails_or_no_regel_sends_one(self):
        stage = self.stage(WMO, BERICHT)
        item = self.push(stage, 'ja')
        found = stage.everything()
        self.assertEqual(found[kc.GGZ, 'crisisdienst'], [])
        self.assertEqual(len(found[kc.SITTARD, 'wmo']), 1)
        self.assertEqual(self.why(stage, item, 'ggz/crisisdienst', 'bericht'),
                         ('geweigerd', ['minderjarig: ja, gevraagd nee']))
        stage = self.stage(WMO)
        self.push(stage)
        self.assertEqual(stage.everything()[kc.GGZ, 'crisisdienst'], [])

    def test_an_item_comes_on_the_agenda_and_its_voorzitter_says_what_became_of_it(self):
        stage = self.stage(WMO, AGENDEER, head=HEAD.replace('regels:\n', TAFEL))
        item = self.push(stage)
        one, = stage.everything()[kc.HUIS, 'procesregisseur']
        self.assertEqual(one.places(), [])
        self.assertEqual([(g.betrokkene, g.rubriek, g.regel, g.overleg)
                          for g in one.part.gronden],
                         [(0, 0, 'op-tafel', 'weegtafel'), (1, 0, 'op-tafel', 'weegtafel')])
        self.assertEqual(self.why(stage, item, 'weegtafel', 'agenda', 1),
                         ('verstrekt', ['op-tafel']))
        self.assertEqual(self.owed(stage),
                         [('agenda', 'weegtafel', f'{kc.HUIS}/procesregisseur')])
        outcome = dict(overleg='weegtafel', uitkomst='regie-zvh', motivering='merk-tafel')
        self.assertEqual(self.say(stage, 'sittard', 'uitkomst', **outcome),
                         ('geweigerd', 'not-owed'))
        self.assertEqual(self.say(stage, 'huis', 'uitkomst', **outcome), ('aanvaard', ''))
        self.assertEqual(self.owed(stage), [])
        told = stage.vraag('why', ('id', item.id), ('ontvanger', 'weegtafel'))
        self.assertEqual(told.all('g-uitkomst'), ['weegtafel regie-zvh'])
        self.assertNotIn('merk-tafel', str(told.lines))
        self.rebuild_is_equal(stage)

    def test_what_its_regel_does_not_put_on_an_agenda_is_owed_by_nobody(self):
        stage = self.stage(WMO, AGENDEER, head=HEAD.replace('regels:\n', TAFEL))
        item = self.push(stage, 'ja')
        self.assertEqual(stage.everything()[kc.HUIS, 'procesregisseur'], [])
        self.assertEqual(self.owed(stage), [])
        self.assertEqual(self.why(stage, item, 'weegtafel', 'agenda', 1),
                         ('geweigerd', ['minderjarig: ja, gevraagd nee']))

    def test_an_overdracht_is_taken_over_or_comes_back(self):
        stage = self.stage(OVERDRACHT)
        self.push(stage)
        self.assertEqual(len(stage.everything()[kc.SITTARD, 'wmo']), 1)
        ours = ('overdracht', 'wmo-neemt-over', f'{kc.SITTARD}/wmo')
        self.assertEqual(self.owed(stage), [ours])
        for who, outcome in (('politie', ('geweigerd', 'not-owed')),
                             ('sittard', ('aanvaard', ''))):
            self.assertEqual(self.say(stage, who, 'overdracht', regel='wmo-neemt-over',
                                      antwoord='teruggegeven'), outcome)
        self.assertEqual(self.owed(stage),
                         [ours[:2] + (f'{kc.HUIS}/nazorgcoordinator',)])
        self.assertEqual(self.say(stage, 'huis', 'overdracht', regel='wmo-neemt-over',
                                  antwoord='aanvaard'), ('aanvaard', ''))
        self.assertEqual(self.owed(stage), [])
        self.push(stage)
        self.assertEqual(self.say(stage, 'sittard', 'overdracht', regel='wmo-neemt-over',
                                  antwoord='aanvaard'), ('aanvaard', ''))
        self.assertEqual(self.owed(stage), [])
        self.rebuild_is_equal(stage)

    def care(self, stage):
        """A melding of the care about the same person each time."""
        item = stage.melding('ggz', e33([Betrokkene(bsn=bsn(21), minderjarig='nee')]))
        receipt, = stage.push('ggz', item)
        self.assertEqual((receipt.outcome, receipt.reason), ('aanvaard', ''))
        self.index = receipt.index
        return item

    def test_secrecy_is_lifted_by_its_source_and_withdrawing_stops_what_waits(self):
        stage = self.stage(WMO, GEHEIM)
        first = self.care(stage)
        self.assertEqual(stage.everything()[kc.SITTARD, 'wmo'], [])
        self.assertEqual(self.why(stage, first, 'sittard/wmo', 'kenmerken')[0], 'geweigerd')
        given = dict(betrokkene=1, grond='toestemming', gever='betrokkene', vorm='schriftelijk',
                     leeftijdsband='16-en-ouder')
        self.assertEqual(self.say(stage, 'politie', 'toestemming', **given),
                         ('geweigerd', 'not-found'))
        self.assertEqual(self.say(stage, 'ggz', 'toestemming', **dict(given, gever='gezagdrager')),
                         ('aanvaard', ''))
        self.assertEqual(stage.everything()[kc.SITTARD, 'wmo'], [])
        item = stage.parties['ggz'].velden_item(stage.genesis, 'toestemming', dict(
            given, entry=self.index, medewerker='mw-1'))
        receipt, = stage.push('ggz', item)
        self.assertEqual((receipt.outcome, receipt.reason), ('aanvaard', ''))
        one, = stage.everything()[kc.SITTARD, 'wmo']
        self.assertEqual({(0, 'kenmerken'), (1, 'identificatie')}, set(one.places()))
        self.assertEqual(self.why(stage, first, 'sittard/wmo', 'kenmerken'),
                         ('verstrekt', ['wmo-leest']))
        second = self.care(stage)  # waits: nobody fetches it
        self.index = receipt.index
        self.assertEqual(self.say(stage, 'politie', 'intrekking'), ('geweigerd', 'not-found'))
        self.assertEqual(self.say(stage, 'ggz', 'intrekking'), ('aanvaard', ''))
        gone, *told = stage.everything()[kc.SITTARD, 'wmo']
        self.assertEqual((gone.part.soort, list(gone.part.gronden)), (2, []))
        self.assertEqual([one.part.soort for one in told], [7, 7])  # of the first, and of this
        self.assertEqual(self.why(stage, second, 'sittard/wmo', 'kenmerken')[0], 'geweigerd')
        self.assertEqual(self.why(stage, first, 'sittard/wmo', 'kenmerken')[0], 'verstrekt')
        self.care(stage)
        self.assertEqual(stage.everything()[kc.SITTARD, 'wmo'], [])
        self.push(stage)  # the police has no such secrecy
        self.assertEqual(len(stage.everything()[kc.SITTARD, 'wmo']), 1)
        self.rebuild_is_equal(stage)

    def test_years_are_known_by_birth_date_alone(self):
        stage = self.stage(regel('vanaf-zestien', 'verstrek: {aan: {partij: sittard, functie: wmo}, '
                                 'rubrieken: [kenmerken, herkomst]}', '{leeftijd: {minstens: 16}}'))
        now = today()
        for years, given in (15, 'geweigerd'), (16, 'verstrekt'), (None, 'wacht'):
            geboren = f'{now.year - years}-{now.month:02}-01' if years else ''
            item = stage.melding('politie', e33([Betrokkene(
                geboren=geboren, bsn=bsn(20), minderjarig='' if years else 'nee')]))
            self.assertEqual(stage.push('politie', item)[0].outcome, 'aanvaard')
            self.assertEqual(self.why(stage, item, 'sittard/wmo', 'kenmerken')[0], given, years)
        self.assertEqual(len(stage.everything()[kc.SITTARD, 'wmo']), 1)
        self.rebuild_is_equal(stage)

    def test_a_regel_for_a_regime_gives_what_is_held_under_it_alone(self):
        stage = self.stage(REGIME)
        item = self.push(stage)
        law = {rubriek.place(): rubriek.regime for rubriek in item.rubrieken}
        self.assertEqual({law[0, 'kenmerken'], law[1, 'identificatie']}, {'avg'})
        self.assertEqual(stage.everything()[kc.SITTARD, 'wmo'], [])
        self.assertEqual(self.why(stage, item, 'sittard/wmo', 'identificatie', 1),
                         ('geweigerd', ['regime: avg, gevraagd wpg']))
        rubrieken = list(item.rubrieken)
        for rubriek in rubrieken:
            if rubriek.place() == (1, 'identificatie'):
                rubriek.regime = 'wpg'
        again = stage.melding('politie', rubrieken=rubrieken)
        self.assertEqual(stage.push('politie', again)[0].outcome, 'aanvaard')
        one, = stage.everything()[kc.SITTARD, 'wmo']
        self.assertEqual(set(one.places()), {(1, 'identificatie')})
        self.assertEqual(self.why(stage, again, 'sittard/wmo', 'identificatie', 1),
                         ('verstrekt', ['wmo-onder-wpg']))
        self.rebuild_is_equal(stage)

    def persoon(self, **zegt):
        return [Rubriek('betrokkenheid', 1, rol='slachtoffer', **zegt)]

    def places(self, stage, *rubrieken):
        """What sittard/wmo gets of a melding of these."""
        made = sorted([kenmerken(), *rubrieken],
                      key=lambda one: (one.betrokkene, RUBRIEKEN[one.naam]['rubriek']))
        item = stage.melding('politie', rubrieken=made)
        self.assertEqual(stage.push('politie', item)[0].outcome, 'aanvaard')
        got = stage.everything()[kc.SITTARD, 'wmo']
        return set(got[0].places()) if got else set()

    def test_of_one_place_only_what_is_held_under_the_regime_goes(self):
        for herkomst in ', herkomst', '':
            stage = self.stage(regel('wpg', 'verstrek: {aan: {partij: sittard, functie: wmo}, '
                                     f'rubrieken: [strafrechtelijk{herkomst}], regime: wpg}}'))
            link = stage.links['sittard']
            link.keep, link.plain = True, []
            self.assertEqual(self.places(
                stage, *self.persoon(),
                Rubriek('strafrechtelijk', 1, 'wpg', status='melding', parketnummer='POLITIE-01'),
                Rubriek('strafrechtelijk', 1, 'wjsg-strafvorderlijk', status='afgedaan',
                        parketnummer='OM-GEHEIM-01')), {(1, 'strafrechtelijk')})
            self.assertTrue(any(b'POLITIE-01' in plain for plain in link.plain))
            self.assertFalse(any(b'OM-GEHEIM' in plain for plain in link.plain))
            self.rebuild_is_equal(stage)

    def test_a_gemeente_that_is_not_known_is_no_gemeente(self):
        stage = self.stage(regel('elders', 'verstrek: {aan: {partij: sittard, functie: wmo}, '
                                 'rubrieken: [betrokkenheid, herkomst]}',
                                 '{woongemeente: {niet: GM0944}}'))
        for woont, given in ('GM0944', 0), ('GM0000', 0), ('GM1883', 1):
            got = self.places(stage, *self.persoon(woongemeente=woont))
            self.assertEqual(len(got), given, woont)

    def test_who_may_be_a_child_is_no_adult(self):
        stage = self.stage(regel('volwassen', 'verstrek: {aan: {partij: sittard, functie: wmo}, '
                                 'rubrieken: [betrokkenheid, herkomst]}', '{minderjarig: nee}'))
        year = today().year
        for geboren, zegt, given in (({'geboortejaar': year - 8}, 'nee', 0),
                                     ({'geboortejaar': year - 17}, 'nee', 0),
                                     ({'geboortejaar': year - 18}, 'nee', 1),
                                     ({'geboortejaar': year - 40}, 'ja', 0),
                                     ({'geboortejaar': year - 40}, 'nee', 1),
                                     ({'geboortedatum': f'{year - 40}-01-01'}, 'ja', 0),
                                     ({'geboortedatum': f'{year - 8}-01-01'}, 'nee', 0)):
            got = self.places(stage, *self.persoon(minderjarig=zegt),
                              Rubriek('identificatie', 1, geslachtsnaam='Proef', **geboren))
            self.assertEqual(len(got), given, (geboren, zegt))

    def test_a_protected_address_is_protected_wherever_it_stands(self):
        stage = self.stage(
            regel('adres', 'verstrek: {aan: {partij: sittard, functie: wmo}, '
                  'rubrieken: [kenmerken, incident, verblijfadres, herkomst]}'),
            VERBIED.format('adres-niet', '{afgeschermd: ja}', 'verblijfadres'),
            VERBIED.format('incident-niet', '{incident.afgeschermd: ja}', 'incident'))
        thuis = dict(straat='Zonstraat', huisnummer=7, postcode='6131AB')
        geheim = Rubriek('verblijfadres', 1, afgeschermd='ja', **thuis)
        for elders, given in ((thuis, False), (dict(thuis, straat='Zon straat'), False),
                              (dict(straat='Zonstraat'), False), (dict(huisnummer=7), False),
                              (dict(postcode='6131AB'), False), (dict(thuis, huisnummer=9), True),
                              (dict(thuis, postcode='6132XX'), True), ({}, True)):
            got = self.places(stage, *self.persoon(), geheim,
                              Rubriek('incident', aard='ruzie', **elders))
            self.assertEqual((0, 'incident') in got, given, elders)
            self.assertNotIn((1, 'verblijfadres'), got)
        # A child at the same address, of whom nobody said that it is protected.
        two = [kenmerken(betrokkenen=2), *self.persoon(), geheim,
               Rubriek('betrokkenheid', 2, rol='kind'),
               Rubriek('verblijfadres', 2, afgeschermd='nee', **thuis)]
        item = stage.melding('politie', rubrieken=two)
        self.assertEqual(stage.push('politie', item)[0].outcome, 'aanvaard')
        one, = stage.everything()[kc.SITTARD, 'wmo']
        self.assertEqual(set(one.places()), {(0, 'kenmerken')})
        self.rebuild_is_equal(stage)


if __name__ == '__main__':
    main()
