# SPDX-License-Identifier: EUPL-1.2
"""The house of the demo: a knooppunt in a folder of its own, with three role keys, run as a
process. Everything goes through the programs a beheerder and an officer would use."""

import json
import os
import shutil
import subprocess
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'python'))
# pylint: disable=wrong-import-position,import-error
from knp_process import Failed, Running  # noqa: E402
from knp_sandbox import let_users_pass, settings_lines  # noqa: E402

ORIGIN = 'demo.veiligheidshuis-wm.example'
ROLLEN = ('beheerder', 'privacy-officer', 'privacy-officer-plv')
START, COMMAND = 60.0, 120.0


class Uitvoer:
    """What a program said: its command line for people, exit code and JSON lines."""

    def __init__(self, opdracht, code, regels, fout):
        self.opdracht, self.code, self.regels, self.fout = opdracht, code, regels, fout

    @property
    def regel(self):
        """The one object it printed."""
        if len(self.regels) != 1:
            raise Failed(f'{self.opdracht}: {len(self.regels)} lines where one was expected\n'
                         f'{self.fout}')
        return self.regels[0]

    def must(self):
        if self.code:
            raise Failed(f'{self.opdracht}: exit code {self.code}: {self.regels} {self.fout}')
        return self


def run(programma, *woorden):
    """Runs one of our programs with --json; its words as given are how people see the command."""
    try:
        done = subprocess.run([program(programma), *woorden, '--json'], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=COMMAND)
    except subprocess.TimeoutExpired:
        raise Failed(f'{programma} {woorden[0]} takes more than {COMMAND} s') from None
    regels = [json.loads(line) for line in done.stdout.decode().splitlines() if line.strip()]
    return Uitvoer(' '.join([programma, *woorden]), done.returncode, regels, done.stderr.decode())


def program(name):
    return os.path.join(os.environ['KNP_BIN'], name)


class Huis:
    """One knooppunt: folder, roles and, when it runs, its process."""

    def __init__(self, map_, oin, naam):
        self.map, self.oin, self.naam = map_, oin, naam
        self.daemon = None
        self.ready = {}

    def path(self, *names):
        return os.path.join(self.map, *names)

    def rol(self, naam):
        return self.path('rollen', naam)

    # ---- making it -------------------------------------------------------------------------

    def init(self):
        """Keys of the three roles, then genesis as oefening."""
        os.makedirs(self.path('rollen'))
        let_users_pass(self.map)
        rollen = []
        for naam in ROLLEN:
            run('knooppunt', 'keygen', self.rol(naam), '--oin', self.oin, '--naam', naam, '--soort',
                'veiligheidshuis', '--functie', naam).must()
            rollen += ['--role', os.path.join(self.rol(naam), 'bundle.knp')]
        shutil.copytree(os.path.join(SOURCE, 'config', 'codes'), self.path('codes'))
        self.write_settings()
        done = subprocess.run([program('knooppuntd'), '-c', self.settings, 'init', '--origin',
                               ORIGIN, '--oin', self.oin, '--naam', self.naam, '--oefening', *rollen],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=COMMAND,
                              check=False)
        if done.returncode:
            raise Failed(f'knooppuntd init: {done.stdout.decode()} {done.stderr.decode()}')

    @property
    def settings(self):
        return self.path('knooppunt.yaml')

    @property
    def genesis(self):
        """What the house hands out to everyone who takes part."""
        return self.path('data', 'genesis')

    def write_settings(self, endpoint='tcp://127.0.0.1:0'):
        with open(self.settings, 'w', encoding='utf-8') as file:
            file.write('data: data\nkeys: keys\nunlock_file: unlock.key\ncodes: codes\n'
                       f'control: control.sock\nendpoint: {endpoint}\n'
                       'map_log_mib: 1024\nmap_state_mib: 512\n'
                       f'{settings_lines()}')

    # ---- the process -----------------------------------------------------------------------

    def start(self):
        """Starts and waits for the ready line, which names the endpoint."""
        self.daemon = Running([program('knooppuntd'), '-c', self.settings],
                              self.path('knooppuntd.log'))
        fields = self.daemon.wait_ready(START)
        if fields is None:
            raise Failed('knooppuntd ended before it was ready:\n' + self.daemon.said()[-3000:])
        self.ready = fields
        self.write_settings(self.ready['endpoint'])  # the partners find it there after a restart
        self.write_bureau()

    def stop(self):
        if self.daemon and self.daemon.alive():
            self.daemon.stop()

    # ---- its people ------------------------------------------------------------------------

    def ctl(self, *woorden):
        return run('knooppuntctl', *woorden, '-c', self.settings)

    def audit(self, *woorden):
        return run('knooppunt-audit', *woorden)

    def propose(self, soort, bestand):
        """The beheerder signs."""
        return self.ctl(*soort.split(), bestand, '--key', self.rol('beheerder'))

    def approve(self, bestand, rol='privacy-officer'):
        return self.audit('approve', bestand, '-c', self.settings, '--key', self.rol(rol))

    # ---- the privacy officer asks ----------------------------------------------------------

    def enrol_bureau(self):
        """Keys to ask with: those of the role sign, and do nothing else."""
        run('knooppunt', 'keygen', self.path('bureau', 'sleutels'), '--oin', self.oin, '--naam',
            'Privacybureau', '--soort', 'veiligheidshuis', '--functie', 'privacybureau',
            '--genesis', self.genesis).must()
        bundle = self.path('bureau', 'sleutels', 'bundle.knp')
        self.propose('partner add', bundle).must()
        self.approve(bundle).must()

    def write_bureau(self):
        os.makedirs(self.path('bureau'), exist_ok=True)
        with open(self.path('bureau', 'bureau.yaml'), 'w', encoding='utf-8') as file:
            file.write(f'oin: "{self.oin}"\nsysteem: privacybureau\nkeys: sleutels\n'
                       f'unlock_file: sleutels/unlock.key\nspool: spool\n'
                       f'endpoint: {self.ready["endpoint"]}\ngenesis: {self.genesis}\n'
                       'timeout_ms: 3000\n')

    def why(self, melding, ontvanger):
        return self.audit('why', melding, ontvanger, '--bureau',
                          self.path('bureau', 'bureau.yaml'), '--medewerker', 'privacy-officer-1')
