# SPDX-License-Identifier: EUPL-1.2
"""Plays a year: sources hand over their files, partners fetch and acknowledge, the house weighs and
sits at its tables, ZSM asks by day and by night. What each hears is given to beloften.py."""

import datetime
import heapq
import itertools
import random
from collections import Counter, defaultdict

import jaar
import zaak
from beloften import DAY_MS, Beloften, werkdagen_after
from kalender import DAY, day_of, days_of, is_werkdag, moment, next_werkdag
from knp_lists import REASONS, Rubriek, wrong_bsn
from knp_messages import pb
from knp_party import new_id, now_ms
from knp_wire import read_entry
from oordeel import Oordeel
from wereld import MOST, TICK

PARTIJ = {jaar.POLITIE: 'politie-limburg', jaar.VT: 'veilig-thuis-nml', jaar.PI: 'pi-roermond',
          jaar.ROERMOND: 'gemeente-roermond', jaar.WEERT: 'gemeente-weert'}
HUIS, OM, AMW = 'zvh-midden-limburg', 'om', 'amw'
TERUG = 'zsm-terug'
LATE = 0.03  # of what the house has to do
AFTER = 4 * DAY  # until which who did not fetch for weeks, fetched and is told of no more
SITS = {'screening-overig': ((1,), 1), 'routeertafel': ((0, 3), 0)}  # weekdays; werkdagen before


def at_round(day):
    """The first round of the house on or after a day, before the files of that day come."""
    return moment(next_werkdag(day), 10) - 1


def before(day, count):
    """So many werkdagen before."""
    while count:
        day -= DAY
        count -= is_werkdag(day)
    return day


def sitting(overleg, received):
    """(latest moment at which an outcome is due, when the year's table gives it)"""
    if overleg not in SITS:  # weekly, on no day: a week, and this year's table sits on Thursdays
        day = day_of(received) + DAY
        while day.weekday() != 3:
            day += DAY
        while not is_werkdag(day):
            day -= DAY
        return received + 7 * DAY_MS, moment(day, 10) - 1
    weekdays, closing = SITS[overleg]
    day = day_of(received)
    while True:
        if day.weekday() in weekdays:
            sits = next_werkdag(day)
            if received < moment(before(sits, closing), 9):
                return moment(sits + DAY, 0), moment(sits, 10) - 1
        day += DAY


class Gevolg:
    """What became of one melding: who sent it, when, and what the year knows of it."""

    def __init__(self, melding, oin, receipt, rubrieken):
        self.melding, self.oin, self.index = melding, oin, receipt.index
        self.received = read_entry(receipt.entry)[1]
        self.rubrieken = rubrieken
        self.feiten = None
        self.given = set()  # (OIN, functie, rubriek, betrokkene)
        self.regels = set()  # those that gave


class Spel:
    def __init__(self, wereld, year, text, until=None):
        self.wereld, self.jaar = wereld, year
        self.until = moment(until or datetime.date(year.cijfers.jaar + 1, 1, 1), 0)
        self.beloften = Beloften()
        self.oordeel = Oordeel(text, year.casussen)
        self.random = random.Random(year.seed)
        self.numbers = Counter()       # of each source, of its meldingen
        self.gevolgen = {}             # entry: Gevolg
        self.asked = []                # of ZSM: (moment, whether something was told)
        self.due = []                  # (moment, number, act): what somebody has to do
        self.order = itertools.count()
        self.waiting = set()           # ontvangers for whom something is there
        self.counts = Counter()
        self.weeks = defaultdict(Counter)
        self.delays = defaultdict(list)
        self.party = self.wereld.stage.parties
        self.said = defaultdict(list)  # who: (statement, what is done with its receipt)
        self.daily = {ontvanger for ontvanger in wereld.ontvangers
                      if ontvanger[1] in ('procesregisseur', 'nazorgcoordinator', 'nazorg', 'zsm')}

    # ---- the course of a year --------------------------------------------------------------

    def plan(self, when, act):
        heapq.heappush(self.due, (when, next(self.order), act))

    def play(self):
        self.open_casussen()
        for bestand in self.jaar.bestanden:
            self.plan(bestand.gemaakt, lambda b=bestand: self.make(b))
        for verzoek in self.jaar.verzoeken:
            self.plan(verzoek.gesteld, lambda v=verzoek: self.ask(v))
        for day in days_of(self.jaar.cijfers.jaar)[1:]:
            if is_werkdag(day):
                self.plan(moment(day, 10) - 1, lambda d=day: self.round(d))
        self.plan_wrong()
        while self.due and self.due[0][0] < self.until:
            when = self.due[0][0]
            self.wereld.go_to(when)
            while self.due and self.due[0][0] <= when:
                heapq.heappop(self.due)[2]()
            self.hand_over()
            self.fetch(self.waiting & self.daily)
        self.close()

    def say(self, who, kind, act, **values):
        """Said at the end of this moment, with what the same party says then; `act` has its
        receipt."""
        self.said[who].append((self.wereld.item(who, kind, **values), act))

    def hand_over(self):
        for who, rows in sorted(self.said.items()):
            for at in range(0, len(rows), MOST):
                some = rows[at:at + MOST]
                receipts = self.wereld.stage.push(who, *(item for item, _ in some))
                for (_, act), receipt in zip(some, receipts):
                    self.beloften.receipted(receipt, '', f'what {who} says')
                    act(receipt)
        self.said.clear()

    def open_casussen(self):
        """The Top-X, each with what ZSM is advised."""
        year = self.jaar.cijfers.jaar
        for persoon in self.jaar.casussen:
            self.say(HUIS, 'casus', lambda _: None, casus=f'sim:{persoon.nummer}', bsn=persoon.bsn,
                     rol='verdachte', status='opgepakt', sinds=f'{year - 1}-11-04', ave='3',
                     pga='ja', **{'top-x': 'ja'})
            self.say(HUIS, 'zsm_advies', lambda _: None, casus=f'sim:{persoon.nummer}',
                     advies=['pga-volgen'], functie='procesregisseur', tekst='Verzonnen advies.',
                     **{'geldig-tot': f'{year + 1}-01-01'})
        self.hand_over()

    def close(self):
        """Everybody fetches what is left."""
        for ontvanger in self.wereld.ontvangers:
            self.beloften.arrived(ontvanger, self.wereld.fetch(ontvanger))
        self.beloften.nothing_is_left(self.wereld.status().all('queue'))
        due = sum(len(one.meldingen) for one in self.jaar.bestanden if one.gestuurd < self.until)
        for _ in range(due - len(self.gevolgen)):
            self.beloften.breach('accounted', 'a melding of the year has no receipt')
        told = self.beloften.accepted + self.wereld.acks
        self.beloften.holds('accounted', self.wereld.accepted() == told,
                            f'the house accepted {self.wereld.accepted()} statements, {told} have '
                            'a receipt')
        self.terms()

    def terms(self):
        """What is past its term goes with the next ticks."""
        for _ in range(8):
            self.wereld.go_to(now_ms() + 2 * TICK * 1000)
            told = self.wereld.terms()
            if told['verlopen'] == '0':
                break
        ages = [((now_ms() - one.received) / DAY_MS, self.oordeel.kept_months(one.regels))
                for one in self.gevolgen.values()]
        ages += [((now_ms() - asked) / DAY_MS, self.oordeel.default_months if known else 0)
                 for asked, known in self.asked]
        self.beloften.terms(told, ages)

    # ---- files -----------------------------------------------------------------------------

    def number(self, bron):
        self.numbers[bron] += 1
        return self.numbers[bron]

    def item(self, bron, rubrieken, **overrides):
        """A melding numbered by the register of its source."""
        party = self.party[PARTIJ[bron]]
        return party.melding(self.wereld.stage.genesis, rubrieken, sequence=self.number(bron),
                             source=f'urn:nld:oin:{party.oin}:systeem:register', **overrides)

    def make(self, bestand):
        """Signed now; handed over when it comes."""
        made = [(melding, zaak.rubrieken_of(melding)) for melding in bestand.meldingen]
        items = [self.item(bestand.bron, rubrieken) for _, rubrieken in made]
        self.plan(bestand.gestuurd, lambda: self.push(bestand, made, items))

    def came(self, bron, items):
        for item in items:
            number = pb.Statement.FromString(item.statement).sequence
            self.beloften.numbered(self.party[PARTIJ[bron]].oin, number, now_ms())

    def push(self, bestand, made, items):
        self.came(bestand.bron, items)
        receipts = []
        for at in range(0, len(items), MOST):
            receipts += self.wereld.stage.push(PARTIJ[bestand.bron], *items[at:at + MOST])
        for (melding, rubrieken), receipt in sorted(zip(made, receipts),
                                                    key=lambda row: row[1].index):
            self.beloften.receipted(receipt, '', f'{melding.stroom} of {bestand.bron}')
            if receipt.outcome == 'aanvaard':
                self.received(melding, receipt, rubrieken)
        if bestand.nogmaals:
            self.plan(bestand.nogmaals, lambda: self.again(bestand, items, receipts))

    def again(self, bestand, items, first):
        for at in range(0, len(items), MOST):
            receipts = self.wereld.stage.push(PARTIJ[bestand.bron], *items[at:at + MOST])
            for old, new in zip(first[at:at + MOST], receipts):
                self.beloften.same_again(old, new, f'a file of {bestand.bron}')
                self.counts['twice'] += 1

    def plan_wrong(self):
        """Meldingen that must be refused, each for its reason; and one id with other content."""
        files = [one for one in self.jaar.bestanden if one.bron == jaar.POLITIE]
        for number, bestand in enumerate(self.random.sample(files, 9)):
            act = (self.push_elfproef, self.push_old, self.push_conflict)[number % 3]
            self.plan(bestand.gestuurd,
                      lambda b=bestand, a=act: a(zaak.rubrieken_of(b.meldingen[0])))

    def push_wrong(self, reason, item):
        self.came(jaar.POLITIE, [item])
        receipt, = self.wereld.stage.push(PARTIJ[jaar.POLITIE], item)
        self.beloften.receipted(receipt, reason, f'a melding that must be refused: {reason}')
        self.counts[f'refused {reason}'] += 1

    def push_elfproef(self, rubrieken):
        wrong = [one for one in rubrieken if one.naam != 'bsn']
        wrong.append(Rubriek('bsn', 1, 'wpg', '', waarde=wrong_bsn(self.random.randrange(9000))))
        self.push_wrong('bsn-elfproef', self.item(jaar.POLITIE, wrong))

    def push_old(self, rubrieken):
        old = now_ms() - 31 * DAY_MS
        self.push_wrong('too-old', self.item(jaar.POLITIE, rubrieken, time=old))

    def push_conflict(self, rubrieken):
        same = new_id()
        wrong = [one for one in rubrieken if one.naam != 'bsn']
        wrong.append(Rubriek('bsn', 1, 'wpg', '', waarde=wrong_bsn(0)))
        self.push_wrong('bsn-elfproef', self.item(jaar.POLITIE, wrong, id=same))
        reply, _ = self.wereld.stage.links[PARTIJ[jaar.POLITIE]].answer(
            self.item(jaar.POLITIE, rubrieken, id=same))
        self.beloften.holds('accounted', (reply.outcome, REASONS[reply.reason]) == (2, 'conflict'),
                            f'an id with other content: {reply.outcome} {reply.reason}')
        self.counts['refused conflict'] += 1

    # ---- what must come of it --------------------------------------------------------------

    def received(self, melding, receipt, rubrieken):
        partij = self.oordeel.document.by_oin[self.party[PARTIJ[melding.bron]].oin]
        one = Gevolg(melding, partij.oin, receipt, rubrieken)
        one.feiten = self.oordeel.melding(partij.oin, partij.functies, melding, one.received)
        self.gevolgen[one.index] = one
        for betrokkene in melding.betrokkenen:
            if betrokkene.persoon:
                self.oordeel.verleden.add(betrokkene.persoon, one.received, partij.oin)
        self.decide(one, one.index)
        self.counts[melding.stroom] += 1
        self.weeks[day_of(one.received).isocalendar()[:2]][melding.stroom] += 1
        self.delays[f'tot ontvangst: {melding.stroom}'].append(
            (one.received - melding.gebeurd) / DAY_MS)

    def decide(self, one, entry):
        """What the oracle gives of it now and did not give before is expected with this entry."""
        places = zaak.places_of(one.melding, one.rubrieken)
        found, awaited = self.oordeel.given(one.feiten, places)
        for ontvanger, rows in found.items():
            new = {place: regels for place, regels in rows.items()
                   if (*ontvanger, *place) not in one.given}
            if new and any(rubriek != 'herkomst' for rubriek, _ in new):
                self.beloften.expect(ontvanger, entry, rows)
                self.waiting.add(ontvanger)
                one.given |= {(*ontvanger, *place) for place in rows}
                one.regels |= {regel for regels in rows.values() for regel in regels}
        if entry != one.index:
            return
        for regel in sorted(awaited):
            self.owe('weging', regel, one, werkdagen_after(one.received, 2),
                     at_round(day_of(one.received) + DAY), self.weigh)
        for overleg in sorted({place[0][7:] for rows in found.values() for place in rows
                               if place[0].startswith('agenda ')}):
            self.owe('agenda', overleg, one, *sitting(overleg, one.received), self.sit)
        if not found and not awaited:
            self.counts['nobody'] += 1

    def owe(self, soort, regel, one, due, when, act):
        """Somebody does it at `when`; of some of it days too late, and then the house must say so."""
        self.beloften.owes(soort, regel, one.index, due)
        late = self.random.random() < LATE
        if late:
            when = at_round(day_of(due) + 3 * DAY)
        self.plan(when, lambda: act(regel, one, late))

    # ---- the house does --------------------------------------------------------------------

    def weigh(self, regel, one, late):
        simple = len(one.melding.betrokkenen[0].leefgebieden) < 2
        outcome = 'lokaal' if simple else 'nee'

        def weighed(receipt):
            self.settle('weging', regel, one.index, one.received, late)
            one.feiten.wegingen.append((regel, outcome, 1))
            self.decide(one, receipt.index)
            since = now_ms()
            for ontvanger in sorted({row[:2] for row in one.given if row[1] == 'nazorg'}):
                self.owe('overdracht', regel, one, werkdagen_after(since, 5),
                         at_round(day_of(since) + 2 * DAY),
                         lambda *rest: self.take_over(ontvanger, since, *rest))

        self.say(HUIS, 'weging', weighed, entry=one.index, regel=regel, betrokkene=1,
                 uitkomst=outcome, motivering='Enkelvoudig of niet complex.')

    def take_over(self, ontvanger, since, regel, one, late):
        self.say(self.wereld.ontvangers[ontvanger], 'overdracht',
                 lambda _: self.settle('overdracht', regel, one.index, since, late),
                 entry=one.index, regel=regel, antwoord='aanvaard')

    def sit(self, overleg, one, late):
        chair = self.oordeel.chair(overleg, one.oin)[0]
        self.say(chair, 'uitkomst',
                 lambda _: self.settle('agenda', overleg, one.index, one.received, late),
                 entry=one.index, overleg=overleg, uitkomst='geen-actie')

    def settle(self, soort, regel, entry, since, late):
        self.beloften.settled(soort, regel, entry)
        self.counts['late' if late else 'in time'] += 1
        name = f'tot uitkomst: {regel}' if soort == 'agenda' else f'tot {soort}'
        self.delays[name].append((now_ms() - since) / DAY_MS)

    # ---- ZSM -------------------------------------------------------------------------------

    def ask(self, verzoek):
        ontvanger = self.party[OM].oin, 'zsm'
        item = self.wereld.item(OM, 'zsm_verzoek', functie='zsm', bsn=verzoek.persoon.bsn,
                                uren=verzoek.uren, parketnummer='10.123456.20',
                                feit=['mishandeling'])
        receipt, = self.wereld.stage.push(OM, item)
        self.beloften.receipted(receipt, '', 'a request of ZSM')
        asked = now_ms()
        made = self.oordeel.verzoek(*ontvanger[:1], ('zsm',), verzoek.persoon, asked)
        found, _ = self.oordeel.given(made, [('verrijking.pga', 1)])
        wanted = found.get(ontvanger, {})
        self.beloften.expect(ontvanger, receipt.index, wanted)
        self.fetch({ontvanger})
        taken = now_ms() - asked
        self.beloften.holds('ZSM in time', receipt.index not in self.beloften.expected[ontvanger] and
                            taken < verzoek.uren * 3_600_000,
                            f'a request of {day_of(verzoek.gesteld)} had no answer in its hours')
        self.asked.append((asked, bool(wanted)))
        self.counts['ZSM known' if wanted else 'ZSM nothing'] += 1
        if wanted:
            self.owe_answer(verzoek, receipt.index, asked)

    def owe_answer(self, verzoek, entry, asked):
        """ZSM says within a week what it did with it; some of it only after that."""
        due = asked + 7 * DAY_MS  # hours, not days of a calendar
        self.beloften.owes('terugkoppeling', TERUG, entry, due)
        day = day_of(asked) + (2 if verzoek.antwoordt else 12) * DAY
        self.plan(at_round(day), lambda: self.answer(entry, asked, not verzoek.antwoordt))

    def answer(self, entry, asked, late):
        regisseur = self.party[HUIS].oin, 'procesregisseur'

        def answered(receipt):
            self.settle('terugkoppeling', TERUG, entry, asked, late)
            self.beloften.expect(regisseur, receipt.index,
                                 {('verrijking.terugkoppeling', 1): (TERUG,)})
            self.waiting.add(regisseur)

        self.say(OM, 'zsm_terugkoppeling', answered, entry=entry, gebruikt='ja',
                 afdoening='voorwaardelijk-sepot', voorwaarde=['meldplicht'])

    # ---- partners --------------------------------------------------------------------------

    def fetch(self, ontvangers):
        day = day_of(now_ms())
        for ontvanger in sorted(ontvangers):
            if self.wereld.ontvangers[ontvanger] == AMW and \
                    self.jaar.doof[0] <= day <= self.jaar.doof[1]:
                continue
            self.beloften.arrived(ontvanger, self.wereld.fetch(ontvanger))
            self.waiting.discard(ontvanger)

    def round(self, day):
        """Every werkdag somebody looks what is owed; on Mondays everybody fetches, on Thursdays
        for whom there is something."""
        if day.weekday() in (0, 3):
            self.fetch(self.waiting if day.weekday() else set(self.wereld.ontvangers))
        status, now = self.wereld.status(), now_ms()
        listed, late = self.beloften.deadlines(status, now)
        is_deaf = self.jaar.doof[0] <= day <= self.jaar.doof[1] + AFTER
        self.beloften.alarms(status, now, self.party[AMW].oin if is_deaf else None)
        week = self.weeks[day.isocalendar()[:2]]
        week['owed'], week['overdue'] = max(week['owed'], listed), max(week['overdue'], late)
        if day == self.jaar.stil[1]:
            self.beloften.was_seen('source-silent', self.party[PARTIJ[jaar.PI]].oin,
                                   'the PI handed over nothing for weeks')
        if day == self.jaar.doof[1]:
            self.beloften.was_seen('unacknowledged', self.party[AMW].oin,
                                   'it fetched nothing for weeks')
