# SPDX-License-Identifier: EUPL-1.2
"""Runs knooppuntd as a process: a house of its own in a temporary folder, with its roles' keys made
here. Nothing of the daemon is reached but its command line, its sockets and its files."""

import base64
import json
import os
import random
import shutil
import socket
import struct
import subprocess
import tempfile

from knp_lists import SOURCE
from knp_link import Link
from knp_party import BEHEERDER, DEPUTY, OFFICER, Head, Role
from knp_process import Failed, Running
from knp_register import Genesis
from knp_sandbox import copy_codes, let_users_pass, sandbox_settings
from knp_tree import VKey, verify_checkpoint

START, STOP = 30.0, 10.0


CLAIMS = []  # held as long as this process runs


def free_port():
    """A port to bind later, and again after a restart. Not of those that the kernel gives by itself,
    to whoever connects or asks for any; nor one that another test has: a name that the kernel lets
    one process have at a time says whose it is."""
    for port in random.SystemRandom().sample(range(10000, 32768), 1000):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f'\0knp-test-port-{port}')
            with socket.socket() as one:
                one.bind(('127.0.0.1', port))
        except OSError:
            claim.close()
            continue
        CLAIMS.append(claim)
        return port
    raise Failed('no port is free')


def environment():
    """Sanitizers speak up; nothing else of ours gets in."""
    kept = {name: value for name, value in os.environ.items()
            if name in ('PATH', 'LANG', 'LC_ALL', 'TMPDIR') or name.endswith('SAN_OPTIONS')}
    return kept


class Answer(dict):
    """The lines of a control answer: name → first value; `.all(name)` has every one."""

    def __init__(self, lines):
        self.lines = lines
        super().__init__()
        for name, value in lines:
            self.setdefault(name, value)

    def all(self, name):
        return [value for key, value in self.lines if key == name]


def parse_lines(text):
    for line in text.decode('utf-8').split('\n')[:-1]:
        name, _, value = line.partition(' ')
        yield name, base64.b64decode(value[7:]) if value.startswith('base64:') else value


def format_line(name, value):
    if isinstance(value, bytes):
        value = 'base64:' + base64.b64encode(value).decode('ascii')
    return f'{name} {value}\n' if value is not None else f'{name}\n'


class House:
    """One knooppunt: its folder, settings, roles and, when it runs, its process."""

    def __init__(self, binary, oin='00000099000000001000', origin=None, folder=None, **settings):
        # `runs` is what runs as the daemon; a test may put another in place between two runs.
        self.binary, self.runs, self.oin = binary, binary, oin
        self.made = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix='knp-house-')
        let_users_pass(self.folder)
        self.origin = origin or f'proef.example/{os.path.basename(self.folder)}'
        self.naam = 'Veiligheidshuis Proef'
        self.officer = Role(oin, 'Officer', OFFICER)
        self.deputy = Role(oin, 'Plaatsvervanger', DEPUTY)
        self.beheerder = Role(oin, 'Beheerder', BEHEERDER)
        self.daemon, self.ready, self.genesis = None, {}, None
        self.port = free_port()
        self.settings = dict(data='data', keys='keys', unlock_file='unlock.key',
                             codes=copy_codes(SOURCE, self.folder),
                             control='control.sock', endpoint=f'tcp://127.0.0.1:{self.port}',
                             openers=2, map_log_mib=256, map_state_mib=128, **sandbox_settings())
        self.settings.update(settings)
        self.links = []
        self.environment = {}  # more of it for the daemon
        self.write_settings()

    # ---- files -----------------------------------------------------------------------------

    def path(self, *names):
        return os.path.join(self.folder, *names)

    @property
    def settings_file(self):
        return self.path('knooppunt.yaml')

    def write_settings(self, **changes):
        self.settings.update(changes)
        with open(self.settings_file, 'w', encoding='utf-8') as file:
            for name, value in self.settings.items():
                if value is not None:
                    file.write(f'{name}: {value}\n')

    def remove(self):
        self.kill()
        for link in self.links:
            link.close()
        if self.made:
            shutil.rmtree(self.folder, ignore_errors=True)

    # ---- the command line --------------------------------------------------------------------

    def run(self, *arguments, timeout=60):
        """A subcommand: (exit code, stdout, stderr)."""
        done = subprocess.run([self.binary, '-c', self.settings_file, *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                              env={**environment(), **self.environment}, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def init(self, oefening=True):
        arguments = []
        for role in (self.officer, self.deputy, self.beheerder):
            path = self.path(f'{role.functies[0]}.knp')
            with open(path, 'wb') as file:
                file.write(role.bundle())
            arguments += ['--role', path]
        if oefening:
            arguments.append('--oefening')
        code, out, err = self.run('init', '--origin', self.origin, '--oin', self.oin, '--naam',
                                  self.naam, *arguments)
        if code:
            raise Failed(f'init: exit code {code}: {out} {err}')
        self.load_genesis()
        return self

    def load_genesis(self):
        with open(self.path(self.settings['data'], 'genesis'), 'rb') as file:
            self.genesis = Genesis(file.read())

    def rebuild(self):
        """What `rebuild --compare` says, of a daemon that is stopped."""
        code, out, err = self.run('rebuild', '--compare')
        if code not in (0, 1):
            raise Failed(f'rebuild: exit code {code}: {err}')
        return json.loads(out)

    # ---- the process -------------------------------------------------------------------------

    def start(self, timeout=START):
        """Starts and waits for the ready line; the endpoint may be another than before."""
        code = self.try_start(timeout)
        if code is not None:
            raise Failed(f'the daemon ended with {code} before it was ready:\n{self.log()[-4000:]}')
        return self

    def try_start(self, timeout=START):
        """None once it is ready, or the exit code it ended with instead."""
        self.daemon = Running([self.runs, '-c', self.settings_file], self.path('stderr'),
                              env={**environment(), **self.environment}, cwd=self.folder)
        fields = self.daemon.wait_ready(timeout)
        if fields is None:
            return self.process.returncode
        self.ready = fields
        return None

    @property
    def process(self):
        return self.daemon and self.daemon.process

    def log(self):
        with open(self.path('stderr'), encoding='utf-8', errors='replace') as file:
            return file.read()

    @property
    def endpoint(self):
        return self.ready['endpoint']

    def running(self):
        return self.daemon is not None and self.daemon.alive()

    def stop(self, timeout=STOP):
        """SIGTERM; (exit code, seconds it took)."""
        return self.daemon.stop(timeout)

    def kill(self):
        """SIGKILL of all of it, and waits until all are gone."""
        if self.daemon:
            self.daemon.kill()

    def children(self):
        """[(role, pid)] of the processes the parent has started."""
        return self.daemon.children() if self.daemon else []

    def kill_role(self, role):
        """SIGKILL of one process, or of all for the parent; False when there is none."""
        if role == 'parent':
            self.kill()
            return True
        return self.daemon.kill_role(role)

    # ---- the control socket ------------------------------------------------------------------

    def ask(self, command, *lines, timeout=15.0):
        """One question; the Answer whatever its result."""
        message = format_line(*(command if isinstance(command, tuple) else (command, None)))
        message = (message + ''.join(format_line(*line) for line in lines)).encode('utf-8')
        found = []
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
            one.settimeout(timeout)
            one.connect(self.path(self.settings['control']))
            one.sendall(struct.pack('>I', len(message)) + message)
            while True:
                length = struct.unpack('>I', receive(one, 4))[0]
                piece = list(parse_lines(receive(one, length)))
                found += piece if not found else piece[1:]
                if piece[-1][0] != 'more':
                    return Answer([line for line in found if line[0] != 'more'])
                if piece[0] != ('result', 'ok'):
                    raise Failed(f'control: {piece[0]}')

    def must(self, command, *lines):
        answer = self.ask(command, *lines)
        if answer['result'] != 'ok':
            raise Failed(f'{command}: {dict(answer)}')
        return answer

    def look(self):
        """The roles see the newest checkpoint: their acts say that it was there."""
        said = self.must('log')  # its newest key: a log may have changed it since genesis
        seen = verify_checkpoint(said['checkpoint'], VKey.parse(said['vkey']))
        for role in (self.officer, self.deputy, self.beheerder):
            role.head = Head(seen.size, seen.root)

    def register(self, soort, wanted, proposer=None, approver=None):
        """An act by two roles; the answer to the approval."""
        proposer, approver = proposer or self.beheerder, approver or self.officer
        self.look()
        act = proposer.act(self.genesis, soort, wanted)
        answer = self.must('propose', ('soort', soort), ('object', wanted), ('act', act))
        if soort == 'intrekking':
            return answer
        act = approver.act(self.genesis, soort, wanted)
        return self.must('approve', ('object', answer['object']), ('act', act))

    def enrol(self, party):
        return self.register('partner', party.bundle(self.send_key))

    @property
    def send_key(self):
        """The one that the knooppunt seals with now: the oldest in force."""
        for line in self.must('log').all('huissleutel'):
            gebruik, state, _, key = line.split()[:4]
            if (gebruik, state) == ('verzenden', 'actief'):
                return bytes.fromhex(key)
        raise Failed('no send key is in force')

    def confirm_codes(self):
        """As if somebody had looked up every row of the code tables; before the start."""
        for name in os.listdir(self.settings['codes']):
            with open(os.path.join(self.settings['codes'], name), 'r+', encoding='utf-8') as file:
                text = file.read()
                file.seek(0)
                file.write(text.replace('niet-geverifieerd', 'bevestigd'))
                file.truncate()

    def convenant(self, document):
        return self.register('convenant', document)

    def link(self, party, verifier=None, timeout=10.0):
        """The party connected, with its register up to date."""
        link = Link(party, self.genesis, self.endpoint, verifier)
        self.links.append(link)
        link.sync(timeout)
        return link


def receive(one, length):
    data = b''
    while len(data) < length:
        piece = one.recv(length - len(data))
        if not piece:
            raise Failed('the control socket was closed half-way')
        data += piece
    return data
