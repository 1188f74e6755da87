# SPDX-License-Identifier: EUPL-1.2
"""Random meldingen under a convenant. Most begin as one that a regel of it asks for, and are then
spoiled here and there: a decision turns on one fact, and is met from both sides."""

from datetime import date

from door import NO_RUBRIEKEN
from language import ATTRIBUTEN, BERICHT, CODES, MOST_BETROKKENEN, REGIMES, RUBRIEKEN
from oracle import Agenda, Given, Melding, Nood, Rubriek

GRONDEN, GEVERS = CODES['toestemming-grond'], CODES['toestemming-gever']
STRANGER = '00000099999999999000'  # a partij of no convenant
DAY_MS = 86_400_000
NOBODY = (MOST_BETROKKENEN + 1, 33)  # betrokkenen that no melding has
ODD_NUMBERS = ('0', '9', '19', '007', '000000003', '999999999', '1234567890', '-1', '3x', '3:', '/')


def some(random, pool, most):
    return tuple(random.sample(pool, min(len(pool), random.randint(1, most))))


class Pools:
    """What a convenant speaks of: which values, days, regels and ontvangers can make a difference."""

    def __init__(self, convenant):
        self.convenant, document = convenant, convenant.document
        self.regels = convenant.regels
        self.ontvangers = list(convenant.ontvangers)
        self.oins = [partij.oin for partij in document.partijen.values()]
        self.tests = {}
        for regel in self.regels:
            for test in regel.regel.als:
                self.tests.setdefault(test.attribuut, []).append(test)
        self.values = {name: self._values(name) for name in ATTRIBUTEN}
        self.days = sorted({day for regel in self.regels
                            for day in (regel.regel.van, regel.regel.tot) if day}) or ['2026-03-01']
        self.roots = sorted(convenant.roots)
        self.outcomes = sorted({regel.regel.weging.uitkomst for regel in self.regels
                                if regel.regel.weging}) + ['anders']
        self.doelen = sorted({regel.regel.toestemming.voor for regel in self.regels
                              if regel.regel.toestemming}) + ['', 'anders']
        self.noden = [regel for regel in self.regels if regel.kind == 'nood']
        self.asks_toestemming = any(regel.regel.toestemming for regel in self.regels)
        self.asks_regime = any(regel.regel.regime for regel in self.regels)
        self.spoken = self._spoken()

    def _spoken(self):
        """The attributes that can make a difference."""
        words = [word for regel in self.regels for groep in regel.groepen.values() for word in groep]
        conditions = {word.attribuut for word in words} - {'indiener'}
        return sorted(set(self.tests) | conditions)

    def _values(self, name):
        kind, document = ATTRIBUTEN[name].values, self.convenant.document
        if kind == 'getal':
            bounds = {test.values for test in self.tests.get(name, [])}
            return [str(bound + step) for bound in bounds for step in (-1, 0, 1)
                    if bound + step >= 0] or ['1', '2']
        wanted = sorted({value for test in self.tests.get(name, []) for value in test.values})
        if kind == 'janee':
            return ['ja', 'nee']
        if kind == 'gemeente':
            codes = {partij.gemeente for partij in document.partijen.values()} - {''}
            return sorted(codes | set(wanted)) + ['GM0000']
        if kind == 'ontvanger':
            return [f'{partij.naam}/{functie}' for (_, functie), partij in
                    self.convenant.ontvangers.items()] or ['niemand/niets']
        if kind in ('partij', 'overleg', 'naam'):
            names = {'partij': document.partijen, 'overleg': document.overleggen,
                     'naam': ['noord', 'zuid']}[kind]
            return wanted + sorted(names) + ['onbekende']
        return wanted + wanted + list(CODES[kind])


class Drawer:
    """Draws meldingen and questions, from one seed."""

    def __init__(self, pools, random, crowd=0.01):
        """`crowd`: how often a melding has as many betrokkenen as can be."""
        self.pools, self.random, self.crowd = pools, random, crowd

    def fact(self, name):
        random, row = self.random, ATTRIBUTEN[name]
        chance = random.random()
        if chance < 0.12:
            return None
        if chance < 0.22:
            return ()
        if row.values == 'getal' and chance < 0.27:
            return (random.choice(ODD_NUMBERS),)
        most = 3 if row.several else 2 if chance < 0.30 else 1
        return tuple(dict.fromkeys(random.choice(self.pools.values[name]) for _ in range(
            random.randint(1, most))))

    def wanted(self, name, tests):
        """A fact that most of these tests would let pass."""
        random, pool = self.random, self.pools.values[name]
        for _ in range(6):
            value = random.choice(pool)
            if all(passes(test, value) for test in tests):
                break
        return (value,)

    def melding(self):
        random, pools = self.random, self.pools
        melding = Melding(MOST_BETROKKENEN if random.random() < self.crowd else
                          random.choice((0, 1, 1, 1, 2, 2, 3)))
        persons = range(1, melding.betrokkenen + 1)
        target = random.choice(pools.regels) if pools.regels and random.random() < 0.8 else None
        lucky = random.choice((melding.betrokkenen, random.randint(1, max(1, melding.betrokkenen)))) \
            if melding.betrokkenen else 0
        facts = melding.feiten
        for name in pools.spoken:
            for person in persons if ATTRIBUTEN[name].betrokkene else (0,):
                if target and person in (0, lucky) and random.random() < 0.85:
                    tests = [test for test in target.regel.als if test.attribuut == name]
                    facts[name, person] = self.wanted(name, tests) if tests or random.random() < 0.5 \
                        else self.fact(name)
                else:
                    facts[name, person] = self.fact(name)
        self._sender(melding)
        self._moment(melding, target)
        self._wegingen(melding, target)
        self._toestemmingen(melding, target)
        self._noden(melding, target, lucky)
        if pools.asks_regime:
            self._regimes(melding, target)
        return melding, target, lucky

    def _sender(self, melding):
        random = self.random
        melding.oefening = random.random() < 0.8
        chance = random.random()
        if chance < 0.04:
            melding.bron = '' if chance < 0.02 else STRANGER
            return
        melding.bron = random.choice(self.pools.oins)
        partij = self.pools.convenant.document.by_oin[melding.bron]
        if random.random() < 0.8:  # as a knooppunt finds them; else as nobody should
            melding.feiten['bron', 0] = (partij.naam,)
            melding.feiten['bron.soort', 0] = (partij.soort,)
        if random.random() < 0.5:
            melding.functies = some(random, [*partij.functies, 'anders'], 2)

    def _moment(self, melding, target):
        """Around the day on which something changes, midnight in Limburg included."""
        random = self.random
        day = random.choice(self.pools.days)
        if target and (target.regel.van or target.regel.tot) and random.random() < 0.7:
            day = target.regel.van or target.regel.tot
        melding.moment = days_since_1970(day) * DAY_MS + random.randint(-1, 2) * DAY_MS + \
            random.choice((0, 1, 79_199_999, 79_200_000, 82_799_999, 82_800_000, 43_200_000,
                           DAY_MS - 1))

    def _wegingen(self, melding, target):
        random, pools = self.random, self.pools
        if target and target.regel.weging and random.random() < 0.6:
            melding.wegingen.append((target.naam, target.regel.weging.uitkomst,
                                     random.choice((0, melding.betrokkenen, random.randint(
                                         0, melding.betrokkenen)))))
        while pools.roots and random.random() < 0.35:
            regel = random.choice(pools.roots) if random.random() < 0.9 else \
                random.choice([*(regel.naam for regel in pools.regels), 'geen-regel'])
            melding.wegingen.append((regel, random.choice(pools.outcomes),
                                     random.choice((0, *NOBODY, melding.betrokkenen,
                                                    random.randint(0, melding.betrokkenen)))))

    def _toestemmingen(self, melding, target):
        random, pools = self.random, self.pools
        melding.all_toestemmingen = random.random() < 0.8
        if not pools.asks_toestemming:
            return
        while random.random() < 0.6 and len(melding.toestemmingen) < 8:
            asked = target.regel.toestemming if target else None
            melding.toestemmingen.append(self._given(melding, asked))

    def _given(self, melding, asked):
        """Covers everything, but for what is spoiled."""
        random, pools = self.random, self.pools

        def spoiled(good, *others):
            return random.choice(others) if random.random() < 0.15 else good
        oin, functie = random.choice(pools.ontvangers) if pools.ontvangers else (STRANGER, 'x')
        day = melding.dag
        return Given(
            spoiled(random.choice((1, max(1, melding.betrokkenen))), 0, 2, *NOBODY),
            spoiled(asked.gronden[0] if asked else 'toestemming', *GRONDEN),
            spoiled(asked.gevers[0] if asked and asked.gevers else random.choice(GEVERS),
                    '', *GEVERS),
            spoiled(asked.voor if asked else random.choice(pools.doelen), *pools.doelen),
            spoiled('', melding.bron, random.choice(pools.oins)),
            *random.choice((('', ''), ('', ''), (oin, ''), (oin, functie))),
            spoiled('', *RUBRIEKEN) if random.random() < 0.5 else '',
            spoiled('', day, shifted(day, 1), shifted(day, -1)),
            spoiled('', day, shifted(day, 1), shifted(day, -1)))

    def _noden(self, melding, target, lucky):
        random, pools = self.random, self.pools
        for regel in pools.noden:
            if random.random() > (0.8 if regel is target else 0.3) or not regel.groepen:
                continue
            oin, functie = random.choice(list(regel.groepen))
            minutes = regel.regel.minuten * 60_000
            begin = melding.moment - random.choice((0, 0, 1, minutes - 1, minutes, minutes + 1, -1))
            end = melding.moment + random.choice((minutes, minutes, 1, 0, -1))
            melding.noodbesluiten.append(Nood(
                regel.naam, random.choice((lucky or 1, lucky or 1, lucky or 1, 0, *NOBODY)),
                oin, functie, begin, max(begin, end)))

    def _regimes(self, melding, target):
        random = self.random
        for rubriek in [BERICHT, *RUBRIEKEN]:
            for person in range(melding.betrokkenen + 1):
                if random.random() < 0.15:
                    continue
                held = target.regel.regime if target and target.regel.regime and \
                    random.random() < 0.6 else REGIMES
                melding.regimes[rubriek, person] = some(random, held, 2)

    def questions(self, melding, target, lucky, count):
        """Half of them about what the melding was made for."""
        random, pools = self.random, self.pools
        about = list(pools.convenant.about)
        aimed = [(oin, functie, rubriek) for oin, functie in target.groepen
                 for rubriek in target.regel.rubrieken] if target else []
        tables = sorted(target.regel.overleggen) if target else []
        for number in range(count):
            person = lucky if number % 3 else random.randint(0, melding.betrokkenen)
            if tables and number % 2 or (number == 2 and pools.convenant.document.overleggen):
                yield self._agenda(tables, person)
                continue
            if aimed and number % 2:
                oin, functie, rubriek = random.choice(aimed)
            elif about and number % 4:
                oin, functie, rubriek = random.choice(about)
            else:
                oin, functie = random.choice(pools.ontvangers or [(STRANGER, 'x')])
                rubriek = random.choice([BERICHT, *RUBRIEKEN])
            if rubriek == BERICHT or not RUBRIEKEN[rubriek][0]:
                person = 0
            if random.random() < 0.03:
                person = random.choice((melding.betrokkenen, melding.betrokkenen + 1, *NOBODY))
            if random.random() < 0.01:
                rubriek = random.choice(NO_RUBRIEKEN)
            if random.random() < 0.02:
                oin, functie = random.choice(((STRANGER, functie), (oin, 'anders')))
            yield Rubriek(oin, functie, rubriek, person)

    def _agenda(self, tables, person):
        random = self.random
        tables = tables or sorted(self.pools.convenant.document.overleggen)
        return Agenda('geen-overleg' if random.random() < 0.02 else random.choice(tables),
                      random.choice(NOBODY) if random.random() < 0.02 else person)


def passes(test, value):
    if test.kind == 'minstens':
        return value.isdigit() and int(value) >= test.values
    if test.kind == 'hoogstens':
        return value.isdigit() and int(value) <= test.values
    return (value in test.values) == (test.kind == 'is')


def days_since_1970(day):
    return date.fromisoformat(day).toordinal() - 719_163


def shifted(day, by):
    return date.fromordinal(date.fromisoformat(day).toordinal() + by).isoformat()
