#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""An installation: what `cmake --install` puts where, and that it runs from there: the README with the
programs that were installed, and, as root, the unit with the users, folders and example settings.

usage: install_test.py CMAKE BUILD SOURCE
"""

import glob
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import readme_test

CMAKE, BUILD, SOURCE = sys.argv[1:4]
PROGRAMS = {'sbin/knooppuntd': 8, 'sbin/knooppuntctl': 8, 'sbin/knooppunt-jzv': 8,
            'sbin/knooppunt-adapter': 8, 'sbin/knooppunt-witness': 8,
            'bin/knooppunt': 1, 'bin/knooppunt-audit': 1}
HOUSE = ['--origin', 'test.example/log', '--oin', '00000099000000009000', '--naam', 'Huis',
         '--oefening']
ROLES = ('beheerder', 'privacy-officer', 'privacy-officer-plv')


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def write(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def run(*words, code=0, **more):
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, **more)
    assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    return done


def install(*words, **environment):
    run(CMAKE, '--install', BUILD, *words, env={**os.environ, **environment})


def dangling(root):
    """Links of the pages below a folder that lead to no file."""
    found = []
    for page in ('README.md', 'proto/spec/specification.md',
                 *glob.glob('docs/*.md', root_dir=root)):
        for link in re.findall(r'\]\((?!https?:)([^)#\s]+)', read(os.path.join(root, page))):
            if not os.path.exists(os.path.join(root, os.path.dirname(page), link)):
                found.append(f'{page}: {link}')
    return found


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='knp-install-')
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        readme_test.let_users_pass(self.folder)

    def path(self, *names):
        return os.path.join(self.folder, *names)


class Places(Folder):
    def test_files_name_the_places_of_this_installation(self):
        """The staging folder is not one of them."""
        stage = self.path('stage')
        install('--prefix', '/opt/knp', DESTDIR=stage)
        unit = read(f'{stage}/opt/knp/lib/systemd/system/knooppuntd.service')
        [start] = re.findall('^ExecStart=(.*)$', unit, re.M)
        self.assertEqual(start, '/opt/knp/sbin/knooppuntd -c /etc/knooppunt/knooppunt.yaml')
        for path in glob.glob(f'{stage}/**/*', recursive=True):
            if os.path.isfile(path) and os.path.getsize(path) < 200000:
                self.assertNotIn(stage, read(path), path)
                self.assertNotIn('/usr/sbin', read(path), path)

    def test_unit_and_example_settings_mean_the_same_files(self):
        install('--prefix', self.folder)
        unit = read(self.path('lib/systemd/system/knooppuntd.service'))
        example = read(self.path('share/doc/knooppunt/knooppunt.example.yaml'))
        tmpfiles = read(self.path('lib/tmpfiles.d/knooppunt.conf'))
        [credential] = re.findall('^LoadCredential=unlock.key:(.*)$', unit, re.M)
        self.assertEqual(re.findall('^unlock_file: (.*)$', example, re.M), [credential])
        folders = re.findall(r'^d (\S+)', tmpfiles, re.M)
        for name in ('data', 'keys', 'unlock_file', 'control'):
            [path] = re.findall(f'^{name}: (.*)$', example, re.M)
            self.assertIn(os.path.dirname(path), folders)

    def test_every_program_has_its_page_and_every_page_of_the_docs_is_there(self):
        install('--prefix', self.folder)
        for name in ('bin', 'sbin'):
            for program in os.listdir(self.path(name)):
                section = PROGRAMS[f'{name}/{program}']
                page = self.path(f'share/man/man{section}/{program}.{section}')
                self.assertIn(f'.Nm {program}\n', read(page))
        docs = self.path('share/doc/knooppunt/docs')
        pages = {os.path.basename(path) for path in glob.glob(f'{SOURCE}/docs/*.md')}
        self.assertEqual(set(os.listdir(docs)), pages)
        self.assertEqual(dangling(os.path.dirname(docs)), [])
        # A client is written from the specification and what lies beside it, and nothing else.
        for name in ('vectors/lists.json', '../wire/knooppunt.proto'):
            self.assertTrue(os.path.exists(os.path.join(docs, '../proto/spec', name)), name)
        # Negative control: what a link leads to is taken away.
        os.remove(os.path.join(docs, 'codes.md'))
        self.assertIn('docs/README.md: codes.md', dangling(os.path.dirname(docs)))


class Runs(Folder):
    def test_the_readme_holds_for_it(self):
        install('--prefix', self.folder)
        readme_test.main(SOURCE, f'{self.folder}/bin:{self.folder}/sbin',
                         f'{self.folder}/share/knooppunt')


class Root(Folder):
    """A house of the installation that root makes; who the users are, `inside` says."""
    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest('root makes users and gives folders away')
        super().setUp()
        install('--prefix', self.folder)
        self.inside = readme_test.with_users(SOURCE, self.folder)
        for role in ROLES:
            self.call('knooppunt', 'keygen', self.path(role), '--role', '--oin', HOUSE[3], '--naam',
                      'Huis', '--soort', 'veiligheidshuis', '--functie', role)
        self.bundles = [word for role in ROLES
                        for word in ('--role', self.path(role, 'bundle.knp'))]

    def run_inside(self, *words, **more):
        return run(*self.inside, *words, **more)

    def call(self, program, *words, **more):
        folder = 'sbin' if f'sbin/{program}' in PROGRAMS else 'bin'
        return self.run_inside(self.path(folder, program), *words, **more)

    def start(self, *command, **environment):
        process = subprocess.Popen([*self.inside, *command], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, **environment})
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        line = process.stdout.readline()
        self.assertTrue(line.startswith('event=ready'), line or process.stderr.read())
        return process

    def stop(self, process):
        """Returns its log."""
        process.send_signal(signal.SIGTERM)
        log = process.stderr.read()
        self.assertEqual(process.wait(60), 0)
        return log

    def start_as_root(self):
        return self.start(self.path('sbin/knooppuntd'), '-c', self.settings)

    def users(self):
        """Of a daemon that is well: whose its processes are."""
        done = self.call('knooppuntctl', '-c', self.settings, 'status', '--json')
        status = json.loads(done.stdout)
        self.assertTrue(status['ok'])
        return {of['user'] for of in status['sandbox'].values()}


class Unit(Root):
    """As knooppuntd(8) says to set it up, with all paths below the staging folder; no systemd runs
    here, so what it does for the unit is done by hand."""
    def setUp(self):
        super().setUp()
        shutil.copytree(self.path('users', 'etc'), self.path('etc'))
        run('systemd-tmpfiles', f'--root={self.folder}', '--create',
            self.path('lib/tmpfiles.d/knooppunt.conf'))
        self.settings = self.path('etc/knooppunt/knooppunt.yaml')
        text = read(self.path('share/doc/knooppunt/knooppunt.example.yaml'))
        for place in ('/etc/knooppunt', '/var/lib/knooppunt', '/run/knooppunt'):
            text = text.replace(place, self.path(place[1:]))
        text = text.replace('#endpoint: tcp://127.0.0.1:7477', 'endpoint: tcp://127.0.0.1:0')
        write(self.settings, text)
        shutil.copytree(self.path('share/knooppunt/codes'), self.path('etc/knooppunt/codes'),
                        dirs_exist_ok=True)
        self.call('knooppuntd', '-c', self.settings, 'init', *HOUSE, *self.bundles)

    def test_the_unit_runs_it_as_its_own_user(self):
        unit = read(self.path('lib/systemd/system/knooppuntd.service'))
        [start], [user], [credential] = (re.findall(f'^{name}=(.*)$', unit, re.M) for name in
                                         ('ExecStart', 'User', 'LoadCredential'))
        self.run_inside('chown', '-R', f'{user}:', self.path('var/lib/knooppunt'))
        # LoadCredential: a copy that its user alone can read. The file itself is root's.
        name, source = credential.split(':')
        os.makedirs(self.path('credentials'))
        shutil.copy(self.path(source[1:]), self.path('credentials', name))
        os.chmod(self.path('credentials', name), 0o400)
        self.run_inside('chown', '-R', f'{user}:', self.path('credentials'))
        command = shlex.split(start.replace('/etc/knooppunt/knooppunt.yaml', self.settings))
        as_user = ['setpriv', f'--reuid={user}', f'--regid={user}', '--clear-groups']
        daemon = self.start(*as_user, *command, CREDENTIALS_DIRECTORY=self.path('credentials'))
        self.assertEqual(self.users(), {'shared'})
        self.stop(daemon)
        # Without the credential it cannot: the unlock file is not this user's.
        self.run_inside(*as_user, *command, '--check', code=4)

    def test_root_starts_it_with_users_of_their_own(self):
        self.call('knooppuntd', '-c', self.settings, '--check')
        daemon = self.start_as_root()
        self.assertEqual(self.users(), {'own'})
        self.stop(daemon)


class WithoutUsers(Root):
    """Root on a machine on which nobody made the users: what is printed is enough to mend it."""
    def setUp(self):
        super().setUp()
        os.makedirs(self.path('none', 'etc'))
        write(self.path('none', 'etc', 'passwd'), 'root:x:0:0::/:/bin/sh\n')
        write(self.path('none', 'etc', 'group'), 'root:x:0:\n')
        self.with_users, self.inside = self.inside, [
            word.replace('/users/etc/', '/none/etc/') for word in self.inside]
        self.settings = self.path('huis', 'knooppunt.yaml')
        self.said = self.call('knooppuntd', 'init', self.path('huis'), *HOUSE, *self.bundles).stderr
        shutil.copytree(self.path('share/knooppunt/codes'), self.path('huis/codes'))
        self.text = read(self.settings)
        write(self.settings, self.text.replace(':7477', ':0'))

    def test_they_are_named_with_what_to_do(self):
        daemon = self.start_as_root()
        status = self.call('knooppuntctl', '-c', self.settings, 'status', code=1).stderr
        log = self.stop(daemon)
        for name in ('knooppunt-gate', 'knooppunt-opener', 'knooppunt-core'):
            self.assertIn(name, self.said)
            self.assertIn(name, self.text)
            self.assertIn(f'without a user of its own ({name})', status)
            self.assertIn(f'part=user:{name} ', log)
        self.assertIn('systemd-sysusers', status)
        # Once they are made, the command that the settings print is all that lacks.
        self.inside = self.with_users
        [command] = re.findall('^#   (.*)$', self.text, re.M)
        error = self.call('knooppuntd', '-c', self.settings, '--check', code=4).stderr
        self.assertIn(f'give it to that user: {command}', error)
        self.run_inside('sh', '-c', command)
        write(self.settings, self.text.replace('sandbox: best-effort\n', '').replace(':7477', ':0'))
        daemon = self.start_as_root()
        self.assertEqual(self.users(), {'own'})
        self.stop(daemon)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
