# SPDX-License-Identifier: EUPL-1.2
"""knooppunt-jzv as a partner's system sees it: HTTPS with a client certificate, against a running
knooppuntd. Every answer is held against the description that it serves."""

import json
import os
import socket
import ssl
import time
import warnings

import knooppunt_world
from knp_authority import Authority
from jzv_world import OPENAPI, POSTCODES, SOORTEN, Checked, Door, jzv, read
from knooppunt_world import run, write


class Meldingen(Door):
    def test_a_melding_of_jzv_reaches_veilig_thuis(self):
        number = self.number()
        answer = self.post(jzv(registratienummer=number))
        self.assertEqual((answer.status, answer.headers['Location']), (201, f'/meldingen/{number}'))
        stands = self.settled(number)
        self.assertEqual(stands['toestand'], 'aanvaard', stands)
        got = [line for line in self.vt.run('fetch').lines if line.get('id') == stands['id']]
        self.assertEqual(len(got), 1)
        found = {(r['rubriek'], r['betrokkene']): r['velden'] for r in got[0]['rubrieken']}
        self.assertEqual(found['kenmerken', 0]['gemeente'], 'GM1883')
        self.assertEqual(found['kenmerken', 0]['thema'], ['huiselijk-geweld'])
        self.assertEqual(found['kenmerken', 0]['registratienummer'], number)
        self.assertEqual(found['identificatie', 1]['geslachtsnaam'], 'Voorbeeld')
        self.assertEqual(found['contact', 1]['mobiel'], ['0612345678'])
        # What the partner gets as proof is what everybody can check.
        proof = self.gateway.call('GET', f'/meldingen/{number}/bewijs')
        self.assertTrue(proof.body.startswith(b'c2sp.org/tlog-proof@'), proof.body[:60])

    def test_the_same_again_is_the_same_and_another_is_a_conflict(self):
        number = self.number()
        first = self.post(jzv(registratienummer=number)).json
        self.assertEqual(self.settled(number)['toestand'], 'aanvaard')
        again = self.post(jzv(registratienummer=number))
        self.assertEqual((again.status, again.json['id']), (201, first['id']))
        put = self.gateway.call('PUT', '/meldingen', jzv(registratienummer=number))
        self.assertEqual((put.status, put.json['id']), (200, first['id']))
        for method in ('POST', 'PUT'):
            other = self.gateway.call(method, '/meldingen',
                                      jzv(registratienummer=number, verzoek='Anders.'))
            self.assertEqual((other.status, other.json['code']), (409, 'conflict'))
        listed = [item for item in self.gateway.call('GET', '/meldingen').json
                  if item['registratienummer'] == number]
        self.assertEqual(listed, [self.settled(number)])

    def test_without_a_person_and_with_the_block(self):
        """What JZV cannot say, the block says; the house gets it."""
        number = self.number()
        answer = self.post(jzv(registratienummer=number, natuurlijkPersoon=None, knooppunt={
            'kenmerken': {'gemeente': 'GM0971', 'thema': ['stalking'], 'klasse': 'E33',
                          'urgentie': 'dringend'},
            'medewerker': 'mw-1', 'betrokkenen': [{'betrokkenheid': 'slachtoffer'},
                                                  {'betrokkenheid': {'rol': 'kind'}}]}))
        self.assertEqual(answer.status, 201, answer.body)
        self.assertEqual(self.settled(number)['toestand'], 'aanvaard')

    def test_what_is_wrong_is_named(self):
        persoon = jzv()['natuurlijkPersoon']
        incident = jzv()['incident']
        rows = [
            (jzv(soort='XX'), '/soort', 'unknown-code'),
            (jzv(soort='NAZ'), '/knooppunt/kenmerken/soort', 'missing-field'),
            (jzv(verzoek=None), '/verzoek', 'missing-field'),
            (jzv(incident=None), '/incident', 'missing-field'),
            (jzv(datumTijd='gisteren'), '/datumTijd', 'impossible-date'),
            (jzv(datumTijd='2999-01-01T00:00:00Z'), '/datumTijd', 'impossible-date'),
            (jzv(terugkoppelingGewenst='ja'), '/terugkoppelingGewenst', 'bad-value'),
            (jzv(registratienummer='een twee'), '/registratienummer', 'bad-value'),
            (jzv(registratienummer=7), '/registratienummer', 'bad-value'),
            (jzv(kleur='rood'), '/kleur', 'unknown-field'),
            (jzv(incident={**incident, 'omschrijving': 'x\u0007'}), '/incident/omschrijving', 'bad-text'),
            (jzv(incident={**incident, 'omschrijving': 'x' * 9000}), '/incident/omschrijving', 'too-long'),
            (jzv(incident={**incident, 'locatie': '9999 ZZ Elders'}), '/incident/locatie', 'bad-value'),
            (jzv(incident={**incident, 'locatie': '6131 AA, later 6171KB'}), '/incident/locatie',
             'bad-value'),
            (jzv(incident={**incident, 'locatie': 'thuis'}), '/knooppunt/kenmerken/gemeente',
             'missing-field'),
            (jzv(natuurlijkPersoon={**persoon, 'burgerservicenummer': '999990343'}),
             '/natuurlijkPersoon/burgerservicenummer', 'bsn-elfproef'),
            (jzv(natuurlijkPersoon={**persoon, 'geboorte': {'datum': '1991-02-30'}}),
             '/natuurlijkPersoon/geboorte/datum', 'impossible-date'),
            (jzv(natuurlijkPersoon={**persoon, 'communicatiemiddel': [{'type': 'Duif', 'waarde': 'x'}]}),
             '/natuurlijkPersoon/communicatiemiddel/0', 'bad-value'),
            (jzv(knooppunt={'postcode': '0131AA'}), '/knooppunt/postcode', 'bad-value'),
            (jzv(knooppunt={'kenmerken': {'registratienummer': 'x'}}),
             '/knooppunt/kenmerken/registratienummer', 'duplicate'),
            (jzv(knooppunt={'kenmerken': {'klasse': 'E99'}}), '/knooppunt/kenmerken/klasse',
             'unknown-code'),
            (jzv(knooppunt={'kleur': 1}), '/knooppunt', 'unknown-field'),
            (b'{"registratienummer": "1", "registratienummer": "2"}', '', 'duplicate'),
            (b'[]', '', 'bad-value'),
            (b'', '', 'syntax'),
            (b'{"registratienummer": ', '', 'syntax'),
            (b'\xef\xbb\xbf' + json.dumps(jzv()).encode(), '', 'syntax'),
            (json.dumps(jzv(verzoek='caf\u00e9'), ensure_ascii=False).encode('cp1252'), '', 'bad-text'),
        ]
        before = self.gateway.call('GET', '/meldingen').json
        for body, field, code in rows:
            with self.subTest(field=field, code=code, body=str(body)[-80:]):
                answer = self.post(body)
                self.assertEqual((answer.status, answer.json['field'], answer.json['code']),
                                 (400, field, code), answer.json)
                # Nothing of what was written is repeated.
                self.assertNotIn('999990343', answer.body.decode())
        self.assertEqual(self.gateway.call('GET', '/meldingen').json, before)

    def test_other_requests_are_told_what_there_is(self):
        number = self.number()
        self.post(jzv(registratienummer=number))
        self.assertEqual(self.gateway.call('DELETE', f'/meldingen/{number}').status, 501)
        answer = self.gateway.call('PATCH', f'/meldingen/{number}')
        self.assertEqual((answer.status, answer.headers['Allow']), (405, 'GET, DELETE'))
        for path in ('/', '/melding', '/meldingen/', '/meldingen/onbekend', '/meldingen/a%20b',
                     f'/meldingen/{number}/iets', '/verstrekkingen/frontoffice',
                     '/uitkomstmeldingen/onbekend'):
            self.assertEqual(self.gateway.call('GET', path).status, 404, path)
        answer = self.post(jzv(registratienummer=number), Content_Type='text/plain')
        self.assertEqual(answer.status, 415)
        self.assertEqual(self.gateway.call('GET', '/openapi.json').json, OPENAPI)
        status = self.gateway.call('GET', '/status').json
        self.assertEqual((status['ok'], status['enrolled'], status['conflict']), (True, True, False))

    def test_too_much_and_half_a_melding(self):
        connection = self.gateway.connect()
        connection.putrequest('POST', '/meldingen')
        connection.putheader('Content-Type', 'application/json')
        connection.putheader('Content-Length', str(100 * 1024 * 1024))
        connection.endheaders()
        self.assertEqual(connection.getresponse().status, 413)
        connection.close()
        connection = self.gateway.connect()
        connection.request('POST', '/meldingen', iter([b'[' * 65536] * 20), encode_chunked=True, headers={
            'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked'})
        self.assertEqual(connection.getresponse().status, 413)
        connection.close()
        number = self.number()
        whole = json.dumps(jzv(registratienummer=number)).encode()
        connection = self.gateway.connect()
        connection.putrequest('POST', '/meldingen')
        connection.putheader('Content-Type', 'application/json')
        connection.putheader('Content-Length', str(len(whole)))
        connection.endheaders(whole[:-1])
        connection.close()
        self.assertEqual(self.gateway.call('GET', f'/meldingen/{number}').status, 404)

    def test_uitkomsten(self):
        """Nobody asked for this overdracht: the log says so, and the resource."""
        number = self.number()
        body = {'registratienummer': number, 'status': 'VT-99',
                'knooppunt': {'entry': 1, 'regel': 'geen-regel', 'medewerker': 'mw-1'}}
        call = self.gateway.call
        answer = call('POST', '/uitkomstmeldingen', body)
        self.assertEqual((answer.status, answer.headers['Location']),
                         (201, f'/uitkomstmeldingen/{number}'))
        self.assertEqual(call('PUT', '/uitkomstmeldingen', body).status, 200)
        stands = self.settled(number, what='uitkomstmeldingen')
        self.assertEqual((stands['toestand'], stands['reden']['code']), ('geweigerd', 'not-owed'))
        other = call('POST', '/uitkomstmeldingen', {**body, 'status': 'VT-02'})
        self.assertEqual((other.status, other.json['code']), (409, 'conflict'))
        for change, field in (({'status': 'VT-44'}, '/status'), ({'knooppunt': {}}, '/knooppunt/entry'),
                              ({'knooppunt': {**body['knooppunt'], 'regel': 'A b'}}, '/knooppunt/regel'),
                              ({'kleur': 1}, '/kleur'), ({'registratienummer': 'a b'}, '/registratienummer')):
            with self.subTest(field=field):
                answer = call('POST', '/uitkomstmeldingen', {**body, 'registratienummer': self.number(),
                                                             **change})
                self.assertEqual((answer.status, answer.json['field']), (400, field))


    def test_opvolgingen(self):
        """Nobody told this partner anything: the log says so, and the resource."""
        number = self.number()
        body = {'registratienummer': number, 'entry': 1, 'rechtzetting': 'onjuist', 'antwoord': 'verwerkt',
                'medewerker': 'mw-1'}
        call = self.gateway.call
        answer = call('POST', '/opvolgingen', body)
        self.assertEqual((answer.status, answer.headers['Location']), (201, f'/opvolgingen/{number}'))
        self.assertEqual(call('PUT', '/opvolgingen', body).status, 200)
        stands = self.settled(number, what='opvolgingen')
        self.assertEqual((stands['toestand'], stands['reden']['code'], stands['oefening']),
                         ('geweigerd', 'not-owed', True))
        other = call('POST', '/opvolgingen', {**body, 'antwoord': 'niet-aanwezig'})
        self.assertEqual((other.status, other.json['code']), (409, 'conflict'))
        for change, field in (({'antwoord': 'ja'}, '/antwoord'), ({'kleur': 1}, '/kleur'),
                              ({'registratienummer': 'a b'}, '/registratienummer'),
                              ({'registratienummer': None}, '/registratienummer')):
            with self.subTest(field=field):
                asked = {**body, 'registratienummer': self.number(), **change}
                asked = {key: value for key, value in asked.items() if value is not None}
                answer = call('POST', '/opvolgingen', asked)
                self.assertEqual((answer.status, answer.json['field']), (400, field))
        self.assertEqual(call('GET', '/opvolgingen/onbekend').status, 404)


class Strangers(Door):
    def test_only_who_has_a_certificate_in_force_is_heard(self):
        other = Authority(self.folder, 'other')
        past = ('faketime', '-f', '-9d')
        for status, client in (
                (401, False), (403, other.issue('client', 'clientAuth')),
                (403, self.authority.issue('server', 'serverAuth')),
                (403, self.authority.issue('old', 'clientAuth', days='3', when=past))):
            with self.subTest(status=status, client=client):
                for method, body in (('GET', None), ('POST', jzv(registratienummer=self.number()))):
                    answer = self.gateway.call(method, '/meldingen', body, client=client)
                    self.assertEqual((answer.status, answer.json['code']), (status, 'not-admitted'))
        self.assertEqual(self.gateway.call('GET', '/meldingen').json, [])

    def test_without_tls_nothing_is_said(self):
        with socket.create_connection(('127.0.0.1', self.gateway.port), timeout=20) as plain:
            plain.sendall(b'GET /status HTTP/1.1\r\nHost: x\r\n\r\n')
            try:
                self.assertNotIn(b'HTTP', plain.recv(1000))
            except ConnectionResetError:
                pass
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(self.authority.file)
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', DeprecationWarning)
            old.minimum_version = ssl.TLSVersion.TLSv1
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with socket.create_connection(('127.0.0.1', self.gateway.port), timeout=20) as plain:
            with self.assertRaises((ssl.SSLError, OSError)):
                old.wrap_socket(plain, server_hostname='127.0.0.1')

    def test_it_listens_on_this_machine_only_unless_told_otherwise(self):
        with open('/proc/net/tcp', encoding='ascii') as file:
            hosts = [line.split()[1] for line in file if f':{self.gateway.port:04X} ' in line
                     and line.split()[3] == '0A']
        self.assertEqual(hosts, [f'0100007F:{self.gateway.port:04X}'])


class Verstrekkingen(Door):
    def test_they_stay_until_they_are_taken(self):
        door = Checked(self.vt, self.authority, more='functies: [frontoffice]\n').start()
        self.addCleanup(door.stop)
        numbers = [self.number() for _ in range(3)]
        for number in numbers:
            self.post(jzv(registratienummer=number))
        wanted = [self.settled(number)['id'] for number in numbers]
        deadline, got = time.monotonic() + 60, []
        while len(got) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
            got = door.call('GET', '/verstrekkingen/frontoffice').json
        self.assertEqual([item['id'] for item in got], wanted)
        self.assertEqual(door.call('GET', '/verstrekkingen/frontoffice').json, got)
        second = got[1]['number']
        self.assertEqual(door.call('GET', f'/verstrekkingen/frontoffice?na={second}').json, got[2:])
        self.assertEqual(door.call('GET', '/verstrekkingen/frontoffice?na=x').status, 400)
        self.assertEqual(door.call('DELETE', f'/verstrekkingen/frontoffice/{second}').status, 204)
        self.assertEqual(door.call('DELETE', '/verstrekkingen/frontoffice/999').status, 404)
        self.assertEqual(door.call('DELETE', '/verstrekkingen/anders/1').status, 404)
        self.assertEqual(door.call('GET', '/verstrekkingen/frontoffice').json, got[2:])
        door.stop()
        # A restart takes nothing back, and gives the one that nobody took.
        door.start()
        self.assertEqual(door.call('GET', '/verstrekkingen/frontoffice').json, got[2:])

    def test_one_functie_in_trouble_keeps_nothing_else_waiting(self):
        """Its inbox cannot be made: what is to be sent goes, and what is for another one comes."""
        self.vt.run('fetch')
        stone = write(self.vt.path('spool/inbox/anders'), '')
        self.addCleanup(os.remove, stone)
        door = Checked(self.vt, self.authority, more='functies: [anders, frontoffice]\n').start()
        self.addCleanup(door.stop)
        sent, more, given = self.number(), self.number(), self.number()
        self.assertEqual(self.post(jzv(registratienummer=sent), door).status, 201)
        self.assertIn(self.settled(sent, door)['toestand'], ('aanvaard', 'geweigerd'))
        # By now it is known; and it is no reason for what is sent to wait.
        self.assertNotIn('wacht', self.post(jzv(registratienummer=more), door).json)
        self.post(jzv(registratienummer=given))
        wanted = {self.settled(more, door)['id'], self.settled(given)['id']}
        deadline, got = time.monotonic() + 60, {}
        while not wanted <= got.keys() and time.monotonic() < deadline:
            time.sleep(0.05)
            shown = door.call('GET', '/verstrekkingen/frontoffice').json
            got = {item['id']: item['number'] for item in shown}
        self.assertLessEqual(wanted, got.keys())
        self.assertEqual(
            door.call('DELETE', f'/verstrekkingen/frontoffice/{max(got.values())}').status, 204)
        # Somebody should look all the same.
        status = door.call('GET', '/status').json
        self.assertEqual((status['ok'], 'wacht' in status), (False, True))


class CommandLine(Door):
    def check(self, *words):
        return run('knooppunt-jzv', '-c', self.gateway.settings, '--check', '--json', *words)

    def tearDown(self):
        self.gateway.write_settings()

    def test_check_also_beside_one_that_runs(self):
        done = self.check()
        self.assertEqual((done.code, done.line), (0, {'ok': True}))
        done = run('knooppunt-jzv', '-c', self.gateway.settings, '--check')
        self.assertEqual((done.code, done.out), (0, ''))

    def test_check_names_what_is_wrong(self):
        other = Authority(self.folder, 'wrong')
        past = ('faketime', '-f', '-9d')
        old, old_key = self.authority.issue('oldserver', 'serverAuth', days='3', when=past)
        shared = self.authority.issue('shared', 'serverAuth')[1]
        os.chmod(shared, 0o644)
        nothing = write(os.path.join(self.folder, 'nothing.pem'), 'niets\n')
        rows = [
            ({'key': other.key}, '', 'key', 'bad-value'),
            ({'key': shared}, '', 'key', 'file-mode'),
            ({'certificate': '/nowhere'}, '', 'certificate', 'file-missing'),
            ({'certificate': old, 'key': old_key}, '', 'certificate', 'bad-value'),
            ({'clients': nothing}, '', 'clients', 'bad-value'),
            ({'clients': None}, '', 'clients', 'missing-keyword'),
            ({'client': 'none.yaml'}, '', '', 'file-missing'),
            ({'port': '70000'}, '', 'port', 'bad-value'),
            ({'fetch_s': '0'}, '', 'fetch_s', 'bad-value'),
            ({}, 'kleur: rood\n', '', 'unknown-keyword'),
            ({}, 'functies: [A]\n', 'functies', 'bad-value'),
            ({}, 'gemeente: Sittard\n', 'gemeente', 'bad-value'),
        ]
        for changes, more, field, code in rows:
            with self.subTest(field=field, code=code):
                self.gateway.write_settings(more, **changes)
                done = self.check()
                self.assertEqual((done.code, done.error['code'], done.error.get('field', '')),
                                 (4, code, field), done.out)
        for old_text, new, line in (('thema: [huiselijk-geweld]', 'thema: [ruzie]', 8),
                                    ('ZVH:', 'ZZ:', 8), ('gemeente: GM0971', 'gemeente: 971', 12),
                                    ('van: 6170', 'van: 6137', 12)):
            with self.subTest(new=new):
                self.gateway.write_settings(endings=(SOORTEN + POSTCODES).replace(old_text, new))
                done = self.check()
                self.assertEqual((done.code, done.error['line']), (4, line), done.out)

    def test_the_command_line(self):
        self.assertRegex(run('knooppunt-jzv', '--version').out, r'^knooppunt-jzv \d+\.\d+\.\d+\n$')
        done = run('knooppunt-jzv', '--fly', '--json')
        self.assertEqual((done.code, done.error['code']), (2, 'usage'))
        self.assertEqual(run('knooppunt-jzv', '-c', '/nowhere.yaml').code, 4)

    def test_a_port_that_is_taken(self):
        self.gateway.write_settings(port=str(self.gateway.port), client=write(
            self.vt.path('other.yaml'), read(self.vt.settings)))
        done = run('knooppunt-jzv', '-c', self.gateway.settings, '--json')
        self.assertEqual((done.code, done.error['code']), (5, 'in-use'))


if __name__ == '__main__':
    knooppunt_world.main()
