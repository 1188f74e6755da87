# SPDX-License-Identifier: EUPL-1.2
"""A gate that was taken over (hostile_gate.c) between a knooppunt and the program of partners: it
can delay and lose, and nothing else. No item leaves the outbox without an outcome that is in the
log, nothing is in the log that nobody said, and what is fetched is what was sent, once, in order.

KNP_GULLIBLE takes the gate's word for a refusal: the negative control.
"""

import json
import os
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'python'))

import knp_convenant as kc  # noqa: E402
import knp_program  # noqa: E402
from knp_stage import BINARY, Stage, main  # noqa: E402

GATED, GULLIBLE = (os.environ.get(name, '') for name in ('KNP_GATED', 'KNP_GULLIBLE'))
COUNT = 20
LIMIT = 120.0


class Gate(unittest.TestCase):
    def play(self, program):
        """A house behind a gate that was taken over, a sender and a recipient."""
        self.addCleanup(setattr, knp_program, 'PROGRAM', knp_program.PROGRAM)
        knp_program.PROGRAM = program
        stage = Stage(())
        self.addCleanup(stage.close)
        stage.house.stop()
        stage.house.runs = GATED
        stage.house.start()
        sender = knp_program.Program(stage, kc.POLITIE, 'politie', 'basisteam')
        reader = knp_program.Program(stage, kc.SITTARD, 'gemeente', 'wmo')
        for one in (sender, reader):  # what is lost is lost: no need to wait for it long
            with open(one.path('client.yaml'), encoding='utf-8') as file:
                text = file.read()
            with open(one.path('client.yaml'), 'w', encoding='utf-8') as file:
                file.write(text.replace('timeout_ms: 5000', 'timeout_ms: 1000'))
        return stage, sender, reader

    def put(self, sender, number):
        """One melding into the outbox; its id."""
        melding = dict(knp_program.MELDING, id=f'melding-nummer-{number:04d}')
        path = sender.path(f'{number}.json')
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(melding, file)
        done = sender.run('push', path)
        self.assertIn(done.returncode, (0, 1, 3), done.stdout + done.stderr)
        return melding['id']

    def statuses(self, sender, ids):
        """id → (status, index) as the client tells it."""
        found = {}
        for number, name in enumerate(ids):
            done = sender.run('push', sender.path(f'{number}.json'))
            line = json.loads(done.stdout.splitlines()[0])
            self.assertEqual(line['id'], name)
            found[name] = (line['status'], line.get('index'))
        return found

    def until(self, what, test):
        deadline = time.monotonic() + LIMIT
        while not test():
            if time.monotonic() > deadline:
                raise AssertionError(f'not within {LIMIT} s: {what}')

    def fetched(self, reader, found):
        done = reader.run('fetch', '--max', '64')
        self.assertIn(done.returncode, (0, 3), done.stdout + done.stderr)
        found += [json.loads(line) for line in done.stdout.splitlines() if b'"number"' in line]
        return len(found)

    def judge(self, stage, sender, reader, ids):
        """Behind an honest gate again: what everybody holds is the same, and nothing is lost."""
        stage.house.stop()
        stage.house.runs = BINARY
        stage.house.start()
        self.until('all is settled', lambda: sender.run('push', '--wait=20').returncode == 0)
        settled = self.statuses(sender, ids)
        self.assertEqual({status for status, _ in settled.values()}, {'aanvaard'})
        self.assertEqual(len({index for _, index in settled.values()}), len(ids))

    def attack(self, program):
        stage, sender, reader = self.play(program)
        ids, found = [], []
        for number in range(COUNT):
            ids.append(self.put(sender, number))
            if number % 4 == 3:
                self.fetched(reader, found)
        metrics = stage.metrics()
        self.judge(stage, sender, reader, ids)
        self.until('all is fetched', lambda: self.fetched(reader, found) >= COUNT)
        # What was sent, once, in order, proven; and nobody else's.
        self.assertEqual([one['number'] for one in found], list(range(1, COUNT + 1)))
        self.assertEqual(sorted(one['id'] for one in found), sorted(ids))
        self.assertEqual({one['verified'] for one in found}, {True})
        self.until('all is acknowledged', lambda: reader.waiting() == 0 or
                   self.fetched(reader, found) < 0)
        self.assertEqual(len(found), COUNT)
        return metrics

    def test_it_can_delay_and_lose_and_nothing_else(self):
        metrics = self.attack(knp_program.PROGRAM)
        # It did its worst: replays were seen, and what it stamped or damaged was turned away.
        self.assertGreater(metrics['knooppunt_duplicates_total'], 0)
        self.assertGreater(metrics['knooppunt_unsealed_total'], 0)
        self.assertEqual((metrics['knooppunt_geweigerd_total'],
                          metrics['knooppunt_conflicts_total']), (0, 0))

    def test_a_client_that_believes_the_gate_is_caught(self):
        with self.assertRaisesRegex(AssertionError, 'geweigerd'):
            self.attack(GULLIBLE)


if __name__ == '__main__':
    main()
