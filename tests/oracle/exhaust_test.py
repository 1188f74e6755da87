#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The oracle and the engine agree over every case that the regels of each shipped convenant tell
apart: for each ontvanger and rubriek, and each overleg, all classes of all facts taken together.

Facts that no test tells from each other are one class. Cells that ask the same of the same are
enumerated once. About one betrokkene or none: of more, each is asked about apart.

usage: exhaust_test.py [--most N] [--jobs N]     KNP_DECIDE_DOOR names decide_door

--most N: of a cell with more cases than N, every k-th, so that about N are asked; it is counted
apart and is not called whole. Without it every cell is whole.
"""

import argparse
import itertools
import math
import multiprocessing
import os
import random
import sys

import agree
import door
import language
from draw import STRANGER, shifted
from language import ATTRIBUTEN, RUBRIEKEN
from oracle import Agenda, Asked, Convenant, Given, Melding, Nood, Rubriek

BATCH = 20_000


class Cell:
    """One question, and everything in which its cases differ."""

    def __init__(self, convenant, question, regels):
        self.convenant, self.question, self.regels = convenant, question, regels
        self.all = self._with_what_replaces(regels)
        self.dimensions = [self._persons(), self._sender(), self._oefening(), self._day(),
                           *self._attributes(), *self._wegingen(), *self._noden(), self._regimes(),
                           self._toestemmingen()]
        self.size = math.prod(len(classes) for classes in self.dimensions)

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

    # ---- dimensions: each a list of functions that change a melding

    def _persons(self):
        if self.question.betrokkene:
            return [lambda melding: setattr(melding, 'betrokkenen', 1)]
        return [lambda melding: setattr(melding, 'betrokkenen', 0),
                lambda melding: setattr(melding, 'betrokkenen', 1)]

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
        """The classes of each attribute by what its tests and conditions say of a fact."""
        tests = {}
        for regel in self.all:
            for row, (attribuut, _, holds) in zip(regel.regel.als, regel.tests):
                tests.setdefault(attribuut, []).append((row.values, holds))
        if isinstance(self.question, Rubriek):
            own = self.question.oin, self.question.functie
            for condition in (one for regel in self.regels for one in regel.groepen.get(own, ())):
                if condition.holds:
                    tests.setdefault(condition.attribuut, []).append((self._value(condition),
                                                                      condition.holds))
        for attribuut, rows in tests.items():
            classes = {}
            for fact in self._facts(attribuut, [values for values, _ in rows]):
                classes.setdefault(tuple(holds(fact) for _, holds in rows), fact)
            place = attribuut, 1 if ATTRIBUTEN[attribuut].betrokkene else 0
            yield [lambda melding, place=place, fact=fact: melding.feiten.__setitem__(place, fact)
                   for fact in classes.values()]

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

    def cases(self, step):
        """Every step-th melding."""
        for number, changes in enumerate(itertools.product(*self.dimensions)):
            if number % step == 0:
                melding = Melding()
                for change in changes:
                    change(melding)
                if not melding.betrokkenen:
                    melding.feiten = {key: fact for key, fact in melding.feiten.items()
                                      if not key[1]}
                yield melding


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


def work(job):
    """One cell: its cases, in batches."""
    name, number, most = job
    path = language.path_of(name)
    cell = cells_of(Convenant(language.read(path)))[number]
    step = 1 if not most else max(1, cell.size // most) | 1
    asked, cases = 0, cell.cases(step)
    while batch := list(itertools.islice(cases, BATCH)):
        line = door.question_line(cell.question)
        lines, expected = [f'convenant {path}'], []
        for melding in batch:
            lines += [*door.melding_lines(melding), line]
            expected.append(door.answer_line(cell.convenant.ask(melding)(cell.question)))
        got = door.engine(lines)
        asked += len(batch)
        for melding, ours, theirs in zip(batch, expected, got):
            if ours != theirs:
                return asked, step, agree.explain(path, cell.convenant, melding, cell.question)
    return asked, step, ''


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--most', type=int, default=0)
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    options = parser.parse_args()
    jobs = []
    for name in language.SHIPPED:
        cells = cells_of(Convenant(language.read(language.path_of(name))))
        jobs += [(name, number, options.most) for number in range(len(cells))]
        print(f'{name}: {len(cells)} kinds of cell, {sum(cell.size for cell in cells)} cases, '
              f'{max(cell.size for cell in cells)} in the largest')
    random.Random(1).shuffle(jobs)
    asked = whole = wrong = 0
    with multiprocessing.Pool(options.jobs) as pool:
        for count, step, trouble in pool.imap_unordered(work, jobs):
            asked += count
            whole += step == 1
            if trouble:
                wrong += 1
                print(trouble)
    print(f'{asked} cases of {len(jobs)} cells, {whole} of them whole: {wrong} cells differ')
    return wrong > 0


if __name__ == '__main__':
    sys.exit(main())
