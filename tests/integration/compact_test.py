# SPDX-License-Identifier: EUPL-1.2
"""Compaction: what is left of the log is the log, what was erased takes no room in it, what leads to
persons is made anew under new keys, and partners only wait. (Cut off anywhere: fault.compact.)"""

import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knooppunt_world import Exchange, main, must, run  # noqa: E402
from knp_probe import wait_for  # noqa: E402

GROND = 'AVG art. 17, verzoek van 1 november'
BSN = '999990342'
SLOTS_AT, SLOT = 4096, 32
DERIVED = (1, 2, 3)  # slots of the keystore by which derived rows are made


class Compact(Exchange):
    settings = 'tick_seconds: 1\n'

    def compact(self):
        done = run('knooppuntctl', '-c', self.house.settings, '--json', 'compact')
        self.assertEqual(done.code, 0, done.out + done.err)
        return done.line

    def status(self):
        return run('knooppuntctl', '-c', self.house.settings, '--json', 'status').line

    def slots(self):
        with open(self.house.path('data', 'keystore'), 'rb') as file:
            file.seek(SLOTS_AT)
            slots = file.read()
        return [slots[at:at + SLOT] for at in range(0, len(slots), SLOT)]

    def erase(self, pushed):
        settings = ['-c', self.house.settings]
        line = must('knooppunt-audit', 'erase', pushed['id'], GROND, '--key',
                    self.house.role('privacy-officer'), *settings).line
        return must('knooppunt-audit', 'approve', line['object'], '--key',
                    self.house.role('beheerder'), *settings).line

    def is_told(self):
        """A tick told that the key is overwritten; only then the rows may go."""
        lines = run('knooppunt-audit', '-c', self.house.settings, '--json', 'bewaartermijnen').lines
        return any(line.get('klaar') for line in lines)

    def inzage(self):
        lines = must('knooppunt-audit', 'inzage', f'bsn:{BSN}', '-c', self.house.settings,
                     *self.house.asking).lines
        return [line for line in lines if 'melding' in line or 'index' in line]

    def test_nothing_is_lost_and_what_was_erased_is_gone(self):
        paths = [self.melding() for _ in range(4)]
        pushed = [self.push(path, '--wait').line for path in paths]
        self.assertEqual(len(self.vt.run('fetch').lines), 4)
        self.erase(pushed[1])
        wait_for('the tick that tells it is erased', self.is_told, limit=30)
        known, before, slots = self.inzage(), self.status(), self.slots()
        self.assertTrue(known)
        self.assertEqual(before['compact'][0]['last'], 'never')
        made = self.compact()
        self.assertGreaterEqual(made['gone'], 1)
        self.assertLessEqual(made['log_after'], made['log_before'])
        # Keys of derived rows are others, all else is what it was.
        after = self.slots()
        self.assertEqual([n for n, pair in enumerate(zip(slots, after)) if pair[0] != pair[1]],
                         list(DERIVED))
        self.assertFalse(os.path.exists(self.house.path('data', 'compact')))
        told = self.status()
        self.assertTrue(told['ok'], told)
        self.assertEqual({key: told['compact'][0][key] for key in made if key != 'oefening'},
                         {key: made[key] for key in made if key != 'oefening'})
        # The log is that of before, and goes on.
        export, last = self.politie.path('export'), self.politie.path('last')
        with open(last, 'w', encoding='utf-8') as file:
            file.write(before['log']['checkpoint'])
        must('knooppunt-audit', 'export', export, '-c', self.house.settings)
        verified = must('knooppunt-audit', 'verify', export, '--vkey',
                        self.house.path('data', 'log.vkey'), '--last', last).line
        self.assertTrue(verified['intact'] and verified['extends'], verified)
        # Each statement has the outcome that it had; who is known is known.
        for path, line in zip(paths, pushed):
            self.assertEqual(self.push(path).line, line)
        self.assertEqual(self.inzage(), known)
        self.house.stop()
        equal = run('knooppuntd', '-c', self.house.settings, 'rebuild', '--compare')
        self.house.start()
        self.politie.write_settings()
        self.assertEqual(equal.code, 0, equal.out + equal.err)
        self.assertEqual(self.compact()['gone'], 0)  # once is enough

    def test_partners_wait_and_every_melding_is_receipted(self):
        paths = [self.melding() for _ in range(12)]
        made, asking = [], threading.Thread(target=lambda: made.append(self.compact()))
        asking.start()
        pushed = []
        while asking.is_alive() and paths:
            pushed.append(self.push(paths.pop(), '--wait'))
        asking.join()
        self.assertEqual([done.code for done in pushed], [0] * len(pushed), pushed)
        self.assertEqual(len(made), 1)
        self.assertEqual(self.push(self.melding(), '--wait').code, 0)


if __name__ == '__main__':
    main()
