# SPDX-License-Identifier: EUPL-1.2
"""What the officer makes of the whole log: the log of a time in the form of three standards, held
against the fields these have and counted again from what the tests' own partners sent and got; the
lists and the account of a year that come from the same answers."""

import copy
import datetime
import json
import os
import subprocess
import sys
import zoneinfo
from collections import Counter

import jsonschema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_crypto import sha256  # noqa: E402
from knp_lists import SOURCE, Rubriek, bsn  # noqa: E402
from knp_program import asking  # noqa: E402
from knp_page import Text  # noqa: E402
from knp_stage import StageTest, main  # noqa: E402

AUDIT = os.environ.get('KNOOPPUNT_AUDIT', '')
MARK = 'woorden-van-de-melder'  # free text, in no answer
PERSONS = [bsn(91), bsn(92)]


def schema(form):
    with open(os.path.join(SOURCE, 'tests', 'fixtures', 'logboek', f'{form}.json'),
              encoding='utf-8') as file:
        return jsonschema.Draft202012Validator(json.load(file))


def rubrieken(*persons, thema='verward-gedrag'):
    made = [Rubriek('kenmerken', soort='politie', klasse='E33', urgentie='gewoon', thema=[thema],
                    gemeente='GM1883', betrokkenen=len(persons)),
            Rubriek('toelichting', tekst=MARK)]
    for number, person in enumerate(persons, 1):
        made += [Rubriek('betrokkenheid', number, rol='vermoedelijke-pleger',
                         woongemeente='GM1883', minderjarig='nee'),
                 Rubriek('identificatie', number, geslachtsnaam='Proef')]
        made += [Rubriek('bsn', number, waarde=person)] if person else []
    return made


def days():
    """Yesterday and tomorrow: whoever's day it is, this test runs between them."""
    now = datetime.datetime.now(zoneinfo.ZoneInfo('Europe/Amsterdam')).date()
    return [str(now + datetime.timedelta(days=n)) for n in (-1, 1)]


def attributes(span):
    return {one['key']: one['value']['stringValue'] for one in span['attributes']}


class Officer(StageTest):
    ONLY = ('politie', 'huis', 'vt', 'sittard', 'sittard-oov')

    def run_audit(self, *words, json_lines=True):
        more = ['--json'] if json_lines else []
        return subprocess.run([AUDIT, '-c', self.stage.house.settings_file, *more, *words,
                               *asking(self.stage, words)], capture_output=True, text=True,
                              timeout=120, check=False)

    def call(self, *words, code=0):
        done = self.run_audit(*words)
        self.assertEqual(done.returncode, code, (done.stdout, done.stderr))
        for person in PERSONS:
            self.assertNotIn(person, done.stdout)
        self.assertNotIn(MARK, done.stdout)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def push(self, *persons, **more):
        receipt, = self.stage.push('politie',
                                   self.stage.melding('politie', rubrieken=rubrieken(*persons, **more)))
        self.assert_aanvaard(receipt)
        return receipt.index

    def weigh(self, entry, uitkomst='doorzetten', medewerker='mw-7'):
        receipt, = self.stage.push('huis', self.stage.parties['huis'].velden_item(
            self.stage.genesis, 'weging',
            dict(entry=entry, regel=kc.WEGING_REGEL, betrokkene=0, uitkomst=uitkomst,
                 medewerker=medewerker, motivering='proef')))
        return receipt


    # ---- the forms of standards -----------------------------------------------------------------

    files = 0

    def logboek(self, form, *window):
        type(self).files += 1
        path = self.stage.house.path(f'logboek-{self.files}')
        told, = self.call('logboek', form, *(window or days()), '--out', path)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        with open(path, encoding='utf-8') as file:
            text = file.read()
        for person in PERSONS:
            self.assertNotIn(person, text)
        self.assertNotIn(MARK, text)
        rows = [json.loads(line) for line in text.splitlines()]
        check = schema(form)
        for row in rows:
            check.validate(row)
        return told, rows

    def spans(self):
        return [span for row in self.logboek('ldv')[1]
                for span in row['resourceSpans'][0]['scopeSpans'][0]['spans']]

    def leaf(self, index):
        """Of the entry, from the exported log."""
        folder = self.stage.house.path(f'export-{index}')
        subprocess.run([AUDIT, '-c', self.stage.house.settings_file, 'export', folder],
                       check=True, capture_output=True, timeout=60)
        bundle = index // 256
        names = [name for name in os.listdir(f'{folder}/tile/entries')
                 if name.startswith(f'{bundle:03}')]
        path = f'{folder}/tile/entries/{names[0]}'
        if os.path.isdir(path):
            path = f'{path}/{max(os.listdir(path), key=int)}'
        with open(path, 'rb') as file:
            data = file.read()
        at = (index % 256) * 82 + 2
        return sha256(b'\0' + data[at:at + 80]).hex()

    def test_each_betrokkene_has_a_line_and_nobody_shares_one(self):
        entry = self.push(*PERSONS, None)
        given = self.stage.everything()
        trace = self.leaf(entry)[:32]
        spans = self.spans()
        self.assertEqual(len({span['spanId'] for span in spans}), len(spans))
        spans = [span for span in spans if span['traceId'] == trace]
        root = next(span for span in spans if 'parentSpanId' not in span)
        self.assertEqual(root['name'], 'melding verwerken')
        children = [span for span in spans if span.get('parentSpanId') == root['spanId']]
        persons = [attributes(span).get('dpl.core.data_subject_id') for span in children
                   if span['name'] == root['name']]
        self.assertEqual(len(persons), 3)
        self.assertEqual(persons.count(None), 1)  # of whom no number is known
        self.assertEqual(len(set(persons)), 3)
        # As many verstrekkingen as there are, and in each the same persons.
        wanted = {f'verstrekken aan {functie} van {oin}'
                  for (oin, functie), found in given.items() if found}
        self.assertTrue(wanted)
        self.assertEqual({span['name'] for span in children} - {root['name']}, wanted)
        handles = {attributes(span).get('dpl.core.data_subject_id') for span in spans} - {None}
        self.assertEqual(handles, set(persons) - {None})
        for span in spans:
            found = attributes(span)
            urn = found['dpl.core.processing_activity_id']
            self.assertTrue(urn.endswith(f':proef:{sha256(kc.document()).hex()}'), urn)
            self.assertEqual('dpl.core.data_subject_id' in found,
                             'dpl.core.data_subject_id_type' in found)

    def test_the_person_keeps_its_id_and_the_log_gives_the_same_records_again(self):
        self.push(PERSONS[0])
        self.push(PERSONS[0])
        found = Counter(attributes(span)['dpl.core.data_subject_id'] for span in self.spans()
                        if span['name'] == 'melding verwerken'
                        and 'dpl.core.data_subject_id' in attributes(span))
        self.assertGreaterEqual(max(found.values()), 2)
        # But for the questions that were asked in between.
        for form in ('ldv', 'vng', 'adl'):
            first, again = ([json.dumps(row) for row in self.logboek(form)[1]] for _ in range(2))
            self.assertEqual(again[:len(first)], first)

    def test_verwerkingenlogging_names_to_whom_and_what_kind_of_data(self):
        entry = self.push(PERSONS[0])
        self.stage.everything()
        trace = self.leaf(entry)[:32]
        rows = [row for row in self.logboek('vng')[1]
                if row['verwerkingId'].replace('-', '')[:12] == trace[:12]]
        own, *given = rows
        self.assertEqual((own['actieNaam'], own['uitvoerder']), ('melding verwerken', kc.HUIS))
        self.assertNotIn('afnemerId', own)
        self.assertEqual([one['betrokkenheid'] for one in own['verwerkteObjecten']],
                         ['vermoedelijke-pleger'])
        self.assertTrue(own['bewaartermijn'].startswith('P'))
        self.assertIn(kc.SITTARD, {row['afnemerId'] for row in given})
        for row in given:
            kinds = {one['soortGegeven'] for object_ in row['verwerkteObjecten']
                     for one in object_['verwerkteSoortenGegevens']}
            self.assertTrue(kinds)
            self.assertNotIn('melder', kinds)
        self.assertEqual({row['vertrouwelijkheid'] for row in rows}, {'vertrouwelijk'})

    def test_a_decision_names_its_regel_its_convenant_and_who_weighed(self):
        entry = self.push(PERSONS[1])
        self.assert_aanvaard(self.weigh(entry))
        rows = self.logboek('adl')[1]
        found = {}
        for row in rows:
            request = row['body']['adl.core.request']
            for one, told in zip(request.get('evaluations', ()),
                                 row['body']['adl.core.response'].get('evaluations', ())):
                melding, _, rubriek = one['resource']['id'].split('/')
                if melding == str(entry):
                    found[request['subject']['id'], rubriek] = told
            if 'evaluations' in request:
                self.assertEqual(row['attributes']['adl.core.policies'],
                                 {'proef': sha256(kc.document()).hex()})
        free = found[f'{kc.SITTARD}/oov', 'toelichting']
        self.assertEqual(free, {'decision': True,
                                'context': {'regel': kc.WEGING_REGEL, 'mens': 'weging'}})
        self.assertTrue(any('mens' not in told['context'] for told in found.values()))
        # What was refused is a decision too, and says why.
        receipt = self.weigh(entry)
        self.assertEqual(receipt.outcome, 'geweigerd')
        refused = [row for row in self.logboek('adl')[1]
                   if row['body']['adl.core.response'].get('decision') is False]
        self.assertIn((kc.HUIS, receipt.reason),
                      {(row['body']['adl.core.request']['subject']['id'],
                        row['body']['adl.core.response']['context']['reason']) for row in refused})

    def test_a_question_of_the_officer_is_in_it_with_its_person_alone(self):
        self.push(*PERSONS)
        self.assertEqual(self.run_audit('inzage', f'bsn:{PERSONS[1]}').returncode, 0)
        spans = [span for span in self.spans() if span['name'] == 'raadplegen: inzage']
        self.assertTrue(spans)
        self.assertTrue(all('dpl.core.data_subject_id' in attributes(span) for span in spans))
        rows = [row for row in self.logboek('vng')[1] if row['actieNaam'] == 'raadplegen: inzage']
        self.assertEqual({row['gebruiker'] for row in rows}, {'mw-fg'})
        self.assertTrue(all(len(row['verwerkteObjecten']) == 1 for row in rows))

    def test_another_time_has_nothing_and_a_wrong_one_is_refused(self):
        path = self.stage.house.path('leeg')
        told, = self.call('logboek', 'ldv', '2019-01', '2019-02-03', '--out', path)
        self.assertEqual((told['regels'], os.path.getsize(path)), (0, 0))
        error, = self.call('logboek', 'ldv', *days(), '--out', path, code=1)
        self.assertEqual(error['error']['code'], 'exists')
        for words in (('nen', *days(), '--out', path + '1'), ('ldv', *reversed(days()), '--out', path + '1'),
                      ('ldv', '2026-13', '2026-13', '--out', path + '1'), ('ldv', *days())):
            self.call('logboek', *words, code=2)
        self.assertFalse(os.path.exists(path + '1'))

    def test_a_field_too_many_would_be_seen(self):
        """The control of the schemas: of each form a record with what the standard has no room for."""
        self.push(PERSONS[0])
        for form, at in (('vng', ()), ('adl', ('body',)),
                         ('ldv', ('resourceSpans', 0, 'scopeSpans', 0, 'spans', 0))):
            row = copy.deepcopy(self.logboek(form)[1][-1])
            place = row
            for key in at:
                place = place[key]
            place['bsn'] = PERSONS[0]
            self.assertFalse(schema(form).is_valid(row))

    # ---- what there is --------------------------------------------------------------------------

    def say(self, who, kind, **values):
        party = self.stage.parties[who]
        receipt, = self.stage.push(who, party.velden_item(
            self.stage.genesis, kind, dict(medewerker='mw-2', **values)))
        return receipt

    def found(self, *words, code=0):
        return {row['entry']: row for row in self.call('search', *days(), *words, code=code)}

    def test_meldingen_are_found_by_what_they_are_and_by_whom_they_went_to(self):
        entry = self.push(PERSONS[0], thema='stalking')
        other = self.push(PERSONS[1], thema='overlast')
        self.assert_aanvaard(self.weigh(other))
        found = self.found('thema:stalking')
        self.assertEqual(list(found), [entry])
        one = found[entry]
        self.assertEqual((one['soort'], one['thema'], one['bron'], one['bron_naam']),
                         ('politie', ['stalking'], kc.POLITIE, 'Politie Proef'))
        got = {(oin, functie) for (oin, functie), new in self.stage.everything().items() if new}
        self.assertLessEqual({(row['oin'], row['functie']) for row in one['verstrekkingen']}, got)
        self.assertTrue(one['verstrekkingen'])
        weighed = self.found('thema:overlast', f'regel:{kc.WEGING_REGEL}')
        self.assertEqual([row['melding'] for row in weighed.values()], [other])
        self.assertNotIn(entry, self.found(f'ontvanger:{kc.SITTARD}/oov'))
        self.assertLessEqual({entry, other}, set(self.found(f'bron:{kc.POLITIE}', 'soort:politie')))
        self.found('thema:stalking', 'soort:detentie', code=1)
        self.assertEqual(self.call('search', '2019-01', '2019-12', code=1), [])
        for wrong in (('thema',), ('wie:iemand',), ('thema:',)):
            error, = self.call('search', *days(), *wrong, code=2)
            self.assertIn('thema', error['error']['fix'])

    def test_of_a_casus_the_meldingen_about_its_person_are_found_and_it_is_on_record(self):
        person, number = bsn(93), 'pgax:zoek-93'
        mine = self.push(person)
        theirs = self.push(PERSONS[0])
        receipt = self.say('huis', 'casus', casus=number, bsn=person, rol='betrokkene',
                           status='opgepakt', sinds='2026-01-05')
        self.assert_aanvaard(receipt)
        found = self.found(f'casus:{number}')
        self.assertIn(mine, found)
        self.assertNotIn(theirs, found)
        error, = self.call('search', *days(), 'casus:pgax:niemand', code=1)
        self.assertEqual(error['error']['code'], 'not-found')
        looked = [row['vraag'] for row in self.call('gezien', '1', f'bsn:{person}')]
        self.assertIn('search', looked)

    def test_what_a_regel_gave_alone_is_told_apart_from_what_somebody_weighed(self):
        def counted():
            *rows, total = self.call('automatisch', *days())
            return {(row['regel'], row['oin'], row['functie']): row for row in rows}, total['totaal']
        before, total = counted()
        entry = self.push(PERSONS[0])
        self.assert_aanvaard(self.weigh(entry))
        after, later = counted()
        self.assertNotIn(kc.WEGING_REGEL, {regel for regel, _, _ in after})
        wmo = 'zorg-wmo', kc.SITTARD, 'wmo'
        self.assertGreater(after[wmo]['aantal'], before.get(wmo, {'aantal': 0})['aantal'])
        self.assertIn('identificatie', after[wmo]['rubrieken'])
        self.assertNotIn('toelichting', {name for row in after.values() for name in row['rubrieken']})
        self.assertGreater(later['met_mens'], total['met_mens'])
        self.assertEqual(later['onbekend'], 0)

    def test_free_text_is_counted_and_who_released_it_is_named(self):
        *_, before = self.call('vrije-tekst', *days())
        entry = self.push(PERSONS[0])
        *_, pushed = self.call('vrije-tekst', *days())
        self.assert_aanvaard(self.weigh(entry, medewerker='mw-vrijgave'))
        *rows, after = self.call('vrije-tekst', *days())
        self.assertEqual(pushed['totaal']['met_vrije_tekst'],
                         before['totaal']['met_vrije_tekst'] + 1)
        self.assertEqual(pushed['totaal']['verstrekt'], before['totaal']['verstrekt'])
        self.assertEqual(after['totaal']['vrijgegeven'], pushed['totaal']['vrijgegeven'] + 1)
        one, = (row for row in rows if row['melding'] == entry)
        self.assertEqual((one['oin'], one['functie'], one['regel'], one['vrijgegeven'],
                          one['medewerker']),
                         (kc.SITTARD, 'oov', kc.WEGING_REGEL, 'weging', 'mw-vrijgave'))

    def test_what_stands_out_is_a_question_without_a_zaak_or_a_casus_and_breadth(self):
        def out(code=1):
            return self.call('opvallend', *days(), code=code)
        person = bsn(94)
        self.push(person)
        self.assertEqual(self.run_audit('inzage', f'bsn:{person}', '--zaak', 'z-1').returncode, 0)
        before = out()
        self.assertEqual(self.run_audit('inzage', f'bsn:{person}').returncode, 0)
        new = [row for row in out() if row not in before and row['opvallend'] == 'zonder-zaak'
               and row['vraag'] == 'inzage']
        self.assertEqual(len(new), 1)
        self.assertEqual(new[0]['medewerker'], 'mw-fg')
        asked = [self.say('politie', 'zsm_verzoek', functie='basisteam', bsn=bsn(300 + n)).index
                 for n in range(5)]
        rows = out()
        self.assertLessEqual(set(asked), {row['entry'] for row in rows
                                          if row['opvallend'] == 'zonder-casus'})
        broad = {row['wie']: row for row in rows if row['opvallend'] == 'breedte'}
        self.assertGreaterEqual(broad[kc.POLITIE]['aantal'], 5)
        self.assertEqual(broad[kc.POLITIE]['anders'], 0)
        self.assertEqual(self.call('opvallend', '2019-01', '2019-02'), [])

    # ---- requests and the year ------------------------------------------------------------------

    def bureau(self, kind, **values):
        item = self.stage.bureau.party.velden_item(self.stage.genesis, kind,
                                                   dict(medewerker='mw-fg', **values))
        receipt, _ = self.stage.bureau.send(item)
        self.assert_aanvaard(receipt)
        return receipt.index

    def ask(self, zaak, verzoek='inzage', wet='avg', ago=1):
        self.stage.vraag('gezien')  # the bureau of the tests is there
        came = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=ago)
        return self.bureau('verzoek', zaak=zaak, verzoek=verzoek, wet=wet,
                           ontvangen=came.strftime('%Y-%m-%dT%H:%M:%SZ'))

    def requests(self, code=0):
        return {row['zaak']: row for row in self.call('verzoeken', code=code)}

    def test_a_request_is_listed_with_its_clock_until_it_is_dealt_with(self):
        entry = self.ask('z-lijst')
        one = self.requests()['z-lijst']
        self.assertEqual((one['entry'], one['verzoek'], one['wet'], one['op_tijd'], one['verlengd']),
                         (entry, 'inzage', 'avg', True, False))
        self.assertNotIn('uitkomst', one)
        self.bureau('afhandeling', entry=entry, zaak='z-lijst', uitkomst='verlengd')
        longer = self.requests()['z-lijst']
        self.assertTrue(longer['verlengd'])
        self.assertGreater(longer['uiterlijk'], one['uiterlijk'])
        late = self.ask('z-laat', 'inzage', 'wjsg', ago=60)
        self.assertFalse(self.requests(code=1)['z-laat']['op_tijd'])
        self.bureau('afhandeling', entry=late, zaak='z-laat', uitkomst='geweigerd')
        rows = self.requests()
        self.assertEqual((rows['z-laat']['uitkomst'], rows['z-laat']['op_tijd']),
                         ('geweigerd', False))

    def year(self):
        """Of both years that there may be while this runs, added up."""
        total = Counter()
        for year in sorted({str(day)[:4] for day in days()}):
            for row in self.call('jaarverslag', year):
                total.update({(groep, naam): aantal for groep, rows in row.items()
                              if isinstance(rows, dict) for naam, aantal in rows.items()})
        return total

    def test_the_account_of_a_year_counts_what_happened(self):
        before = self.year()
        entry = self.push(PERSONS[0])
        given = sum(len(found) for found in self.stage.everything().values())
        self.assert_aanvaard(self.weigh(entry))
        refused = self.weigh(entry)
        self.say('politie', 'zsm_verzoek', functie='basisteam', bsn=bsn(400))
        asked = self.ask('z-jaar', 'wissing')
        self.bureau('afhandeling', entry=asked, zaak='z-jaar', uitkomst='geweigerd')
        self.ask('z-lek', 'datalek', ago=0)
        grown = self.year() - before
        for place, count in ((('verklaringen', 'melding'), 1), (('verklaringen', 'weging'), 1),
                             (('geweigerd', refused.reason), 1), (('verzoeken', 'wissing'), 1),
                             (('vragen-partners', 'niets te verstrekken'), 1),
                             (('afhandeling', 'geweigerd'), 1), (('datalekken', 'bekend geworden'), 1),
                             (('datalekken', 'nog open'), 1)):
            self.assertEqual(grown[place], count, (place, grown))
        # What was weighed went to one more, and so did the answer that there is nothing.
        self.assertGreaterEqual(grown['verstrekkingen', 'verstrekking'], given + 1)
        self.assertGreaterEqual(grown['vragen', 'jaarverslag'], 1)

    def test_the_account_is_a_page_too(self):
        path = self.stage.house.path('jaarverslag.html')
        year = days()[0][:4]
        told, = self.call('jaarverslag', year, '--out', path)
        with open(path, encoding='utf-8') as file:
            page = file.read()
        words = ' '.join(Text(page).words)
        self.assertIn(f'Jaarverslag privacy {year}', words)
        self.assertIn('OEFENING', words)
        self.assertIn('Veiligheidshuis Proef', words)
        for groep, rows in told.items():
            for naam, aantal in rows.items() if isinstance(rows, dict) else ():
                self.assertIn(f'<td>{naam}</td><td class="getal">{aantal}</td>', page, groep)
        self.call('jaarverslag', year, '--out', path, code=1)
        self.call('jaarverslag', '26', code=2)


if __name__ == '__main__':
    main()
