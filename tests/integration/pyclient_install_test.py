#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The Python client installed with pip into a fresh venv, without a network; and checked by a type
checker as it is installed.

Usage: pyclient_install_test.py SOURCE
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = sys.argv[1]
NEEDED = ('clients/python', 'proto/wire/knooppunt.proto', 'proto/spec/vectors/lists.json')


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Of the tree only what it says it needs, so that nothing else can be used unseen."""
        cls.folder = tempfile.mkdtemp(prefix='knp-pip-')
        for name in NEEDED:
            target = os.path.join(cls.folder, 'tree', name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if os.path.isdir(os.path.join(SOURCE, name)):
                shutil.copytree(os.path.join(SOURCE, name), target)
            else:
                shutil.copy(os.path.join(SOURCE, name), target)
        cls.venv = os.path.join(cls.folder, 'venv')
        cls.run_in(cls.folder, '/usr/bin/python3', '-m', 'venv', '--system-site-packages', cls.venv)
        cls.pip = cls.run_in(cls.folder, cls.bin('python'), '-m', 'pip', 'install', '--no-index',
                             '--no-build-isolation', '--no-deps', '--quiet',
                             os.path.join(cls.folder, 'tree', 'clients', 'python'))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @classmethod
    def bin(cls, name):
        return os.path.join(cls.venv, 'bin', name)

    @staticmethod
    def run_in(folder, *words):
        done = subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False, timeout=240, env={**os.environ, 'PYTHONPATH': ''})
        if done.returncode != 0:
            raise AssertionError(f'{words}: {done.returncode}\n{done.stdout.decode()}')
        return done.stdout.decode()

    def test_the_program_is_there(self):
        said = self.run_in(self.folder, self.bin('knooppunt-py'), '--help')
        for command in ('keygen', 'push', 'fetch', 'ask', 'status'):
            self.assertIn(command, said)

    def test_the_library_comes_from_the_venv_with_its_lists_and_messages(self):
        said = self.run_in(self.folder, self.bin('python'), '-c', (
            'import knooppunt_client, knooppunt_client.wire\n'
            'from knooppunt_client.values import lists\n'
            'from knooppunt_client.client import Client\n'
            'print(knooppunt_client.__file__, len(lists().rubrieken))'))
        self.assertTrue(said.startswith(self.venv), said)

    def test_it_is_typed(self):
        made = self.run_in(self.folder, self.bin('python'), '-c',
                           'import knooppunt_client; print(knooppunt_client.__path__[0])').strip()
        self.assertTrue(os.path.exists(os.path.join(made, 'py.typed')))
        said = self.run_in(os.path.dirname(made), '/usr/bin/python3', '-m', 'mypy',
                           '--config-file', os.path.join(SOURCE, 'clients', 'python',
                                                         'pyproject.toml'),
                           '--cache-dir', os.path.join(self.folder, 'types'), '-p',
                           'knooppunt_client')
        self.assertIn('no issues found', said)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
