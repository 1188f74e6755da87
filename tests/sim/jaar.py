# SPDX-License-Identifier: EUPL-1.2
"""A year of one house, made from a seed: who reports what about whom, when it happened, and when and
in which file it is sent. The same seed makes the same year, to the last birthday. Nothing here knows
a regel: what becomes of it is for the house to decide and for oordeel.py to expect."""

import datetime
import random
from typing import NamedTuple

import cijfers
from kalender import DAY, days_of, is_werkdag, moment, next_werkdag
from knp_lists import bsn

POLITIE, VT, PI, OM = 'politie', 'vt', 'pi', 'om'
ROERMOND, WEERT = 'roermond', 'weert'
VERWARD, OVERIG, VEILIG_THUIS = 'verward', 'overige politie', 'Veilig Thuis'
DETENTIE, RADICALISERING, WTH = 'detentie', 'radicalisering', 'huisverbod'
STROMEN = (VERWARD, OVERIG, VEILIG_THUIS, DETENTIE, RADICALISERING, WTH)
SCREENING = (VERWARD, OVERIG, VEILIG_THUIS)  # what the jaarverslag counts as its meldingen


class Persoon(NamedTuple):
    """Somebody, who has a number of the test range."""
    nummer: int
    geboren: datetime.date
    gemeente: str

    @property
    def bsn(self):
        return bsn(self.nummer)


class Betrokkene(NamedTuple):
    """Somebody in a melding; `persoon` None when nobody knows who it is."""
    persoon: Persoon
    rol: str
    leefgebieden: tuple = ()


class Melding(NamedTuple):
    stroom: str
    bron: str
    soort: str
    gemeente: str
    betrokkenen: tuple
    gebeurd: int            # milliseconds since 1970
    gestuurd: int           # when its file is due
    thema: tuple = ()
    klasse: str = ''
    urgentie: str = 'gewoon'


class Bestand(NamedTuple):
    """What a source hands over at once. `gemaakt`: when its meldingen were signed; `gestuurd`: when
    they come; `nogmaals`: when the whole of it comes a second time, or 0."""
    bron: str
    gemaakt: int
    gestuurd: int
    nogmaals: int
    meldingen: tuple


class Verzoek(NamedTuple):
    """ZSM asks about somebody; `antwoordt` is whether it says what it did with the answer."""
    persoon: Persoon
    gesteld: int
    uren: int
    antwoordt: bool


class Jaar(NamedTuple):
    cijfers: cijfers.Cijfers
    seed: int
    bestanden: tuple        # in order of `gestuurd`
    casussen: tuple         # persons on the Top-X
    verzoeken: tuple        # in order of `gesteld`
    stil: tuple             # first and last day on which the PI hands nothing over
    doof: tuple             # first and last day on which the AMW fetches nothing

    @property
    def meldingen(self):
        return [melding for bestand in self.bestanden for melding in bestand.meldingen]


class Maker:
    """Draws a year. Whatever is drawn is drawn from one source, in one order."""

    def __init__(self, figures, seed):
        self.figures, self.random = figures, random.Random(seed)
        self.seed = seed
        self.days = days_of(figures.jaar)[1:]  # the house opens on New Year's Day
        self.made = 0
        self.meldingen = []

    # ---- persons and days ------------------------------------------------------------------

    def persoon(self, youngest=18, oldest=75, gemeente=''):
        self.made += 1
        gemeenten = self.figures.gewichten
        age = self.random.randint(youngest * 366, oldest * 365)
        gemeente = gemeente or self.random.choices(list(gemeenten), list(gemeenten.values()))[0]
        return Persoon(self.made, datetime.date(self.figures.jaar, 1, 1) - age * DAY, gemeente)

    def day(self):
        return self.random.choice(self.days)

    def at(self, day):
        """A moment of that day: evenings and nights have more."""
        hours = [2] * 7 + [1] * 9 + [3] * 8
        return moment(day, self.random.choices(range(24), hours)[0], self.random.randrange(60))

    def near(self, day, least, most):
        """A day so many days after, within the year."""
        wanted = day + self.random.randint(least, most) * DAY
        return wanted if wanted <= self.days[-1] else self.day()

    def add(self, stroom, bron, day, betrokkenen, soort='', **more):
        """A melding of what happened on `day`, sent in the next file of its source."""
        last = self.days[-1]
        sent = next_werkdag(min(day + DAY, last), cijfers.POLITIE_DAGEN if bron == POLITIE else
                            (0, 1, 2, 3, 4))
        if sent > last:  # the last file of the year takes what is left
            sent = last
            while not is_werkdag(sent):
                sent -= DAY
        gebeurd = self.at(min(day, sent - DAY))
        first = betrokkenen[0].persoon
        gemeente = first.gemeente if first else self.persoon_gemeente()
        urgentie = 'dringend' if self.random.random() < cijfers.DRINGEND else 'gewoon'
        self.meldingen.append(Melding(stroom, bron, soort or bron, gemeente, tuple(betrokkenen),
                                      gebeurd, moment(sent, 10), urgentie=urgentie, **more))

    def persoon_gemeente(self):
        gemeenten = self.figures.gewichten
        return self.random.choices(list(gemeenten), list(gemeenten.values()))[0]

    # ---- verward gedrag --------------------------------------------------------------------

    def frequencies(self, known):
        """How many meldingen each person has: 21 % comes back, half of these two or three times."""
        repeaters = round(known / (3.08 + (1 - cijfers.HERHALERS) / cijfers.HERHALERS))
        counts = [self.random.choice((2, 3)) for _ in range(repeaters // 2)]
        counts += [self.random.choice((4, 4, 4, 5)) for _ in range(repeaters - len(counts))]
        return counts + [1] * (known - sum(counts))

    def verward(self):
        total = self.figures.verward
        nobody = round(total * cijfers.ONBEKEND)
        counts = self.frequencies(total - nobody)
        doubles = round((total - nobody) * cijfers.ZELFDE_DAG)
        cases = [(None, self.day()) for _ in range(nobody)]
        self.known = []
        for count in counts:
            persoon, day = self.persoon(), self.day()
            self.known.append((persoon, day, count))
            cases.append((persoon, day))
            for again in range(1, count):
                if again == 1 and doubles:
                    doubles -= 1
                else:
                    day = self.day()
                cases.append((persoon, day))
        klassen = ['E14'] * round(total * cijfers.E14_DEEL)
        klassen += ['E33'] * (total - len(klassen))
        self.random.shuffle(klassen)
        for (persoon, day), klasse in zip(cases, klassen):
            self.add(VERWARD, POLITIE, day, [Betrokkene(persoon, 'betrokkene')], 'politie',
                     klasse=klasse, thema=('verward-gedrag',))

    # ---- the other sources -----------------------------------------------------------------

    def overig(self):
        total = self.figures.meldingen - self.figures.verward - self.figures.veilig_thuis
        for _ in range(total):
            persons = [Betrokkene(self.persoon(14), 'verdachte')]
            if self.random.random() < 0.4:
                persons.append(Betrokkene(self.persoon(6), 'slachtoffer'))
            thema = self.random.choice(('overlast', 'verslaving', 'huiselijk-geweld', 'stalking'))
            self.add(OVERIG, POLITIE, self.day(), persons, 'politie', klasse='overig',
                     thema=(thema,))

    def veilig_thuis(self):
        total = self.figures.veilig_thuis
        both = round(total * cijfers.SAMENLOOP)
        for number in range(total):
            persoon, day, _ = self.random.choice(self.known)
            day = self.near(day, 4, 20)
            if number >= both:
                persoon, day = self.persoon(), self.day()
            persons = [Betrokkene(persoon, 'vermoedelijke-pleger'),
                       Betrokkene(self.persoon(18, 70, persoon.gemeente), 'slachtoffer')]
            if self.random.random() < 0.4:
                persons.append(Betrokkene(self.persoon(1, 17, persoon.gemeente), 'kind'))
            self.add(VEILIG_THUIS, VT, day, persons, 'veilig-thuis', thema=('huiselijk-geweld',))

    def gedetineerde(self, persoon):
        asks = tuple(name for name, part in cijfers.LEEFGEBIEDEN.items()
                     if self.random.random() < part)
        return [Betrokkene(persoon, 'gedetineerde', asks)]

    def detentie(self):
        twice = self.figures.detentie - self.figures.detentie_personen
        for number in range(self.figures.detentie_personen):
            persoon, day = self.persoon(), self.day()
            begin = number < twice or self.random.random() < 0.5
            if number < twice:
                day = self.days[self.random.randrange(len(self.days) // 2)]
                self.add(DETENTIE, PI, self.near(day, 20, 150), self.gedetineerde(persoon),
                         'detentie.einde', thema=('detentie',))
            self.add(DETENTIE, PI, day, self.gedetineerde(persoon),
                     'detentie.begin' if begin else 'detentie.einde', thema=('detentie',))

    def others(self):
        persons = [self.persoon() for _ in range(self.figures.radicalisering_personen)]
        for number in range(self.figures.radicalisering):
            self.add(RADICALISERING, POLITIE, self.day(),
                     [Betrokkene(persons[number % len(persons)], 'betrokkene')], 'radicalisering',
                     thema=('radicalisering',))
        for _ in range(self.figures.wth):
            gemeente = self.random.choice(('GM0957', 'GM0988'))
            persons = [Betrokkene(self.persoon(18, 70, gemeente), rol)
                       for rol in ('vermoedelijke-pleger', 'slachtoffer')]
            self.add(WTH, ROERMOND if gemeente == 'GM0957' else WEERT, self.day(), persons, 'wth',
                     thema=('huiselijk-geweld',))

    def casussen(self):
        """The Top-X: first those who come back most, then persons no file tells of."""
        often = sorted(self.known, key=lambda row: -row[2])[:self.figures.top_x // 2]
        found = [persoon for persoon, _, _ in often]
        return tuple(found + [self.persoon() for _ in range(self.figures.top_x - len(found))])

    def verzoeken(self, casussen):
        total, known = self.figures.zsm, self.figures.zsm_bekend
        nights, rows = round(total * cijfers.ZSM_NACHT), []
        for number in range(total):
            persoon = self.random.choice(casussen) if number < known else self.persoon()
            night = self.random.randrange(total) < nights
            hour = self.random.choice((22, 23, 0, 1, 2, 5, 7)) if night else \
                self.random.randrange(8, 22)
            when = moment(self.day(), hour, self.random.randrange(60))
            rows.append(Verzoek(persoon, when, self.random.choice((6, 6, 9)),
                                self.random.random() < 0.8))
        return tuple(sorted(rows, key=lambda row: row.gesteld))

    # ---- files -----------------------------------------------------------------------------

    def bestanden(self, stil):
        """By source and day; some come late, some twice, and for weeks the PI sends none."""
        grouped = {}
        for melding in self.meldingen:
            day = melding.gestuurd
            if melding.bron == PI and moment(stil[0], 0) <= day < moment(stil[1] + DAY, 0):
                day = moment(next_werkdag(stil[1] + DAY), 10)
            grouped.setdefault((melding.bron, day), []).append(melding)
        keys = sorted(grouped, key=lambda key: (key[1], key[0]))
        early = [key for key in keys if key[1] < moment(self.days[-45], 0)]
        late = set(self.random.sample([key for key in early if key[0] in (POLITIE, VT)], 8))
        twice = set(self.random.sample(early, 12))
        rows = []
        for bron, day in keys:
            sent = day + self.random.randint(2, 21) * 86_400_000 if (bron, day) in late else day
            again = sent + self.random.randint(1, 9) * 86_400_000 if (bron, day) in twice else 0
            rows.append(Bestand(bron, day, sent, again, tuple(grouped[bron, day])))
        return tuple(sorted(rows, key=lambda row: (row.gestuurd, row.bron)))


def make(seed, figures=cijfers.MIDDEN_LIMBURG_2020):
    """The year of this house that the seed makes."""
    maker = Maker(figures, seed)
    for draw in (maker.verward, maker.overig, maker.veilig_thuis, maker.detentie, maker.others):
        draw()
    casussen = maker.casussen()
    stil = datetime.date(figures.jaar, 5, 11), datetime.date(figures.jaar, 5, 29)
    doof = datetime.date(figures.jaar, 7, 20), datetime.date(figures.jaar, 8, 7)
    return Jaar(figures, seed, maker.bestanden(stil), casussen, maker.verzoeken(casussen), stil,
                doof)
