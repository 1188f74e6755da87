# SPDX-License-Identifier: EUPL-1.2
"""Compaction, cut off at its n-th call that changes a file: there is one whole log at each moment,
the daemon goes on by itself, each statement keeps its outcome, nothing is left lying about, and the
next compaction is done. For every n with KNP_LONG=1; else where the calls change their kind, and at
and behind the exchange. The negative control exchanges the two logs in halves: that must be caught.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'integration'))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knooppunt_world import Exchange, PROGRAMS, main, must, run  # noqa: E402
from knp_probe import wait_for  # noqa: E402
from knp_process import preload  # noqa: E402

LONG = os.environ.get('KNP_LONG') == '1'
CUT = os.environ.get('KNP_CUT_LIBRARY', '')
POINTS = 10   # of a short run
BEHIND = 4    # calls from the exchange on that each run has
IN_A_ROW = 3  # a daemon whose core fails five times in a minute ends
GROND = 'AVG art. 17, verzoek van 1 november'


class Lost(AssertionError):
    """The daemon did not come back to what it was."""


class Cut(Exchange):
    settings = 'tick_seconds: 1\n'

    def setUp(self):
        super().setUp()
        self.cut_file = self.house.path('data', 'cut')
        self.path = self.melding()
        self.pushed = self.push(self.path, '--wait').line
        gone = self.push(self.melding(), '--wait').line
        self.vt.run('fetch')
        line = must('knooppunt-audit', 'erase', gone['id'], GROND, '--key',
                    self.house.role('privacy-officer'), '-c', self.house.settings).line
        must('knooppunt-audit', 'approve', line['object'], '--key', self.house.role('beheerder'),
             '-c', self.house.settings)
        wait_for('the tick that tells it is erased', self.is_told, limit=30)
        self.house.prefix = ['env', f'LD_PRELOAD={preload(PROGRAMS["knooppuntd"], CUT)}',
                             f'KNP_CUT={self.cut_file}']
        self.begin_anew()

    def is_told(self):
        lines = run('knooppunt-audit', '-c', self.house.settings, '--json', 'bewaartermijnen').lines
        return any(line.get('klaar') for line in lines)

    def begin_anew(self):
        self.house.stop()
        self.house.start()
        self.politie.write_settings()

    def compact(self, number, how=''):
        with open(self.cut_file, 'w', encoding='ascii') as file:
            file.write(f'{number} {how}')
        return run('knooppuntctl', '-c', self.house.settings, '--json', 'compact')

    def calls(self):
        with open(self.cut_file + '.calls', encoding='ascii') as file:
            return file.read().split()

    def chosen(self, calls):
        """Which calls to cut off at, from 1, and from which one on they count."""
        count = len(calls)
        changes = [n + 1 for n in range(1, count) if calls[n] != calls[n - 1]]
        some = range(1, count + 1) if LONG else changes[::max(1, len(changes) // POINTS)]
        return [(n, '') for n in some] + [(n + 1, 'from=exchange') for n in range(BEHIND)]

    def look(self, size):
        """What must be so after each cut."""
        status = run('knooppuntctl', '-c', self.house.settings, '--json', 'status')
        if not status.out or status.line.get('readonly') or \
                status.line.get('log', {}).get('size', 0) < size:
            raise Lost(status.out + status.err)
        if os.path.exists(self.house.path('data', 'compact')):
            raise Lost('what was cut off lies there still')
        again = self.push(self.path)
        if again.code != 0 or again.line != self.pushed:
            raise Lost(again.out + again.err)
        return status.line['log']['size']

    def test_a_compaction_that_is_cut_off_loses_nothing(self):
        self.assertEqual(self.compact(0).code, 0)
        size, struck = self.look(0), 0
        for at, (number, how) in enumerate(self.chosen(self.calls())):
            done = self.compact(number, how)
            struck += done.code != 0
            if done.code not in ((3,) if how else (0, 3)):
                raise Lost(f'at call {number} {how}: {done.out}{done.err}')
            size = self.look(size)
            if at % IN_A_ROW == IN_A_ROW - 1:
                self.begin_anew()
        self.assertGreater(struck, POINTS // 2)
        self.begin_anew()
        self.assertEqual(self.compact(0).code, 0)  # verified whole: each row unseals, or was erased
        self.look(size)
        self.house.stop()
        equal = run('knooppuntd', '-c', self.house.settings, 'rebuild', '--compare')
        self.assertEqual(equal.code, 0, equal.out + equal.err)
        self.house.start()


class Unsynced(Cut):
    """Until the exchange is on the disk a power cut can undo it: the old log is the log then."""
    test_a_compaction_that_is_cut_off_loses_nothing = None

    def test_an_old_log_is_not_overwritten_while_it_may_be_the_log_again(self):
        self.assertEqual(self.compact(0).code, 0)
        self.assertIn('pwrite', self.behind())  # as an old one is overwritten
        size = self.look(0)
        self.assertEqual(self.compact(0, 'unsynced').code, 5)
        self.assertNotIn('pwrite', self.behind())
        self.assertNotIn('unlink', self.behind())
        self.look(size)  # core that could sync it did the rest

    def behind(self):
        """From the exchange to what is written of how it ended."""
        calls = self.calls()
        calls = calls[calls.index('exchange'):]
        return calls[:calls.index('write')]


class Halved(Cut):
    test_a_compaction_that_is_cut_off_loses_nothing = None

    def test_logs_that_are_exchanged_in_halves_are_caught(self):
        self.assertEqual(self.compact(0, 'halved').code, 0)
        size = self.look(0)
        self.assertEqual(self.compact(1, 'from=half halved').code, 3)  # before the first: whole
        self.look(size)
        with self.assertRaises(Lost):
            self.compact(2, 'from=half halved')
            self.look(size)


if __name__ == '__main__':
    main()
