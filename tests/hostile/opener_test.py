# SPDX-License-Identifier: EUPL-1.2
"""A partner whose input kills openers costs itself, and nobody else.

KNOOPPUNTD dies of one input (crashing_opener.c); KNP_BLAMELESS does too, and its parent blames
nobody: the negative control.
"""

import os
import signal
import socket
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_convenant import base  # noqa: E402
from knp_link import Again, NoAnswer  # noqa: E402
from knp_probe import wait_for  # noqa: E402
from knp_stage import Stage, main  # noqa: E402

BLAMELESS = os.environ.get('KNP_BLAMELESS', '')
KILLS, HANGS = 'DOODT-DE-OPENER', 'HOUDT-DE-OPENER-VAST'
BAD, GOOD = 'ggz', 'politie'


class Opener(unittest.TestCase):
    def play(self, binary=None, **settings):
        stage = Stage((BAD, GOOD, 'sittard'), binary=binary, **settings)
        self.addCleanup(stage.close)
        return stage

    def openers(self, stage):
        """name → (pid, restarts) of the openers that everybody shares."""
        found = {}
        for line in stage.house.must('status').all('process'):
            words = line.split()
            if words[0] in ('opener-0', 'opener-1'):
                found[words[0]] = (words[1], words[-1])
        return found

    def send_killers(self, stage, count, marker=KILLS):
        """Frames that are answered by nobody."""
        link = stage.links[BAD]
        for number in range(count):
            item = stage.melding(BAD, rubrieken=base(), id=f'{marker}-{number:08d}')
            link.send([item])

    def apart(self, stage):
        return stage.house.must('status').all('apart')

    @staticmethod
    def release(stage, oin):
        return stage.house.ask(('release', oin))['result']

    def pushed(self, stage, name, item):
        def taken():
            try:
                return stage.links[name].push([item], timeout=2.0)
            except (Again, NoAnswer):
                return None
        return wait_for(f'the receipt of {name}', taken, 60)[0]

    def put_apart(self, stage):
        self.send_killers(stage, 2)
        wait_for('the partner is apart', lambda: self.apart(stage))

    def assert_nobody_else_waits(self, stage):
        """More of the same, and the openers that all share stay who they are."""
        before = wait_for('both openers', lambda: self.both_run(stage))
        items = [stage.melding(GOOD, rubrieken=base()) for _ in range(8)]
        for item in items:
            self.send_killers(stage, 3)
            self.assertEqual(self.pushed(stage, GOOD, item).outcome, 'aanvaard')
        self.assertEqual(self.openers(stage), before)

    def both_run(self, stage):
        found = self.openers(stage)
        return found if len(found) == 2 and 'pid=0' not in {p for p, _ in found.values()} else None

    def test_only_the_partner_whose_input_kills_openers_waits(self):
        stage = self.play()
        self.put_apart(stage)
        self.assertEqual(self.apart(stage), [f'{stage.parties[BAD].oin} kills=2'])
        status = stage.house.must('status')
        alarm, = [line for line in status.all('alarm') if line.startswith('partner-apart ')]
        self.assertEqual(alarm.split()[2], stage.parties[BAD].oin)
        self.assert_nobody_else_waits(stage)
        pauses = [line.split('restart_ms=')[1].split()[0]
                  for line in stage.house.log().splitlines()
                  if 'event=parent.ended role=opener number=2' in line]
        self.assertEqual(pauses[:2], ['1000', '2000'][:len(pauses)])
        self.assertTrue(pauses)

    def test_what_else_it_sends_is_taken_and_after_its_release_as_anybodys(self):
        stage = self.play()
        self.put_apart(stage)
        item = stage.melding(BAD, rubrieken=base())
        first = self.pushed(stage, BAD, item)
        self.assertEqual(first.outcome, 'aanvaard')
        oin = stage.parties[BAD].oin
        self.assertEqual(self.release(stage, stage.parties[GOOD].oin), 'not-found')
        self.assertEqual(self.release(stage, 'iedereen'), 'bad-value')
        self.assertEqual(self.release(stage, oin), 'ok')
        self.assertEqual(self.apart(stage), [])
        self.assertEqual(self.pushed(stage, BAD, item).index, first.index)
        # The next time counts from the beginning.
        self.send_killers(stage, 1)
        wait_for('the third end', lambda: stage.house.log().count('parent.opener-killed') == 3)
        self.assertEqual(self.apart(stage), [])

    def test_an_opener_that_hangs_is_replaced_and_only_its_sender_pays(self):
        stage = self.play(hang_seconds=2)
        self.send_killers(stage, 1, HANGS)
        # Meanwhile others go through the other opener, or this one's successor.
        self.assertEqual(self.pushed(stage, GOOD, stage.melding(GOOD, rubrieken=base())).outcome,
                         'aanvaard')
        wait_for('the end of it', lambda: 'event=parent.hung role=opener' in stage.house.log())
        self.assertEqual(self.apart(stage), [])
        wait_for('both openers', lambda: self.both_run(stage))
        alarm, = [line for line in stage.house.must('status').all('alarm')
                  if line.startswith('process-hung ')]
        self.assertRegex(alarm, r'^process-hung \d{13} opener-[01]$')
        self.send_killers(stage, 1, HANGS)
        wait_for('the partner is apart', lambda: self.apart(stage))
        self.assertEqual(self.apart(stage), [f'{stage.parties[BAD].oin} kills=2'])
        before = wait_for('both openers', lambda: self.both_run(stage))
        self.send_killers(stage, 3, HANGS)
        for _ in range(8):
            item = stage.melding(GOOD, rubrieken=base())
            self.assertEqual(self.pushed(stage, GOOD, item).outcome, 'aanvaard')
        self.assertEqual(self.openers(stage), before)

    def test_core_that_hangs_is_replaced_and_nothing_is_lost(self):
        stage = self.play(hang_seconds=2)
        item = stage.melding(GOOD, rubrieken=base())
        first = self.pushed(stage, GOOD, item)
        core = dict(stage.house.children())['core']
        os.kill(core, signal.SIGSTOP)
        late = stage.melding(GOOD, rubrieken=base())
        self.assertEqual(self.pushed(stage, GOOD, late).outcome, 'aanvaard')
        self.assertNotEqual(dict(stage.house.children())['core'], core)
        self.assertIn('event=parent.hung role=core', stage.house.log())
        self.assertEqual(self.pushed(stage, GOOD, item).index, first.index)
        alarms = [line.split()[0] + ' ' + line.split()[-1]
                  for line in stage.house.must('status').all('alarm')]
        self.assertIn('process-hung core', alarms)

    def test_a_gate_that_hangs_is_replaced(self):
        stage = self.play(hang_seconds=2)
        gate = dict(stage.house.children())['gate']
        os.kill(gate, signal.SIGSTOP)
        item = stage.melding(GOOD, rubrieken=base())
        self.assertEqual(self.pushed(stage, GOOD, item).outcome, 'aanvaard')
        self.assertNotEqual(dict(stage.house.children())['gate'], gate)

    def test_the_service_manager_hears_of_us_only_while_core_gets_on(self):
        stage = self.play(hang_seconds=3600)
        path = stage.house.path('notify')
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(20)
            stage.house.stop()
            stage.house.environment = {'NOTIFY_SOCKET': path, 'WATCHDOG_USEC': '4000000'}
            stage.house.start()
            while manager.recv(400) != b'WATCHDOG=1':
                pass
            core = dict(stage.house.children())['core']
            os.kill(core, signal.SIGSTOP)
            # Two seconds after its last turn it is told no more; what was said before may come.
            manager.settimeout(6)
            said = []
            with self.assertRaises(TimeoutError, msg=said):
                for _ in range(5):
                    said.append(manager.recv(400))
            os.kill(core, signal.SIGCONT)
            manager.settimeout(20)
            self.assertEqual(manager.recv(400), b'WATCHDOG=1')

    def test_an_opener_that_is_killed_from_outside_is_nobodys_doing(self):
        stage = self.play()
        for _ in range(4):
            for _ in range(20):
                stage.links[GOOD].send([stage.melding(GOOD, rubrieken=base())])
            before = dict(stage.house.children())
            stage.house.kill_role('opener')
            wait_for('another opener', lambda b=before: self.both_run(stage) and
                     dict(stage.house.children()) != b)
        self.assertEqual(self.apart(stage), [])
        self.assertNotIn('parent.opener-killed', stage.house.log())

    def test_a_parent_that_blames_nobody_is_caught(self):
        stage = self.play(BLAMELESS)
        with self.assertRaises(AssertionError):
            self.assert_nobody_else_waits(stage)


if __name__ == '__main__':
    main()
