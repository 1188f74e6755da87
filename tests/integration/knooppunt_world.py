# SPDX-License-Identifier: EUPL-1.2
"""A house and its partners in a folder, made with our programs as their users would: for the tests
of `knooppunt` against a running knooppuntd."""

import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_process import Running  # noqa: E402
from knp_sandbox import copy_codes, let_users_pass, settings_lines  # noqa: E402

HOUSE = '00000099000000009000'
ROLES = ('beheerder', 'privacy-officer', 'privacy-officer-plv')
TIMEOUT = 60.0
PROGRAMS = {}  # name to path, from the command line
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
POLITIE, VT, OM = '00000099000000001000', '00000099000000002000', '00000099000000007000'
EXAMPLE = os.path.join(SOURCE, 'config', 'melding.example.json')
CONVENANT = os.path.join(SOURCE, 'config', 'convenanten', 'voorbeeld-westelijke-mijnstreek.yaml')


class Done:
    """What a program came to."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def line(self):
        assert len(self.lines) == 1, f'{self.out!r} {self.err!r}'
        return self.lines[0]

    @property
    def error(self):
        return self.line['error']


def run(name, *words, stdout=subprocess.PIPE):
    made = subprocess.run([PROGRAMS[name], *words], stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, timeout=TIMEOUT, check=False)
    out = made.stdout.decode() if made.stdout is not None else ''
    return Done(made.returncode, out, made.stderr.decode())


def must(name, *words):
    done = run(name, *words, '--json')
    assert done.code == 0, f'{name} {words}: {done.code} {done.out} {done.err}'
    return done


def write(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


def example(**changes):
    with open(EXAMPLE, encoding='utf-8') as file:
        data = json.load(file)
    for key, value in changes.items():
        data.pop(key, None)
        if value is not None:
            data[key] = value
    return data


def small_convenant(naam, partijen, regels, getekend='nee'):
    """A document with as little in it as counts: `partijen` as {naam: (oin, functie, the rest)}."""
    rows = ''.join(f"""  - {{partij: {partij}, naam: {partij.title()}, oin: "{oin}", {rest},
     functies: [{functie}], getekend: {getekend}}}
""" for partij, (oin, functie, rest) in partijen.items())
    return f"""convenant: {naam}
versie: "1"
status: "proef"
huis: huis
doel: proef
contactpunt: proef
wpg20: {{zwaarwegend_belang: proef, samenwerkingsverband: proef, doel: proef, gegevens: proef,
        voorwaarden: proef, ontvangers: proef}}
bewaar: {{inhoud: P6M, verantwoording: P5Y}}
partijen:
{rows}regels:
{regels}"""


def zsm_convenant(context, more=''):
    """Of a huis, an om that asks it about suspects and is told `context`, and a politie."""
    return small_convenant('zsm', {
        'om': (OM, 'zsm', 'soort: om'),
        'huis': (HOUSE, 'procesregisseur', 'soort: veiligheidshuis'),
        'politie': (POLITIE, 'basisteam', 'soort: politie')}, f"""\
  - regel: zsm-leest
    convenantartikel: "1"
    herkomst: "proef: «zsm»"
    als: {{vraag: geen}}
    verstrek: {{aan: {{partij: om, functie: zsm}}, rubrieken: [kenmerken]}}
    doel: zsm
    grondslag: [avg-6-1-e]
  - regel: zsm-context
    convenantartikel: "1"
    herkomst: "proef: «zsm»"
    als: {{vraag: zsm.context}}
    verstrek: {{aan: {{partij: om, functie: zsm}}, rubrieken: [{context}]}}
    doel: zsm
    grondslag: [avg-6-1-e]
{more}""")


class House:
    """knooppuntd in a folder of its own, an oefening, with the voorbeeld-convenant in force."""

    endpoint_wanted = 'tcp://127.0.0.1:0'
    log = ('--oefening',)  # else nothing: a log in earnest

    def __init__(self, folder, settings=''):
        self.folder = folder
        let_users_pass(folder)
        self.daemon = self.bureau = None
        self.prefix = []  # what runs the daemon
        self.endpoint = ''
        roles, self.role_keys = [], {}
        os.mkdir(self.path('rollen'))
        for role in ROLES:
            made = must('knooppunt', 'keygen', self.role(role), '--oin', HOUSE, '--naam', role,
                        '--soort', 'veiligheidshuis', '--functie', role)
            self.role_keys[role] = made.line['key']
            roles += ['--role', os.path.join(self.role(role), 'bundle.knp')]
        self.settings = write(
            self.path('knooppunt.yaml'),
            f'data: data\nkeys: keys\nunlock_file: unlock.key\ncontrol: control.sock\n'
            f'codes: {copy_codes(SOURCE, folder)}\nendpoint: "{self.endpoint_wanted}"\n'
            f'map_log_mib: 512\nmap_state_mib: 256\n{settings}{settings_lines()}')
        made = run('knooppuntd', '-c', self.settings, 'init', '--origin', 'test.example/log',
                   '--oin', HOUSE, '--naam', 'Huis', *self.log, *roles)
        assert made.code == 0, made.err
        self.genesis = self.path('data', 'genesis')

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def role(self, name):
        return self.path('rollen', name)

    def start(self):
        self.daemon = Running([*self.prefix, PROGRAMS['knooppuntd'], '-c', self.settings], self.path('log'))
        fields = self.daemon.wait_ready(TIMEOUT)
        assert fields, self.daemon.said()
        self.endpoint = fields['endpoint']

    def stop(self):
        if self.daemon:
            running, self.daemon = self.daemon, None
            running.stop(TIMEOUT)

    @property
    def asking(self):
        """What a question of the officer takes: keys of the privacybureau, and who asks."""
        if not self.bureau:
            self.bureau = Partner(self, 'bureau', HOUSE, 'veiligheidshuis', 'privacybureau').enrol()
        return ['--bureau', self.bureau.write_settings(), '--medewerker', 'mw-fg']

    def approve(self, what, path):
        must('knooppuntctl', *what, path, '--key', self.role('beheerder'), '-c', self.settings)
        must('knooppunt-audit', 'approve', path, '--key', self.role('privacy-officer'), '-c',
             self.settings)


class Partner:
    def __init__(self, house, name, oin, soort, functie):
        self.house, self.folder = house, house.path(name)
        os.mkdir(self.folder)
        self.oin, self.soort, self.functie = oin, soort, functie
        self.write_settings()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write_settings(self, **changes):
        values = {'oin': f'"{self.oin}"', 'systeem': 'bvh', 'keys': 'keys', 'spool': 'spool',
                  'unlock_file': 'keys/unlock.key', 'genesis': self.house.genesis,
                  'endpoint': f'"{self.house.endpoint or "tcp://127.0.0.1:9"}"',
                  'timeout_ms': '5000', **changes}
        self.settings = write(self.path('client.yaml'), ''.join(
            f'{key}: {value}\n' for key, value in values.items() if value is not None))
        return self.settings

    def keygen(self, *words):
        return must('knooppunt', 'keygen', self.path('keys'), '--oin', self.oin, '--naam',
                    'Partner', '--soort', self.soort, '--functie', self.functie, '--genesis',
                    self.house.genesis, *words)

    def enrol(self):
        self.keygen()
        self.house.approve(['partner', 'add'], self.path('keys', 'bundle.knp'))
        return self

    def run(self, *words, **more):
        return run('knooppunt', *words, '-c', self.settings, '--json', **more)


class World(unittest.TestCase):
    """One house for a class of tests."""

    settings = ''  # more lines of its settings

    @classmethod
    def setUpClass(cls):
        base = os.environ.get('TMPDIR', '/tmp')
        made = subprocess.run(['mktemp', '-d', os.path.join(base, 'knp-cli-XXXXXX')], check=True,
                              stdout=subprocess.PIPE)
        cls.folder = made.stdout.decode().strip()
        cls.house = House(cls.folder, cls.settings)
        cls.house.start()

    @classmethod
    def tearDownClass(cls):
        cls.house.stop()
        subprocess.run(['rm', '-rf', cls.folder], check=True)


class Exchange(World):
    """And two partners, one of which receives what the other pushes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.politie = Partner(cls.house, 'politie', POLITIE, 'politie', 'basisteam').enrol()
        cls.vt = Partner(cls.house, 'vt', VT, 'veilig-thuis', 'frontoffice').enrol()
        cls.house.approve(['convenant', 'propose'], CONVENANT)

    def setUp(self):
        self.politie.write_settings()
        self.vt.write_settings()
        self.vt.run('fetch')
        self.made = 0

    def melding(self, **changes):
        self.made += 1
        changes.setdefault('id', f'{self._testMethodName}-{self.made}'.replace('_', '-')[-60:])
        path = self.politie.path(f'{self._testMethodName}-{self.made}.json')
        return write(path, json.dumps(example(**changes)))

    def push(self, *words):
        return self.politie.run('push', *words)


def main():
    for path in sys.argv[1:]:
        PROGRAMS[os.path.basename(path)] = path
    unittest.main(argv=sys.argv[:1], verbosity=2)
