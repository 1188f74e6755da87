# SPDX-License-Identifier: EUPL-1.2
"""./run ends with all it began: a signal to the script ends the tests that it waits for, and their
children. Shown on a copy of it whose tools stand still.

usage: run_test.py PATH-OF-RUN
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_process import is_alive  # noqa: E402

RUN = sys.argv.pop()
TOOLS = {
    'dpkg-query': 'printf installed',
    'cmake': 'exit 0',
    'renice': 'exit 0',
    # a test that ctest began, and ctest that waits for it
    'ctest': 'sleep 1000 & echo $! $$ >pids.new; mv pids.new pids; wait',
}
ENOUGH = 30


def wait_for(what, condition):
    deadline = time.monotonic() + ENOUGH
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f'{what}: not in {ENOUGH} seconds')
        time.sleep(0.01)


class Ends(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='knp-run-')
        self.addCleanup(shutil.rmtree, self.folder)
        with open(RUN, encoding='utf-8') as file:
            text = file.read()
        path = f'export PATH={self.folder}/tools:'
        self.assertEqual(text.count('export PATH='), 1)
        self.put('run', text.replace('export PATH=', path))
        os.mkdir(os.path.join(self.folder, 'tools'))
        for name, line in TOOLS.items():
            self.put(os.path.join('tools', name), f'#!/bin/bash\n{line}\n')

    def put(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        os.chmod(path, 0o755)

    def pids(self):
        with open(os.path.join(self.folder, 'pids'), encoding='ascii') as file:
            return [int(word) for word in file.read().split()]

    def end(self, run):
        """Whatever a script leaves that does not end: as many groups as it made."""
        for pid in [run.pid, *(self.pids() if self.began() else [])]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        run.communicate()

    def began(self):
        return os.path.exists(os.path.join(self.folder, 'pids'))

    def check(self, number):
        run = subprocess.Popen(
            [os.path.join(self.folder, 'run'), 'test'], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, start_new_session=True,
            # a shell that begins with it ignored keeps it so
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(self.end, run)
        wait_for('ctest', self.began)
        run.send_signal(number)
        said = run.communicate(timeout=ENOUGH)[0].decode()
        self.assertNotEqual(run.returncode, 0)
        self.assertEqual(said, '0 passed, 1 failed\n')
        wait_for('their end', lambda: not any(is_alive(pid) for pid in self.pids()))

    def test_terminated(self):
        self.check(signal.SIGTERM)

    def test_interrupted(self):
        self.check(signal.SIGINT)


if __name__ == '__main__':
    unittest.main()
