# SPDX-License-Identifier: EUPL-1.2
"""Random convenanten, as files that the engine takes: every kind, groep, test and requirement of
docs/convenant-taal.md, in small and crowded ones where regels meet each other."""

import json
import re

from language import ATTRIBUTEN, CODES, REGIMES, ROLLEN

LAGEN = ('beroepsgeheim', 'compartiment', 'gemeente-uitzondering', 'urgentie', 'thema', 'gemeente')
SOORTEN = ('politie', 'gemeente', 'gemeente', 'ggz', 'veilig-thuis', 'om')
FUNCTIES = ('wijk', 'wmo', 'oov')
GEMEENTEN = ('GM1883', 'GM0971', 'GM0944')
RUBRIEKEN = ('kenmerken', 'incident', 'identificatie', 'bsn', 'verrijking.eerder', 'gezondheid')
TERMEN = ('1 werkdag', '5 werkdagen', 'P2D', 'P1M')
DAYS = ('2025-12-31', '2026-01-01', '2026-03-29', '2026-10-25', '2027-06-30')
# Attributes that random regels test; some often, so that they meet.
OFTEN = ('soort', 'thema', 'minderjarig', 'rol', 'eerder.30', 'woongemeente')
PLAIN = re.compile(r'[A-Za-z][A-Za-z0-9./-]*|[0-9]{1,7}|[0-9]{4}-[0-9]{2}-[0-9]{2}')


def yaml_of(value):
    """Flow style; what is a name or a number stands without quotes."""
    if isinstance(value, dict):
        return '{' + ', '.join(f'{key}: {yaml_of(one)}' for key, one in value.items()) + '}'
    if isinstance(value, (list, tuple)):
        return '[' + ', '.join(yaml_of(one) for one in value) + ']'
    return str(value) if PLAIN.fullmatch(str(value)) else json.dumps(value, ensure_ascii=False)


def text_of(data):
    """The document, a partij and a regel on each line."""
    lines = []
    for key, value in data.items():
        if key in ('partijen', 'overleggen', 'regels') and value:
            lines.append(f'{key}:')
            lines += [f'  - {yaml_of(row)}' for row in value]
        else:
            lines.append(f'{key}: {yaml_of(value)}')
    return '\n'.join(lines) + '\n'


class Maker:
    """Makes one convenant."""

    def __init__(self, random):
        self.random = random
        self.wegers = []  # regels that ask a weging of their own
        self.rubrieken, self.most_groepen, self.weging = RUBRIEKEN, 3, 0.3
        self.partijen, self.everyone, self.overleggen = [], [], []

    def some(self, pool, most):
        random = self.random
        return random.sample(list(pool), min(len(set(pool)), random.randint(1, most)))

    def one_or_list(self, pool, most):
        """A single value may stand for a list of one."""
        found = sorted(set(self.some(pool, most)))
        return found[0] if len(found) == 1 and self.random.random() < 0.5 else found

    def convenant(self):
        random = self.random
        crowded = random.random() < 0.4  # few ontvangers and rubrieken, many regels
        if crowded:
            self.rubrieken, self.most_groepen = random.sample(RUBRIEKEN, 2), 2
            self.weging = random.choice((0.3, 0.8))
        self.partijen = [{'partij': 'huis', 'naam': 'Huis', 'oin': oin(1),
                          'soort': 'veiligheidshuis', 'functies': ['regisseur', 'weger'],
                          'getekend': {'door': 'A', 'op': '2026-01-05'}}]
        for number in range(1 if crowded else random.randint(1, 4)):
            soort = random.choice(SOORTEN)
            row = {'partij': f'p{number}', 'naam': 'P', 'oin': oin(number + 2), 'soort': soort,
                   'functies': self.some(FUNCTIES, 2),
                   'getekend': {'door': 'B', 'op': '2026-01-05'} if random.random() < 0.8 else 'nee'}
            if soort == 'gemeente':
                row['gemeente'] = random.choice(GEMEENTEN)
            self.partijen.append(row)
        self.everyone = [(row['partij'], functie, row['soort']) for row in self.partijen
                         for functie in row['functies']]
        self.overleggen = [self.overleg(number) for number in range(random.randint(0, 2))]
        regels = []
        for number in range(random.randint(6, 14) if crowded else random.randint(1, 14)):
            regels.append(self.regel(f'r{number:02}', regels))
        random.shuffle(regels)
        text = {key: 'x' for key in ('zwaarwegend_belang', 'samenwerkingsverband', 'doel', 'gegevens',
                                     'voorwaarden', 'ontvangers')}
        return {'convenant': 'gemaakt', 'versie': '1', 'status': 'proef', 'huis': 'huis',
                'doel': 'proef', 'contactpunt': 'niemand', 'wpg20': text,
                'bewaar': {'inhoud': 'P6M', 'verantwoording': 'P5Y'}, 'partijen': self.partijen,
                **({'overleggen': self.overleggen} if self.overleggen else {}), 'regels': regels}

    def overleg(self, number):
        def seat():
            partij, functie, _ = self.random.choice(self.everyone)
            return {'partij': partij, 'functie': functie}
        leden = [seat() for _ in range(self.random.randint(0, 2))]
        return {'overleg': f'o{number}', 'voorzitter': seat(),
                'leden': [lid for number, lid in enumerate(leden) if lid not in leden[:number]]}

    def regel(self, naam, before):
        random = self.random
        kind = random.choice(('verstrek', 'verstrek', 'verstrek', 'verbied', 'vereis', 'nood', 'meld',
                              'agendeer' if self.overleggen else 'verstrek'))
        row = {'regel': naam, 'convenantartikel': '1', 'herkomst': 'papier: «x»'}
        if random.random() < 0.5:
            row['laag'] = random.choice(LAGEN)
        als = self.als()
        if als:
            row['als'] = als
        row[kind] = getattr(self, f'_{kind}')(naam)
        if kind not in ('verbied', 'vereis'):
            row.update(doel='proef', grondslag=['wgs-zvh'])
            required = self.required(naam, kind)
            if required:
                row['vereis'] = required
            if 'laag' in row and kind != 'nood':
                self.instead(row, before)
        if random.random() < 0.25:
            first, last = sorted(random.choice(DAYS) for _ in range(2))
            row.update(random.choice(({'van': first}, {'tot': last}, {'van': first, 'tot': last})))
        return row

    def instead(self, row, before):
        """Of some that stand lower, which may themselves go instead of others."""
        lower = [other['regel'] for other in before if 'laag' in other and
                 LAGEN.index(other['laag']) > LAGEN.index(row['laag']) and
                 any(kind in other for kind in ('verstrek', 'meld', 'agendeer'))]
        if lower and self.random.random() < 0.7:
            row['in_plaats_van'] = self.one_or_list(lower, 2)

    def als(self):
        random, found = self.random, {}
        for _ in range(random.choice((0, 1, 1, 2, 2, 3))):
            name = random.choice(OFTEN if random.random() < 0.7 else list(ATTRIBUTEN))
            found[name] = self.test(name)
        return {name: test for name, test in found.items() if test is not None}

    def test(self, name):
        random, values = self.random, ATTRIBUTEN[name].values
        if values == 'getal':
            low = random.randint(0, 3)
            return random.choice(({'minstens': low}, {'hoogstens': low},
                                  {'minstens': low, 'hoogstens': low + random.randint(0, 1)}))
        pool = self.values(values)
        if not pool:
            return None
        wanted = self.one_or_list(pool, 2)
        return {'niet': wanted} if random.random() < 0.25 else wanted

    def values(self, values):
        if values == 'janee':
            return [self.random.choice(('ja', 'nee', 'true', 'false'))]
        return {'gemeente': GEMEENTEN, 'naam': ('noord', 'zuid'),
                'partij': [row['partij'] for row in self.partijen],
                'overleg': [row['overleg'] for row in self.overleggen],
                'ontvanger': [f'{partij}/{functie}' for partij, functie, _ in self.everyone],
                }.get(values) or CODES.get(values, ())[:4]

    # ---- whom

    def groep(self, conditions=True):
        random = self.random
        partij, functie, soort = random.choice(self.everyone)
        choices = [{'partij': partij, 'functie': functie}, {'soort': soort, 'functie': functie}]
        if self.overleggen:
            choices.append({'overleg': random.choice(self.overleggen)['overleg']})
        if conditions:
            rol = {'rol': random.choice(['indiener', *ROLLEN])}
            choices += [rol, {**rol, 'soort': soort}, {**rol, 'functie': functie}]
            if soort == 'gemeente':
                where = {'gemeente': random.choice(('woon', 'verblijf', 'incident')),
                         'functie': functie}
                choices += [where, {'soort': 'gemeente', **where}, where]
        return random.choice(choices)

    def groepen(self, conditions=True):
        found = []
        for _ in range(self.random.randint(1, self.most_groepen)):
            groep = self.groep(conditions)
            if groep not in found:
                found.append(groep)
        return found[0] if len(found) == 1 and self.random.random() < 0.5 else found

    def limits(self):
        return {'regime': self.one_or_list(REGIMES[:4], 2)} if self.random.random() < 0.2 else {}

    # ---- bodies

    def _verstrek(self, _):
        return {'aan': self.groepen(), 'rubrieken': self.some(self.rubrieken, 3), **self.limits()}

    def _nood(self, naam):
        return {**self._verstrek(naam), 'door': 'regisseur', 'minuten': self.random.randint(1, 60)}

    def _meld(self, _):
        return {'aan': self.groepen()}

    def _agendeer(self, _):
        return {'overleg': self.one_or_list([row['overleg'] for row in self.overleggen], 2)}

    def _verbied(self, _):
        random = self.random
        if self.overleggen and random.random() < 0.25:
            return self._agendeer(_)
        body = {'aan': 'iedereen' if random.random() < 0.4 else self.groepen(),
                'rubrieken': self.some((*self.rubrieken, 'bericht'), 2), **self.limits()}
        if random.random() < 0.4:
            body['behalve'] = self.groepen(conditions=False)
        return body

    def _vereis(self, naam):
        body = self._verbied(naam)
        while 'overleg' in body:
            body = self._verbied(naam)
        if self.random.random() < 0.5:
            return {**body, 'toestemming': self.toestemming()}
        return {**body, 'weging': self.asked_weging(naam)}

    # ---- what is required

    def asked_weging(self, naam):
        random = self.random
        uitkomst = random.choice(('lokaal', 'regie'))
        if self.wegers and random.random() < 0.5:
            return {'dezelfde_als': random.choice(self.wegers), 'uitkomst': uitkomst}
        self.wegers.append(naam)
        return {'door': random.choice(('regisseur', 'weger')), 'uitkomst': uitkomst,
                'binnen': random.choice(TERMEN)}

    def toestemming(self):
        random = self.random
        asked = {'grond': self.one_or_list(CODES['toestemming-grond'], 2)}
        if random.random() < 0.4:
            asked['gever'] = self.one_or_list(CODES['toestemming-gever'], 2)
        if random.random() < 0.4:
            asked['voor'] = random.choice(('screening', 'zorg'))
        return asked

    def required(self, naam, kind):
        random, found = self.random, {}
        if random.random() < self.weging:
            found['weging'] = self.asked_weging(naam)
        if kind != 'agendeer' and random.random() < 0.25:
            found['toestemming'] = self.toestemming()
        if kind == 'verstrek' and random.random() < 0.1:
            found['overdracht'] = {'binnen': random.choice(TERMEN), 'terug': 'regisseur'}
        return found


def oin(number):
    return f'000000990000000000{number:02}'
