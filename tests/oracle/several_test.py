#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Several convenanten at once: random meldingen go through a knooppunt under which those of
Noord-Limburg and of the aanpak radicalisering are in force, and everything that arrives, with the
regels that gave it, is what the oracle says of each convenant apart (docs/convenant-taal.md §4.5).

usage: several_test.py [--meldingen N] [--seed N]     KNOOPPUNTD names the daemon

An oracle that puts every melding before every convenant, and one that counts meldingen of the other
samenwerkingsverband, must each be found wrong by the same meldingen.
"""

import argparse
import os
import random
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'python'), os.path.join(HERE, '..', 'integration')]

import language  # noqa: E402
import oracle  # noqa: E402
from knp_crypto import sha256  # noqa: E402
from knp_lists import RUBRIEK_NAMES, Rubriek, bsn  # noqa: E402
from knp_stage import Stage  # noqa: E402
from voorbeelden_test import CAST, OINS, VENLO, MOOK, ROERMOND, cast, document  # noqa: E402

NAMES = ('noord-limburg', 'radicalisering')
SENDERS = ('politie', 'politie', 'venlo', 'mook', 'roermond', 'om', 'nctv', 'zvh')
SOORTEN = ('politie', 'radicalisering', 'radicalisering', 'mensenhandel', 'partner',
           'arbeidsmigrant')
NONE, NO = (), ('nee',)
OF_CASUS = {'casus.status': NONE, 'ave': NONE, 'top-x': NO, 'pga': NO, 'wth': NO, 'levensloop': NO,
            'regie': NONE, 'casusregie': NONE, 'inbrenger': NONE, 'regie.niveau': NONE}
# Whoever is enrolled, and so can ask what there is for it.
THERE = {(OINS[name], functie) for name, (_, functies) in CAST.items() for functie in functies}
# The house of a gemeente is of the code tables, which the oracle does not have.
LEFT_OUT = 'verrijking.huis'


class Verband:
    """One convenant as the oracle has it, and how often each person occurred before it."""

    def __init__(self, name):
        self.document = language.read(language.path_of(name))
        self.hash = sha256(document(name))
        self.convenant = oracle.Convenant(self.document)
        self.partijen = {oin: partij.naam for oin, partij in self.document.by_oin.items()}
        self.ontvangers = [(partij.oin, functie) for partij in self.document.partijen.values()
                           for functie in partij.functies if (partij.oin, functie) in THERE]
        self.overleggen = {
            naam: (self.document.partijen[overleg.voorzitter[0]].oin, overleg.voorzitter[1])
            for naam, overleg in self.document.overleggen.items()}
        self.seen = {}

    def melding(self, sent, seen):
        made = oracle.Melding(len(sent['persons']))
        made.bron, made.functies = OINS[sent['who']], tuple(CAST[sent['who']][1])
        made.moment = int(time.time() * 1000)
        kenmerken = sent['kenmerken']
        feiten = {'soort': (kenmerken['soort'],), 'urgentie': (kenmerken['urgentie'],),
                  'gemeente': (kenmerken['gemeente'],), 'thema': tuple(kenmerken['thema']),
                  'klasse': (kenmerken['klasse'],) if 'klasse' in kenmerken else NONE,
                  'klassen': ('E33', 'I28') if 'klasse' in kenmerken else NONE,
                  'strafrecht': (kenmerken['strafrecht'],) if 'strafrecht' in kenmerken else None,
                  'bron.soort': (CAST[sent['who']][0],),
                  'bron': (self.partijen[made.bron],) if made.bron in self.partijen else None,
                  'betrokkenen': (str(len(sent['persons'])),), 'huis': None, 'overleg': ()}
        made.feiten = {(name, 0): value for name, value in feiten.items()}
        for number, (said, who) in enumerate(sent['persons'], 1):
            before = seen.get(who, [])
            own = dict(OF_CASUS, rol=(said['rol'],), minderjarig=(said['minderjarig'],),
                       woongemeente=(said['woongemeente'],), identificeerbaar=('ja',),
                       verblijfgemeente=(said['verblijfgemeente'],)
                       if 'verblijfgemeente' in said else NONE,
                       samenloop=('ja' if set(before) - {made.bron} else 'nee',),
                       afgeschermd=NO, woonhuis=None, leeftijd=None, leefgebied=None,
                       **{'eerdere.ontvangers': None})
            own.update({f'eerder.{span}': (str(len(before)),) for span in ('dag', '30', '365')})
            made.feiten.update({(name, number): value for name, value in own.items()})
        made.regimes = {place: ('wpg',) for place in sent['places']}
        for number in range(len(sent['persons']) + 1):
            for name, row in language.RUBRIEKEN.items():
                if oracle.knooppunt_states(name):
                    made.regimes[name, number] = ('avg',)
        return made

    def given(self, melding, places):
        """{(OIN, functie, rubriek or overleg, betrokkene): regels}"""
        asked, found = self.convenant.ask(melding), {}
        for oin, functie in self.ontvangers:
            of_one = {}
            for rubriek, betrokkene in places:
                answer = asked(oracle.Rubriek(oin, functie, rubriek, betrokkene))
                if answer.oordeel == oracle.VERSTREKT:
                    of_one[oin, functie, rubriek, betrokkene] = answer.regels
            if any(key[2] != 'herkomst' for key in of_one):
                found.update(of_one)
        for overleg, (oin, functie) in self.overleggen.items():
            for betrokkene in range(melding.betrokkenen + 1):
                answer = asked(oracle.Agenda(overleg, betrokkene))
                if answer.oordeel == oracle.VERSTREKT:
                    found[oin, functie, f'agenda {overleg}', betrokkene] = answer.regels
        return found


class World:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.verbanden = [Verband(name) for name in NAMES]
        self.stage = Stage(convenant=document(NAMES[0]), cast=cast, oin=OINS['zvh'])
        self.stage.house.convenant(document(NAMES[1]))
        self.stage.sync()
        self.everybody = {}  # as if all were one samenwerkingsverband
        self.given = self.would_have_put = self.would_have_counted = 0

    def draw(self):
        draw = self.random
        who, soort = draw.choice(SENDERS), draw.choice(SOORTEN)
        persons = []
        for number in draw.sample(range(6), draw.choice((1, 1, 2))):
            said = dict(rol=draw.choice(('betrokkene', 'slachtoffer', 'verdachte')),
                        woongemeente=draw.choice((VENLO, MOOK, ROERMOND)),
                        minderjarig=draw.choice(('ja', 'nee', 'nee')))
            if draw.random() < 0.3:
                said['verblijfgemeente'] = draw.choice((VENLO, ROERMOND))
            persons.append((said, bsn(700 + number)))
        kenmerken = dict(soort=soort, urgentie=draw.choice(('gewoon', 'dringend')),
                         gemeente=draw.choice((VENLO, MOOK)), betrokkenen=len(persons),
                         thema=draw.choice(([], ['verward-gedrag'], ['huiselijk-geweld'])))
        if draw.random() < 0.6:
            kenmerken['klasse'] = 'E33'
        if draw.random() < 0.8:
            kenmerken['strafrecht'] = draw.choice(('ja', 'nee'))
        places = [('kenmerken', 0), ('incident', 0)]
        for number in range(1, len(persons) + 1):
            places += [(name, number) for name in ('betrokkenheid', 'identificatie', 'bsn',
                                                   'strafrechtelijk')]
        return dict(who=who, kenmerken=kenmerken, persons=persons, places=places)

    def push(self, sent):
        values = {'kenmerken': sent['kenmerken'], 'incident': {'aard': 'overig'},
                  'identificatie': {'geslachtsnaam': 'Proef'},
                  'strafrechtelijk': {'status': 'onderzoek'}}
        rubrieken = []
        for name, number in sent['places']:
            own = {'betrokkenheid': lambda one: one[0], 'bsn': lambda one: {'waarde': one[1]}}
            said = own[name](sent['persons'][number - 1]) if name in own else values[name]
            rubrieken.append(Rubriek(name, number, 'wpg', '', **said))
        item = self.stage.melding(sent['who'], rubrieken=rubrieken)
        receipt, = self.stage.push(sent['who'], item)
        if (receipt.outcome, receipt.reason) != ('aanvaard', ''):
            raise AssertionError(f'not accepted: {receipt}')

    def arrived(self):
        """{hash of the convenant: as Verband.given()}"""
        found = {}
        for (oin, functie), parts in self.stage.everything().items():
            for part in (one.part for one in parts):
                own = found.setdefault(part.convenant_hash, {})
                for grond in part.gronden:
                    name = f'agenda {grond.overleg}' if grond.overleg else (
                        RUBRIEK_NAMES.get(grond.rubriek, language.BERICHT))
                    if name != LEFT_OUT:
                        key = (oin, functie, name, grond.betrokkene)
                        own[key] = own.get(key, ()) + (grond.regel,)
        return found

    def one(self):
        sent = self.draw()
        self.push(sent)
        arrived, persons = self.arrived(), range(1, len(sent['persons']) + 1)
        places = sent['places'] + [('herkomst', 0), (language.BERICHT, 0)] + [
            (name, number) for number in persons
            for name in ('verrijking.eerder', 'verrijking.samenloop', 'verrijking.casus')]
        for verband in self.verbanden:
            melding = verband.melding(sent, verband.seen)
            concerned = verband.convenant.concerns(melding)
            expected = verband.given(melding, places) if concerned else {}
            got = arrived.pop(verband.hash, {})
            if got != expected:
                raise AssertionError(f'{verband.document.naam}: {sent}\n'
                                     f'  arrived {sorted(got.items() - expected.items())}\n'
                                     f'  expected {sorted(expected.items() - got.items())}')
            self.given += len(got)
            crossed = verband.melding(sent, self.everybody)
            self.would_have_put += not concerned and bool(verband.given(melding, places))
            self.would_have_counted += concerned and crossed.feiten != melding.feiten
            if concerned:
                for _, who in sent['persons']:
                    verband.seen.setdefault(who, []).append(OINS[sent['who']])
        if arrived:
            raise AssertionError(f'given under a convenant that is not in force: {arrived}')
        for _, who in sent['persons']:
            self.everybody.setdefault(who, []).append(OINS[sent['who']])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--meldingen', type=int, default=80)
    parser.add_argument('--seed', type=int, default=1)
    wanted = parser.parse_args()
    world = World(wanted.seed)
    try:
        for _ in range(wanted.meldingen):
            world.one()
        answer = world.stage.house.must('replay', ('from', '0'))
        if answer.all('differ') or answer.all('unreadable'):
            raise AssertionError(f'replay: {answer.lines}')
    finally:
        world.stage.close()
    print(f'{wanted.meldingen} meldingen under {len(NAMES)} convenanten at once: {world.given} '
          f'answers given, each by the regels that the oracle names; putting all before all would '
          f'have been wrong of {world.would_have_put}, counting across of '
          f'{world.would_have_counted}')
    if not (world.given and world.would_have_put and world.would_have_counted):
        sys.exit('the meldingen do not tell the convenanten apart')


if __name__ == '__main__':
    main()
