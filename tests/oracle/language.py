# SPDX-License-Identifier: EUPL-1.2
"""The words of a convenant, and a convenant file as data: docs/convenant-taal.md §2 and §3.

Written from that page by somebody who has not read the engine. What stands here is the file and
nothing of a melding; oracle.py decides.
"""

import json
import os
from typing import NamedTuple

import yaml

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHIPPED = ('noord-limburg', 'midden-limburg', 'westelijke-mijnstreek', 'radicalisering')

with open(os.path.join(SOURCE, 'proto', 'spec', 'vectors', 'lists.json'), encoding='utf-8') as _file:
    _LISTS = json.load(_file)
CODES = {name: tuple(row['code'] for row in rows) for name, rows in _LISTS['lists'].items()}
REGIMES = tuple(row['name'] for row in _LISTS['regimes'])
# name: (of a betrokkene, stated by the knooppunt only)
RUBRIEKEN = {row['name']: (row['of_betrokkene'], row['by_knooppunt'])
             for row in _LISTS['rubrieken']}
BERICHT = 'bericht'
NUMBERS = {BERICHT: 0, **{row['name']: row['rubriek'] for row in _LISTS['rubrieken']}}
MOST_BETROKKENEN = _LISTS['maxima']['betrokkenen']


class Attribuut(NamedTuple):
    """A row of the table of §3."""
    betrokkene: bool
    several: bool
    values: str


def _row(values, of='melding', several=False):
    return Attribuut(of == 'betrokkene', several, values)


ATTRIBUTEN = {
    'soort': _row('soort'), 'thema': _row('thema', several=True), 'klasse': _row('klasse'),
    'urgentie': _row('urgentie'), 'strafrecht': _row('janee'), 'gemeente': _row('gemeente'),
    'huis': _row('naam'), 'bron': _row('partij'), 'bron.soort': _row('partner-soort'),
    'betrokkenen': _row('getal'), 'overleg': _row('overleg', several=True),
    'klassen': _row('klasse', several=True), 'incident.afgeschermd': _row('janee'),
    'vraag': _row('vraag'), 'vrager': _row('ontvanger'),
    'rol': _row('rol', 'betrokkene'), 'minderjarig': _row('janee', 'betrokkene'),
    'woongemeente': _row('gemeente', 'betrokkene'), 'woonhuis': _row('naam', 'betrokkene'),
    'identificeerbaar': _row('janee', 'betrokkene'), 'eerder.dag': _row('getal', 'betrokkene'),
    'eerder.30': _row('getal', 'betrokkene'), 'eerder.365': _row('getal', 'betrokkene'),
    'samenloop': _row('janee', 'betrokkene'),
    'leefgebied': _row('leefgebied', 'betrokkene', True),
    'afgeschermd': _row('janee', 'betrokkene'), 'casus.status': _row('casus-status', 'betrokkene'),
    'ave': _row('getal', 'betrokkene'), 'top-x': _row('janee', 'betrokkene'),
    'pga': _row('janee', 'betrokkene'), 'wth': _row('janee', 'betrokkene'),
    'levensloop': _row('janee', 'betrokkene'), 'regie': _row('ontvanger', 'betrokkene'),
    'casusregie': _row('ontvanger', 'betrokkene'),
    'inbrenger': _row('ontvanger', 'betrokkene', True),
    'eerdere.ontvangers': _row('ontvanger', 'betrokkene', True),
    'leeftijd': _row('getal', 'betrokkene'), 'verblijfgemeente': _row('gemeente', 'betrokkene'),
    'regie.niveau': _row('regie-niveau', 'betrokkene'),
    'zsm.advies': _row('janee', 'betrokkene'), 'bekend': _row('janee', 'betrokkene'),
}
# The attribute in which a rol or a gemeente of a groep stands.
ROLLEN = {'inbrenger': 'inbrenger', 'regie': 'regie', 'casusregie': 'casusregie',
          'eerder': 'eerdere.ontvangers', 'vrager': 'vrager'}
GEMEENTEN = {'woon': 'woongemeente', 'verblijf': 'verblijfgemeente', 'incident': 'gemeente'}


def as_list(value):
    return value if isinstance(value, list) else [value]


def janee(value):
    """ja and nee may be written true and false."""
    return {'true': 'ja', 'false': 'nee'}.get(value, value)


class Test(NamedTuple):
    """One test of `als`: kind is 'is', 'niet', 'minstens' or 'hoogstens'."""
    attribuut: str
    kind: str
    values: object


class Weging(NamedTuple):
    root: str  # the regel that asks it: this one, or the one of dezelfde_als
    uitkomst: str


class Toestemming(NamedTuple):
    gronden: tuple
    gevers: tuple  # () when none is asked
    voor: str  # '' when none is asked


class Regel(NamedTuple):
    naam: str
    kind: str
    van: str  # days as they are written: they sort; '' when there is none
    tot: str
    als: tuple  # of Test
    in_plaats_van: tuple
    rubrieken: frozenset
    overleggen: frozenset
    regime: tuple
    weging: Weging
    toestemming: Toestemming
    minuten: int
    body: dict

    @property
    def gives(self):
        return self.kind not in ('verbied', 'vereis')


KINDS = ('verstrek', 'nood', 'meld', 'agendeer', 'verbied')


def _tests(als):
    for attribuut, written in als.items():
        if isinstance(written, dict):
            for kind, value in written.items():
                yield Test(attribuut, kind, int(value) if kind != 'niet' else
                           frozenset(janee(one) for one in as_list(value)))
        else:
            yield Test(attribuut, 'is', frozenset(janee(one) for one in as_list(written)))


def _regel(row):
    kind = next((kind for kind in KINDS if kind in row), 'vereis')
    body = row[kind]
    required = body if kind == 'vereis' else row.get('vereis', {})
    weging = required.get('weging')
    toestemming = required.get('toestemming')
    rubrieken = [BERICHT] if kind == 'meld' else body.get('rubrieken', [])
    return Regel(
        row['regel'], kind, row.get('van', ''), row.get('tot', ''),
        tuple(_tests(row.get('als', {}))), tuple(as_list(row.get('in_plaats_van', []))),
        frozenset(as_list(rubrieken)), frozenset(as_list(body.get('overleg', []))),
        tuple(as_list(body.get('regime', []))),
        weging and Weging(weging.get('dezelfde_als', row['regel']), weging['uitkomst']),
        toestemming and Toestemming(tuple(as_list(toestemming['grond'])),
                                    tuple(as_list(toestemming.get('gever', []))),
                                    toestemming.get('voor', '')),
        int(body.get('minuten', 0)), body)


class Partij(NamedTuple):
    naam: str
    oin: str
    soort: str
    gemeente: str
    functies: tuple
    signed: bool


class Overleg(NamedTuple):
    naam: str
    voorzitter: tuple  # (partij, functie)
    table: frozenset  # the voorzitter and each of the leden


class Document:
    """A convenant as it is written. `text` is what read it; nothing here checks it."""

    def __init__(self, text):
        data = yaml.load(text, Loader=getattr(yaml, 'CBaseLoader', yaml.BaseLoader))
        self.naam, self.huis = data['convenant'], data['huis']
        self.partijen = {row['partij']: Partij(
            row['partij'], row['oin'], row['soort'], row.get('gemeente', ''),
            tuple(row['functies']), isinstance(row['getekend'], dict)) for row in data['partijen']}
        self.by_oin = {partij.oin: partij for partij in self.partijen.values()}
        self.overleggen = {}
        for row in data.get('overleggen', []):
            chair = (row['voorzitter']['partij'], row['voorzitter']['functie'])
            leden = [(lid['partij'], lid['functie']) for lid in as_list(row['leden'])]
            self.overleggen[row['overleg']] = Overleg(row['overleg'], chair,
                                                      frozenset([chair, *leden]))
        self.regels = [_regel(row) for row in data['regels']]
        self.proeven = [(row['regel'], row.get('van') or row.get('tot') or '2026-01-01', proef)
                        for row in data['regels'] for proef in row.get('proeven', [])]

    def ontvangers(self):
        return [(partij.naam, functie) for partij in self.partijen.values()
                for functie in partij.functies]


def path_of(name):
    return os.path.join(SOURCE, 'config', 'convenanten', f'voorbeeld-{name}.yaml')


def read(path):
    with open(path, encoding='utf-8') as file:
        return Document(file.read())
