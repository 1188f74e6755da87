# SPDX-License-Identifier: EUPL-1.2
"""knooppunt-adapter through files, as a partner's system would: what a day's list becomes, what lies
in quarantine and why, and what is told. Against a running knooppuntd.

Usage: adapter_test.py PROGRAM…
"""

import json
import os

import knooppunt_world
from adapter_world import Doors, Instance, Running, row, sheet
from jzv_world import jzv
from knooppunt_world import HOUSE, PROGRAMS, TIMEOUT, Partner, write
from knp_probe import wait_for

BEFORE = 'tcp://127.0.0.1:9'  # nobody listens


class DayList(Doors):
    def test_each_line_becomes_a_melding_and_the_file_goes(self):
        adapter = self.instance()
        lines = self.rows(2)
        lines[1] = lines[1].replace(';IN;', ';UIT;').replace(';28-11-2026;;', ';;30-11-2026;')
        adapter.drop('lijst.csv', sheet(*lines))
        done = adapter.once()
        self.assertEqual(done.code, 0, done.out + done.err)
        self.assertEqual(os.listdir(adapter.folder), [])
        self.assertEqual(os.listdir(adapter.below('taken')), [])
        self.assertEqual(os.listdir(adapter.below('quarantine')), [])
        begin, einde = self.received()
        self.assertEqual(self.of(begin, 'kenmerken')['soort'], 'detentie.begin')
        self.assertEqual(self.of(einde, 'kenmerken')['soort'], 'detentie.einde')
        self.assertEqual(self.of(begin, 'leefgebieden')['aandacht'], ['huisvesting', 'schulden'])
        self.assertEqual(self.of(begin, 'detentie'),
                         {'inrichting': 'PI Sittard (oefening)', 'begin': '2026-11-28'})
        self.assertEqual(self.of(einde, 'detentie')['einde'], '2026-11-30')
        self.assertEqual(self.of(begin, 'identificatie')['geboortedatum'], '1991-03-14')
        self.assertEqual(begin['rubrieken'][0]['regime'], 'wjsg-tenuitvoerlegging')

    def test_one_bad_line_never_blocks_the_good_ones_behind_it(self):
        adapter = self.instance()
        lines = self.rows(12)
        good = [lines[0], lines[11]]
        bad = [lines[1].replace('999990342', '999990343'),
               lines[2].replace('14-03-1991', '31-02-1991'),
               lines[3].replace('14-03-1991', '1991-03-14'),
               lines[4].replace(';IN;', ';WEG;'),
               lines[5].replace(';W,S;', ';W,?;'),
               lines[6] + ';te veel',
               lines[7].replace('Voorbeeld', '"Voorbeeld'),
               lines[8].replace('Voorbeeld', 'Voor\x01beeld'),
               lines[9].replace('GM1883', 'Sittard'),
               lines[10].split(';', 1)[0] + ';;' + lines[10].split(';', 2)[2]]
        adapter.drop('lijst.csv', sheet(good[0], *bad, good[1]))
        self.assertEqual(adapter.once().code, 1)
        self.assertEqual(adapter.once().code, 0)  # told once; --status goes on saying it
        self.assertEqual(adapter.status['alarms'][0], 'quarantine')
        self.assertEqual(len(self.received()), 2)
        [reasons] = adapter.reasons().values()
        for line, words in ((3, 'BSN: bsn-elfproef'), (4, 'Geboortedatum: impossible-date'),
                            (5, 'Geboortedatum: impossible-date'), (6, 'Soort: unknown-code'),
                            (7, 'Aandacht: unknown-code'), (8, 'malformed'), (9, 'syntax'),
                            (10, 'bad-text'), (11, 'Gemeente: unknown-code'),
                            (12, 'Kenmerk: missing-field')):
            self.assertIn(f'\nregel {line}: {words}', reasons)
        self.assertEqual(len(reasons.splitlines()), 12)
        for value in ('999990343', 'Voorbeeld', '1991', 'Sittard\n'):
            self.assertNotIn(value, reasons)
        [number] = adapter.reasons()
        self.assertEqual(adapter.quarantined(number).decode(), sheet(*bad))
        for name in os.listdir(adapter.below('quarantine')):
            with open(adapter.below('quarantine', name), 'rb') as file:
                self.assertNotIn(b'Voorbeeld', file.read())
        done = adapter.call('--status')
        self.assertEqual((done.code, done.line['quarantine'], done.line['alarms']),
                         (1, 1, ['quarantine', 'gaps']))
        # Of a line that cannot be read it is not known which number it has.
        self.assertEqual(sum(gap['to'] - gap['from'] + 1 for gap in done.line['gaps']), 3)

    def test_a_line_that_grows_too_long_costs_itself_only(self):
        adapter = self.instance()
        with open(adapter.settings, encoding='utf-8') as file:
            settings = file.read()
        write(adapter.settings, settings.replace('D: identiteitsbewijs', f'D: {"d" * 60}'))
        longer, line = self.rows(2)
        bad = longer.replace('W,S', 'D,' * 7000)
        adapter.drop('lijst.csv', sheet(bad, line))
        self.assertEqual(adapter.once().code, 1)
        self.assertEqual(self.numbers(self.received()), [line.split(';')[1]])
        [(number, reasons)] = adapter.reasons().items()
        self.assertIn('\nregel 2: too-long: ', reasons)
        self.assertEqual(adapter.quarantined(number).decode(), sheet(bad))

    def test_what_was_mended_is_dropped_again_and_goes(self):
        adapter = self.instance(volgnummer=None, negeer='[Afdeling, Volgnummer]')
        good, wrong = self.rows(2)
        bad = wrong.replace('999990342', '999990343')
        adapter.drop('lijst.csv', sheet(good, bad))
        adapter.once()
        adapter.drop('lijst.csv', sheet(good, wrong))
        self.assertEqual(adapter.once().code, 0)
        self.assertEqual(len(self.received()), 2)

    def test_the_same_number_is_the_same_melding_and_other_content_is_refused(self):
        adapter = self.instance()
        [line] = self.rows(1)
        adapter.drop('een.csv', sheet(line))
        adapter.once()
        adapter.drop('twee.csv', sheet(line, line.replace('Voorbeeld', 'Anders')))
        self.assertEqual(adapter.once().code, 1)
        self.assertEqual(len(self.received()), 1)
        [reasons] = adapter.reasons().values()
        self.assertIn('regel 3: conflict', reasons)

    def test_numbers_that_skip_and_days_that_are_too_small_are_told(self):
        adapter = self.instance(verwacht='{van: 2, tot: 3}')
        lines = self.rows(9)
        adapter.drop('een.csv', sheet(*lines[0:2]))
        adapter.once()
        self.assertEqual(adapter.status['alarms'], [])
        adapter.drop('twee.csv', sheet(lines[5]))
        adapter.once()
        first = int(lines[0].split(';')[0])
        status = adapter.status
        self.assertEqual((status['volgnummer'], status['gaps'], status['alarms']),
                         (first + 5, [{'from': first + 2, 'to': first + 4}], ['gaps', 'volume']))
        adapter.drop('drie.csv', sheet(*lines[2:5]))
        adapter.once()
        self.assertEqual((adapter.status['gaps'], adapter.status['alarms']), ([], []))
        self.assertEqual(len(self.received()), 6)

    def test_windows_1252_and_a_byte_order_mark(self):
        adapter = self.instance()
        [line] = self.rows(1, Achternaam='Jánsen–Müller', Voornamen='Zoë')
        adapter.drop('cp1252.csv', sheet(line).encode('cp1252').replace(b'\n', b'\r\n'))
        self.assertEqual(adapter.once().code, 0)
        adapter.configure(tekenset='utf-8')
        [other] = self.rows(1, Achternaam='Ğül')
        adapter.drop('utf8.csv', b'\xef\xbb\xbf' + sheet(other).encode())
        self.assertEqual(adapter.once().code, 0)
        names = [self.of(line, 'identificatie')['geslachtsnaam'] for line in self.received()]
        self.assertEqual(names, ['Jánsen–Müller', 'Ğül'])
        wrong, right = self.rows(2)
        adapter.drop('mixed.csv', sheet(wrong.replace('Test', 'Zoë'), right).encode('cp1252'))
        adapter.drop('utf16.csv', sheet(right).encode('utf-16'))
        self.assertEqual(adapter.once().code, 1)
        self.assertEqual(len(self.received()), 1)
        said = '\n'.join(adapter.reasons().values())
        self.assertIn('regel 2: bad-text', said)
        self.assertIn('UTF-16', said)

    def test_half_a_file_and_a_line_that_was_cut(self):
        adapter = self.instance()
        whole, cut = self.rows(2)
        adapter.drop('half.csv', sheet(whole, cut)[:-20])
        self.assertEqual(adapter.once().code, 1)
        self.assertEqual(self.numbers(self.received()), [whole.split(';')[1]])
        [reasons] = adapter.reasons().values()
        self.assertIn('regel 3: syntax', reasons)

    def test_what_is_still_written_is_not_taken(self):
        adapter = self.instance(rust_s='3600')
        [line] = self.rows(1)
        adapter.drop('young.csv', sheet(line))
        for name in ('.hidden.csv', 'lijst.csv.part', 'other.txt'):
            with open(os.path.join(adapter.folder, name), 'w', encoding='utf-8') as file:
                file.write(sheet(line))
        self.assertEqual(adapter.once().code, 0)
        self.assertEqual(len(os.listdir(adapter.folder)), 4)
        adapter.configure(rust_s='0')
        self.assertEqual(adapter.once().code, 0)
        self.assertEqual(len(os.listdir(adapter.folder)), 3)
        self.assertEqual(len(self.received()), 1)

    def test_columns_that_nobody_spoke_of_keep_the_whole_file(self):
        adapter = self.instance()
        [line] = self.rows(1)
        for header, field in ((lambda text: text.replace('Afdeling', 'Bezoek'), 'kolom 14'),
                              (lambda text: text.replace('Geslacht;', ''), 'Geslacht'),
                              (lambda text: text.replace('Afdeling', 'BSN'), 'BSN')):
            adapter.drop('lijst.csv', header(sheet(line)))
            self.assertEqual(adapter.once().code, 1)
            self.assertIn(f'{field}: ', adapter.reasons()[max(adapter.reasons())])
        adapter.drop('empty.csv', '')
        self.assertEqual(adapter.once().code, 1)
        self.assertIn('kolomnamen: missing-field', adapter.reasons()[max(adapter.reasons())])
        self.assertEqual(self.received(), [])

    def test_a_hundred_megabytes_are_kept_in_pieces_and_not_read(self):
        adapter = self.instance()
        block = (row(1) + '\n').encode() * 10000
        whole = (sheet().encode() + block * (100_000_000 // len(block) + 1))
        [line] = self.rows(1)
        adapter.drop('groot.csv', whole)
        adapter.drop('klein.csv', sheet(line))
        self.assertEqual(adapter.once().code, 1)
        self.assertEqual(len(self.received()), 1)
        [(number, reasons)] = adapter.reasons().items()
        self.assertIn('too-long', reasons)
        self.assertEqual(adapter.quarantined(number), whole)

    def test_a_file_of_nothing_but_wrong_lines(self):
        adapter = self.instance(verwacht=None, volgnummer=None, negeer='[Afdeling, Volgnummer]')
        lines = self.rows(1) + [row(n, BSN='1') for n in range(6000)] + self.rows(1)
        adapter.drop('lijst.csv', sheet(*lines))
        self.assertEqual(adapter.once().code, 1)
        self.assertEqual(len(self.received()), 2)
        [(number, reasons)] = adapter.reasons().items()
        self.assertTrue(reasons.endswith('\nen nog 1000 regels\n'), reasons[-200:])
        self.assertEqual(adapter.quarantined(number).decode(), sheet(*lines[1:-1]))

    def test_many_lines_lie_in_few_files_of_the_outbox(self):
        """Under one signature and one sync for each 64: a bad one between them costs itself only."""
        adapter = self.instance(verwacht=None)
        self.pi.write_settings(systeem='pi-many', endpoint=f'"{BEFORE}"', timeout_ms='300')
        lines = self.rows(130)
        twice = lines[5].replace('Voorbeeld', 'Anders')
        adapter.drop('lijst.csv', sheet(*lines[:100], twice, lines[7], *lines[100:]))
        self.assertEqual(adapter.once().code, 3)
        self.assertEqual(self.pi.run('status').line['outbox']['waiting'], 130)
        names = [name for name in os.listdir(self.pi.path('spool', 'outbox'))
                 if name.endswith('.item')]
        self.assertLessEqual(len(names), 4)
        [reasons] = adapter.reasons().values()
        self.assertIn('regel 102: conflict', reasons)
        self.assertEqual(len(reasons.splitlines()), 3)
        self.pi.write_settings(systeem='pi-many')
        self.assertEqual(adapter.once().code, 1)
        self.assertEqual(sorted(self.numbers(self.received())),
                         sorted(line.split(';')[1] for line in lines))

    def test_what_stands_in_a_list_behind_nothing_is_told_by_its_column(self):
        adapter = self.instance()
        with open(adapter.settings, encoding='utf-8') as file:
            settings = file.read()
        row_of_list = '- {naar: /betrokkenen/2/identificatie/geslachtsnaam, kolom: Afdeling}'
        write(adapter.settings, settings.replace('afbeelding:', 'afbeelding:\n  ' + row_of_list)
              .replace('negeer: [Afdeling]\n', ''))
        [line] = self.rows(1)
        adapter.drop('lijst.csv', sheet(line))
        self.assertEqual(adapter.once().code, 1)
        [reasons] = adapter.reasons().values()
        self.assertIn('regel 2: Afdeling: missing-field', reasons)
        self.assertIn('before it in a list', reasons)

    def test_a_service_that_cannot_mend_itself_says_so(self):
        """With 4, at which the service manager does not start it again; what only looks says 1."""
        adapter = self.instance()
        adapter.once()
        write(adapter.below('state'), 'geen stand')
        self.assertEqual(adapter.once().code, 1)
        done = adapter.call()
        self.assertEqual((done.code, done.error['file']), (4, adapter.below('state')))

    def test_while_the_knooppunt_is_away_the_file_waits(self):
        adapter = self.instance(verwacht='{van: 1, tot: 3}')
        self.pi.write_settings(systeem='pi-away', endpoint=f'"{BEFORE}"', timeout_ms='300')
        lines = self.rows(2)
        adapter.drop('lijst.csv', sheet(lines[0], lines[1].replace('999990342', '1')))
        self.assertEqual(adapter.once().code, 3)
        self.assertEqual(adapter.once().code, 3)
        status = adapter.status
        # How large a file is counts once it is done with.
        self.assertEqual((status['taken'], status['quarantine'], status['alarms']),
                         (1, 1, ['quarantine']))
        status = self.pi.run('status').line
        self.assertEqual(status['adapters'], [{'naam': 'dji-detentie', 'in': 0, 'taken': 1,
                                               'quarantine': 1, 'missing': 0}])
        self.pi.write_settings(systeem='pi-away')
        self.assertEqual(adapter.once().code, 1)
        self.assertEqual(len(self.received()), 1)
        self.assertEqual(adapter.status['taken'], 0)

    def test_what_would_be_sent_is_shown_and_nothing_is(self):
        adapter = self.instance()
        good, bad = self.rows(2)
        path = knooppunt_world.write(self.pi.path('proef.csv'),
                                     sheet(good, bad.replace('999990342', '1')))
        done = adapter.call('--dry-run', path)
        self.assertEqual(done.code, 1)
        first, second = done.lines
        self.assertEqual((first['line'], second['line']), (2, 3))
        self.assertEqual(self.of(first, 'bsn'), {'waarde': '999990342'})
        self.assertEqual((second['error']['code'], second['error']['field']),
                         ('bad-value', 'BSN'))
        self.assertEqual(self.pi.run('status').line['outbox']['waiting'], 0)
        self.assertEqual(self.received(), [])

    def test_check_names_what_is_wrong_in_the_settings(self):
        adapter = self.instance()
        self.assertEqual(adapter.call('--check').line, {'ok': True})
        for changes, field in ((dict(vorm='xml'), 'vorm'), (dict(naam='A/B'), 'naam'),
                               (dict(tekenset='latin-9'), 'tekenset'),
                               (dict(scheiding='"::"'), 'scheiding'),
                               (dict(registratienummer=None), 'registratienummer'),
                               (dict(verwacht='{van: 3, tot: 1}'), 'verwacht'),
                               (dict(soorten='{}'), None)):
            adapter.configure(**changes)
            done = adapter.call('--check')
            self.assertEqual(done.code, 4, (changes, done.out))
            if field:
                self.assertEqual(done.error['field'], field)
            self.assertTrue(done.error['fix'])
        for text in ('', '# nothing yet\n', '- a\n', 'a\n'):
            with open(adapter.settings, 'w', encoding='utf-8') as file:
                file.write(text)
            done = adapter.call('--check')
            self.assertEqual((done.code, done.error['code']), (4, 'bad-type'), text)
        adapter.configure()
        os.rmdir(adapter.folder)
        self.assertEqual(adapter.call('--check').error['code'], 'file-missing')
        os.mkdir(adapter.folder)

    def test_quarantine_is_gone_after_a_fortnight(self):
        adapter = self.instance()
        adapter.drop('lijst.csv', sheet('geen;lijst'))
        adapter.once()
        self.assertEqual(len(os.listdir(adapter.below('quarantine'))), 2)
        for name in os.listdir(adapter.below('quarantine')):
            path = adapter.below('quarantine', name)
            old = os.stat(path).st_mtime - 13.9 * 86400
            os.utime(path, (old, old))
        adapter.once()
        self.assertEqual(len(os.listdir(adapter.below('quarantine'))), 2)
        for name in os.listdir(adapter.below('quarantine')):
            path = adapter.below('quarantine', name)
            old = os.stat(path).st_mtime - 0.2 * 86400
            os.utime(path, (old, old))
        adapter.once()
        self.assertEqual(os.listdir(adapter.below('quarantine')), [])


class Documents(Doors):
    def test_jzv_files(self):
        adapter = self.instance('voorbeeld-jzv.yaml')
        adapter.drop('een.json', json.dumps(jzv(registratienummer='JZV-1')))
        adapter.drop('twee.json', json.dumps(jzv(registratienummer='JZV-2', soort='XX')))
        adapter.drop('drie.json', json.dumps(jzv(registratienummer='JZV-3'))[:-30])
        adapter.drop('vier.json', b'\xef\xbb\xbf' + json.dumps(jzv()).encode())
        adapter.drop('vijf.json', json.dumps(jzv(registratienummer='JZV-1', verzoek='Anders.')))
        adapter.drop('zes.json', json.dumps(jzv(registratienummer='JZV-6')))
        self.assertEqual(adapter.once().code, 1)
        self.assertEqual(sorted(self.numbers(self.received()))[-1], 'JZV-6')
        said = list(adapter.reasons().values())
        self.assertEqual(len(said), 4)
        for name, words in (('twee', '/soort: unknown-code'), ('drie', 'syntax'),
                            ('vier', 'syntax')):
            [one] = [text for text in said if f'bestand: {name}.json' in text]
            self.assertIn(words, one)
        self.assertEqual(sum('conflict' in text for text in said), 1)

    def test_files_as_knooppunt_push_takes_them(self):
        adapter = self.instance('voorbeeld-jzv.yaml', vorm='json', soorten=None, postcodes=None)
        with open(adapter.settings, encoding='utf-8') as file:
            lines = [line for line in file if not line.startswith(' ')]
        knooppunt_world.write(adapter.settings, ''.join(lines))
        melding = knooppunt_world.example(systeem=None, id=None, betrokkenen=[])
        adapter.drop('een.json', json.dumps(melding))
        adapter.once()
        adapter.drop('nog-eens.json', json.dumps(melding))
        adapter.drop('ander-systeem.json', json.dumps({**melding, 'systeem': 'elders'}))
        self.assertEqual(adapter.once().code, 1)
        self.assertEqual(len(self.received()), 1)
        [reasons] = adapter.reasons().values()
        self.assertIn('/systeem: bad-value', reasons)


class Shipped(Doors):
    POLITIE = ('Registratienummer,Klasse,Spoed,Gemeente,Tijdstip,Rol,Woongemeente,Geslachtsnaam,'
               'Voorvoegsel,Voornamen,Geboortedatum,BSN,Toelichting\n')

    def test_mutaties_of_the_politie(self):
        adapter = self.instance('voorbeeld-politie.yaml')
        adapter.drop('mutaties.csv', self.POLITIE
                     + 'PL-1,E33,N,GM1883,2026-11-28T02:10:00+01:00,B,GM1883,Voorbeeld,van,Test,'
                       '19910314,999990342,"Verward, op straat.\nNiet de eerste keer."\n'
                     + 'PL-2,I28,J,GM1883,2026-11-28T02:10:00+01:00,B,,,,,,,\n'
                     + 'PL-3,X99,N,GM1883,2026-11-28T02:10:00+01:00,B,,,,,,,\n')
        self.assertEqual(adapter.once().code, 1)
        first, second = self.received()
        self.assertEqual([self.of(each, 'kenmerken')['klasse'] for each in (first, second)],
                         ['E33', 'I28'])
        self.assertEqual(self.of(second, 'kenmerken')['urgentie'], 'dringend')
        self.assertEqual(self.of(first, 'identificatie')['voorvoegsel'], 'van')
        [reasons] = adapter.reasons().values()
        self.assertIn('regel 5: Klasse: unknown-code', reasons)

    def test_documents_of_veilig_thuis(self):
        adapter = self.instance('voorbeeld-veilig-thuis.yaml')
        adapter.drop('een.json', json.dumps(jzv(registratienummer='VT-1', soort='VT')))
        self.assertEqual(adapter.once().code, 0)
        [line] = self.received()
        self.assertEqual(self.of(line, 'kenmerken')['thema'],
                         ['huiselijk-geweld', 'kindermishandeling'])

    CASUS = 'PGAx;GCOS;BSN;Rol;Status;Sinds;Besloten;AVE;TopX;PGA;Regie;Medewerker\n'

    def test_casussen_of_a_dossier_system(self):
        huis = Partner(self.house, 'huis', HOUSE, 'veiligheidshuis', 'procesregisseur').enrol()
        huis.write_settings()
        adapter = Instance(huis, 'voorbeeld-dossier.yaml')
        first = '4711;G-99;999990342;V;O;05-01-2026;N;3;N;J;;mw-1\n'
        other = '4712;;999990019;B;A;06-01-2026;;;;;;mw-1\n'

        def entries(text, code=0):
            adapter.drop('casussen.csv', self.CASUS + text)
            done = adapter.once()
            self.assertEqual(done.code, code, done.out + done.err)
            return huis.run('status').line['outbox']['aanvaard']

        self.assertEqual(entries(first + other), 2)
        self.assertEqual(entries(first + other), 2)
        self.assertEqual(entries(first.replace(';O;', ';S;') + other), 3)
        # Of the old system only its number is known: it is the same casus.
        self.assertEqual(entries(';G-99;999990342;V;T;01-03-2026;N;3;N;J;;mw-1\n', code=1), 3)
        self.assertIn('PGAx: missing-field', adapter.reasons()[4])
        adapter.configure(registratienummer='GCOS')
        self.assertEqual(entries(';G-99;999990342;V;T;01-03-2026;N;3;N;J;;mw-1\n'), 4)
        # It is the casus of another person: the knooppunt refuses, and says so in its log.
        self.assertEqual(entries(';G-99;999990019;V;T;01-03-2026;N;3;N;J;;mw-1\n', code=1), 4)
        self.assertIn('regel 2: ', adapter.reasons()[6])
        self.assertIn('geweigerd: ', adapter.reasons()[6])
        path = knooppunt_world.write(huis.path('proef.csv'), self.CASUS + first)
        line = adapter.call('--dry-run', path).line
        self.assertEqual(line['type'], 'casus')
        self.assertIn({'casus': 'gcos:G-99'}, line['velden'])
        # Statements that are no meldingen go under one signature too.
        before = self.done_files(huis)
        adapter.drop('veel.csv', self.CASUS + ''.join(
            f'{n};G-{n};999990342;V;A;01-03-2026;N;3;N;J;;mw-1\n' for n in range(500, 510)))
        self.assertEqual(adapter.once().code, 0)
        self.assertEqual(self.done_files(huis), before + 1)

    def test_what_a_person_dealt_with_leaves_the_quarantine(self):
        adapter = self.instance()
        for n in range(2):
            adapter.drop(f'lijst-{n}.csv', sheet(self.rows(1)[0] + ';te veel'))
        self.assertEqual(adapter.once().code, 1)
        first, second = adapter.reasons()
        self.assertEqual(adapter.status['alarms'], ['quarantine'])
        self.assertEqual(adapter.call('--done', str(first)).line, {'ok': True})
        self.assertEqual(list(adapter.reasons()), [second])
        self.assertEqual([name for name in os.listdir(adapter.below('quarantine'))
                          if name.startswith(f'{first:012}')], [])
        done = adapter.call('--done', str(first))
        self.assertEqual((done.code, done.error['code']), (1, 'not-found'))
        self.assertEqual(adapter.call('--done', 'een').code, 2)
        adapter.call('--done', str(second))
        self.assertEqual(adapter.status['alarms'], [])

    def test_bad_lines_between_good_ones_cost_no_signature_each(self):
        """Good lines go under one signature, whatever lies between them."""
        adapter = self.instance(verwacht=None)
        lines = self.rows(20)
        for n in range(0, 20, 2):
            lines[n] += ';te veel'
        adapter.drop('lijst.csv', sheet(*lines))
        self.assertEqual(adapter.once().code, 1)
        outbox = os.listdir(self.pi.path('spool', 'outbox'))
        self.assertEqual(len([name for name in outbox if name.endswith('.done')]), 1, outbox)
        [reasons] = adapter.reasons().values()
        self.assertEqual([each.split(':')[0] for each in reasons.splitlines()[2:]],
                         [f'regel {n + 2}' for n in range(0, 20, 2)])
        self.assertEqual(self.numbers(self.received()), [each.split(';')[1] for each in lines[1::2]])

    def test_status_of_the_client_beside_one_that_runs(self):
        """What lies where is seen; what the other program has open is not."""
        adapter = self.instance()
        self.pi.write_settings(systeem='pi-beside', endpoint='"tcp://127.0.0.1:9"', timeout_ms='300')
        adapter.drop('lijst.csv', sheet(*self.rows(1)))
        running = Running([PROGRAMS['knooppunt-adapter'], '-c', adapter.settings],
                          self.pi.path('beside.log'))
        try:
            self.assertTrue(running.wait_ready(TIMEOUT), running.said())
            # A file is taken before what it says is in the outbox.
            wait_for('its melding', lambda: self.pi.run('status').line['outbox'].get('files') == 1)
            done = self.pi.run('status')
            self.assertEqual((done.code, done.line['in_use'], done.line['ok'], done.line['outbox']),
                             (0, True, True, {'files': 1}))
            self.assertEqual(done.line['adapters'][0]['taken'], 1)
            self.assertEqual(self.pi.run('status', 'some-id-0000000000').code, 3)
        finally:
            running.stop(TIMEOUT)
        self.assertNotIn('in_use', self.pi.run('status').line)

    @staticmethod
    def done_files(partner):
        return len([name for name in os.listdir(partner.path('spool', 'outbox')) if name.endswith('.done')])

    def test_each_shipped_instance_is_checked(self):
        folder = os.path.join(knooppunt_world.SOURCE, 'config', 'adapters')
        names = sorted(os.listdir(folder))
        self.assertGreater(len(names), 3)
        for name in names:
            self.assertEqual(self.instance(name).call('--check').line, {'ok': True}, name)


if __name__ == '__main__':
    knooppunt_world.main()
