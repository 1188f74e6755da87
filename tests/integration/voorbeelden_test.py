# SPDX-License-Identifier: EUPL-1.2
"""The convenanten of Noord-Limburg and of the aanpak radicalisering, as they are shipped, in force
at once in a running knooppunt: who is given what, of meldingen as the sources tell them. And that of
Midden-Limburg, where somebody of Noord stands in.
"""

import datetime
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_lists import Rubriek, bsn  # noqa: E402
from knp_lists import SOURCE  # noqa: E402
from knp_party import Party  # noqa: E402
from knp_stage import Stage, main  # noqa: E402

VENLO, MOOK, ROERMOND = 'GM0983', 'GM0944', 'GM0957'
OINS = {'politie': '00000099002000000000', 'zvh': '00000099002000002000',
        'gelderland': '00000099002000004000', 'venlo': '00000099002000005000',
        'mook': '00000099002000006000', 'roermond': '00000099002000007000',
        'om': '00000099002000009000', 'levensloop': '00000099002000015000',
        'midden': '00000099002000003000', 'pi': '00000099002000013000',
        'nctv': '00000099002000018000', 'amw': '00000099002000016000', 'vt': '00000099002000001000'}
CAST = {'politie': ('politie', ['basisteam', 'radicalisering']),
        'zvh': ('veiligheidshuis', ['procesregisseur', 'nazorgcoordinator', 'zorgcoordinator']),
        'gelderland': ('veiligheidshuis', ['meldpunt']),
        'venlo': ('gemeente', ['wmo', 'burgemeester', 'aandachtsfunctionaris']),
        'mook': ('gemeente', ['wmo', 'burgemeester']),
        'roermond': ('gemeente', ['aandachtsfunctionaris']),
        'om': ('om', ['zsm', 'radicalisering']),
        'levensloop': ('zorgaanbieder', ['intake']),
        'nctv': ('nctv', ['trends'])}
MIDDEN = {'politie': ('politie', ['basisteam']),
          'midden': ('veiligheidshuis', ['procesregisseur']),
          'zvh': ('veiligheidshuis', ['nazorgcoordinator']),
          'roermond': ('gemeente', ['nazorg']),
          'amw': ('maatschappelijk-werk', ['intake']),
          'vt': ('veilig-thuis', ['frontoffice']),
          'pi': ('pi', ['casemanager'])}


def cast(of=None):
    return {name: Party(OINS[name], name, soort, functies)
            for name, (soort, functies) in (of or CAST).items()}


def document(name):
    path = os.path.join(SOURCE, 'config', 'convenanten', f'voorbeeld-{name}.yaml')
    with open(path, 'rb') as file:
        return file.read()


def person(number, woont, rol='betrokkene', **more):
    """What a melding says of one person: (betrokkenheid, the rest)."""
    return dict(dict(rol=rol, woongemeente=woont, minderjarig='nee'), **more), bsn(number)


class Told(unittest.TestCase):
    """A house in which meldingen are pushed, and what its partijen were told of them."""

    maxDiff = None
    person = 100

    @classmethod
    def tearDownClass(cls):
        cls.stage.close()

    def setUp(self):
        Told.person += 10

    def push(self, who, soort, persons, **kenmerken):
        """{(who, functie): {regel: {(betrokkene, rubriek)}}} of what went; self.index."""
        said = dict(soort=soort, urgentie='gewoon', gemeente=persons[0][0]['woongemeente'],
                    betrokkenen=len(persons), **kenmerken)
        rubrieken = [Rubriek('kenmerken', 0, 'wpg', '', **said),
                     Rubriek('incident', 0, 'wpg', '', aard='overig')]
        for number, (betrokkenheid, number_of) in enumerate(persons, 1):
            rubrieken += [Rubriek('betrokkenheid', number, 'wpg', '', **betrokkenheid),
                          Rubriek('identificatie', number, 'wpg', '', geslachtsnaam='Proef'),
                          Rubriek('strafrechtelijk', number, 'wpg', '', status='onderzoek'),
                          Rubriek('bsn', number, 'wpg', '', waarde=number_of)]
        item = self.stage.melding(who, rubrieken=rubrieken)
        receipt, = self.stage.push(who, item)
        self.assertEqual((receipt.outcome, receipt.reason, receipt.field), ('aanvaard', '', ''))
        self.index = receipt.index
        return self.given()

    def given(self):
        names = {oin: name for name, oin in OINS.items()}
        told = {}
        for (oin, functie), found in self.stage.everything().items():
            for one in found:
                for grond in one.part.gronden:
                    what = grond.overleg or grond.betrokkene
                    told.setdefault((names[oin], functie), {}).setdefault(
                        grond.regel, set()).add(what)
        return told

    def say(self, who, kind, **values):
        item = self.stage.parties[who].velden_item(
            self.stage.genesis, kind, dict(dict(medewerker='mw-1'), **values))
        receipt, = self.stage.push(who, item)
        self.assertEqual((receipt.outcome, receipt.reason, receipt.field), ('aanvaard', '', ''))


class Voorbeelden(Told):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(convenant=document('noord-limburg'), cast=cast, oin=OINS['zvh'])
        cls.stage.house.convenant(document('radicalisering'))
        cls.stage.sync()

    def test_mook_goes_to_gelderland_unless_it_is_penal(self):
        """R70 to R72: the theme that Gelderland does for Mook, and what stays."""
        inwoner = [person(self.person, MOOK)]
        asked = dict(klasse='E33', thema='verward-gedrag')
        told = self.push('politie', 'politie', inwoner, strafrecht='nee', **asked)
        self.assertEqual(set(told), {('gelderland', 'meldpunt')})
        self.assertEqual(set(told['gelderland', 'meldpunt']), {'mook-onbegrepen'})
        told = self.push('politie', 'politie', inwoner, strafrecht='ja', **asked)
        self.assertNotIn(('gelderland', 'meldpunt'), told)
        self.assertIn('integrale-screening', told['zvh', 'procesregisseur']['screening-i28'])
        told = self.push('politie', 'politie', [person(self.person + 1, VENLO)], strafrecht='nee',
                         **asked)
        self.assertNotIn(('gelderland', 'meldpunt'), told)
        # The class says I28 of itself; without a word about penal law it waits, and goes nowhere.
        told = self.push('politie', 'politie', inwoner, **asked)
        self.assertEqual(told, {})

    def test_mook_keeps_what_gelderland_does_not_do(self):
        """R72: an arbeidsmigrant of Mook stays in Noord-Limburg."""
        told = self.push('politie', 'politie', [person(self.person, MOOK)], klasse='E33',
                         thema='arbeidsmigranten', strafrecht='nee')
        self.assertNotIn(('gelderland', 'meldpunt'), told)
        self.assertIn('screening-i28', told['zvh', 'procesregisseur'])

    def test_the_two_compartments_of_mensenhandel_do_not_see_each_other(self):
        """R53"""
        told = self.push('politie', 'mensenhandel',
                         [person(self.person, VENLO, 'slachtoffer'),
                          person(self.person + 1, VENLO, 'verdachte')], strafrecht='ja')
        zorg = told['zvh', 'zorgcoordinator']
        self.assertEqual(zorg['mensenhandel-slachtoffer'], {1})
        self.assertNotIn(2, set().union(*zorg.values()))
        regie = told['zvh', 'procesregisseur']
        self.assertEqual(regie['mensenhandel-dader'], {2})
        self.assertNotIn(1, set().union(*regie.values()))

    def test_at_ave_3_the_gemeente_has_it_after_it_was_agreed(self):
        """R58: first what the casus says, then the afstemming, then the route."""
        who = person(self.person, VENLO)
        self.say('zvh', 'casus', casus=f'pgax:{self.person}', bsn=who[1], rol='betrokkene',
                 status='opgepakt', sinds='2026-01-05', ave='3')
        told = self.push('venlo', 'partner', [who])
        self.assertNotIn(('venlo', 'wmo'), told)
        told = self.push('om', 'partner', [who])
        self.assertNotIn(('venlo', 'wmo'), told)
        owed = [line.split() for line in self.stage.house.must('status').all('obligation')]
        self.assertIn(['weging', 'ave-3-lokaal'],
                      [words[1:3] for words in owed if words[-1] == f'entry={self.index}'])
        self.say('zvh', 'weging', entry=self.index, regel='ave-3-lokaal', betrokkene=1,
                 uitkomst='lokaal', motivering='afgestemd')
        self.assertEqual(set(self.given()['venlo', 'wmo']), {'ave-3-lokaal'})
        # One level lower nobody is asked and nothing goes.
        self.say('zvh', 'casus', casus=f'pgax:{self.person}', rol='betrokkene',
                 status='opgepakt', sinds='2026-01-05', ave='2')
        self.assertNotIn(('venlo', 'wmo'), self.push('om', 'partner', [who]))

    def test_zsm_is_told_of_a_running_plan_and_whom_to_call_and_nothing_of_others(self):
        """R30, R31, R35: a suspect in an open casus; not a victim, and not once it is closed."""
        asked = dict(functie='zsm', uren=6)
        casus = dict(casus=f'pgax:{self.person}', rol='verdachte', sinds='2026-01-05',
                     regie=f'{OINS["zvh"]}:procesregisseur', telefoon='077-1234567')
        self.say('zvh', 'casus', bsn=bsn(self.person), status='opgepakt', pga='ja', **casus)
        self.say('om', 'zsm_verzoek', bsn=bsn(self.person), **asked)
        self.assertEqual(self.given()['om', 'zsm'], {'zsm-pga': {1}, 'zsm-context': {1}})
        self.say('zvh', 'casus', status='opgepakt', pga='nee', **casus)
        self.say('om', 'zsm_verzoek', bsn=bsn(self.person), **asked)
        self.assertEqual(self.given(), {('om', 'zsm'): {'zsm-context': {1}}})
        self.say('zvh', 'casus', status='gesloten', pga='nee', **casus)
        casus.update(casus=f'pgax:{self.person + 1}', rol='slachtoffer')
        self.say('zvh', 'casus', bsn=bsn(self.person + 1), status='opgepakt', pga='ja', **casus)
        for number in range(3):  # closed, a victim, known to nobody
            self.say('om', 'zsm_verzoek', bsn=bsn(self.person + number), **asked)
            self.assertEqual(self.given(), {})

    def test_radicalisering_has_its_own_partijen_table_and_gemeenten(self):
        """R50: the weegtafel and the gemeenten of woning and verblijf, under its own convenant."""
        told = self.push('politie', 'radicalisering',
                         [person(self.person, VENLO, verblijfgemeente=ROERMOND)])
        self.assertIn('provinciale-weegtafel',
                      told['zvh', 'procesregisseur']['provinciale-weegtafel'])
        for name in ('venlo', 'roermond'):
            self.assertIn('woon-en-verblijfgemeente', told[name, 'aandachtsfunctionaris'])
        self.assertNotIn(('nctv', 'trends'), told)
        told = self.push('politie', 'radicalisering', [person(self.person + 1, VENLO)])
        self.assertIn(('venlo', 'aandachtsfunctionaris'), told)
        self.assertNotIn(('roermond', 'aandachtsfunctionaris'), told)
        # Roermond is no partij of Noord-Limburg: only the other convenant hears it.
        size = self.stage.size()
        told = self.push('roermond', 'radicalisering', [person(self.person + 2, ROERMOND)])
        self.assertIn('weegtafel-leden', told['politie', 'radicalisering'])
        replay = self.stage.house.must('replay', ('from', str(size)))
        self.assertEqual((replay.all('differ'), replay.all('unreadable')), ([], []))

    def test_an_incident_at_a_protected_address_is_told_to_no_table(self):
        """Of both convenanten: the rest of the melding goes; elsewhere, the incident goes too."""
        thuis = dict(straat='Zonstraat', huisnummer=7, postcode='5911AB')
        for soort, regel, more in (('politie', 'screening-leden', {'klasse': 'E33'}),
                                   ('radicalisering', 'weegtafel-leden', {})):
            for huisnummer, given in ((7, False), (9, True)):
                self.person += 1
                who = person(self.person, VENLO)
                item = self.stage.melding('politie', rubrieken=[
                    Rubriek('kenmerken', 0, 'wpg', '', soort=soort, urgentie='gewoon',
                            gemeente=VENLO, betrokkenen=1, **more),
                    Rubriek('incident', 0, 'wpg', '', aard='overig',
                            **dict(thuis, huisnummer=huisnummer)),
                    Rubriek('betrokkenheid', 1, 'wpg', '', **who[0]),
                    Rubriek('verblijfadres', 1, 'wpg', '', afgeschermd='ja', **thuis),
                    Rubriek('bsn', 1, 'wpg', '', waarde=who[1])])
                receipt, = self.stage.push('politie', item)
                self.assertEqual((receipt.outcome, receipt.reason), ('aanvaard', ''))
                found = self.stage.everything()[OINS['zvh'], 'procesregisseur']
                places = {place for one in found for place in one.places()
                          if regel in {grond.regel for grond in one.part.gronden}}
                self.assertIn((0, 'kenmerken'), places)
                self.assertEqual((0, 'incident') in places, given, (soort, huisnummer))
                self.assertNotIn((1, 'verblijfadres'), places)

    def test_who_brought_it_in_hears_what_became_of_it(self):
        """R52: the rol `inbrenger`, by the convenant's own name for it."""
        who = person(self.person, VENLO)
        self.say('zvh', 'casus', casus=f'pgax:{self.person}', bsn=who[1], rol='betrokkene',
                 status='gesloten', sinds='2026-01-05',
                 inbrenger=f'{OINS["venlo"]}:aandachtsfunctionaris')
        rubriek = [Rubriek('regie', 1, 'avg', '', niveau='veiligheidshuis')]
        item = self.stage.melding('politie', rubrieken=[
            Rubriek('kenmerken', 0, 'wpg', '', soort='radicalisering', urgentie='gewoon',
                    gemeente=VENLO, betrokkenen=1),
            Rubriek('betrokkenheid', 1, 'wpg', '', **who[0]),
            Rubriek('bsn', 1, 'wpg', '', waarde=who[1]), *rubriek])
        receipt, = self.stage.push('politie', item)
        self.assertEqual((receipt.outcome, receipt.reason, receipt.field), ('aanvaard', '', ''))
        told = self.given()
        self.assertEqual(told['venlo', 'aandachtsfunctionaris']['uitkomst-terug'], {1})
        self.assertNotIn('uitkomst-terug', told.get(('politie', 'radicalisering'), {}))

    def test_state_made_anew_is_the_same(self):
        self.push('politie', 'radicalisering', [person(self.person, VENLO)])
        self.stage.house.stop()
        self.assertTrue(self.stage.house.rebuild()['equal'])
        self.stage.house.start()
        self.stage.reconnect()


class Waarneming(Told):
    """R76, R75: somebody of Noord works for Midden, under Midden's rules."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(convenant=document('midden-limburg'), cast=lambda: cast(MIDDEN),
                          oin=OINS['midden'])
        cls.stage.sync()

    def test_who_stands_in_hears_what_that_house_gives_and_no_more(self):
        gone = [person(self.person, ROERMOND)]
        told = self.push('pi', 'detentie.begin', gone)
        self.assertEqual(set(told['zvh', 'nazorgcoordinator']), {'nazorg-waarneming'})
        self.assertNotIn(('roermond', 'nazorg'), told)  # that takes a weging
        for who, soort, persons in (('pi', 'detentie.begin',
                                     [person(self.person + 1, ROERMOND, minderjarig='ja')]),
                                    ('politie', 'politie', [person(self.person + 2, ROERMOND)])):
            self.assertNotIn(('zvh', 'nazorgcoordinator'), self.push(who, soort, persons))

    def test_who_stands_in_decides_nothing_for_that_house(self):
        self.push('pi', 'detentie.begin', [person(self.person, ROERMOND)])
        weging = dict(entry=self.index, regel='nazorg-gemeente', betrokkene=1, uitkomst='lokaal',
                      motivering='afgestemd', medewerker='mw-1')
        item = self.stage.parties['zvh'].velden_item(self.stage.genesis, 'weging', weging)
        receipt, = self.stage.push('zvh', item)
        self.assertEqual((receipt.outcome, receipt.reason), ('geweigerd', 'not-owed'))
        self.assertNotIn(('roermond', 'nazorg'), self.given())
        self.say('midden', 'weging', **weging)
        self.assertEqual(set(self.given()['roermond', 'nazorg']), {'nazorg-gemeente'})

    def owed(self, soort):
        found = [line.split() for line in self.stage.house.must('status').all('obligation')]
        return sorted(words[2] for words in found
                      if words[1] == soort and f'entry={self.index}' in words)

    def agendas(self):
        return self.owed('agenda')

    def test_after_a_huisverbod_it_is_followed_and_the_betrokkene_informed(self):
        """R43, and AVG art. 14, spec K36: as the convenant says, until somebody says it was done."""
        self.push('roermond', 'wth', [person(self.person, ROERMOND, 'vermoedelijke-pleger'),
                                      person(self.person + 1, ROERMOND, 'slachtoffer')])
        self.assertEqual((self.owed('volgen'), self.owed('informeren')),
                         (['huisverbod'], ['huisverbod'] * 2))
        said = dict(entry=self.index, regel='huisverbod', betrokkene=1)
        soon = datetime.date.today() + datetime.timedelta(days=3)
        for wrong, reason in (({}, 'missing-field'), ({'tot': '2026-01-05'}, 'bad-value')):
            item = self.stage.parties['midden'].velden_item(self.stage.genesis, 'informeren', dict(
                said, uitkomst='uitgesteld', grond='onderzoek', medewerker='mw-1', **wrong))
            receipt, = self.stage.push('midden', item)
            self.assertEqual((receipt.reason, receipt.field), (reason, 'informeren.tot'))
        self.say('midden', 'informeren', uitkomst='uitgesteld', grond='onderzoek',
                 tot=soon.isoformat(), **said)
        self.assertEqual(self.owed('informeren'), ['huisverbod'] * 2)
        self.say('midden', 'informeren', uitkomst='geinformeerd', **said)
        self.assertEqual(self.owed('informeren'), ['huisverbod'])
        self.say('midden', 'volgen', entry=self.index, regel='huisverbod', uitkomst='gevolgd')
        self.assertEqual(self.owed('volgen'), ['huisverbod'])
        self.say('midden', 'volgen', entry=self.index, regel='huisverbod', uitkomst='beeindigd')
        self.assertEqual(self.owed('volgen'), [])

    def test_what_a_table_says_is_for_triage_comes_before_the_triage(self):
        """R07, spec K39: by its uitkomst, and only then to who sits there."""
        told = self.push('politie', 'politie', [person(self.person, ROERMOND)], klasse='E33')
        self.assertEqual(self.agendas(), ['screening-verward'])
        self.assertIn(('amw', 'intake'), told)  # sits at both
        self.assertNotIn(('vt', 'frontoffice'), told)
        self.say('midden', 'uitkomst', entry=self.index, overleg='screening-verward',
                 uitkomst='triage')
        told = self.given()
        self.assertEqual(told['vt', 'frontoffice'], {'triage-leden': {0, 1}})
        self.assertNotIn(('amw', 'intake'), told)
        self.assertIn('triage', told['midden', 'procesregisseur']['rechtstreeks-triage'])
        self.assertEqual(self.agendas(), ['triage'])
        # The triage itself takes it no further: it says what becomes of it.
        item = self.stage.parties['midden'].velden_item(self.stage.genesis, 'uitkomst', dict(
            entry=self.index, overleg='triage', uitkomst='triage', medewerker='mw-1'))
        receipt, = self.stage.push('midden', item)
        self.assertEqual((receipt.reason, receipt.field), ('not-found', 'uitkomst.uitkomst'))
        self.say('midden', 'uitkomst', entry=self.index, overleg='triage', uitkomst='regie-zvh')
        self.assertEqual(self.agendas(), [])

    def test_a_source_may_bring_it_straight_to_the_triage(self):
        """R05: it says so in kenmerken; what does not waits for nobody to say it."""
        told = self.push('roermond', 'partner', [person(self.person, ROERMOND)], overleg='triage')
        self.assertEqual(told['amw', 'intake']['triage-leden'], {0, 1})
        self.assertEqual(self.agendas(), ['triage'])
        self.assertEqual(self.push('roermond', 'partner', [person(self.person + 1, ROERMOND)]), {})
        self.assertEqual(self.agendas(), [])


if __name__ == '__main__':
    main()
