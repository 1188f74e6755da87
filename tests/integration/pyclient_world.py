# SPDX-License-Identifier: EUPL-1.2
"""A partner that uses the Python client, beside those of knooppunt_world that use ours in C."""

import json
import os
import signal
import subprocess
import sys

from knooppunt_world import CONVENANT, PROGRAMS, TIMEOUT, Done, Partner, World, write

PYTHON = '/usr/bin/python3'
# Everything that a kill can come before or after. What is between two of these is in memory alone.
KILLED = """
import os, signal, sys
from knooppunt_client import link, main, outbox
exec(sys.argv[1])
left = int(sys.argv[2])
def counted(call):
    def made(*arguments):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments)
    return made
for name in ('fsync', 'rename', 'unlink', 'open'):
    setattr(os, name, counted(getattr(os, name)))
link.Link.send, link.Link.receive = counted(link.Link.send), counted(link.Link.receive)
sys.exit(main.main(sys.argv[3:]))
"""


class PythonPartner(Partner):
    """As Partner, with `knooppunt-py` in place of `knooppunt`."""

    program = ('-m', 'knooppunt_client.main')
    plant = ''  # what is changed in a client that is to be caught

    def write_settings(self, **changes):
        values = {'oin': self.oin, 'systeem': 'zaken', 'keys': 'keys', 'spool': 'spool',
                  'genesis': self.house.genesis, 'timeout': 5,
                  'endpoint': self.house.endpoint or 'tcp://127.0.0.1:9', **changes}
        self.settings = write(self.path('client.toml'), ''.join(
            f'{key} = {json.dumps(value)}\n' for key, value in values.items()
            if value is not None))
        return self.settings

    @property
    def environment(self):
        return {**os.environ, 'PYTHONPATH': PROGRAMS['python'], 'PYTHONDONTWRITEBYTECODE': '1'}

    def call(self, *words):
        made = subprocess.run([PYTHON, *self.program, *words], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT,
                              env=self.environment, check=False)
        return Done(made.returncode, made.stdout.decode(), made.stderr.decode())

    def keygen(self, *words):
        done = self.call('keygen', self.path('keys'), '--oin', self.oin, '--naam', 'Partner',
                         '--soort', self.soort, '--functie', self.functie, '--genesis',
                         self.house.genesis, *words)
        assert done.code == 0, f'{done.out} {done.err}'
        return done

    def run(self, *words, **_):
        return self.call('-c', self.settings, *words)

    def kill_at(self, step, *words):
        """Runs it, and kills it before the so-manieth call that writes, sends or receives. Whether
        it came to that."""
        made = subprocess.run([PYTHON, '-c', KILLED, self.plant, str(step), '-c', self.settings,
                               *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=TIMEOUT, env=self.environment,
                              check=False)
        assert made.returncode in (0, -signal.SIGKILL), made.stdout + made.stderr
        return made.returncode != 0

    def open(self, **changes):
        """The library in this process."""
        if PROGRAMS['python'] not in sys.path:
            sys.path.insert(0, PROGRAMS['python'])
        from knooppunt_client.client import Client
        from knooppunt_client.main import read_settings
        return Client(read_settings(self.write_settings(**changes)))


class Pair(World):
    """A house in which a politie pushes and Veilig Thuis receives, each with a client of its own."""

    sender, receiver = Partner, Partner

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.politie = cls.sender(cls.house, 'politie', '00000099000000001000', 'politie',
                                 'basisteam').enrol()
        cls.vt = cls.receiver(cls.house, 'vt', '00000099000000002000', 'veilig-thuis',
                              'frontoffice').enrol()
        cls.house.approve(['convenant', 'propose'], CONVENANT)

    def setUp(self):
        for partner in (self.politie, self.vt):
            partner.write_settings()
        self.vt.run('fetch')

    def file(self, name, melding):
        return write(self.politie.path(name + '.json'), json.dumps(melding))
