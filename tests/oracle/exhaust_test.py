#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The oracle and the engine agree over every case that the regels of each shipped convenant tell
apart: for each ontvanger and rubriek, and each overleg, all classes of all facts taken together.

Facts that no test tells from each other are one class. Cells that ask the same of the same are
enumerated once. About one betrokkene or none: of more, each is asked about apart.

The engine decides every case. The oracle is asked once for each way in which the facts of a case meet
the tests of the regels (the least of its `als` for each regel, the best of its groepen), and of
every SAMPLE-th case by itself, so that this is not taken on trust. An oracle that lacks a regel
must be found out.

usage: exhaust_test.py [--jobs N]     KNP_DECIDE_DOOR names decide_door
"""

import argparse
import itertools
import math
import multiprocessing
import os
import sys

import agree
import door
import language
from draw import STRANGER, shifted
from language import ATTRIBUTEN, RUBRIEKEN
from oracle import JA, NEE, Agenda, Asked, Convenant, Given, Melding, Nood, Rubriek

BATCH = 2_000_000  # cases of one run of the engine
SAMPLE = 1999
FIRST, DIGITS = ord('!'), 90  # two of these stand for an answer


class Cell:
    """One question, and everything in which its cases differ."""

    def __init__(self, convenant, question, regels):
        self.convenant, self.question, self.regels = convenant, question, regels
        self.all = self._with_what_replaces(regels)
        self.around = [self._sender(), self._oefening(), self._day(), *self._wegingen(),
                       *self._noden(), self._regimes(), self._toestemmingen()]
        self.facts = list(self._attributes())
        self.size = sum(math.prod(map(len, self.around)) *
                        math.prod(len(classes) for _, classes in self.facts_of(persons))
                        for persons in self.persons())

    def _with_what_replaces(self, regels):
        found = list(regels)
        for regel in found:
            found += [other for other in regel.replaced_by if other not in found]
        return found

    def key(self):
        """What it asks: cells with one key have the same cases and answers."""
        question = self.question
        if isinstance(question, Agenda):
            chair = self.convenant.document.overleggen[question.overleg].voorzitter
            return 'agenda', tuple(regel.naam for regel in self.regels), chair
        conditions = tuple(regel.groepen.get((question.oin, question.functie))
                           for regel in self.regels)
        signed = self.convenant.ontvangers[question.oin, question.functie].signed
        return (tuple(regel.naam for regel in self.regels), signed,
                (question.oin, question.functie) if any(conditions) else 'anybody',
                RUBRIEKEN.get(question.rubriek), bool(question.betrokkene))

    def persons(self):
        return (1,) if self.question.betrokkene else (0, 1)

    def facts_of(self, persons):
        """The facts there are in a melding of so many betrokkenen: (place, classes)."""
        return [(place, classes) for place, classes in self.facts if place[1] <= persons]

    # ---- dimensions: each a list of functions that change a melding

    def _sender(self):
        def sent(oin, functies):
            def change(melding):
                melding.bron, melding.functies = oin, functies
            return change
        other = [sent(STRANGER, ())]
        if isinstance(self.question, Agenda):
            return other
        own = self.question
        return other + [sent(own.oin, ()), sent(own.oin, (own.functie,)), sent(own.oin, ('anders',))]

    def _oefening(self):
        return [lambda melding: setattr(melding, 'oefening', True),
                lambda melding: setattr(melding, 'oefening', False)]

    def _day(self):
        edges = {day for regel in self.all for day in (regel.regel.van, regel.regel.tot) if day}
        days = sorted({shifted(day, by) for day in edges for by in (-1, 0, 1)}) or ['2026-01-01']
        classes = {}
        for day in days:
            stands = tuple((not regel.regel.van or regel.regel.van <= day,
                            not regel.regel.tot or day <= regel.regel.tot) for regel in self.all)
            classes.setdefault(stands, day)
        moment = {day: agree.noon(day) for day in classes.values()}
        return [lambda melding, day=day: setattr(melding, 'moment', moment[day])
                for day in classes.values()]

    def _attributes(self):
        """Of each attribute its classes, by what the tests and conditions say of a fact: (place,
        {(the least of the tests for each regel, the best of its groepen): fact})."""
        asked = {}  # attribuut: (number of the regel, whether it is of a groep, values, test)
        for number, regel in enumerate(self.all):
            for row, (attribuut, _, holds) in zip(regel.regel.als, regel.tests):
                asked.setdefault(attribuut, []).append((number, False, row.values, holds))
        for number, regel in enumerate(self.regels):
            for one in self._conditions(regel):
                asked.setdefault(one.attribuut, []).append((number, True, self._value(one),
                                                            one.holds))
        for attribuut, rows in asked.items():
            classes = {}
            for fact in self._facts(attribuut, [values for _, _, values, _ in rows]):
                classes.setdefault(tuple(holds(fact) for *_, holds in rows), fact)
            yield ((attribuut, 1 if ATTRIBUTEN[attribuut].betrokkene else 0),
                   [(self._meets(rows, fact), fact) for fact in classes.values()])

    def _conditions(self, regel):
        """Of its groepen those that look at a fact, for this ontvanger."""
        if isinstance(self.question, Agenda):
            return []
        own = self.question.oin, self.question.functie
        return [one for one in regel.groepen.get(own, ()) if one.holds]

    def _meets(self, rows, fact):
        tests, groepen = [JA] * len(self.all), [NEE] * len(self.regels)
        for number, of_groep, _, holds in rows:
            if of_groep:
                groepen[number] = max(groepen[number], holds(fact))
            else:
                tests[number] = min(tests[number], holds(fact))
        return tuple(tests), tuple(groepen)

    def _value(self, condition):
        """The value that a condition of a groep asks of this ontvanger."""
        partij = self.convenant.ontvangers[self.question.oin, self.question.functie]
        named = f'{partij.naam}/{self.question.functie}'
        return [one for one in (named, partij.gemeente) if one and condition.holds((one,))]

    def _facts(self, attribuut, wanted):
        yield from (None, ())
        if ATTRIBUTEN[attribuut].values == 'getal':
            bounds = {bound + by for bound in wanted for by in (-1, 0, 1)}
            yield from ((str(bound),) for bound in sorted(bounds) if bound >= 0)
            yield ('x',)
            return
        values = sorted({value for row in wanted for value in row}) + ['anders']
        most = len(values) if ATTRIBUTEN[attribuut].several else 2
        for count in range(1, min(most, 4) + 1):
            yield from itertools.combinations(values, count)

    def _wegingen(self):
        outcomes = {}
        for regel in self.regels:
            if regel.regel.weging:
                outcomes.setdefault(regel.regel.weging.root, set()).add(regel.regel.weging.uitkomst)
        for root, asked in outcomes.items():
            names = sorted(asked) + ['anders']
            given = [()] + [((name, 0),) for name in names] + [((name, 1),) for name in names] + \
                [((names[0], 0), ('anders', 0)), ((names[0], 0), ('anders', 1)),
                 (('anders', 0), (names[0], 1))]
            yield [lambda melding, root=root, rows=rows: melding.wegingen.extend(
                (root, name, person) for name, person in rows) for rows in given]

    def _noden(self):
        for regel in self.regels:
            if regel.kind == 'nood':
                def active(melding, regel=regel):
                    melding.noodbesluiten.append(Nood(
                        regel.naam, 1, self.question.oin, self.question.functie, melding.moment,
                        melding.moment))
                yield [lambda melding: None, active]

    def _regimes(self):
        named = sorted({held for regel in self.regels for held in regel.regel.regime})
        if not named:
            return [lambda melding: None]
        other = [one for one in language.REGIMES if one not in named][:1]
        place = getattr(self.question, 'rubriek', ''), self.question.betrokkene
        return [lambda melding, held=held: melding.regimes.__setitem__(place, held)
                for held in [None, *((one,) for one in named + other)]]

    def _toestemmingen(self):
        """What was given, told apart by which of the requirements it covers."""
        asked = [regel for regel in self.regels if regel.regel.toestemming]
        classes = {}
        gevers = ('', *language.CODES['toestemming-gever'])
        doelen = sorted({regel.regel.toestemming.voor for regel in asked} | {'anders', ''})
        rows = [Given(1, grond, gever, doel) for grond in language.CODES['toestemming-grond']
                for gever in gevers for doel in doelen] if asked else []
        for given in [(), *((row,) for row in rows)]:
            melding = Melding(1)
            melding.toestemmingen = list(given)
            judge = Asked(self.convenant, melding)
            own = getattr(self.question, 'oin', ''), getattr(self.question, 'functie', '')
            covers = tuple(judge.toestemming(regel, own, getattr(self.question, 'rubriek', ''), 1)
                           for regel in asked)
            classes.setdefault(covers, given)

        def put(given, known):
            def change(melding):
                melding.toestemmingen, melding.all_toestemmingen = list(given), known
            return change
        known = (True, False) if asked else (True,)
        return [put(given, whether) for given in classes.values() for whether in known]

    # ---- cases

    def ways(self, persons):
        """(the way of each case, in order; for each way the facts of the first case that has it)."""
        start = (JA,) * len(self.all), (NEE,) * len(self.regels)
        numbers, order, first = {start: 0}, [0], [()]
        for place, classes in self.facts_of(persons):
            met, numbers, later = list(numbers), {}, []
            step = {}
            for old, (tests, groepen) in enumerate(met):
                for which, ((asked, of_groep), fact) in enumerate(classes):
                    way = (tuple(map(min, tests, asked)), tuple(map(max, groepen, of_groep)))
                    if way not in numbers:
                        numbers[way] = len(numbers)
                        later.append((*first[old], (place, fact)))
                    step[old, which] = numbers[way]
            order = [step[old, which] for old in order for which in range(len(classes))]
            first = later
        return order, first

    def around_of(self, persons):
        """Every melding of so many betrokkenen, without facts."""
        for changes in itertools.product(*self.around):
            melding = Melding(persons)
            for change in changes:
                change(melding)
            yield melding

    def facts_at(self, persons, number):
        """The facts of one case, by its place in the order."""
        facts = {}
        for place, classes in reversed(self.facts_of(persons)):
            number, which = divmod(number, len(classes))
            facts[place] = classes[which][1]
        return facts

    def lines(self, melding):
        """What the engine is asked: this melding with every combination of facts."""
        lines = door.melding_lines(melding)
        for (attribuut, person), classes in self.facts_of(melding.betrokkenen):
            lines.append(f'dimensie {attribuut} {person}')
            lines += [f'klasse {"?" if fact is None else " ".join(fact)}' for _, fact in classes]
        return [*lines, f'gevallen {door.question_line(self.question)}']


def cells_of(convenant):
    """One of each kind of cell."""
    found = {}
    for (oin, functie, rubriek), regels in convenant.about.items():
        of_person, by_knooppunt = RUBRIEKEN.get(rubriek, (False, True))
        for about in ((1, 0) if of_person and by_knooppunt else (1,) if of_person else (0,)):
            cell = Cell(convenant, Rubriek(oin, functie, rubriek, about), regels)
            found.setdefault(cell.key(), cell)
    for overleg, regels in convenant.agenda.items():
        for about in (0, 1):
            cell = Cell(convenant, Agenda(overleg, about), regels)
            found.setdefault((cell.key(), about), cell)
    return list(found.values())


def with_facts(melding, facts):
    melding.feiten = dict(facts)
    return melding


class Compared:
    """One cell as the engine and an oracle see it."""

    def __init__(self, path, cell, oracle):
        self.path, self.cell, self.oracle = path, cell, oracle
        self.cases = self.asked = 0

    def difference(self):
        """The first melding about which they differ; None."""
        for persons in self.cell.persons():
            order, first = self.cell.ways(persons)
            each = max(1, BATCH // len(order))
            around = self.cell.around_of(persons)
            while batch := list(itertools.islice(around, each)):
                lines = [f'convenant {self.path}']
                for melding in batch:
                    lines += self.cell.lines(melding)
                got = iter(door.engine(lines))
                for melding in batch:
                    found = self._compare(melding, order, first, got)
                    if found:
                        return found
        return None

    def _compare(self, melding, order, first, got):
        letters = next(got)
        lines = [next(got) for _ in range(int(next(got)))]
        letter_of = {line: chr(FIRST + number // DIGITS) + chr(FIRST + number % DIGITS)
                     for number, line in enumerate(lines)}

        def letter(facts):
            self.asked += 1
            answer = self.oracle.ask(with_facts(melding, facts))(self.cell.question)
            return letter_of.get(door.answer_line(answer), '  ')
        expected = ''.join(map([letter(facts) for facts in first].__getitem__, order))
        self.cases += len(order)
        persons = melding.betrokkenen
        if expected != letters:
            at = next((n for n, (a, b) in enumerate(zip(expected, letters)) if a != b), 0) // 2
            return with_facts(melding, self.cell.facts_at(persons, at))
        for at in range(self.cases % SAMPLE, len(order), SAMPLE):
            facts = self.cell.facts_at(persons, at)
            if letter(facts) != letters[2 * at:2 * at + 2]:
                return with_facts(melding, facts)
        return None


def work(job):
    """One cell, whole."""
    name, number = job
    path = language.path_of(name)
    cell = cells_of(Convenant(language.read(path)))[number]
    compared = Compared(path, cell, cell.convenant)
    melding = compared.difference()
    trouble = agree.explain(path, cell.convenant, melding, cell.question) if melding else ''
    return compared.cases, compared.asked, trouble


def blind(name):
    """The regels of the largest cell that an oracle without them is not told from the engine by."""
    path = language.path_of(name)
    cell = max(cells_of(Convenant(language.read(path))), key=lambda cell: len(cell.regels))
    for regel in cell.regels:
        document = language.read(path)
        document.regels = [
            row._replace(in_plaats_van=tuple(one for one in row.in_plaats_van if one != regel.naam))
            for row in document.regels if row.naam != regel.naam]
        if not Compared(path, cell, Convenant(document)).difference():
            yield regel.naam


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    options = parser.parse_args()
    jobs, expected = [], 0
    for name in language.SHIPPED:
        cells = cells_of(Convenant(language.read(language.path_of(name))))
        jobs += [((name, number), cell.size) for number, cell in enumerate(cells)]
        expected += sum(cell.size for cell in cells)
        print(f'{name}: {len(cells)} kinds of cell, {sum(cell.size for cell in cells)} cases, '
              f'{max(cell.size for cell in cells)} in the largest')
    jobs.sort(key=lambda job: -job[1])  # the largest first, so that none is left alone at the end
    cases = asked = wrong = 0
    with multiprocessing.Pool(options.jobs) as pool:
        for count, of_oracle, trouble in pool.imap_unordered(work, [job for job, _ in jobs]):
            cases += count
            asked += of_oracle
            if trouble:
                wrong += 1
                print(trouble)
        unseen = [regel for found in pool.map(list_blind, language.SHIPPED) for regel in found]
    print(f'{cases} cases of {len(jobs)} cells, all of them whole, {asked} asked of the oracle: '
          f'{wrong} cells differ; an oracle that lacks a regel is found out but for: '
          f'{", ".join(unseen) or "none"}')
    return wrong > 0 or cases != expected or bool(unseen)


def list_blind(name):
    return list(blind(name))


if __name__ == '__main__':
    sys.exit(main())
