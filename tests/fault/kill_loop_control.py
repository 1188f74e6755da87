# SPDX-License-Identifier: EUPL-1.2
"""The negative control of the kill loop.

  kill_loop_control.py DAEMON FAULTY UNGUARDED

FAULTY acknowledges before it has committed; UNGUARDED does too and never writes its guard. Without
its state, which would be ahead of the log, only an outside client can see what that one lost. The
loop must find both out, each for that reason.
"""

import json
import os
import subprocess
import sys
import unittest

LOOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'kill_loop.py')
DAEMON = FAULTY = UNGUARDED = ''
# What loss looks like to the client: growth that cannot be proven, another history, another place.
LOSS = ('no proof that checkpoint', 'a split view', 'does not join the roots', 'lost',
        'numbers are not contiguous')


class Control(unittest.TestCase):
    def violation(self, runs, seed, *more):
        done = subprocess.run(
            [sys.executable, LOOP, '--daemon', DAEMON, '--runs', runs, '--cycles', '40', '--seed',
             str(seed), '--quiet', *more], stdout=subprocess.PIPE, timeout=120, check=False)
        self.assertEqual(done.returncode, 1, done.stdout.decode())
        found = json.loads(done.stdout)
        self.assertGreaterEqual(found['least_in_flight'], 50)
        return found['violation']

    def test_acknowledging_before_the_commit_is_caught_at_the_next_start(self):
        for seed in (1, 2):
            self.assertIn('behind-guard', self.violation(FAULTY, seed))

    def test_without_the_guard_the_outside_client_catches_it(self):
        for seed in (1, 2, 3):
            found = self.violation(UNGUARDED, seed, '--fresh-state')
            self.assertTrue(any(text in found for text in LOSS), found)


if __name__ == '__main__':
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    DAEMON, FAULTY, UNGUARDED = sys.argv[1:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
