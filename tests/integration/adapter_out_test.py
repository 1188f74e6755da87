# SPDX-License-Identifier: EUPL-1.2
"""knooppunt-adapter that hands out: what the knooppunt gives, as files for a system. Against a running
knooppuntd; killed at the calls that change files. KNP_LONG=1 for each of them.

Usage: adapter_out_test.py PROGRAM…
"""

import csv
import json
import os
import signal

import knooppunt_world
from adapter_world import GEMEENTE, Doors, Instance, sheet

CHANGES = 'rename,renameat2,fsync,fdatasync,unlink,write'
STEP = 1 if os.environ.get('KNP_LONG') else 6
EXAMPLE = 'voorbeeld-verstrekkingen.yaml'


class HandingOut(Doors):
    def setUp(self):
        self.gemeente.write_settings()
        self.system = Instance(self.gemeente, EXAMPLE)
        self.system.once()
        for name in os.listdir(self.system.folder):
            os.remove(os.path.join(self.system.folder, name))

    def as_json(self):
        with open(self.system.settings, encoding='utf-8') as file:
            text = file.read().split('  negeer:')[0]
        knooppunt_world.write(self.system.settings, text.replace('vorm: csv\n  scheiding: ";"',
                                                                 'vorm: json'))

    def given(self, *lines):
        """The inrichting sends; nobody has fetched it yet."""
        pi = self.instance(verwacht=None)
        pi.drop('lijst.csv', sheet(*lines))
        self.assertEqual(pi.once().code, 0)

    @property
    def files(self):
        return sorted(os.listdir(self.system.folder))

    def read(self, name):
        with open(os.path.join(self.system.folder, name), encoding='utf-8', newline='') as file:
            return file.read()

    def rows_of(self, name):
        return list(csv.DictReader(self.read(name).splitlines(keepends=True), delimiter=';'))

    def test_each_verstrekking_is_a_file_and_the_inbox_is_empty(self):
        self.as_json()
        first, second = self.rows(2)
        self.given(first, second)
        done = self.system.once()
        self.assertEqual(done.code, 0, done.out + done.err)
        given = [json.loads(self.read(name)) for name in self.files]
        # Another organisation's, and another house's, have the same numbers and may lie there too.
        self.assertEqual(self.files, [f"{knooppunt_world.HOUSE}-{GEMEENTE}-nazorg-{each['number']:012}.json"
                                      for each in given])
        self.assertEqual(self.numbers(given), [line.split(';')[1] for line in (first, second)])
        self.assertEqual([(each['verified'], each['casussen']) for each in given], [(True, [])] * 2)
        mode = os.stat(os.path.join(self.system.folder, self.files[0])).st_mode & 0o777
        self.assertEqual(mode & 0o007, 0)
        inbox = self.gemeente.path('spool', 'inbox', 'nazorg')
        self.assertEqual([name for name in os.listdir(inbox) if name.endswith('.item')], [])
        # What the system took is not given again, and nothing of it is left here.
        os.remove(os.path.join(self.system.folder, self.files[0]))
        self.assertEqual(self.system.once().code, 0)
        self.assertEqual(len(self.files), 1)
        self.assertEqual((self.system.status['uit'], self.system.status['alarms']), (1, []))
        [told] = self.gemeente.run('status').line['adapters']
        self.assertEqual((told['naam'], told['uit']), ('verstrekkingen', 1))
        path = os.path.join(self.system.folder, self.files[0])
        os.utime(path, (os.stat(path).st_mtime - 25 * 3600,) * 2)
        self.assertEqual(self.system.status['alarms'], ['untaken'])

    def test_as_the_columns_of_a_system_and_nothing_is_left_out_in_silence(self):
        [plain] = self.rows(1, Achternaam='"Voor;beeld ""X"""')
        self.given(plain)
        self.assertEqual(self.system.once().code, 0)
        # The knooppunt stated no more than has a column.
        self.assertEqual(len(self.files), 1, [self.read(name) for name in self.files])
        [name] = self.files
        [row] = self.rows_of(name)
        self.assertEqual((row['Kenmerk'], row['Onderwerp'], row['Achternaam'], row['Geboortedatum'],
                          row['Aandacht'], row['Rol'], row['Begin'], row['Soort'], row['Regels'],
                          row['Oefening'], row['Voorlopig']),
                         (plain.split(';')[1], 'IN', 'Voor;beeld "X"', '14-03-1991',
                          'huisvesting|schulden', 'gedetineerde', '28-11-2026', 'verstrekking',
                          'nazorg', 'OEFENING', 'ja'))
        os.remove(os.path.join(self.system.folder, name))
        with open(self.system.settings, encoding='utf-8') as file:
            lines = [line for line in file if 'detentie/inrichting' not in line]
        knooppunt_world.write(self.system.settings, ''.join(lines))
        [other] = self.rows(1)
        self.given(other)
        self.assertEqual(self.system.once().code, 0)
        self.assertEqual([name.rsplit('.')[1] for name in self.files], ['csv', 'json'])
        whole = json.loads(self.read(self.files[1]))
        self.assertEqual(self.of(whole, 'detentie')['inrichting'], 'PI Sittard (oefening)')

    def test_settings_that_cannot_be(self):
        with open(self.system.settings, encoding='utf-8') as file:
            settings = file.read()
        self.assertEqual(self.system.call('--check').line, {'ok': True})
        for before, after, field in (('vorm: csv', 'vorm: xml', 'vorm'),
                                     ('[nazorg]', '[]', 'functies'),
                                     ('casus: pgax', 'casus: "pgax:"', 'casus'),
                                     ('detentie/einde', 'detentie/slot', 'van'),
                                     ('[herkomst,', '[herkomts,', 'negeer'),
                                     ('  map: dossier-in\n', '', 'map'),
                                     ('van: oefening', 'van: id', 'kolommen'),
                                     ('naam: v', 'rust_s: 1\nnaam: v', None)):
            knooppunt_world.write(self.system.settings, settings.replace(before, after))
            done = self.system.call('--check')
            self.assertEqual((done.code, done.error.get('field')), (4, field), done.out)
        knooppunt_world.write(self.system.settings, settings.replace('[nazorg]', '[nazorg, wmo]'))
        error = self.system.call('--check').error
        self.assertEqual((error['code'], error['field']), ('functie-not-held', 'uit.functies'))
        self.assertIn('wmo', error['message'])
        self.assertIn('Name functies that it holds: nazorg;', error['fix'])
        knooppunt_world.write(self.system.settings, settings)
        os.rmdir(self.system.folder)
        for word in ('--check', '--once', '--status'):
            done = self.system.call(word)
            self.assertEqual((done.code, done.error['field']), (4, 'uit.map'))
        os.mkdir(self.system.folder)

    def test_the_knooppunt_away(self):
        self.gemeente.write_settings(endpoint='"tcp://127.0.0.1:9"', timeout_ms='300')
        self.assertEqual(self.system.once().code, 3)
        self.assertEqual(self.files, [])

    def kill_loop(self, calls, step):
        """Kills it before the first, the (1 + step)th, … of these calls, while the system looks at
        what lies there at any moment. The numbers that came in, and every text under each name."""
        self.as_json()
        wanted, at, killed, seen = [], 1, True, {}
        while killed:
            [line] = self.rows(1)
            wanted.append(line.split(';')[1])
            self.given(line)
            done = self.system.once(prefix=(
                'env', 'ASAN_OPTIONS=detect_leaks=0', 'strace', '-f', '-o', '/dev/null', '-e',
                f'trace={calls}', '-e', f'inject={calls}:signal=SIGKILL:when={at}'))
            self.assertIn(done.code, (0, -signal.SIGKILL), done.out + done.err)
            killed = done.code != 0
            self.look(seen)
            self.assertEqual(self.system.once().code, 0)
            self.look(seen)
            for name in self.files:
                os.remove(os.path.join(self.system.folder, name))
            at += step
        return wanted, seen

    def look(self, seen):
        for name in self.files:
            if not name.startswith('.'):
                seen.setdefault(name, set()).add(self.read(name))

    def test_killed_at_each_call_that_changes_a_file(self):
        """Each verstrekking comes, under one name, whole; and none is acknowledged that does not lie
        there."""
        wanted, seen = self.kill_loop(CHANGES, STEP)
        self.assertGreater(len(wanted), 3, 'hardly ever killed')
        self.assertEqual({len(texts) for texts in seen.values()}, {1})
        given = [json.loads(min(texts)) for _, texts in sorted(seen.items())]
        self.assertEqual(self.numbers(given), wanted)

    def test_one_that_writes_where_it_is_read_is_caught(self):
        self.system.program = 'knooppunt-adapter-in-place'
        _, seen = self.kill_loop('write', 2)
        self.assertIn(2, {len(texts) for texts in seen.values()})


if __name__ == '__main__':
    knooppunt_world.main()
