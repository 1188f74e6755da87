# SPDX-License-Identifier: EUPL-1.2
"""The promises, checked while a year is played. Each breach is kept as a line that says which melding,
for whom, and what was wrong; a year without one keeps its promises."""

import datetime
import hashlib
from collections import Counter, defaultdict

import knp_lists
import language
from kalender import DAY, day_of, is_werkdag, moved_to
from knp_client import GEGEVEN

HOUR = 3_600_000
DAY_MS = 24 * HOUR
NEVER = 1 << 62
GAP_DAYS = 1, 30  # after which a hole in the numbers is told, and until when


def werkdagen_after(moment, count):
    """So many werkdagen later, at the same time of the day: a change of the clock lies between some."""
    day = day_of(moment)
    while count:
        day += DAY
        count -= is_werkdag(day)
    return moved_to(moment, day)


class Source:
    """The numbers of one source: the highest, when something came last, and since when each is
    missing."""

    def __init__(self):
        self.highest, self.last, self.missing = 0, 0, {}


class Beloften:
    def __init__(self):
        self.breaches = []
        self.checked = Counter()
        self.accepted = 0                  # statements with a receipt that says so, but acks
        self.expected = defaultdict(dict)  # (OIN, functie): {entry: {(rubriek, betrokkene): regels}}
        self.kept = Counter()              # (OIN, functie): number of the last delivery
        self.owed = {}                     # (soort, regel, entry): latest moment at which it is due
        self.seen = Counter()              # (kind of alarm, OIN): looks at which it stood
        self.sources = defaultdict(Source)
        self.digest = hashlib.sha256()     # of all that was given, to whom, in which order

    def breach(self, promise, text):
        self.breaches.append(f'{promise}: {text}')

    def holds(self, promise, condition, text):
        self.checked[promise] += 1
        if not condition:
            self.breach(promise, text)

    # ---- what a sender is told -------------------------------------------------------------

    def receipted(self, receipt, wanted, what):
        """`wanted` is the reason of a refusal, '' when it must be accepted."""
        self.accepted += receipt.outcome == 'aanvaard'
        got = receipt.reason if receipt.outcome == 'geweigerd' else ''
        self.holds('accounted', (got == wanted and receipt.outcome ==
                                 ('geweigerd' if wanted else 'aanvaard')),
                   f'{what}: {receipt.outcome} {receipt.reason} {receipt.field}, '
                   f'not {wanted or "aanvaard"}')

    def same_again(self, first, again, what):
        self.holds('accounted', (first.index, first.entry) == (again.index, again.entry),
                   f'{what}: sent twice, and the second receipt is another')

    # ---- what a recipient gets -------------------------------------------------------------

    def expect(self, ontvanger, entry, wanted):
        self.expected[ontvanger][entry] = wanted

    def arrived(self, ontvanger, found):
        """Deliveries in the order in which they came."""
        for one in found:
            self.holds('contiguous', one.number == self.kept[ontvanger] + 1,
                       f'{ontvanger}: number {one.number} after {self.kept[ontvanger]}')
            self.kept[ontvanger] = one.number
            wanted = self.expected[ontvanger].pop(one.index, None)
            if one.part.soort != GEGEVEN:
                self.breach('given', f'{ontvanger}: entry {one.index} came as {one.part.soort}')
            elif wanted is None:
                self.breach('nothing without a regel', f'{ontvanger}: entry {one.index} gives '
                            f'{sorted(self.places(one))}, and no regel gives anything of it')
            else:
                self.compare(ontvanger, one, wanted)

    def compare(self, ontvanger, one, wanted):
        got = {}
        for grond in one.part.gronden:
            name = f'agenda {grond.overleg}' if grond.overleg else (
                knp_lists.RUBRIEK_NAMES.get(grond.rubriek, language.BERICHT))
            got.setdefault((name, grond.betrokkene), []).append(grond.regel)
        self.digest.update(repr((ontvanger, one.number, sorted(got.items()))).encode())
        for place in sorted(set(got) | set(wanted)):
            regels, due = tuple(got.get(place, ())), tuple(wanted.get(place, ()))
            promise = 'given' if due else 'nothing without a regel'
            self.holds(promise, regels == due, f'{ontvanger}: entry {one.index} {place} comes by '
                                               f'{regels or "no regel"}, the oracle has {due}')
        opened = {place for place in self.places(one) if place[0] not in ('herkomst',)}
        self.holds('nothing without a regel', opened <= set(wanted),
                   f'{ontvanger}: entry {one.index} opens {sorted(opened - set(wanted))}')

    @staticmethod
    def places(one):
        return {(rubriek, betrokkene) for betrokkene, rubriek in one.places()}

    def nothing_is_left(self, queues):
        """At the end: what was expected came, and what was given is kept by somebody."""
        for ontvanger, rows in self.expected.items():
            for entry, wanted in rows.items():
                self.breach('given', f'{ontvanger}: entry {entry} never came: {sorted(wanted)}')
        listed = set()
        for line in queues:
            who, last, waiting = line.split()[:3]
            ontvanger = tuple(who.split('/'))
            listed.add(ontvanger)
            self.holds('contiguous', int(last.split('=')[1]) == self.kept[ontvanger],
                       f'{ontvanger}: {last}, and it keeps {self.kept[ontvanger]}')
            self.holds('contiguous', waiting == 'waiting=0', f'{ontvanger}: {waiting}')
        for ontvanger in sorted(set(self.kept) - listed):
            self.breach('contiguous', f'{ontvanger}: the house does not list what it gave')

    # ---- deadlines -------------------------------------------------------------------------

    def owes(self, soort, regel, entry, due):
        self.owed[soort, regel, entry] = due

    def settled(self, soort, regel, entry):
        self.owed.pop((soort, regel, entry), None)

    def deadlines(self, status, now):
        """What is owed by the year is owed by the house, until the same moment; and what is late is an
        alarm. The house owes nothing that the year does not."""
        listed, late = {}, set()
        for words in map(str.split, status.all('obligation')):
            entry = int(next(word for word in words if word.startswith('entry='))[6:])
            listed[words[1], words[2], entry] = moment_of(words[0])
        for words in map(str.split, status.all('alarm')):
            if words[0] == 'obligation-overdue':
                late.add((words[2], int(words[-1])))
        for key, due in self.owed.items():
            self.holds('deadlines', due - HOUR < listed.get(key, NEVER) <= due,
                       f'{key} is owed at {due}, of the house at {listed.get(key)}')
            if due < now - HOUR:
                self.holds('escalated', (key[1], key[2]) in late,
                           f'{key} was due at {due}, it is {now}, and nobody is told')
        for key in set(listed) - set(self.owed):
            self.breach('deadlines', f'{key} is owed to the house for no reason')
        for key in late - {key[1:] for key, due in listed.items() if due < now}:
            self.breach('escalated', f'{key} is told to be late, and is not')
        return len(listed), len(late)

    # ---- sources and partners --------------------------------------------------------------

    def numbered(self, source, number, now):
        """A numbered melding of a source came."""
        row = self.sources[source]
        row.last = now
        row.missing.pop(number, None)
        for hole in range(row.highest + 1, number):
            row.missing[hole] = now
        row.highest = max(row.highest, number)

    def alarms(self, status, now, deaf):
        """Each hole in the numbers of a source is told in time, and nothing else is; a source that
        is told to be silent is; of partners only `deaf` is, None when none is. Whether a source sends
        fewer than it did is not judged."""
        told = set()
        for line in status.all('alarm'):
            kind, _, about, *_ = line.split() + ['', '']
            source = about.partition(':')[0]
            self.seen[kind, source.partition('/')[0]] += 1
            if kind == 'source-gap':
                told.add(source)
            elif kind in ('source-silent', 'source-few'):
                self.holds('alarms', now - self.sources[source].last >= 2 * DAY_MS
                           or kind == 'source-few', f'{day_of(now)}: {line}, and it is not')
            elif kind in ('unacknowledged', 'partner-silent'):
                self.holds('alarms', deaf is not None and source.startswith(deaf),
                           f'{day_of(now)}: {line}')
            else:
                self.holds('alarms', kind == 'obligation-overdue', f'{day_of(now)}: {line}')
        for source, row in self.sources.items():
            ages = [(now - since) / DAY_MS for since in row.missing.values()]
            surely = any(GAP_DAYS[0] + 0.1 < age < GAP_DAYS[1] - 0.1 for age in ages)
            perhaps = any(GAP_DAYS[0] - 0.1 < age < GAP_DAYS[1] + 0.1 for age in ages)
            self.holds('alarms', surely <= (source in told) <= perhaps,
                       f'{day_of(now)}: numbers {sorted(row.missing)} of {source} are missing, and '
                       f'the house says {"so" if source in told else "nothing"}')

    def terms(self, told, ages):
        """Content that is past its term is gone and no other: `ages` has of each that has one how
        many days old it is, and its term in months."""
        gone = sum(age > 31 * months + 2 for age, months in ages)
        kept = sum(age < 30 * months - 4 for age, months in ages)
        self.holds('terms', not told.all('te-laat'), f'past their term: {told.all("te-laat")}')
        self.checked['terms'] += gone + kept
        for _ in range(gone - int(told['verantwoord'])):
            self.breach('terms', f'content is kept past its term: of {gone} it must be gone')
        for _ in range(kept - int(told['bewaard']) + int(told['zonder-termijn'])):
            self.breach('terms', f'content is gone before its term: of {kept} it must be there')

    def was_seen(self, kind, source, why):
        self.holds('alarms', self.seen[kind, source] > 0, f'no {kind} of {source}: {why}')


def moment_of(text):
    """Of RFC 3339 in UTC, which is cut to the second."""
    return int(datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp() * 1000)
