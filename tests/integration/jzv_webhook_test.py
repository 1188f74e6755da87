# SPDX-License-Identifier: EUPL-1.2
"""The webhook of knooppunt-jzv, as the system that it posts to sees it."""

import http.server
import json
import signal
import ssl
import threading
import time

import knooppunt_world
from knp_authority import Authority
from jzv_world import Checked, Door, jzv
from knooppunt_world import VT, run


class Receiver:
    """A system of the partner: it answers 302, then 500, for as long as it is shut; else 204."""

    def __init__(self, authority=None, shut=False, asks=False):
        self.got, self.peers, self.shut = [], [], shut
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                status = 204 if not outer.shut else 500 if outer.got else 302
                if authority:
                    outer.peers.append(self.connection.getpeercert())
                outer.got.append((self.path, dict(self.headers), body, status))
                self.send_response(status)
                if status == 302:
                    self.send_header('Location', '/elders')
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.port = self.server.server_port
        if authority:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*authority.issue('receiver', 'serverAuth'))
            if asks:
                context.verify_mode = ssl.CERT_OPTIONAL
                context.load_verify_locations(authority.file)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def taken(self):
        return [json.loads(body)['id'] for _, _, body, status in self.got if status < 300]


class Webhook(Door):
    def receiver(self, *words, **more):
        receiver = Receiver(*words, **more)
        self.addCleanup(receiver.close)
        return receiver

    def door(self, url, **changes):
        door = Checked(self.vt, self.authority)
        door.write_settings('functies: [frontoffice]\n', webhook=f'"{url}"', **changes)
        self.addCleanup(door.stop)
        return door.start()

    def push(self, count):
        numbers = [self.number() for _ in range(count)]
        for number in numbers:
            self.post(jzv(registratienummer=number))
        return [self.settled(number)['id'] for number in numbers]

    def wait(self, holds):
        deadline = time.monotonic() + 60
        while not holds():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_each_comes_in_order_with_its_headers_and_is_acknowledged(self):
        receiver = self.receiver()
        door = self.door(f'http://127.0.0.1:{receiver.port}/haak')
        wanted = self.push(12)
        self.wait(lambda: len(receiver.got) >= 12)
        self.assertEqual(receiver.taken, wanted)
        numbers = []
        for path, headers, body, _ in receiver.got:
            event = {name.lower(): value for name, value in headers.items()}
            number = json.loads(body)['number']
            numbers.append(number)
            self.assertEqual(path, '/haak')
            self.assertEqual(event['ce-specversion'], '1.0')
            self.assertEqual(event['ce-id'], f'frontoffice-{number}')
            self.assertEqual(event['ce-source'], f'urn:nld:oin:{VT}:systeem:bvh')
            self.assertEqual(event['ce-type'], 'nl.knooppunt.verstrekking')
            self.assertRegex(event['ce-time'], r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$')
            self.assertEqual(event['content-type'], 'application/json')
        self.assertEqual(numbers, sorted(numbers))
        self.wait(lambda: door.call('GET', '/status').json['outbox'] == 0)
        self.assertEqual(door.call('GET', '/verstrekkingen/frontoffice').json, [])
        door.stop()
        status = self.vt.run('status').line
        self.assertEqual((status['outbox']['acks'], status['inbox']),
                         (0, [{'functie': 'frontoffice', 'waiting': 0}]), status)

    def test_what_was_not_taken_comes_again_and_before_the_next(self):
        receiver = self.receiver(shut=True)
        door = self.door(f'http://127.0.0.1:{receiver.port}/')
        wanted = self.push(2)
        self.wait(lambda: len(receiver.got) > 1)
        self.wait(lambda: door.call('GET', '/status').json.get('webhook') == 500)
        # Nobody has it, so it can still be taken in another way.
        shown = door.call('GET', '/verstrekkingen/frontoffice').json
        self.assertEqual(shown[0]['id'], wanted[0])
        self.assertEqual(receiver.taken, [])
        receiver.shut = False
        self.wait(lambda: len(receiver.taken) == 2)
        self.assertEqual(receiver.taken, wanted)
        self.assertEqual({path for path, *_ in receiver.got}, {'/'})
        ids = [headers['ce-id'] for _, headers, _, _ in receiver.got]
        self.assertEqual(len(set(ids[:-1])), 1)
        self.wait(lambda: 'webhook' not in door.call('GET', '/status').json)

    def test_killed_in_between_none_is_left_out(self):
        receiver = self.receiver()
        door = self.door(f'http://127.0.0.1:{receiver.port}/')
        wanted = []
        for _ in range(6):
            wanted += self.push(3)
            door.running.process.send_signal(signal.SIGKILL)
            door.running.process.wait(60)
            door.start()
        self.wait(lambda: set(wanted) <= set(receiver.taken))
        first = list(dict.fromkeys(receiver.taken))
        self.assertEqual([item for item in first if item in wanted], wanted)

    def test_over_https_it_knows_whom_it_tells(self):
        other = self.receiver(Authority(self.folder, 'strange'))
        door = self.door(f'https://127.0.0.1:{other.port}/', webhook_ca=self.authority.file)
        wanted = self.push(1)
        self.wait(lambda: door.call('GET', '/status').json.get('webhook') == 599)
        self.assertEqual(other.got, [])
        door.stop()
        right = self.receiver(self.authority, asks=True)
        door = self.door(f'https://127.0.0.1:{right.port}/', webhook_ca=self.authority.file)
        self.wait(lambda: right.got)
        self.assertEqual(right.taken, wanted)
        subject = {key: value for ((key, value),) in right.peers[0]['subject']}
        self.assertEqual(subject['commonName'], 'gateway')

    def test_content_goes_nowhere_without_tls(self):
        for url in ('http://dossier.example/', 'http://127.0.0.1.example/', 'ftp://127.0.0.1/',
                    'https://', 'https://u:w@dossier.example/', 'file:///tmp/x', ''):
            with self.subTest(url=url):
                self.gateway.write_settings('functies: [a]\n', webhook=f'"{url}"')
                done = run('knooppunt-jzv', '-c', self.gateway.settings, '--check', '--json')
                self.assertEqual((done.code, done.error['field']), (4, 'webhook'))
        self.gateway.write_settings(webhook='"https://dossier.example/"')
        done = run('knooppunt-jzv', '-c', self.gateway.settings, '--check', '--json')
        self.assertEqual((done.code, done.error['field']), (4, 'webhook'))


if __name__ == '__main__':
    knooppunt_world.main()
