# SPDX-License-Identifier: EUPL-1.2
"""E-mail that there is something to be fetched, by `knooppunt attendeer` and by the adapter: what it
says, when it goes, and what becomes of one that does not go.

Usage: attendering_test.py PROGRAM…
"""

import os
import re

import knooppunt_world
from adapter_world import Doors, Instance, sheet
from knooppunt_world import SOURCE, write
from knp_authority import Authority
from knp_smtp import MailServer

LOGIN = ('knooppunt@gemeente.example', 'een zin met spaties')


class Attendering(Doors):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = Authority(cls.folder, 'post')
        cls.certificate = cls.authority.issue('mail', 'serverAuth', names='DNS:localhost')

    def setUp(self):
        super().setUp()
        self.gemeente.write_settings()
        self.gemeente.run('fetch')
        for name in ('spool/attendering', 'wachtwoord'):
            path = self.gemeente.path(name)
            if os.path.exists(path):
                os.remove(path)
        self.pi = self.instance(verwacht=None)

    def server(self, **how):
        server = MailServer(**how)
        self.addCleanup(server.close)
        return server

    def attendering(self, mail, host='127.0.0.1', scheme='smtp', **changes):
        values = {'server': f'"{scheme}://{host}:{mail.port}"', 'from': 'knooppunt@gemeente.example',
                  'to': '[nazorg@gemeente.example]', **changes}
        return write(self.gemeente.path('attendering.yaml'),
                     ''.join(f'{key}: {value}\n' for key, value in values.items()))

    def login(self, mode=0o600):
        path = write(self.gemeente.path('wachtwoord'), LOGIN[1] + '\n')
        os.chmod(path, mode)
        return {'user': LOGIN[0], 'password_file': 'wachtwoord'}

    def given(self):
        self.pi.drop(f'lijst-{len(os.listdir(self.pi.folder))}.csv', sheet(*self.rows(1)))
        done = self.pi.once()
        self.assertEqual(done.code, 0, done.out + done.err)

    def attendeer(self, settings, *words):
        return self.gemeente.run('attendeer', settings, *words)

    def fails(self, settings, code):
        """Says why, and leaves nothing out there; in the status as well."""
        done = self.attendeer(settings)
        self.assertEqual((done.code, done.error['code']), (3, code), done.out + done.err)
        self.assertIn('attendering', self.gemeente.run('status').line['alarms'])


    def test_it_says_that_there_is_something_and_no_more(self):
        server = self.server()
        settings = self.attendering(server, to='[nazorg@gemeente.example, "o.ov@gemeente.example"]')
        self.assertEqual(self.attendeer(settings).line, {'sent': False})
        self.assertEqual(server.connections, 0)
        self.given()
        self.assertEqual(self.attendeer(settings).line, {'sent': True})
        [letter] = server.letters
        self.assertEqual((letter.greeting, letter.sender, letter.recipients),
                         ('gemeente.example', '<knooppunt@gemeente.example>',
                          ['<nazorg@gemeente.example>', '<o.ov@gemeente.example>']))
        self.assertEqual(set(letter.head), {'Date', 'From', 'To', 'Message-ID', 'Subject', 'Auto-Submitted',
                                            'MIME-Version', 'Content-Type'})
        self.assertEqual(letter.head['Subject'], 'OEFENING: Er staat iets voor u klaar')
        self.assertRegex(letter.head['Date'], r'^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$')
        self.assertRegex(letter.head['Message-ID'], r'^<[0-9a-f]{32}@gemeente\.example>$')
        # Nothing of whom, what or how many: no digit, and the same whatever it is about.
        self.assertNotRegex(letter.body, r'\d')
        self.gemeente.run('fetch')
        self.given()
        self.given()
        self.assertEqual(self.attendeer(settings).line, {'sent': True})
        self.assertEqual(server.letters[1].body, letter.body)
        self.assertEqual({len(line) < 79 and line.isascii() for line in letter.data.split('\r\n')}, {True})

    def test_at_most_one_until_it_was_fetched(self):
        server = self.server()
        settings = self.attendering(server)
        self.given()
        for _ in range(3):
            self.assertEqual(self.attendeer(settings).code, 0)
            self.given()
        self.assertEqual(len(server.letters), 1)
        # What was told of is fetched, the rest is not: that is news.
        self.assertEqual(len(self.gemeente.run('fetch', '--max', '3').lines), 3)
        self.attendeer(settings)
        self.assertEqual(len(server.letters), 2)
        self.assertEqual(len(self.gemeente.run('fetch').lines), 1)
        self.assertEqual(self.attendeer(settings).line, {'sent': False})
        # That it is by what it remembers: without, there is one more.
        self.given()
        self.attendeer(settings)
        os.remove(self.gemeente.path('spool', 'attendering'))
        self.attendeer(settings)
        self.assertEqual(len(server.letters), 4)

    def test_what_lies_there_was_verified_and_is_fetched_later(self):
        settings = self.attendering(self.server())
        self.given()
        self.attendeer(settings)
        [waiting] = [each['waiting'] for each in self.gemeente.run('status').line['inbox']]
        self.assertEqual(waiting, 1)
        self.gemeente.write_settings(endpoint='"tcp://127.0.0.1:9"', timeout_ms='300')
        [line] = self.gemeente.run('fetch').lines[:1]
        self.assertTrue(line['verified'])

    def test_over_a_network_only_with_tls_and_a_certificate_of_that_name(self):
        self.given()
        plain = self.server(login=LOGIN)
        self.fails(self.attendering(plain, host='localhost', **self.login()), 'not-proven')
        self.assertEqual(set(plain.heard) - {'EHLO', 'HELO', 'QUIT', 'STARTTLS'}, set())
        os.remove(self.gemeente.path('spool', 'attendering'))
        safe = self.server(certificate=self.certificate, login=LOGIN)
        self.fails(self.attendering(safe, host='localhost', **self.login()), 'not-proven')
        self.assertNotIn('AUTH', safe.heard)
        os.remove(self.gemeente.path('spool', 'attendering'))
        settings = self.attendering(safe, host='localhost', ca_file=self.authority.file, **self.login())
        done = self.attendeer(settings)
        self.assertEqual(done.code, 0, done.out + done.err)
        [letter] = safe.letters
        self.assertEqual((letter.tls, letter.user), (True, LOGIN[0]))
        self.gemeente.run('fetch')
        self.given()
        wrapped = self.server(certificate=self.certificate, implicit=True)
        done = self.attendeer(self.attendering(wrapped, host='localhost', scheme='smtps',
                                               ca_file=self.authority.file))
        self.assertEqual((done.code, len(wrapped.letters)), (0, 1), done.out + done.err)

    def test_what_does_not_go_is_said_and_tried_again_after_a_pause(self):
        server = self.server(login=LOGIN)
        self.given()
        write(self.gemeente.path('wachtwoord'), 'fout\n')
        os.chmod(self.gemeente.path('wachtwoord'), 0o600)
        settings = self.attendering(server, user=LOGIN[0], password_file='wachtwoord')
        self.fails(settings, 'not-admitted')
        tried = server.connections
        self.login()
        self.fails(settings, 'not-admitted')  # its next attempt is not due
        self.assertEqual(server.connections, tried)
        self.due()
        server.answer = '451 later'
        self.fails(settings, 'unreachable')
        self.due()
        server.answer = '550 nobody here'
        self.fails(settings, 'bad-value')
        state = self.state()
        self.assertEqual(int(state['pause']), 4 * 60 * 1000)
        self.assertEqual(self.gemeente.run('status').code, 1)
        server.answer = '250 yes'
        self.due()
        self.assertEqual(self.attendeer(settings).line, {'sent': True})
        self.assertEqual(self.gemeente.run('status').line['alarms'], [])
        self.assertEqual(len(server.letters), 1)

    def state(self):
        with open(self.gemeente.path('spool', 'attendering'), encoding='utf-8') as file:
            return re.search(r'^failed (?P<code>\S+) (?P<since>\d+) (?P<next>\d+) (?P<pause>\d+)$', file.read(),
                             re.MULTILINE).groupdict()

    def due(self):
        """The pause is over."""
        path = self.gemeente.path('spool', 'attendering')
        with open(path, encoding='utf-8') as file:
            text = file.read()
        write(path, text.replace(f" {self.state()['next']} ", ' 1 '))

    def test_a_server_that_is_away_keeps_nothing_else_waiting(self):
        server = self.server()
        server.close()
        self.given()
        settings = self.attendering(server)
        self.fails(settings, 'unreachable')
        [line] = self.gemeente.run('fetch').lines
        self.assertTrue(line['verified'])
        self.assertEqual(self.attendeer(settings).line, {'sent': False})
        self.assertEqual(self.gemeente.run('status').line['alarms'], [])

    def test_the_knooppunt_away(self):
        server = self.server()
        settings = self.attendering(server)
        self.given()
        self.attendeer(settings)
        self.gemeente.run('fetch', '--max', '1')
        self.gemeente.write_settings(endpoint='"tcp://127.0.0.1:9"', timeout_ms='300')
        done = self.attendeer(settings)
        self.assertEqual((done.code, done.lines[0]['error']['code'], len(server.letters)),
                         (3, 'unreachable', 1))

    def test_a_damaged_memory_sends_nothing(self):
        server = self.server()
        self.given()
        for text in ('told\n', 'told nazorg 1', 'iets\n', 'told nazorg 1\n\n'):
            os.chmod(write(self.gemeente.path('spool', 'attendering'), text), 0o600)
            done = self.attendeer(self.attendering(server))
            self.assertEqual((done.code, done.error['code']), (4, 'damaged'), done.out + done.err)
            self.assertIn('attendering', self.gemeente.run('status').line['alarms'])
        self.assertEqual(server.connections, 0)

    def test_settings_that_cannot_be_used(self):
        server = self.server()
        wrong = {
            'server': ('"http://127.0.0.1:25"', '"smtp://127.0.0.1"', '"smtp://a@b:25"', '"smtp://x:0"',
                       '"smtp://x:25/y"', '"smtp://x y:25"', '"smtp://:25"', '"smtp://x:99999"'),
            'from': ('niemand', '"a b@c.example"', '"a@b@c"', '"<a@b.example>"', '"@b"', '"a@"'),
            'to': ('[]', 'nazorg@gemeente.example', '["a@b, c@d"]', '["a@b\u00eb"]',
                   '[' + ', '.join(['a@b.example'] * 9) + ']'),
        }
        for field, values in wrong.items():
            for value in values:
                done = self.attendeer(self.attendering(server, **{field: value}), '--check')
                self.assertEqual((done.code, done.error['field']), (4, field), value)
        done = self.attendeer(self.attendering(server, to='["a@b\\r\\nBcc: c@d"]'), '--check')
        self.assertEqual(done.code, 4)
        done = self.attendeer(self.attendering(server, **self.login(0o644)), '--check')
        self.assertEqual((done.code, done.error['field']), (4, 'password_file'))
        done = self.attendeer(self.attendering(server, user='iemand'), '--check')
        self.assertEqual((done.code, done.error['field']), (4, 'password_file'))
        done = self.attendeer(self.attendering(server, wachtwoord='x'), '--check')
        self.assertEqual((done.code, done.error['code']), (4, 'unknown-keyword'))
        self.assertEqual(self.attendeer(self.attendering(server), '--check').code, 0)
        example = os.path.join(SOURCE, 'config', 'attendering.example.yaml')
        with open(example, encoding='utf-8') as file:
            text = file.read()
        self.login()
        done = self.attendeer(write(self.gemeente.path('voorbeeld.yaml'), text), '--check')
        self.assertEqual(done.code, 0, done.out + done.err)
        self.assertEqual(server.connections, 0)


    def beside(self):
        """An adapter that hands out files, and the server that it has mail sent by."""
        self.mail = self.server()
        self.system = Instance(self.gemeente, 'voorbeeld-verstrekkingen.yaml')
        with open(self.system.settings, encoding='utf-8') as file:
            text = file.read()
        write(self.system.settings, text.replace('  map:', '  attendering: attendering.yaml\n  map:'))
        self.attendering(self.mail)
        self.system.once()
        self.take()

    def take(self):
        for name in os.listdir(self.system.folder):
            os.remove(os.path.join(self.system.folder, name))

    def test_what_lies_in_the_folder_of_an_adapter_is_told_once(self):
        self.beside()
        self.assertEqual(self.system.call('--check').line, {'ok': True})
        before = len(self.mail.letters)
        for _ in range(2):
            self.given()
            self.assertEqual(self.system.once().code, 0)
        self.assertEqual(len(self.mail.letters) - before, 1)
        self.take()
        self.assertEqual(self.system.once().code, 0)
        self.given()
        self.assertEqual(self.system.once().code, 0)
        self.assertEqual(len(self.mail.letters) - before, 2)

    def test_that_it_does_not_go_keeps_no_file_waiting_and_is_said(self):
        self.beside()
        self.mail.answer = '550 nobody here'
        self.given()
        done = self.system.once()
        self.assertEqual(done.code, 0, done.out + done.err)
        self.assertIn('event=attendering.failed naam=verstrekkingen code=bad-value', done.err)
        self.assertEqual(len(os.listdir(self.system.folder)), 1)
        self.assertIn('attendering', self.system.status['alarms'])
        [told] = self.gemeente.run('status').line['adapters']
        self.assertEqual(told['attendering'], 'bad-value')
        # Without the setting nothing is wrong any more.
        with open(self.system.settings, encoding='utf-8') as file:
            text = file.read()
        write(self.system.settings, text.replace('  attendering: attendering.yaml\n', ''))
        self.assertEqual(self.system.once().code, 0)
        self.assertEqual(self.system.status['alarms'], [])

    def test_settings_that_an_adapter_cannot_use(self):
        self.beside()
        write(self.gemeente.path('attendering.yaml'), 'server: x\n')
        done = self.system.call('--check')
        self.assertEqual((done.code, done.error['field']), (4, 'server'))


if __name__ == '__main__':
    knooppunt_world.main()
