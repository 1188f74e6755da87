# SPDX-License-Identifier: EUPL-1.2
"""SIGHUP: each setting that may change while knooppuntd runs is in force afterwards and is seen to be;
what may not is said in the log and kept; a file with a fault leaves what runs."""

import datetime
import os
import re
import signal
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
import knp_party  # noqa: E402
from full_test import FAT_WIRES  # noqa: E402
from knp_convenant import base  # noqa: E402
from knp_lists import SOURCE  # noqa: E402
from knp_party import Party  # noqa: E402
from knp_probe import wait_for  # noqa: E402
from knp_process import state_of  # noqa: E402
from knp_stage import BINARY, Stage, main, preload  # noqa: E402

STEP = os.environ.get('KNP_STEP_LIBRARY', '')
AGAIN = 1  # the hint


def reloadable():
    """The rows of the option table that say so."""
    with open(os.path.join(SOURCE, 'daemon', 'settings', 'table.c'), encoding='utf-8') as file:
        rows = re.split(r'\.name = ', file.read())[1:]
    found = {row.split('"')[1] for row in rows if '.reloadable = true' in row}
    assert 0 < len(found) < len(rows)
    return found


class Hangup(unittest.TestCase):
    SEEN = set()  # of what the effect was seen, over all tests of the class

    def begin(self, *only, **settings):
        self.stage = Stage(only or ('politie', 'sittard'), **settings)
        self.addCleanup(self.stage.close)
        self.house = self.stage.house

    def said(self, event):
        return self.house.log().count(f'event={event}')

    def hang_up(self):
        """SIGHUP, and the parent has dealt with it; what it said."""
        before = len(self.house.log())
        self.house.process.send_signal(signal.SIGHUP)
        return wait_for('word of the reload', lambda: (
            said if re.search(r'event=parent\.reload-(done|refused)',
                              said := self.house.log()[before:]) else None))

    def change(self, **settings):
        self.house.write_settings(**settings)
        said = self.hang_up()
        self.SEEN.update(settings)
        return said

    def in_force(self, name):
        return self.house.must('settings')[name]

    # ---- of which the effect is seen at once -------------------------------------------------

    def batches_of_ten(self):
        """How many commits ten meldingen of one envelope take."""
        before = self.stage.metrics()['knooppunt_batches_total']
        self.stage.push('politie', *(self.stage.melding('politie', rubrieken=base())
                                     for _ in range(10)))
        return self.stage.metrics()['knooppunt_batches_total'] - before

    def test_batch_max(self):
        self.begin()
        self.assertLess(self.batches_of_ten(), 10)
        self.change(batch_max=1)
        self.assertGreaterEqual(self.batches_of_ten(), 10)

    def burst(self, count, rubrieken):
        """A partner that rests, and so many frames of it."""
        link = self.stage.links['politie']
        link.push([self.stage.melding('politie', rubrieken=base())])
        link.hints = []
        return link, [link.party.envelope(link.genesis, link.party.request(
            [self.stage.melding('politie', rubrieken=rubrieken)], link.verifier.held))
            for _ in range(count)]

    def hints(self, count, rubrieken):
        """What a partner hears beside its answers that sends so many at once."""
        link, frames = self.burst(count, rubrieken)
        for frame in frames:
            link.socket.send(frame)
        deadline = time.monotonic() + 20
        answered = 0
        while answered < count and not link.hints and time.monotonic() < deadline:
            answer = link.receive(5.0)
            answered += len(answer.replies) if answer else 0
        return [code for code, _ in link.hints]

    def told_again(self, count, rubrieken):
        """The openers stand still, so that no credit comes back, however fast they are."""
        link, frames = self.burst(count, rubrieken)
        openers = [pid for role, pid in self.house.children() if role == 'opener']
        try:
            for pid in openers:
                os.kill(pid, signal.SIGSTOP)
                wait_for('an opener that stands still', lambda pid=pid: state_of(pid) == 'T')
            for frame in frames:
                link.socket.send(frame)
            return link.hint(20)[0] == AGAIN
        finally:
            for pid in openers:
                os.kill(pid, signal.SIGCONT)

    def test_credit_frames(self):
        self.begin()
        self.assertEqual(self.hints(64, base()), [])
        self.change(credit_frames=1)
        self.assertTrue(self.told_again(64, base()))

    def test_credit_kib(self):
        self.begin()
        self.assertEqual(self.hints(24, FAT_WIRES), [])
        self.change(credit_kib=256)
        self.assertTrue(self.told_again(24, FAT_WIRES))

    def test_poll_max_seconds(self):
        self.begin()
        self.change(poll_max_seconds=1)
        began = time.monotonic()
        self.assertEqual(self.stage.links['sittard'].fetch('wmo', wait=60), [])
        self.assertLess(time.monotonic() - began, 6)  # of 30, that it was

    def cut(self):
        """A key is revoked, for which the gate cuts connections and says so as a warning."""
        before = self.house.children()
        gone = Party(kc.GGZ, 'Ggz', 'ggz', ['crisisdienst'])
        self.house.enrol(gone)
        # It is let in, so that there is something to cut; a key that the gate does not know yet is
        # refused for good, and tries anew.
        self.stage.parties['gone'] = gone
        self.stage.connect('gone')
        self.stage.links.pop('gone').close()
        self.house.register('intrekking', gone.keys.identity_id)
        wait_for('another gate', lambda: dict(self.house.children()).get('gate') not in
                 (None, dict(before)['gate']))
        self.stage.connect('politie')
        self.stage.push('politie', self.stage.melding('politie', rubrieken=base()))

    def test_log_level(self):
        self.begin()
        self.house.write_settings(log_level='error')
        self.house.process.send_signal(signal.SIGHUP)  # and the parent says no more of it
        wait_for('the level', lambda: self.in_force('log_level') == 'error')
        self.cut()
        self.assertEqual(self.said('gate.end'), 0)
        self.assertIn('event=parent.reloaded setting=log_level', self.change(log_level='notice'))
        self.cut()
        self.assertEqual(self.said('gate.end'), 1)

    # ---- alarms, after hours -----------------------------------------------------------------

    def stands(self, code, name):
        """The alarm comes with the setting, and goes with it."""
        def is_there():
            return any(line.startswith(f'{code} ') for line in
                       self.house.must('status').all('alarm'))
        self.assertFalse(is_there(), code)
        self.change(**{name: 1})
        wait_for(code, is_there)
        self.change(**{name: 0})
        wait_for(f'no {code}', lambda: not is_there())

    def step_clock(self, hours):
        with open(self.house.path('step'), 'r+b' if hours else 'wb') as file:
            file.write(struct.pack('=q', hours * 3600))

    def test_backup_hours(self):
        self.begin(backup='backup', backup_hours=0)  # where none ever was
        self.stands('backup-stale', 'backup_hours')

    def later(self, hours):
        """By all clocks it is so much later, and the beheerder says that it is."""
        self.step_clock(hours)
        knp_party.SHIFT_MS = hours * 3600000
        wait_for('doubt', lambda: any(line.startswith('clock-') for line in
                                      self.house.must('status').all('alarm')))
        self.house.must('clock', ('confirm', 'yes'))

    def mondays(self):
        """A melding on each of three Mondays of a month without a feestdag; and nine days after."""
        here = datetime.datetime.now().astimezone()
        first = here.replace(year=here.year + 1, month=9, day=7, hour=12)
        first -= datetime.timedelta(days=first.weekday())
        hours = int((first - here) / datetime.timedelta(hours=1))
        for week in range(3):
            self.later(hours + 168 * week)
            receipt, = self.stage.push('politie', self.stage.melding(
                'politie', rubrieken=base(), sequence=100 + 10 * week))
            self.assertEqual(receipt.outcome, 'aanvaard')
        self.later(hours + 168 * 2 + 9 * 24)

    def test_what_is_an_alarm_after_hours_and_days(self):
        self.begin(tick_seconds=1, ack_hours=0, silent_hours=0, overlap_days=0, gap_hours=0,
                   rhythm_days=0)
        self.addCleanup(setattr, knp_party, 'SHIFT_MS', knp_party.SHIFT_MS)
        self.house.stop()
        self.step_clock(0)
        self.house.environment = {'LD_PRELOAD': preload(BINARY, STEP),
                                  'KNP_STEP': self.house.path('step')}
        self.house.start()
        self.stage.reconnect()
        self.house.enrol(Party(kc.POLITIE, 'Politie', 'politie', ['basisteam'], 'nieuw'))
        self.stage.links['politie'].sync()
        self.mondays()
        self.stands('unacknowledged', 'ack_hours')
        self.stands('partner-silent', 'silent_hours')
        self.stands('keys-overlap', 'overlap_days')
        self.stands('source-gap', 'gap_hours')
        self.stands('source-silent', 'rhythm_days')

    # ---- what changes nothing ----------------------------------------------------------------

    def test_what_needs_a_restart_is_said_and_kept(self):
        self.begin()
        said = self.change(tick_seconds=77, handshake_ms=900, credit_frames=9)
        self.SEEN -= {'tick_seconds', 'handshake_ms'}
        for name in ('tick_seconds', 'handshake_ms'):
            self.assertIn(f'event=parent.reload-kept setting={name} ', said)
            self.assertNotEqual(self.in_force(name), str(self.house.settings[name]))
        self.assertIn('event=parent.reloaded setting=credit_frames value=9', said)
        self.assertEqual(self.in_force('credit_frames'), '9')
        self.assertNotIn('setting=credit_frames', self.hang_up())

    def test_a_file_with_a_fault_leaves_what_runs(self):
        self.begin()
        before = dict(self.house.must('settings'))
        text = self.read()
        line = len(text.splitlines())
        for file, code, at, field in (
                (text + 'silent_hours: 6\nbatch_max: 0\n', 'out-of-range', line + 2, 'batch_max'),
                (text + 'silent_hours: 6\nonzin: 1\n', 'unknown-keyword', line + 2, ''),
                ('silent_hours: 6\n', 'missing-keyword', 0, 'data'),
                (None, 'file-missing', 0, '')):
            with self.subTest(code=code):
                if file is None:
                    os.remove(self.house.settings_file)
                else:
                    self.write(file)
                said = self.hang_up()
                self.assertIn('event=parent.reload-refused '
                              f'code={code} file="{self.house.settings_file}" line={at} '
                              f'field="{field}"', said)
                self.assertNotIn('event=parent.reloaded', said)
                self.assertEqual(dict(self.house.must('settings')), before)
        self.write(text)
        self.assertIn('event=parent.reload-done differing=0', self.hang_up())
        receipt, = self.stage.push('politie', self.stage.melding('politie', rubrieken=base()))
        self.assertEqual(receipt.outcome, 'aanvaard')

    def test_a_file_that_never_ends_costs_seconds(self):
        self.begin()
        os.remove(self.house.settings_file)
        os.mkfifo(self.house.settings_file)  # nobody writes: whoever opens it waits
        self.assertIn('event=parent.reload-refused code=io', self.hang_up())
        self.house.must('status')
        os.remove(self.house.settings_file)
        self.house.write_settings()
        self.assertIn('event=parent.reload-done', self.hang_up())

    def read(self):
        with open(self.house.settings_file, encoding='utf-8') as file:
            return file.read()

    def write(self, text):
        with open(self.house.settings_file, 'w', encoding='utf-8') as file:
            file.write(text)

    @classmethod
    def tearDownClass(cls):
        # A row that is made reloadable later must show here what it does.
        missing = reloadable() - cls.SEEN
        if missing and len(sys.argv) == 1:
            raise AssertionError(f'no test changes {sorted(missing)}')


if __name__ == '__main__':
    main()
