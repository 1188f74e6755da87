# SPDX-License-Identifier: EUPL-1.2
"""Who may have what: docs/convenant-taal.md §4, by an evaluator of its own.

A Convenant is compiled once and then asked; a Melding holds the facts of §3. Answers are an
oordeel, the regels that decided in the order of the file, and the weging that is awaited.
"""

import datetime
import functools
from typing import NamedTuple

from language import ATTRIBUTEN, BERICHT, GEMEENTEN, REGIMES, ROLLEN, RUBRIEKEN

# Three values in an order in which a conjunction is the least, the best the greatest, and the
# contrary 2 - value.
NEE, UNTOLD, JA = 0, 1, 2
VERSTREKT, GEWEIGERD, WACHT = 'verstrekt', 'geweigerd', 'wacht'
NO_PERSON = -1  # the one who is not there, when a melding has no betrokkenen


class Given(NamedTuple):
    """A toestemming that was given; '' is every, or no such day."""
    betrokkene: int
    grond: str
    gever: str = ''
    doel: str = ''
    bron: str = ''
    oin: str = ''
    functie: str = ''
    rubriek: str = ''
    van: str = ''
    tot: str = ''


class Nood(NamedTuple):
    """A noodbesluit that holds from `van` to `tot`, both inclusive, in milliseconds."""
    regel: str
    betrokkene: int
    oin: str
    functie: str
    van: int
    tot: int


class Melding:
    """What a decision rests on. A fact that is not among `feiten` is known to have no value; None
    is not known."""

    def __init__(self, betrokkenen=1):
        self.bron = ''  # OIN, '' when nobody is known to have sent it
        self.functies = ()  # of the key; none: every functie
        self.oefening = True
        self.moment = 0  # milliseconds since 1970
        self.betrokkenen = betrokkenen
        self.feiten = {}  # (attribuut, betrokkene or 0): None or a tuple of values
        self.wegingen = []  # (regel, uitkomst, betrokkene or 0)
        self.toestemmingen = []  # of Given
        self.all_toestemmingen = True
        self.noodbesluiten = []  # of Nood
        self.regimes = {}  # (rubriek, betrokkene): None or a tuple; left out: not known

    @property
    def dag(self):
        return day_of(self.moment)


class Rubriek(NamedTuple):
    """May this ontvanger have this rubriek about this betrokkene (0: the incident)?"""
    oin: str
    functie: str
    rubriek: str
    betrokkene: int


class Agenda(NamedTuple):
    """Does it come on the agenda of this overleg?"""
    overleg: str
    betrokkene: int


class Answer(NamedTuple):
    oordeel: str
    regels: tuple = ()
    weging: str = ''  # the regel whose weging is awaited
    onder: tuple = ()  # of what is given: under these regimes alone, none for all


@functools.lru_cache(maxsize=None)
def last_sunday(year, month):
    """Of March or October, which both have 31 days."""
    day = datetime.date(year, month, 31)
    return day - datetime.timedelta(days=day.isoweekday() % 7)


@functools.lru_cache(maxsize=4096)
def day_of(moment):
    """The day in Europe/Amsterdam, as it is written. Summer begins and ends at 01:00 UTC."""
    utc = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=moment)
    begin, end = (datetime.datetime.combine(last_sunday(utc.year, month), datetime.time(1))
                  for month in (3, 10))
    return (utc + datetime.timedelta(hours=2 if begin <= utc < end else 1)).date().isoformat()


def compiled_test(test):
    """The fact as it is known, to a value of three."""
    several, wanted, kind = ATTRIBUTEN[test.attribuut].several, test.values, test.kind

    def value(fact):
        if fact is None or (len(fact) > 1 and not several):
            return UNTOLD
        return JA if any(one in wanted for one in fact) else NEE

    def contrary(fact):
        return 2 - value(fact)

    def bound(fact):
        if fact is None or len(fact) > 1:
            return UNTOLD
        if not fact:
            return NEE
        if not (fact[0].isascii() and fact[0].isdigit() and len(fact[0]) <= 9):
            return UNTOLD
        return JA if (int(fact[0]) >= wanted if kind == 'minstens' else
                      int(fact[0]) <= wanted) else NEE

    return {'is': value, 'niet': contrary}.get(kind, bound)


class Condition(NamedTuple):
    """What a groep asks of an ontvanger: a test of an attribute, or to be the indiener (no test)."""
    attribuut: str
    holds: object


def condition_of(groep, partij, functie):
    """What this groep asks of this ontvanger; None when nothing."""
    if 'gemeente' in groep:
        attribuut, wanted = GEMEENTEN[groep['gemeente']], partij.gemeente
    elif groep.get('rol') == 'indiener':
        return Condition('indiener', None)
    elif 'rol' in groep:
        attribuut, wanted = ROLLEN[groep['rol']], f'{partij.naam}/{functie}'
    else:
        return None
    several = ATTRIBUTEN[attribuut].several

    def holds(fact):
        if fact is None or (len(fact) > 1 and not several):
            return UNTOLD
        return JA if wanted in fact else NEE
    return Condition(attribuut, holds)


class Compiled:
    """A regel, ready to be asked."""

    def __init__(self, regel, number):
        self.regel, self.number, self.naam = regel, number, regel.naam
        self.gives, self.kind = regel.gives, regel.kind
        self.tests = tuple((test.attribuut, ATTRIBUTEN[test.attribuut].betrokkene,
                            compiled_test(test)) for test in regel.als)
        self.replaced_by = []
        self.groepen = {}  # (oin, functie): conditions, or () when it is asked nothing

    def about_regime(self, held):
        """The last condition: the laws under which the place is held."""
        if not self.regel.regime:
            return JA
        if held is None:
            return UNTOLD
        return JA if any(one in self.regel.regime for one in held) else NEE


class Convenant:
    """A convenant that can be asked."""

    def __init__(self, document):
        self.document = document
        self.regels = [Compiled(regel, number) for number, regel in enumerate(document.regels)]
        by_name = {regel.naam: regel for regel in self.regels}
        self.roots = {regel.naam: regel.regel.weging.root for regel in self.regels
                      if regel.regel.weging}
        for regel in self.regels:
            for other in regel.regel.in_plaats_van:
                by_name[other].replaced_by.append(regel)
        self.ontvangers = {}
        for partij, functie in document.ontvangers():
            row = document.partijen[partij]
            self.ontvangers[row.oin, functie] = row
        self._concerned()

    def _concerned(self):
        """Which regels concern whom and what, each by the conditions of its groepen."""
        self.about = {}  # (oin, functie, rubriek): regels
        self.agenda = {naam: [regel for regel in self.regels if naam in regel.regel.overleggen]
                       for naam in self.document.overleggen}
        for (oin, functie), partij in self.ontvangers.items():
            for regel in self.regels:
                if regel.regel.overleggen:
                    continue
                conditions = self._named(regel.regel.body, partij, functie)
                if conditions is None:
                    continue
                regel.groepen[oin, functie] = conditions
                for rubriek in regel.regel.rubrieken:
                    self.about.setdefault((oin, functie, rubriek), []).append(regel)

    def _named(self, body, partij, functie):
        """None when the regel does not concern this ontvanger, else the conditions of which the
        best counts; () when a groep without one names it."""
        if any(self._in(groep, partij, functie) for groep in _groepen(body.get('behalve', []))):
            return None
        asked = [condition_of(groep, partij, functie) for groep in _groepen(body['aan'])
                 if self._in(groep, partij, functie)]
        if not asked:
            return None
        return () if None in asked else tuple(asked)

    def _in(self, groep, partij, functie):
        if 'iedereen' in groep:
            return True
        if 'overleg' in groep:
            return (partij.naam, functie) in self.document.overleggen[groep['overleg']].table
        soort = groep.get('soort', 'gemeente' if 'gemeente' in groep else partij.soort)
        return (groep.get('partij', partij.naam) == partij.naam and soort == partij.soort and
                groep.get('functie', functie) == functie)

    def concerns(self, melding):
        """§4.5: whether this melding is put before this convenant at all."""
        partij = self.document.by_oin.get(melding.bron)
        return partij is not None and (partij.signed or melding.oefening)

    def ask(self, melding):
        return Asked(self, melding)


def _groepen(written):
    rows = written if isinstance(written, list) else [written]
    return [{'iedereen': True} if row == 'iedereen' else row for row in rows]


class Asked:
    """One convenant asked about one melding. What does not depend on who asks is found once."""

    def __init__(self, convenant, melding):
        self.convenant, self.melding = convenant, melding
        self.dag = melding.dag
        self.persons = range(1, melding.betrokkenen + 1) if melding.betrokkenen else (NO_PERSON,)
        self._found = {}

    # ---- what a regel rests on, whoever asks

    def applies(self, regel, person):
        """Day, als, and not replaced: of the regel itself that is also whether it enters."""
        key = regel.number, person
        if key not in self._found:
            self._found[key] = self._applies(regel, person)
        return self._found[key]

    def _applies(self, regel, person):
        row = regel.regel
        if (row.van and self.dag < row.van) or (row.tot and self.dag > row.tot):
            return NEE
        stand, facts = JA, self.melding.feiten
        for attribuut, of_person, holds in regel.tests:
            if not of_person:
                one = holds(facts.get((attribuut, 0), ()))
            elif person == NO_PERSON:
                one = NEE
            else:
                one = holds(facts.get((attribuut, person), ()))
            if one < stand:
                stand = one
                if stand == NEE:
                    return NEE
        return min([stand, *(2 - self.applies(other, person) for other in regel.replaced_by)])

    def groep(self, regel, ontvanger, person):
        conditions = regel.groepen[ontvanger]
        return max(self._condition(one, ontvanger, person) for one in conditions) \
            if conditions else JA

    def _condition(self, condition, ontvanger, person):
        if condition.holds is None:
            return JA if self.sent_by(ontvanger) else NEE
        if not ATTRIBUTEN[condition.attribuut].betrokkene:
            return condition.holds(self.melding.feiten.get((condition.attribuut, 0), ()))
        if person == NO_PERSON:
            return NEE
        return condition.holds(self.melding.feiten.get((condition.attribuut, person), ()))

    def sent_by(self, ontvanger):
        oin, functie = ontvanger
        return oin == self.melding.bron and (not self.melding.functies or
                                             functie in self.melding.functies)

    def weging(self, regel, person):
        """§2.6: UNTOLD is that none was given."""
        asked, roots = regel.regel.weging, self.convenant.roots
        given = [row for row in self.melding.wegingen if roots.get(row[0]) == asked.root]
        outcomes = [uitkomst for _, uitkomst, about in given if about == person] or \
            [uitkomst for _, uitkomst, about in given if about == 0]
        if not outcomes:
            return UNTOLD
        return JA if all(one == asked.uitkomst for one in outcomes) else NEE

    def toestemming(self, regel, ontvanger, rubriek, person):
        if person == NO_PERSON:
            return NEE
        if any(self._covers(given, regel.regel.toestemming, ontvanger, rubriek, person)
               for given in self.melding.toestemmingen):
            return JA
        return NEE if self.melding.all_toestemmingen else UNTOLD

    def _covers(self, given, asked, ontvanger, rubriek, person):
        return (given.betrokkene == person and given.grond in asked.gronden and
                (given.grond != 'toestemming' or not asked.gevers or
                 given.gever in asked.gevers) and
                (not asked.voor or given.doel == asked.voor) and
                given.bron in ('', self.melding.bron) and
                given.oin in ('', ontvanger[0]) and given.functie in ('', ontvanger[1]) and
                given.rubriek in ('', rubriek) and
                (not given.van or given.van <= self.dag) and
                (not given.tot or self.dag <= given.tot))

    def nood(self, regel, ontvanger, person):
        longest = regel.regel.minuten * 60_000
        return JA if any(
            (one.regel, one.betrokkene) == (regel.naam, person) and
            (one.oin, one.functie) == ontvanger and
            one.van <= self.melding.moment <= min(one.tot, one.van + longest)
            for one in self.melding.noodbesluiten) else NEE

    # ---- stands

    def conditions(self, regel, ontvanger, rubriek, person, held):
        """(all but the weging, the weging) for one betrokkene, regime and all."""
        row = regel.regel
        stand = min(self.applies(regel, person), regel.about_regime(held))
        if stand and ontvanger:
            stand = min(stand, self.groep(regel, ontvanger, person))
        if stand and row.toestemming:
            lifted = self.toestemming(regel, ontvanger, rubriek, person)
            stand = min(stand, lifted if regel.gives else 2 - lifted)
        if stand and regel.kind == 'nood':
            stand = min(stand, self.nood(regel, ontvanger, person))
        if not row.weging:
            return stand, JA
        weging = self.weging(regel, person)
        return stand, weging if regel.gives else 2 - weging

    def answer(self, question):
        agenda = isinstance(question, Agenda)
        about = question.betrokkene
        if agenda:
            overleg = self.convenant.document.overleggen.get(question.overleg)
            partij = overleg and self.convenant.document.partijen[overleg.voorzitter[0]]
            ontvanger, rubriek = None, ''
            place = 0 <= about <= self.melding.betrokkenen
        else:
            ontvanger, rubriek = (question.oin, question.functie), question.rubriek
            partij = self.convenant.ontvangers.get(ontvanger)
            place = is_place(rubriek, about, self.melding.betrokkenen)
        if partij is None or not place:
            return Answer(GEWEIGERD)
        if not partij.signed and not self.melding.oefening:
            return Answer(GEWEIGERD)
        if not agenda and self.sent_by(ontvanger) and not knooppunt_states(rubriek):
            return Answer(GEWEIGERD)
        regels = self.convenant.agenda[question.overleg] if agenda else \
            self.convenant.about.get((*ontvanger, rubriek), [])
        held = self.melding.regimes.get((rubriek, about))
        persons = (about,) if about else self.persons
        stands = [(regel, [self.conditions(regel, ontvanger, rubriek, person, held)
                           for person in persons]) for regel in regels]
        return decide(stands)

    def __call__(self, question):
        return self.answer(question)

    # ---- §5

    def nearest(self, question):
        """Of a Rubriek: the regel that explains an answer that is not `verstrekt`; '' when none
        does."""
        answer = self.answer(question)
        regels = self._explaining(question, answer)
        if answer.oordeel == VERSTREKT or not regels:
            return ''
        if answer.oordeel == GEWEIGERD and answer.regels:
            return answer.regels[0]
        held = self.melding.regimes.get((question.rubriek, question.betrokkene))
        persons = (question.betrokkene,) if question.betrokkene else self.persons
        return min((self._distance(regel, question, person, held), regel.naam.encode(), regel.naam)
                   for regel in regels for person in persons)[2]

    def _explaining(self, question, answer):
        """Those of which the nearest is sought."""
        ontvanger = question.oin, question.functie
        partij = self.convenant.ontvangers.get(ontvanger)
        if partij is None or not is_place(question.rubriek, question.betrokkene,
                                          self.melding.betrokkenen) or \
                (not partij.signed and not self.melding.oefening) or \
                (self.sent_by(ontvanger) and not knooppunt_states(question.rubriek)):
            return []
        about = self.convenant.about.get((*ontvanger, question.rubriek), [])
        if answer.oordeel == GEWEIGERD:
            return [regel for regel in about if regel.gives or regel.naam in answer.regels]
        reasons = [regel for regel in about if regel.naam in answer.regels]
        return [regel for regel in reasons if regel.gives] or reasons

    def _distance(self, regel, question, person, held):
        """(conditions that are ja, as a debt; conditions) for the best of its groepen."""
        row, ontvanger = regel.regel, (question.oin, question.functie)
        stands = []
        if row.van or row.tot:
            stands.append(JA if (not row.van or row.van <= self.dag) and
                          (not row.tot or self.dag <= row.tot) else NEE)
        for attribuut, of_person, holds in regel.tests:
            if of_person and person == NO_PERSON:
                stands.append(NEE)
            else:
                fact = self.melding.feiten.get((attribuut, person if of_person else 0), ())
                stands.append(holds(fact))
        stands += [2 - self.applies(other, person) for other in regel.replaced_by]
        if row.regime:
            stands.append(regel.about_regime(held))
        if regel.groepen[ontvanger]:
            stands.append(self.groep(regel, ontvanger, person))
        contrary = (lambda stand: stand) if regel.gives else (lambda stand: 2 - stand)
        if row.weging:
            stands.append(contrary(self.weging(regel, person)))
        if row.toestemming:
            stands.append(contrary(self.toestemming(regel, ontvanger, question.rubriek, person)))
        if regel.kind == 'nood':
            stands.append(self.nood(regel, ontvanger, person))
        return -stands.count(JA), len(stands)


def decide(stands):
    """Lines 4 to 8 of the table. `stands`: each regel with its conditions for each betrokkene."""
    best = [(regel, max(min(pair) for pair in pairs)) for regel, pairs in stands]
    forbidding = [regel for regel, stand in best if not regel.gives and stand == JA]
    if forbidding:
        return Answer(GEWEIGERD, names(forbidding))
    giving = [regel for regel, stand in best if regel.gives and stand == JA]
    perhaps = [regel for regel, stand in best if regel.gives and stand == UNTOLD]
    if not giving and not perhaps:
        return Answer(GEWEIGERD)
    untold = [regel for regel, stand in best if not regel.gives and stand == UNTOLD]
    if giving and not untold:
        return Answer(VERSTREKT, names(giving), '', given_under(giving))
    reasons = sorted(untold if giving else untold + perhaps, key=lambda regel: regel.number)
    return Answer(WACHT, names(reasons), awaited(reasons, stands))


def given_under(giving):
    """A regel that is limited to regimes gives what is held under them alone."""
    if not all(regel.regel.regime for regel in giving):
        return ()
    return tuple(regime for regime in REGIMES
                 if any(regime in regel.regel.regime for regel in giving))


def awaited(reasons, stands):
    """The regel that asks the weging for which alone a reason waits; the first by name."""
    roots = [regel.regel.weging.root for regel, pairs in stands
             if regel in reasons and regel.regel.weging and (JA, UNTOLD) in pairs]
    return min(roots, default='', key=lambda naam: naam.encode())


def names(regels):
    return tuple(regel.naam for regel in regels)


def knooppunt_states(rubriek):
    return rubriek == BERICHT or RUBRIEKEN[rubriek][1]


def is_place(rubriek, about, betrokkenen):
    """§1: what may be asked of whom."""
    if rubriek == BERICHT:
        return about == 0
    if rubriek not in RUBRIEKEN:
        return False
    of_person, by_knooppunt = RUBRIEKEN[rubriek]
    if about == 0:
        return not of_person or by_knooppunt
    return of_person and 1 <= about <= betrokkenen
