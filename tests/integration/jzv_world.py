# SPDX-License-Identifier: EUPL-1.2
"""knooppunt-jzv and those who speak to it: its settings, its certificates, and HTTP as a partner's
system would do it."""

import http.client
import json
import os
import ssl
import time

import jsonschema

from knooppunt_world import PROGRAMS, SOURCE, TIMEOUT, Exchange, write
from knp_authority import Authority
from knp_process import Running

SOORTEN = ('soorten:\n'
           '  ZVH: {soort: politie, thema: [huiselijk-geweld], urgentie: gewoon}\n'
           '  VT: {soort: veilig-thuis, thema: [huiselijk-geweld, kindermishandeling]}\n')
POSTCODES = ('postcodes:\n'
             '  - {van: 6130, tot: 6137, gemeente: GM1883}\n'
             '  - {van: 6170, tot: 6171, gemeente: GM0971}\n')


def jzv(**changes):
    """A melding as JZV Meldingen 1.0 requires it, all of it; None leaves a key out."""
    melding = {
        'registratienummer': 'PL2300-2026000001',
        'soort': 'ZVH',
        'datumTijd': '2026-11-20T23:10:00+01:00',
        'verzoek': 'Graag oppakken.',
        'terugkoppelingGewenst': True,
        'incident': {'datumTijd': '2026-11-20T22:40:00+01:00',
                     'locatie': 'Voorbeeldstraat 1, 6131 AA Sittard',
                     'omschrijving': 'Ruzie op straat.\r\nGesust.',
                     'periodeVanTot': {'datumTijdBegin': '2026-11-20T22:30:00+01:00',
                                       'datumTijdEinde': '2026-11-20T23:00:00+01:00'}},
        'natuurlijkPersoon': {
            'burgerservicenummer': '999990342',
            'naam': {'geslachtsnaam': 'Voorbeeld', 'voornamen': 'Test', 'voorletters1': 'T',
                     'voorvoegselGeslachtsnaam': 'van'},
            'adres': {'soortAdres': '02', 'straatAdres': {
                'straatnaam': 'Voorbeeldstraat', 'huisnummer': 1, 'huisletter': 'A'}},
            'geboorte': {'datum': '1991-03-14'},
            'geslachtsaanduiding': 'man',
            'communicatiemiddel': [{'type': 'Mobiele telefoon', 'waarde': '0612345678'},
                                   {'type': 'Emailadres', 'waarde': 'test@voorbeeld.example'}]},
        'overigeInformatie': {'omschrijving': 'Geen.', 'uRL': 'https://voorbeeld.example/1'},
        'zorgelijkeSituatie': {'nadereOmschrijving': 'Niet de eerste keer.',
                               'situatieSchets': 'Spanning in huis.',
                               'vraagAntwoord': {'vraag': 'VT-001', 'antwoord': 'ja'}},
    }
    for key, value in changes.items():
        melding.pop(key, None)
        if value is not None:
            melding[key] = value
    return melding


# ---- the gateway ---------------------------------------------------------------------------------

class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Gateway:
    """The program beside a partner of knooppunt_world."""

    def __init__(self, partner, authority, more='', program='knooppunt-jzv'):
        self.partner, self.authority, self.program = partner, authority, program
        self.certificate, self.key = authority.issue('gateway', 'serverAuth,clientAuth')
        self.client = authority.issue('client', 'clientAuth')
        self.running = None
        self.port = 0
        self.settings = partner.path('jzv.yaml')
        self.write_settings(more)

    def write_settings(self, more='', endings=SOORTEN + POSTCODES, **changes):
        values = {'client': 'client.yaml', 'port': '0', 'certificate': self.certificate,
                  'key': self.key, 'clients': self.authority.file, 'fetch_s': '1', **changes}
        write(self.settings, ''.join(f'{key}: {value}\n' for key, value in values.items() if value)
              + more + endings)

    def start(self, prefix=()):
        self.running = Running([*prefix, PROGRAMS[self.program], '-c', self.settings],
                               self.partner.path('jzv.log'))
        fields = self.running.wait_ready(TIMEOUT)
        assert fields, self.running.said()
        self.port = int(fields['endpoint'].rsplit(':', 1)[1])
        return self

    def stop(self):
        if self.running:
            running, self.running = self.running, None
            code, _ = running.stop(TIMEOUT)
            assert code == 0, running.said()

    def connect(self, client=True, timeout=TIMEOUT):
        context = ssl.create_default_context(cafile=self.authority.file)
        if client:
            context.load_cert_chain(*(self.client if client is True else client))
        return http.client.HTTPSConnection('127.0.0.1', self.port, context=context,
                                           timeout=timeout)

    def call(self, method, path, body=None, client=True, **headers):
        """`body` an object, or bytes as they are."""
        if body is not None:
            headers = {'Content-Type': 'application/json',
                       **{name.replace('_', '-'): value for name, value in headers.items()}}
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection = self.connect(client)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()


# ---- held against the description -----------------------------------------------------------------

with open(os.path.join(SOURCE, 'clients', 'jzv', 'openapi.json'), encoding='utf-8') as description:
    OPENAPI = json.load(description)


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def schema_of(reference):
    return {**reference, 'components': OPENAPI['components']}


def template_of(path):
    """The path of the description that a path is one of."""
    for template in OPENAPI['paths']:
        parts, given = template.split('/'), path.split('?')[0].split('/')
        if len(parts) == len(given) and all(
                part == other or part.startswith('{') for part, other in zip(parts, given)):
            return template
    return None


class Checked(Gateway):
    """One whose every answer must be one of the description's."""

    def call(self, method, path, body=None, client=True, **headers):
        answer = super().call(method, path, body, client, **headers)
        operation = OPENAPI['paths'].get(template_of(path), {}).get(method.lower())
        assert answer.headers['api-version'] == OPENAPI['info']['version']
        if not operation:
            return answer
        described = operation['responses'][str(answer.status)]
        content = described.get('content')
        assert ('Location' in answer.headers) == ('Location' in described['headers'])
        if not content:
            assert answer.body == b''
            return answer
        kind, = content
        assert answer.headers.get_content_type() == kind, answer.headers
        if kind != 'text/plain':
            jsonschema.validate(answer.json, schema_of(content[kind]['schema']))
        return answer


class Door(Exchange):
    """A gateway at the politie, on the way to Veilig Thuis."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = Authority(cls.folder, 'ca')
        cls.gateway = Checked(cls.politie, cls.authority).start()

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()
        super().tearDownClass()

    def setUp(self):
        self.made = 0

    def number(self):
        self.made += 1
        return f'{self._testMethodName}-{self.made}'.replace('_', '-')[-60:]

    def post(self, body, gateway=None, **headers):
        return (gateway or self.gateway).call('POST', '/meldingen', body, **headers)

    def settled(self, number, gateway=None, what='meldingen'):
        deadline = time.monotonic() + 60
        while True:
            answer = (gateway or self.gateway).call('GET', f'/{what}/{number}')
            if answer.json.get('toestand') != 'outbox' or time.monotonic() > deadline:
                return answer.json
            time.sleep(0.02)
