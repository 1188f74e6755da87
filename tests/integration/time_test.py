# SPDX-License-Identifier: EUPL-1.2
"""The daemon under another clock (libfaketime): what lapsed is not given any more, the time of the
log never goes back, and earlier meldingen and birthdays count by the day they must."""

import datetime
import os
import struct
import sys
import time
import unittest
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
import knp_party  # noqa: E402
import knp_wire as kw  # noqa: E402
from knp_client import GEGEVEN, VERVALLEN  # noqa: E402
from knp_convenant import Betrokkene, Case, base  # noqa: E402
from knp_lists import REASONS, bsn  # noqa: E402
from knp_stage import BINARY, FAKETIME, Stage, main, preload  # noqa: E402

DAY, HOUR = 86400, 3600
STEP = os.environ.get('KNP_STEP_LIBRARY', '')
AMSTERDAM = zoneinfo.ZoneInfo('Europe/Amsterdam')


class Clock(unittest.TestCase):
    """A house whose clock can be put forward and back."""

    ONLY = ('politie', 'sittard')

    def setUp(self):
        self.stage = self.new_stage()
        self.addCleanup(self.stage.close)
        self.addCleanup(setattr, knp_party, 'SHIFT_MS', 0)

    def new_stage(self):
        return Stage(self.ONLY, tick_seconds=1)

    def restart_after(self, seconds):
        """The daemon and its partners think that this many seconds have passed."""
        house = self.stage.house
        house.stop()
        house.environment = {
            'LD_PRELOAD': preload(BINARY, FAKETIME), 'FAKETIME': f'{seconds:+d}',
            'FAKETIME_NO_CACHE': '1', 'FAKETIME_DONT_FAKE_MONOTONIC': '1'}
        knp_party.SHIFT_MS = seconds * 1000
        house.start()
        self.stage.reconnect()

    def restart_at(self, days):
        self.restart_after(days * DAY)

    def alarms(self):
        return [line for line in self.stage.house.must('status').all('alarm')
                if line.startswith('clock-')]


class Time(Clock):
    steppable = False

    def step_clock(self, days):
        """The clock of the machine alone is put away from the partners', while the daemon runs."""
        with open(self.stage.house.path('step'), 'r+b' if self.steppable else 'wb') as file:
            file.write(struct.pack('=q', days * DAY))

    def restart_steppable(self):
        house = self.stage.house
        house.stop()
        self.step_clock(0)
        house.environment = {
            'LD_PRELOAD': preload(BINARY, STEP), 'KNP_STEP': house.path('step')}
        self.steppable = True
        house.start()
        self.stage.reconnect()

    def confirm(self):
        """The beheerder looked at the clock; until then the house asked, and took nothing."""
        item = self.stage.melding('politie', rubrieken=base())
        reply, _ = self.stage.links['politie'].answer(item)
        self.assertEqual((reply.outcome, REASONS[reply.reason]), (3, 'clock'))
        self.assertEqual(len(self.alarms()), 1)
        self.stage.house.must('clock', ('confirm', 'yes'))
        self.assertEqual(self.alarms(), [])

    def push(self):
        return self.stage.push('politie', self.stage.melding('politie', rubrieken=base()))[0]

    def tick(self):
        """Waits until a tick has passed."""
        size, deadline = self.stage.size(), time.monotonic() + 10
        while self.stage.size() == size and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertGreater(self.stage.size(), size)

    def test_what_lapsed_is_not_given_and_its_number_comes_as_vervallen(self):
        # spec K8: numbers stay contiguous; past geldig_tot nothing of it leaves.
        self.push()
        link = self.stage.links['sittard']
        kept, = link.fetch('wmo')
        self.assertGreater(kept.part.geldig_tot, knp_party.now_ms() + 100 * DAY * 1000)
        self.push()
        self.restart_at(200)
        link = self.stage.links['sittard']
        link.keep = True
        self.tick()
        self.assertEqual(link.fetch('wmo', after=0), [])  # held back, not destroyed
        self.confirm()
        deadline = time.monotonic() + 10
        while True:
            found = link.fetch('wmo', after=0)
            if len(found) == 2 or time.monotonic() > deadline:
                break
            self.assertEqual(found, [])  # held back until the tick
            time.sleep(0.05)
        self.assertEqual([one.number for one in found], [1, 2])
        for one in found:
            self.assertEqual((one.part.soort, one.given, one.stated), (VERVALLEN, (), ()))
        for plain in link.plain:
            self.assertNotIn(b'Proef', plain)
        # What was fetched before it lapsed may still be acknowledged, and so may the news.
        self.assertEqual(link.ack('wmo', [kept]).outcome, 'aanvaard')
        self.assertEqual(link.ack('wmo', found[1:]).outcome, 'aanvaard')
        self.assertEqual(link.fetch('wmo', after=0), [])
        self.stage.house.stop()
        self.assertTrue(self.stage.house.rebuild()['equal'])

    def test_a_clock_that_goes_back_does_not_take_the_log_along(self):
        before = kw.read_entry(self.push().entry)[1]
        self.restart_at(-3)
        self.confirm()
        after = kw.read_entry(self.push().entry)[1]
        self.assertGreaterEqual(after, before)
        self.tick()
        later = kw.read_entry(self.push().entry)[1]
        self.assertGreaterEqual(later, after)
        found = self.stage.links['sittard'].fetch_all('wmo')
        self.assertEqual(len(found), 3)

    def test_a_clock_that_jumps_refuses_what_is_old_and_keeps_what_it_receipted(self):
        item = self.stage.melding('politie', rubrieken=base())
        receipt, = self.stage.push('politie', item)
        late = self.stage.melding('politie', rubrieken=base())
        self.restart_at(31)
        self.confirm()
        again, = self.stage.push('politie', item)
        self.assertEqual((again.index, again.entry), (receipt.index, receipt.entry))
        reply, _ = self.stage.links['politie'].answer(late)
        self.assertEqual((reply.outcome, REASONS[reply.reason], reply.field),
                         (2, 'too-old', 'time'))

    def test_a_clock_that_steps_under_the_daemon_destroys_nothing(self):
        self.restart_steppable()
        self.push()
        link = self.stage.links['sittard']
        for days in (365, -365):
            before = kw.read_entry(self.push().entry)[1]
            self.step_clock(days)
            self.tick()
            self.tick()
            self.assertEqual([alarm.split()[0] for alarm in self.alarms()], ['clock-stepped'])
            after = kw.read_entry(self.push().entry)[1]  # accepted, in time as it was
            self.assertLess(after - before, 600 * 1000)
            self.step_clock(0)
            self.tick()
            self.assertEqual(self.alarms(), [])
            found = link.fetch('wmo', after=0)
            self.assertEqual({one.part.soort for one in found}, {GEGEVEN})
        self.step_clock(365)
        knp_party.SHIFT_MS = 365 * DAY * 1000
        self.stage.house.must('clock', ('confirm', 'yes'))
        deadline = time.monotonic() + 10
        while {one.part.soort for one in found} != {VERVALLEN} and time.monotonic() < deadline:
            found = link.fetch('wmo', after=0) or found
        self.assertEqual({one.part.soort for one in found}, {VERVALLEN})


class Verrijking(Clock):
    """What state adds depends on when the earlier meldingen came, and on the day of today."""

    ONLY = ('politie', 'vt', 'huis')

    def report(self, name, who):
        """A melding about one person; (its index, what the procesregisseur is told of earlier
        ones, what `why` says was known)."""
        bron, functies, soort = {'politie': (kc.POLITIE, ('basisteam',), 'politie'),
                                 'vt': (kc.VT, ('meldingen',), 'veilig-thuis')}[name]
        places = ((0, 'kenmerken'), (1, 'betrokkenheid'), (1, 'identificatie'), (1, 'bsn'))
        item = self.stage.melding(name, Case(bron, functies, soort, '', (), 'GM1883', (who,),
                                             places))
        receipt, = self.stage.push(name, item)
        huis = self.stage.links['huis']
        one, = huis.fetch_all('procesregisseur')
        huis.ack('procesregisseur', [one])
        told = {'samenloop': one.values((1, 'verrijking.samenloop'))['samenloop'][0]}
        told.update((name, int(value)) for name, (value,) in
                    one.values((1, 'verrijking.eerder')).items())
        return receipt.index, told, self.why(item.id)

    def why(self, melding):
        """({fact: value}, {fact: entries it was computed from}) as recorded with a melding."""
        answer = self.stage.vraag('why', ('id', melding),
                                       ('ontvanger', '/'.join(kc.REGISSEUR)))
        pairs = [[line.split('=', 1) for line in answer.all(name)]
                 for name in ('feit', 'feit-uit')]
        return dict(pairs[0]), {name: [int(n) for n in entries.split(',')]
                                for name, entries in pairs[1]}

    def near_midnight(self):
        """Seconds from now to ten minutes before an Amsterdam midnight of a day after which
        no clock changes."""
        now = datetime.datetime.now(AMSTERDAM)
        late = now.replace(hour=23, minute=50, second=0)
        while late < now or (late + datetime.timedelta(days=1)).utcoffset() != late.utcoffset():
            late += datetime.timedelta(days=1)
        return int((late - now).total_seconds())

    def test_earlier_meldingen_count_by_day_month_and_year(self):
        who, start = Betrokkene(bsn=bsn(50)), self.near_midnight()
        indices = []
        # Seconds after the first; who reports; same day, 30 days, 365 days, samenloop; and which
        # of the meldingen before it the fact of a year rests on.
        for after, name, dag, maand, jaar, samenloop, rests in [
                (0, 'vt', 0, 0, 0, 'nee', []),
                (0, 'politie', 1, 1, 1, 'ja', [0]),
                (HOUR, 'politie', 0, 2, 2, 'ja', [0, 1]),          # past midnight
                (30 * DAY - HOUR, 'politie', 0, 3, 3, 'ja', [0, 1, 2]),
                (30 * DAY + HOUR // 2, 'politie', 0, 2, 4, 'nee', [0, 1, 2, 3]),
                (365 * DAY - HOUR, 'politie', 0, 0, 5, 'nee', [0, 1, 2, 3, 4]),
                (365 * DAY + 2 * HOUR, 'politie', 0, 1, 3, 'nee', [3, 4, 5])]:
            self.restart_after(start + after)
            if self.alarms():  # away for longer than is believed without a person
                self.stage.house.must('clock', ('confirm', 'yes'))
            index, told, (feiten, uit) = self.report(name, who)
            said = f'after {after / DAY:.3f} days'
            self.assertEqual(told, {'dag': dag, '30': maand, '365': jaar,
                                    'samenloop': samenloop}, said)
            known = [feiten[f'1.{feit}'] for feit in ('eerder.dag', 'eerder.30', 'eerder.365',
                                                      'samenloop')]
            self.assertEqual(known, [f'{dag}', f'{maand}', f'{jaar}', samenloop], said)
            wanted = [indices[n] for n in rests]
            for feit in ('eerder.365', 'samenloop'):
                self.assertEqual(sorted(uit.get(f'1.{feit}', [])), wanted, f'{feit} {said}')
            indices.append(index)

    def test_minderjarig_ends_on_the_eighteenth_birthday(self):
        now = datetime.datetime.now(AMSTERDAM)
        noon = now.replace(hour=12, minute=0, second=0)  # far from any midnight
        today = (noon + datetime.timedelta(days=2)).date()
        while (today.month, today.day) in ((2, 28), (2, 29)):
            today += datetime.timedelta(days=1)
        days = (today - now.date()).days
        for at, minderjarig in ((days - 1, 'ja'), (days, 'nee')):
            self.restart_after(int((noon - now).total_seconds()) + at * DAY)
            born = today.replace(year=today.year - 18).isoformat()
            # The birth date counts; an adult whom the sender calls a child is neither.
            for number, said in ((60, ''), (61, 'ja'), (62, 'nee')):
                _, _, (feiten, _) = self.report('politie', Betrokkene(
                    bsn=bsn(number), geboren=born, minderjarig=said))
                known = 'onbekend' if (minderjarig, said) == ('nee', 'ja') else minderjarig
                self.assertEqual(feiten['1.minderjarig'], known, (at, said))
        for said, known in (('ja', 'ja'), ('nee', 'nee'), ('', 'onbekend')):
            _, _, (feiten, _) = self.report('politie', Betrokkene(bsn=bsn(63), minderjarig=said))
            self.assertEqual(feiten['1.minderjarig'], known)


if __name__ == '__main__':
    main()
