# SPDX-License-Identifier: EUPL-1.2
"""Every path of every role under its real filter: what each called is printed beside what it may
call, and nobody is ended for a call. A filter that lacks one call of the walk must fail it
(KNOOPPUNTD_WITHOUT), or its silence would mean nothing.

The walk is what users do and what goes wrong under them: many partners, a wide document, a
convenant, one melding and hundreds, an input that is refused, questions of both desks, an export, an
erasure, a revocation that cuts the gate, each process killed, a state that is replayed, and an end.
"""

import json
import os
import re
import shutil
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'integration'))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knooppunt_cli_test import example  # noqa: E402
from knooppunt_world import (CONVENANT, PROGRAMS, SOURCE, House, Partner, must, run,  # noqa: E402
                             write)
from knp_probe import wait_for  # noqa: E402
from knp_process import Failed  # noqa: E402

POLITIE, VT = '00000099000000001000', '00000099000000002000'
WITHOUT = os.environ.get('KNOOPPUNTD_WITHOUT', '')
PARTNERS = 66  # lists of more than a page are sorted another way
# What a walk must come past, by role: each of these once ended a process that nobody had led there.
RARE = {'gate': {'sysinfo'}, 'core': {'sysinfo', 'fadvise64', 'fsync', 'renameat'},
        'reader': {'fsync', 'renameat', 'flock'}}
# Roles that may also what another may.
MORE = {'core': 'reader'}
# Needed early on the walk and late on it: without one of them somebody is ended.
NEEDED = ('sysinfo', 'fadvise64')


class Trace:
    """Calls by role after the process was sealed, from strace -f of the daemon."""

    ROLE = re.compile(r'"--role", "(\w+)"')

    def __init__(self, path):
        self.role, self.process, self.calls = {}, {}, {}
        self.pending, self.sealed = {}, set()
        with open(path, encoding='ascii', errors='replace') as file:
            for line in file:
                self.take(line)

    def take(self, line):
        found = re.match(r'(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)', line)
        if not found:
            return
        pid, resumed, begun, rest = found.groups()
        name = resumed or begun
        if resumed:
            rest = self.pending.pop(pid, '') + rest
        elif '<unfinished' in rest:
            self.pending[pid] = rest
        process = self.process.setdefault(pid, pid)
        if name in ('clone', 'clone3') and 'CLONE_THREAD' in rest:
            thread = re.search(r'= (\d+)$', rest)
            if thread:
                self.process[thread.group(1)] = process
        if name == 'execve' and self.ROLE.search(rest):
            self.role[process] = self.ROLE.search(rest).group(1)
        # The last filter is the role's own: what came before was still its start.
        if name == 'seccomp' and 'SET_MODE_FILTER' in rest and rest.endswith('= 0'):
            self.calls[process] = set()
            self.sealed.add(process)
        elif begun:
            self.calls.setdefault(process, set()).add(begun)

    def by_role(self):
        found = {}
        for process, calls in self.calls.items():
            if process in self.sealed:
                found.setdefault(self.role.get(process, 'parent'), set()).update(calls)
        return found


class Walk:
    """One house from its first start to its last end."""

    def __init__(self, folder, prefix=()):
        self.house = House(folder, 'tick_seconds: 1\n')
        self.house.prefix = list(prefix)

    def desk(self, name, *words):
        return run(name, *words, '-c', self.house.settings, '--json')

    def partner(self, name, oin, soort, functie):
        partner = Partner(self.house, name, oin, soort, functie)
        partner.key = partner.keygen().line['key']
        self.house.approve(['partner', 'add'], partner.path('keys', 'bundle.knp'))
        return partner

    def revoke(self, partner):
        must('knooppuntctl', 'partner', 'revoke', partner.key, '--key',
             self.house.role('beheerder'), '-c', self.house.settings)

    def melding(self, number, **changes):
        return write(self.house.path(f'{number}.json'),
                     json.dumps(example(id=f'melding-van-de-wandeling-{number}', **changes)))

    def begin(self):
        self.house.start()
        self.politie = self.partner('politie', POLITIE, 'politie', 'basisteam')
        self.vt = self.partner('vt', VT, 'veilig-thuis', 'frontoffice')
        self.house.approve(['convenant', 'propose'], CONVENANT)
        wide = write(self.house.path('wide.yaml'), ''.join(f'sleutel{n}: 1\n' for n in range(400)))
        self.desk('knooppuntctl', 'convenant', 'propose', wide, '--key', self.house.role('beheerder'))
        for number in range(PARTNERS):
            self.partner(f'gemeente-{number}', f'0000009900001{number:07}', 'gemeente', 'wmo')
            if number % 16 == 0:
                self.check()

    def exchange(self):
        first = self.politie.run('push', self.melding(0), '--wait')
        assert first.code == 0, first.out
        many = [self.melding(n) for n in range(1, 130)]
        many.append(self.melding(900, toelichting={'tekst': 'lang ' * 3000}))
        self.politie.run('push', *many, '--wait=40')
        self.vt.run('fetch')
        self.vt.run('weging', '5', '--regel', 'bestaat-niet', '--uitkomst', 'ja', '--medewerker',
                    'mw-1', '--motivering', 'Omdat.', '--wait')
        return first.line['id']

    def ask(self, melding):
        for words in (('status',), ('metrics',), ('partner', 'list'), ('partner', 'show', POLITIE),
                      ('clock', 'confirm'), ('partner', 'release', POLITIE)):
            self.desk('knooppuntctl', *words)
        export = self.house.path('export')
        asking = self.house.asking
        for words in (('why', melding, f'{VT}/frontoffice', *asking), ('weigeringen',), ('approve',),
                      ('why-not', melding, f'{VT}/frontoffice', *asking), ('gezien', *asking),
                      ('sleutel', self.politie.key, *asking), ('export', export)):
            done = self.desk('knooppunt-audit', *words)
            assert done.code in (0, 1), (words, done.out, done.err)

    def erase(self, melding):
        keys = [['--key', self.house.role(role), '-c', self.house.settings]
                for role in ('privacy-officer', 'beheerder')]
        line = must('knooppunt-audit', 'erase', melding, 'AVG art. 17', *keys[0]).line
        must('knooppunt-audit', 'approve', line['object'], *keys[1])

    def pids(self):
        return dict(self.house.daemon.children())

    def serves(self, number):
        path = self.melding(number)

        def pushed():
            self.politie.write_settings()
            return self.politie.run('push', path, '--wait=5').code == 0

        wait_for('a melding that goes through', pushed, 60)

    def fail(self):
        """Each of its processes ends, and what it leaves behind is damaged."""
        self.revoke(self.partner('laatst', '00000099000000003000', 'ggz', 'crisisdienst'))
        self.serves(1000)
        for number, role in enumerate(('opener', 'gate', 'core')):
            before = self.pids()[role]
            self.house.daemon.kill_role(role)
            wait_for(f'another {role}', lambda role=role, before=before:
                     self.pids().get(role, before) != before)
            self.serves(1001 + number)
        self.house.stop()
        self.house.start()  # the port is another one
        self.serves(1010)
        self.house.stop()
        shutil.rmtree(self.house.path('data', 'state'))
        self.house.start()
        self.serves(1011)
        time.sleep(2.5)  # ticks, and the scrub between them

    def check(self):
        if ' signal=31 ' in self.log():
            raise Failed('ended by a system call')

    def log(self):
        with open(self.house.path('log'), encoding='utf-8', errors='replace') as file:
            return file.read()

    def all(self):
        self.begin()
        self.check()
        melding = self.exchange()
        self.check()
        self.ask(melding)
        self.erase(melding)
        self.check()
        self.fail()
        self.house.stop()

    def end(self):
        if self.house.daemon:
            self.house.daemon.plants_calls = True
            self.house.daemon.kill()


def allowed():
    """The tables of calls.c, as a reader has them: {name of a table: calls}."""
    with open(os.path.join(SOURCE, 'daemon', 'parent', 'calls.c'), encoding='utf-8') as file:
        text = re.sub(r'//[^\n]*', '', file.read())
    return {name: set(re.findall(r'"(\w+)"', body)) for name, body in
            re.findall(r'const char \*const (of_\w+)\[\] = \{(.*?)\};', text, re.S)}


class Calls(unittest.TestCase):
    def folder(self):
        folder = tempfile.mkdtemp(prefix='knp-calls-')
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        return folder

    def test_every_path_of_every_role_is_walked_under_its_filter(self):
        folder = self.folder()
        trace = os.path.join(folder, 'trace')
        # -D: the daemon stays the process that is waited for.
        walk = Walk(folder, ['strace', '-D', '-f', '-qq', '-s', '200', '-A', '-o', trace])
        self.addCleanup(walk.end)
        walk.all()
        walk.check()
        found, tables = Trace(trace).by_role(), allowed()
        self.assertEqual(set(found), {'parent', 'gate', 'core', 'opener', 'reader'})
        for role in ('gate', 'core', 'opener', 'reader'):
            may = set().union(*(tables.get(f'of_{one}', set()) for one in (
                'all', role, MORE.get(role))))
            print(f'{role} calls: {" ".join(sorted(found[role]))}')
            print(f'{role} may, and did not: {" ".join(sorted(may - found[role]))}')
            for call in RARE.get(role, ()):
                self.assertIn(call, found[role], f'the walk does not lead {role} past {call}')

    def test_a_filter_that_lacks_a_call_of_the_walk_ends_somebody(self):
        for call in NEEDED:
            with self.subTest(call=call):
                walk = Walk(self.folder())
                self.addCleanup(walk.end)
                walk.house.prefix = ['env', f'KNP_WITHOUT={call}']
                program, PROGRAMS['knooppuntd'] = PROGRAMS['knooppuntd'], WITHOUT
                try:
                    with self.assertRaises((Failed, AssertionError)):
                        walk.all()
                finally:
                    PROGRAMS['knooppuntd'] = program
                self.assertIn(' signal=31 ', walk.log())


if __name__ == '__main__':
    for program in sys.argv[1:]:
        PROGRAMS[os.path.basename(program)] = program
    unittest.main(argv=sys.argv[:1], verbosity=2)
