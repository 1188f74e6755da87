# SPDX-License-Identifier: EUPL-1.2
"""What must come of a melding, by the evaluator of tests/oracle and by facts counted here, from what
was sent and what was receipted. Nothing of the knooppunt's own engine has a part in it."""

import os
import re
import sys

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'oracle'), os.path.join(HERE, '..', 'python')]

import language  # noqa: E402
import oracle  # noqa: E402
from kalender import day_of  # noqa: E402

DAY_MS = 86_400_000
NONE, NO = (), ('nee',)
# Every attribute that a convenant played here may test: of the others nothing is counted.
COUNTED = {'soort', 'klasse', 'thema', 'urgentie', 'gemeente', 'bron', 'bron.soort', 'betrokkenen',
           'vraag', 'rol', 'minderjarig', 'woongemeente', 'leefgebied', 'top-x', 'pga',
           'casus.status', 'eerder.dag', 'eerder.30', 'eerder.365', 'samenloop', 'overleg'}


# What is owed to a person for months after (docs/convenant-taal.md §2.6) is not played.
MONTHS_LONG = re.compile(r'^    vereis: \{volgen: .*\n', re.M)


def document(name, extra):
    """A shipped convenant without what is owed for months, and the lists of another text before its
    own."""
    with open(language.path_of(name), encoding='utf-8') as file:
        text = file.read()
    for key in ('partijen', 'overleggen', 'regels'):
        found = re.search(rf'^{key}:\n((?: .*\n|\n)+)', extra, re.M)
        if found:
            text = text.replace(f'\n{key}:\n', f'\n{key}:\n{found[1]}', 1)
    return MONTHS_LONG.sub('', text)


def without(text, naam):
    """A convenant without one of its regels."""
    left = re.sub(rf'^  - regel: {naam}\n(?:    .*\n|\n)+', '', text, flags=re.M)
    if left == text:
        raise ValueError(f'there is no regel {naam}')
    return left


class Verleden:
    """What was reported before about each person: (moment, OIN) of each accepted melding."""

    def __init__(self):
        self.rows = {}

    def add(self, persoon, moment, oin):
        self.rows.setdefault(persoon.nummer, []).append((moment, oin))

    def facts(self, persoon, moment, oin):
        if persoon is None:
            return {name: None for name in ('eerder.dag', 'eerder.30', 'eerder.365', 'samenloop')}
        before = self.rows.get(persoon.nummer, [])

        def within(days):
            return [row for row in before if row[0] > moment - days * DAY_MS]

        same = sum(day_of(at) == day_of(moment) for at, _ in before)
        other = any(sender != oin for _, sender in within(30))
        return {'eerder.dag': (str(same),), 'eerder.30': (str(len(within(30))),),
                'eerder.365': (str(len(within(365))),), 'samenloop': ('ja' if other else 'nee',)}


def minderjarig(persoon, moment):
    if persoon is None:
        return NO  # as the sender says
    born, day = persoon.geboren, day_of(moment)
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return ('ja',) if years < 18 else NO


def months_of(term):
    """P6M, P1Y: of the terms of docs/convenant-taal.md §6 those that a convenant played here has."""
    years, months = re.fullmatch(r'P(?:(\d+)Y)?(?:(\d+)M)?', term).groups(default='0')
    return 12 * int(years) + int(months)


class Oordeel:
    """The convenant as the oracle has it, over a year that is being played."""

    def __init__(self, text, casussen=()):
        self.document = language.Document(text)
        self.convenant = oracle.Convenant(self.document)
        self.casussen = {persoon.nummer for persoon in casussen}
        rows = yaml.safe_load(text)
        self.also_chairs = {row['overleg']: language.as_list(row.get('medevoorzitters', []))
                            for row in rows['overleggen']}
        self.months = {row['regel']: months_of(row['bewaar']['inhoud'])
                       for row in rows['regels'] if 'bewaar' in row}
        self.default_months = months_of(rows['bewaar']['inhoud'])
        self.verleden = Verleden()
        tested = {attribuut for regel in self.convenant.regels for attribuut, _, _ in regel.tests}
        if not tested <= COUNTED:
            raise ValueError(f'no facts are counted for {sorted(tested - COUNTED)}')

    def melding(self, oin, functies, melding, moment, wegingen=()):
        """The facts of a melding that was receipted at `moment`."""
        made = oracle.Melding(len(melding.betrokkenen))
        made.bron, made.functies, made.moment = oin, functies, moment
        made.wegingen = list(wegingen)
        partij = self.document.by_oin[oin]
        feiten = {'soort': (melding.soort,), 'thema': melding.thema, 'urgentie': (melding.urgentie,),
                  'klasse': (melding.klasse,) if melding.klasse else NONE, 'vraag': ('geen',),
                  'gemeente': (melding.gemeente,), 'bron': (partij.naam,), 'overleg': NONE,
                  'bron.soort': (partij.soort,), 'betrokkenen': (str(len(melding.betrokkenen)),)}
        made.feiten = {(name, 0): value for name, value in feiten.items()}
        for number, one in enumerate(melding.betrokkenen, 1):
            own = self.of_betrokkene(one, moment, oin)
            made.feiten.update({(name, number): value for name, value in own.items()})
        return made

    def of_betrokkene(self, one, moment, oin):
        persoon = one.persoon
        own = dict(rol=(one.rol,), minderjarig=minderjarig(persoon, moment),
                   woongemeente=(persoon.gemeente,) if persoon else NONE,
                   leefgebied=one.leefgebieden, **self.verleden.facts(persoon, moment, oin))
        if persoon is None:
            return {**own, 'top-x': None, 'pga': None, 'casus.status': None}
        known = persoon.nummer in self.casussen
        said = ('ja',) if known else NO
        return {**own, 'top-x': said, 'pga': said, 'casus.status': ('opgepakt',) if known else NONE}

    def verzoek(self, oin, functies, persoon, moment):
        """The facts of what ZSM asks about a verdachte."""
        made = oracle.Melding(1)
        made.bron, made.functies, made.moment = oin, functies, moment
        known = persoon.nummer in self.casussen
        feiten = {('vraag', 0): ('zsm.context',), ('bron', 0): (self.document.by_oin[oin].naam,),
                  ('rol', 1): ('verdachte',) if known else None,
                  ('pga', 1): ('ja',) if known else NO, ('top-x', 1): ('ja',) if known else NO}
        made.feiten = feiten
        return made

    def chair(self, overleg, oin):
        """(partij, functie) that chairs what this OIN sent: docs/convenant-taal.md §2.2a."""
        for row in self.also_chairs[overleg]:
            if self.document.partijen[row['partij']].oin == oin:
                return row['partij'], row['functie']
        return self.document.overleggen[overleg].voorzitter

    def kept_months(self, regels):
        """How long the content is kept of what these regels gave."""
        return max((self.months.get(regel, self.default_months) for regel in regels),
                   default=self.default_months)

    # ---- what comes of it ------------------------------------------------------------------

    def given(self, melding, places):
        """({(OIN, functie): {(rubriek, betrokkene): regels}}, regels whose weging is awaited,
        overleggen). What is `agendeer`ed stands with the voorzitter, as `agenda NAME`."""
        asked, found, awaited = self.convenant.ask(melding), {}, set()
        for oin, functie in self.convenant.ontvangers:
            one = {}
            for rubriek, betrokkene in places:
                answer = asked(oracle.Rubriek(oin, functie, rubriek, betrokkene))
                if answer.oordeel == oracle.VERSTREKT:
                    one[rubriek, betrokkene] = answer.regels
                elif answer.weging:
                    awaited.add(answer.weging)
            if any(rubriek != 'herkomst' for rubriek, _ in one):
                found[oin, functie] = one
        for naam, overleg in self.document.overleggen.items():
            partij, functie = self.chair(naam, melding.bron)
            chair = self.document.partijen[partij].oin, functie
            for betrokkene in range(melding.betrokkenen + 1):
                answer = asked(oracle.Agenda(naam, betrokkene))
                if answer.oordeel == oracle.VERSTREKT:
                    found.setdefault(chair, {})[f'agenda {naam}', betrokkene] = answer.regels
        return found, awaited
