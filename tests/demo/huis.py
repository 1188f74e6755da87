# SPDX-License-Identifier: EUPL-1.2
"""The house of the demo: a knooppunt in a folder of its own, with three role keys, run as a
process. Everything goes through the programs a beheerder and an officer would use."""

import json
import os
import queue
import shutil
import signal
import subprocess
import threading
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OIN = '00000099000000009000'
NAAM = 'Veiligheidshuis Westelijke Mijnstreek'
ORIGIN = 'demo.veiligheidshuis-wm.example'
ROLLEN = ('beheerder', 'privacy-officer', 'privacy-officer-plv')
START, STOP, COMMAND = 60.0, 20.0, 120.0


class Failed(Exception):
    """Something did not do what the demo rests on."""


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

    def __init__(self, map_):
        self.map = map_
        self.process = None
        self.ready = {}

    def path(self, *names):
        return os.path.join(self.map, *names)

    def rol(self, naam):
        return self.path('rollen', naam)

    # ---- making it -------------------------------------------------------------------------

    def init(self):
        """Keys of the three roles, then genesis as oefening."""
        os.makedirs(self.path('rollen'))
        rollen = []
        for naam in ROLLEN:
            run('knooppunt', 'keygen', self.rol(naam), '--oin', OIN, '--naam', naam, '--soort',
                'veiligheidshuis', '--functie', naam).must()
            rollen += ['--role', os.path.join(self.rol(naam), 'bundle.knp')]
        shutil.copytree(os.path.join(SOURCE, 'config', 'codes'), self.path('codes'))
        self.write_settings()
        done = subprocess.run([program('knooppuntd'), '-c', self.settings, 'init', '--origin',
                               ORIGIN, '--oin', OIN, '--naam', NAAM, '--oefening', *rollen],
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
                       'map_log_mib: 1024\nmap_state_mib: 512\n')

    # ---- the process -----------------------------------------------------------------------

    def start(self):
        """Starts and waits for the ready line, which names the endpoint."""
        log = open(self.path('knooppuntd.log'), 'ab')
        self.process = subprocess.Popen([program('knooppuntd'), '-c', self.settings],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=log)
        log.close()
        lines = queue.Queue()
        threading.Thread(target=read_lines, args=(self.process.stdout, lines),
                         daemon=True).start()
        while not self.ready_line(lines):
            pass
        self.write_settings(self.ready['endpoint'])  # the partners find it there after a restart

    def ready_line(self, lines):
        try:
            line = lines.get(timeout=START)
        except queue.Empty:
            raise Failed(f'knooppuntd is not ready after {START} s') from None
        if line is None:
            with open(self.path('knooppuntd.log'), encoding='utf-8', errors='replace') as file:
                raise Failed('knooppuntd ended before it was ready:\n' + file.read()[-3000:])
        fields = dict(pair.split('=', 1) for pair in line.split() if '=' in pair)
        if fields.get('event') != 'ready':
            return False
        self.ready = fields
        return True

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP)
            except subprocess.TimeoutExpired:
                self.kill()
                raise Failed(f'knooppuntd does not end within {STOP} s of SIGTERM') from None

    def kill(self):
        """SIGKILL of the parent; its children end with it, and are waited for."""
        everyone = [pid for _, pid in self.children()]
        self.process.kill()
        self.process.wait(STOP)
        wait_gone(everyone)

    def children(self):
        """[(role, pid)] of the processes the parent has started."""
        found = []
        for pid in child_pids(self.process.pid):
            words = command_line(pid)
            if '--role' in words[:-1]:
                found.append((words[words.index('--role') + 1], pid))
        return found

    def kill_core(self):
        """True when there was a core to kill."""
        for role, pid in self.children():
            if role == 'core':
                os.kill(pid, signal.SIGKILL)
                return True
        return False

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

    def why(self, melding, ontvanger):
        return self.audit('why', melding, ontvanger, '-c', self.settings)


def read_lines(stream, lines):
    for line in stream:
        lines.put(line.decode('utf-8', 'replace').rstrip('\n'))
    lines.put(None)


def child_pids(pid):
    try:
        with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as file:
            return [int(word) for word in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def command_line(pid):
    try:
        with open(f'/proc/{pid}/cmdline', 'rb') as file:
            return file.read().decode('utf-8', 'replace').split('\0')
    except (FileNotFoundError, ProcessLookupError):
        return ['']


def alive(pid):
    """A zombie holds no file and no lock."""
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii', errors='replace') as file:
            return file.read().rsplit(')', 1)[1].split()[0] != 'Z'
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_gone(pids):
    deadline = time.monotonic() + STOP
    while any(alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            raise Failed(f'still there after their parent ended: {pids}')
        time.sleep(0.005)
