#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""libknooppunt as those who install it get it: what it exports, how it is found, and its examples,
compiled against an installation that was moved, and run.

usage: library_test.py CMAKE BUILD SOURCE
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import unittest

from knooppunt_world import HOUSE, OM, PROGRAMS, VT, Exchange, Partner, write, zsm_convenant

CMAKE, BUILD, SOURCE = sys.argv[1:4]
API = os.path.join(SOURCE, 'clients', 'api')
EXAMPLES = ('ask', 'keys', 'overdracht', 'push', 'receive', 'witness')
STRICT = ['-std=c11', '-Wall', '-Wextra', '-Wpedantic', '-Werror']


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def call(*words, code=0, **more):
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120, **more)
    assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout


def declared(header):
    """Functions of the header, with the comment that stands before each."""
    code = header[header.index('extern "C"'):]
    found = re.findall(r'(/\*(?:[^*]|\*(?!/))*\*/)?\n[a-z][\w ]*[ *](knp_\w+)\(', code)
    return {name: comment for comment, name in found}


def exported(*words):
    names = re.findall(r'^[0-9a-f]+ [A-Z] (\w+)', call('nm', '--defined-only', *words), re.M)
    return {name for name in names if not re.fullmatch(r'KNOOPPUNT_\d+', name)}


class Installed:
    """Once for all tests: installed at one place, then moved to another."""
    folder = None

    @classmethod
    def prefix(cls):
        if not cls.folder:
            made = subprocess.run(['mktemp', '-d', '/tmp/knp-library-XXXXXX'], check=True,
                                  stdout=subprocess.PIPE)
            cls.folder = made.stdout.decode().strip()
            call(CMAKE, '--install', BUILD, '--prefix', os.path.join(cls.folder, 'first'))
            os.rename(os.path.join(cls.folder, 'first'), os.path.join(cls.folder, 'moved'))
        return os.path.join(cls.folder, 'moved')

    @classmethod
    def library(cls, name):
        path, = glob.glob(f'{cls.prefix()}/lib/**/{name}', recursive=True)
        return path

    @classmethod
    def pkg_config(cls, *words):
        folder = os.path.dirname(cls.library('knooppunt.pc'))
        return call('pkg-config', *words, 'knooppunt',
                    env={**os.environ, 'PKG_CONFIG_PATH': folder}).split()

    @classmethod
    def compile(cls, source, out, static=False):
        if static:
            flags = [word if word != '-lknooppunt' else '-l:libknooppunt.a'
                     for word in cls.pkg_config('--cflags', '--libs', '--static')]
        else:
            flags = cls.pkg_config('--cflags', '--libs') + [
                f'-Wl,-rpath,{os.path.dirname(cls.library("libknooppunt.so"))}']
        call('gcc', *STRICT, source, '-o', out, *flags)
        return out


def tearDownModule():
    if Installed.folder:
        shutil.rmtree(Installed.folder)


class Symbols(unittest.TestCase):
    def test_header_list_and_both_libraries_have_the_same_names(self):
        listed = read(os.path.join(API, 'symbols.txt')).split()
        self.assertEqual(listed, sorted(set(listed)))
        self.assertEqual(set(declared(read(os.path.join(API, 'knooppunt.h')))), set(listed))
        self.assertEqual(exported('-D', Installed.library('libknooppunt.so')), set(listed))
        self.assertEqual(exported('-g', Installed.library('libknooppunt.a')), set(listed))

    def test_every_function_is_documented(self):
        header = read(os.path.join(API, 'knooppunt.h'))
        for name, comment in declared(header).items():
            self.assertGreater(len(comment), 30, name)
        # One whose comment is taken away is found.
        bare = header.replace('/* Closes and frees a client', '/* */ /* Closes', 1)
        bare = re.sub(r'/\* \*/ /\* Closes(?:[^*]|\*(?!/))*\*/', '', bare)
        self.assertEqual(declared(bare)['knp_free'], '')

    def test_versions_say_the_same(self):
        version = re.search(r'project\(knooppunt VERSION (\S+)', read(f'{SOURCE}/CMakeLists.txt'))[1]
        self.assertEqual(Installed.pkg_config('--modversion'), [version])
        real = os.path.realpath(Installed.library('libknooppunt.so'))
        self.assertEqual(os.path.basename(real), f'libknooppunt.so.{version}')
        soname = re.search(r'SONAME.*\[(.*)\]', call('readelf', '-d', real))[1]
        self.assertEqual(soname, f'libknooppunt.so.{version.split(".", maxsplit=1)[0]}')
        self.assertTrue(os.path.exists(Installed.library(soname)))


class Compiles(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.join(Installed.prefix(), self._testMethodName)
        os.mkdir(self.folder)

    def test_the_header_stands_alone_and_cpp_takes_it(self):
        flags = Installed.pkg_config('--cflags')
        source = os.path.join(self.folder, 'alone')
        for compiler, ending, standard in (('gcc', '.c', '-std=c11'), ('g++', '.cc', '-std=c++11')):
            with open(source + ending, 'w', encoding='utf-8') as file:
                file.write('#include <knooppunt.h>\nint main(void) { return knp_version() == 0; }\n')
            call(compiler, standard, *STRICT[1:], '-fsyntax-only', source + ending, *flags)

    def test_cmake_finds_it_shared_and_static(self):
        # The installation itself: its examples are in it.
        source, = glob.glob(f'{Installed.prefix()}/share/doc/*/examples')
        self.assertEqual({os.path.basename(path) for path in glob.glob(f'{source}/*.c')},
                         {f'{name}.c' for name in EXAMPLES})
        for static in ('OFF', 'ON'):
            build = os.path.join(self.folder, static)
            call(CMAKE, '-S', source, '-B', build, f'-DCMAKE_PREFIX_PATH={Installed.prefix()}',
                 f'-DEXAMPLES_STATIC={static}')
            call(CMAKE, '--build', build)
            needed = call('readelf', '-d', os.path.join(build, 'push'))
            self.assertEqual('libknooppunt.so.0' in needed, static == 'OFF')
        call(CMAKE, '-S', source, '-B', os.path.join(self.folder, 'none'),
             '-DCMAKE_PREFIX_PATH=/nowhere', code=1)


class Runs(Exchange):
    """The examples, as programs of partners; linked with either library."""
    @classmethod
    def setUpClass(cls):
        for path in glob.glob(f'{BUILD}/bin/knooppunt*'):
            PROGRAMS[os.path.basename(path)] = path
        super().setUpClass()
        cls.examples = {
            name: Installed.compile(os.path.join(API, 'examples', f'{name}.c'),
                                    os.path.join(cls.folder, f'example-{name}'),
                                    static=name in ('push', 'keys'))
            for name in EXAMPLES}

    def example(self, name, *words, code=0, **more):
        return call(self.examples[name], *words, code=code, **more)

    def test_push_receive_and_acknowledge(self):
        pushed = json.loads(self.example('push', self.politie.settings,
                                         input=read(self.melding())))
        self.assertEqual((pushed['status'], 'index' in pushed, pushed['oefening']),
                         ('aanvaard', True, True))
        self.assertTrue(os.path.exists(pushed['proof']))
        lines = self.vt.path('lines')
        last = self.example('receive', self.vt.settings, 'frontoffice', lines)
        got = [json.loads(line) for line in read(lines).splitlines()]
        self.assertEqual([line['id'] for line in got], [pushed['id']])
        self.assertEqual((got[0]['verified'], str(got[0]['number'])), (True, last.strip()))
        # It is acknowledged: nobody gets it again, and nothing waits to be sent.
        self.assertEqual(self.example('receive', self.vt.settings, 'frontoffice', lines), '')
        status = self.vt.run('status').line
        self.assertEqual((status['ok'], status['inbox']), (True, [{'functie': 'frontoffice', 'waiting': 0}]),
                         status)

    def test_a_refused_melding(self):
        broken = json.loads(read(self.melding()))
        broken['kenmerken']['gemeente'] = 'Sittard'
        done = subprocess.run([self.examples['push'], self.politie.settings], text=True,
                              input=json.dumps(broken), capture_output=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn('/kenmerken/gemeente', done.stderr)

    def test_keys(self):
        told = self.example('keys', self.vt.settings).splitlines()
        keys = json.loads(told[0])
        self.assertEqual((keys['enrolled'], keys['functies'], keys['conflict']),
                         (True, ['frontoffice'], False))
        self.assertEqual(told[1:], ['functie frontoffice'])

    def test_a_witness_keeps_what_the_log_signed(self):
        note = self.vt.path('checkpoint')
        self.example('witness', self.vt.settings, note)
        first = read(note)
        size = json.loads(self.example('keys', self.vt.settings).splitlines()[0])['size']
        self.assertEqual(first.splitlines()[:2], ['test.example/log', str(size)])
        self.example('push', self.politie.settings, input=read(self.melding()))
        self.example('witness', self.vt.settings, note)
        newer = read(note)
        self.assertGreater(int(newer.splitlines()[1]), size)
        # Once the log contradicts itself nothing new is kept.
        with open(self.vt.path('spool', 'conflict-001-received'), 'w', encoding='utf-8') as file:
            file.write(first)
        self.example('witness', self.vt.settings, note, code=7)
        self.assertEqual(read(note), newer)
        os.remove(self.vt.path('spool', 'conflict-001-received'))

    def ask(self, om, name, seconds=20, **values):
        asked = dict(functie='zsm', medewerker='ovj-1', uren=6, **values)
        return subprocess.run([self.examples['ask'], om.settings, f'vraag-{name:0>16}', str(seconds)],
                              input=json.dumps(asked), capture_output=True, text=True, check=False,
                              timeout=120)

    def test_ask(self):
        huis = Partner(self.house, 'huis', HOUSE, 'veiligheidshuis', 'procesregisseur').enrol()
        om = Partner(self.house, 'om', OM, 'om', 'zsm').enrol()
        self.house.approve(['convenant', 'propose'],
                           write(self.house.path('zsm.yaml'), zsm_convenant('verrijking.pga')))
        huis.write_settings()
        known, unknown = '999990342', '999990019'
        casus = dict(casus='pgax:1', bsn=known, rol='verdachte', status='opgepakt',
                     sinds='2026-01-05', pga=True, medewerker='mw-1')
        done = huis.run('casus', write(huis.path('casus.json'), json.dumps(casus)), '--wait')
        self.assertEqual(done.code, 0, done.out)
        om.write_settings()
        done = self.ask(om, 'known', bsn=known)
        told = json.loads(done.stdout)
        self.assertEqual((done.returncode, told['status'], told['verified']), (0, 'bekend', True), done)
        self.assertEqual([one['rubriek'] for one in told['rubrieken']], ['verrijking.pga'])
        # It is acknowledged: fetch has nothing left.
        self.assertEqual(om.run('fetch').lines, [])
        done = self.ask(om, 'name', geslachtsnaam='Jansen', geboortedatum='1990-01-01')
        told = json.loads(done.stdout)
        self.assertEqual((done.returncode, told['status'], told['reden']['code']),
                         (11, 'identificatie', 'identification-needed'))
        done = self.ask(om, 'wrong', bsn=known, feit=['iets'])
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('/feit/0', done.stderr)
        # Who does not wait gets what one attempt brings.
        done = self.ask(om, 'at-once', seconds=0, bsn=known)
        self.assertEqual(done.returncode, 0, done)
        # While nobody can be reached it waits; the same id asks nothing anew afterwards.
        om.write_settings(endpoint='"tcp://127.0.0.1:9"', timeout_ms='300')
        done = self.ask(om, 'away', seconds=1, bsn=unknown)
        self.assertEqual((done.returncode, done.stdout), (3, ''), done)
        om.write_settings()
        done = self.ask(om, 'away', bsn=unknown)
        told = json.loads(done.stdout)
        self.assertEqual((done.returncode, told['status'], told['rubrieken']), (10, 'niets', []), done)
        self.assertEqual(self.ask(om, 'away', seconds=1, bsn=unknown).returncode, 3)
        self.assertEqual(self.ask(om, 'away', bsn=known).returncode, 7)
        self.assertEqual(om.run('fetch').lines, [])

    def test_what_is_said_of_a_melding_gets_its_outcome(self):
        """Nobody asked for this overdracht: the log says so."""
        pushed = json.loads(self.example('push', self.politie.settings,
                                         input=read(self.melding())))
        said = json.loads(self.example('overdracht', self.vt.settings, str(pushed['index']),
                                       'geen-regel', 'aanvaard', 'mw-1'))
        self.assertEqual((said['status'], said['reden']['code']), ('geweigerd', 'not-owed'))

    def test_what_the_calls_promise(self):
        stranger = Partner(self.house, 'stranger', VT, 'politie', 'basisteam')
        stranger.keygen()
        stranger.write_settings(endpoint='"tcp://127.0.0.1:9"', timeout_ms='200')
        program = Installed.compile(os.path.join(SOURCE, 'tests/integration/library_calls.c'),
                                    self.vt.path('calls'))
        self.assertEqual(call(program, stranger.settings, self.melding()), 'fine\n')


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
