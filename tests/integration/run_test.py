#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""`./run test` over a tree that only waits: what it builds ahead is not left behind when it is ended,
and says so when it fails.

Usage: run_test.py SOURCE
"""

import contextlib
import json
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

SOURCE = sys.argv[1]
ENOUGH = 60
PRESETS = ('dev', 'asan', 'clang', 'programs', 'tsan')
TREE = """cmake_minimum_required(VERSION 3.25)
project(waits NONE)
enable_testing()
get_filename_component(preset ${CMAKE_BINARY_DIR} NAME)
add_custom_target(waits ALL COMMAND sh ${CMAKE_SOURCE_DIR}/build.sh ${preset} VERBATIM)
add_custom_target(tsan_tests)
add_dependencies(tsan_tests waits)
add_test(NAME unit.waits COMMAND sh ${CMAKE_SOURCE_DIR}/test.sh)
set_tests_properties(unit.waits PROPERTIES LABELS tsan)
"""


class Run(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='knp-run-')
        self.addCleanup(shutil.rmtree, self.folder)
        with open(os.path.join(SOURCE, 'run'), encoding='utf-8') as file:
            text = file.read()
        # It installs nothing here: this tree needs none of it.
        installs = 'install_packages "${packages_build[@]}" "${packages_test[@]}"'
        self.assertEqual(text.count(installs), 1)
        self.write('run', text.replace(installs, 'true'))
        self.write('CMakeLists.txt', TREE)
        self.write('CMakePresets.json', json.dumps({'version': 4, 'configurePresets': [
            {'name': name, 'generator': 'Ninja', 'binaryDir': f'${{sourceDir}}/build/{name}'}
            for name in PRESETS]}))
        os.mkdir(self.path('tests'))
        shutil.copy(os.path.join(SOURCE, 'tests', 'tally.py'), self.path('tests'))
        self.write('test.sh', 'exit 0\n')

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(text)

    def start(self):
        running = subprocess.Popen(['/bin/bash', self.path('run'), 'test'], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   start_new_session=True)
        self.addCleanup(self.end_session, running)
        return running

    @staticmethod
    def end_session(running):
        try:
            os.killpg(running.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        running.stdout.close()
        running.stderr.close()

    def wait_for(self, what):
        until = time.monotonic() + ENOUGH
        while not what():
            self.assertLess(time.monotonic(), until, 'it did not come to that')
            time.sleep(0.02)

    def test_what_is_built_ahead_ends_with_it(self):
        """Ended while its tests run, beside which the next is built."""
        self.end_with(lambda running: running.send_signal(signal.SIGTERM))

    def test_what_is_built_ahead_ends_at_the_keyboard(self):
        """A terminal sends to all that run in front, which what is built ahead does not."""
        self.end_with(lambda running: os.killpg(running.pid, signal.SIGINT))

    def end_with(self, end):
        self.write('build.sh', f'[ "$1" = asan ] || exit 0\necho $$ >{self.path("new")}\n'
                               f'mv {self.path("new")} {self.path("ahead")}\nexec sleep {10 * ENOUGH}\n')
        self.write('test.sh', f'exec sleep {10 * ENOUGH}\n')
        running = self.start()
        self.wait_for(lambda: os.path.exists(self.path('ahead')))
        with open(self.path('ahead'), encoding='ascii') as file:
            ahead = int(file.read())
        try:
            self.assertTrue(is_alive(ahead))
            end(running)
            running.wait(ENOUGH)
            self.wait_for(lambda: not is_alive(ahead))
            # Nor what would have been built after it.
            self.wait_for(lambda: not self.left_here())
        finally:
            if is_alive(ahead):
                os.kill(ahead, signal.SIGKILL)

    def left_here(self):
        """Processes that work in this tree."""
        found = []
        for pid in filter(str.isdigit, os.listdir('/proc')):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError):
                if os.readlink(f'/proc/{pid}/cwd').startswith(self.folder):
                    found.append(pid)
        return found

    def test_what_failed_ahead_is_said_and_counts(self):
        self.write('build.sh', '[ "$1" != asan ] || { echo it is planted; exit 1; }\n')
        said, errors = self.start().communicate(timeout=4 * ENOUGH)
        self.assertIn('it is planted', errors.decode())
        self.assertIn('build/asan failed', errors.decode())
        self.assertTrue(said.decode().endswith(', 1 failed\n'), said.decode() + errors.decode())


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
