#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Questions to convenant files with knooppunt-audit, without a daemon.

usage: convenant_file_test.py KNOOPPUNT-AUDIT SOURCE
"""

import csv
import html.parser
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

AUDIT, SOURCE = sys.argv[1:3]
KLEIN = os.path.join(SOURCE, 'tests', 'fixtures', 'convenanten', 'klein.yaml')
SOORTEN = os.path.join(SOURCE, 'tests', 'fixtures', 'convenanten', 'soorten.yaml')
SHIPPED = os.path.join(SOURCE, 'config', 'convenanten')


def audit(*words, code=0):
    done = subprocess.run([AUDIT, 'convenant', *words], capture_output=True, text=True,
                          check=False, timeout=60)
    assert done.returncode == code, (words, done.returncode, done.stdout[-2000:], done.stderr)
    return done


def lines(*words, code=0):
    return [json.loads(line) for line in audit(*words, '--json', code=code).stdout.splitlines()]


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def edited(self, path, before, after):
        with open(path, encoding='utf-8') as file:
            text = file.read()
        self.assertEqual(text.count(before), 1, before)
        name = os.path.join(self.folder.name, 'edited.yaml')
        with open(name, 'w', encoding='utf-8') as file:
            file.write(text.replace(before, after))
        return name


    def edited_once(self, path, before, after):
        """Only where it stands first."""
        with open(path, encoding='utf-8') as file:
            text = file.read()
        name = os.path.join(self.folder.name, 'edited.yaml')
        with open(name, 'w', encoding='utf-8') as file:
            file.write(text.replace(before, after, 1))
        return name


class Check(Files):
    def test_everything_we_ship_is_in_order(self):
        files = sorted(os.listdir(SHIPPED))
        self.assertTrue(files)
        for name in files:
            with self.subTest(name):
                *found, sum_up = lines('check', os.path.join(SHIPPED, name))
                self.assertTrue(sum_up['ok'] and sum_up['regels'] and sum_up['voorwaarden'])
                self.assertEqual([one for one in found if one['fout']], [])

    def test_a_fault_is_an_exit_code_and_a_line(self):
        name = self.edited(SOORTEN, '    als: {afgeschermd: ja}\n', '')
        # The proef beside it fails first: a convenant that fails its own proeven is none.
        error = lines('check', name, code=4)[0]['error']
        self.assertEqual((error['code'], error['file']), ('test-failed', name))
        self.assertTrue(error['line'] > 0 and error['fix'])
        name = self.edited(SOORTEN, '      - {gegeven: {soort: politie}, overleg: provincie, '
                                    'weging: provincie, verwacht: geweigerd}\n', '')
        *found, sum_up = lines('check', name, code=1)
        self.assertEqual([(one['bevinding'], one['fout']) for one in found if one['fout']],
                         [('niet-bewezen', True)])
        self.assertEqual((sum_up['ok'], sum_up['fouten']), (False, 1))

    def test_a_gemeente_by_its_name_is_told_by_its_code(self):
        """From the code table of the house, where its settings are at hand."""
        settings = os.path.join(self.folder.name, 'knooppunt.yaml')
        with open(settings, 'w', encoding='utf-8') as file:
            file.write(f'data: d\nkeys: k\nunlock_file: u\ncodes: {SOURCE}/config/codes\n')
        with open(KLEIN, encoding='utf-8') as file:
            code = re.search('gemeente: (GM[0-9]{4})', file.read()).group(0)
        for wrong, right in (('Sittard', 'GM1883 is Sittard-Geleen. '),
                             ('venlo', 'GM0983 is Venlo. '), ('GM988', ''), ('Ergens', '')):
            name = self.edited_once(KLEIN, code, f'gemeente: {wrong}')
            [line] = lines('check', name, '-c', settings, code=4)
            self.assertEqual(line['error']['code'], 'bad-value')
            self.assertTrue(line['error']['line'] and 'gemeente' in line['error']['field'])
            self.assertTrue(line['error']['fix'].endswith(
                f'{right}A gemeente is its CBS code, GM and four digits; the codes stand in '
                'codes/gemeenten.yaml.'), line)
            self.assertIn(right, line['error']['fix'])

    def test_a_file_that_is_none(self):
        self.assertIn('error', lines('check', os.path.join(self.folder.name, 'no'), code=4)[0])
        self.assertEqual(lines('check', code=2)[0]['error']['code'], 'usage')


class Reach(Files):
    def test_sometimes_names_conditions_and_never_how_many_cases(self):
        [given] = lines('reach', SOORTEN, 'verblijfadres', 'politie/wijk')
        self.assertTrue(given['reachable'] and given['melding'])
        self.assertEqual(given['regels'], ['e-nood', 'f-adres'])
        self.assertIn('nood, geactiveerd door regisseur', given['conditions'][0])
        self.assertTrue(given['cases'] > given['given'] > 0)
        [never] = lines('reach', KLEIN, 'melder', 'stad/oov', code=1)
        self.assertEqual((never['reachable'], never['given'], never['waits']), (False, 0, 0))
        [unnamed] = lines('reach', KLEIN, 'bsn', 'stad/oov', code=1)
        self.assertEqual((unnamed['reachable'], unnamed['regels']), (False, []))
        [agenda] = lines('reach', SOORTEN, 'screening', 'agenda')
        self.assertTrue(agenda['reachable'])
        [notice] = lines('reach', SOORTEN, 'bericht', 'stad/oov')
        self.assertTrue(notice['reachable'])

    def test_a_slip_in_a_name_is_no_never(self):
        """Exit 1 says "never": a name that is not there is a wrong question, 2."""
        for words, wrong, fix in (
                (('identificati', 'stad/oov'), 'identificati', 'Did you mean "identificatie"?'),
                (('alles', 'stad/oov'), 'alles', 'The rubrieken: kenmerken, '),
                (('bsn', 'stad/oof'), 'stad/oof', 'Did you mean "stad/oov"?'),
                (('bsn', 'niemand'), 'niemand', 'The ontvangers: '),
                (('tafel', 'stad/oov'), 'tafel', 'rubrieken'),
                (('screenin', 'agenda'), 'screenin', 'Did you mean "screening"? The overleggen: ')):
            with self.subTest(words):
                [line] = lines('reach', SOORTEN if words[1] == 'agenda' else KLEIN, *words, code=2)
                self.assertEqual(line['error']['code'], 'usage')
                self.assertIn(f'"{wrong}"', line['error']['message'])
                self.assertIn(fix, line['error']['fix'])

    def test_a_rubriek_that_no_regel_names_is_never_given(self):
        lines('reach', KLEIN, 'medewerker', 'stad/oov', code=1)


class Matrix(Files):
    def test_rows_are_the_same_in_every_form(self):
        rows = lines('matrix', SOORTEN)
        table = list(csv.reader(io.StringIO(audit('matrix', SOORTEN, 'csv').stdout)))
        self.assertEqual(table[0], list(rows[0]))
        self.assertEqual(table[1:], [list(row.values()) for row in rows])
        found = Cells()
        found.feed(audit('matrix', SOORTEN, 'html').stdout)
        self.assertEqual(found.rows, table)
        text = audit('matrix', SOORTEN).stdout
        self.assertEqual(text.count('    regel: '), len(rows))
        cell = [row for row in rows if row['rubriek'] == 'gezondheid' and
                row['ontvanger'] == 'politie/wijk']
        self.assertEqual([row['regel'] for row in cell], ['a-gezondheid'])
        self.assertIn('b-geheim (regime: wgbo of jeugdwet; zonder toestemming',
                      cell[0]['niet wanneer'])
        self.assertIn('tenzij c-uitzondering voorgaat', cell[0]['voorwaarden'])

    def test_a_code_that_nobody_confirmed_stands_beside_each_regel_that_rests_on_it(self):
        """In every form; where the tables are not at hand it says so."""
        settings = os.path.join(self.folder.name, 'knooppunt.yaml')
        with open(settings, 'w', encoding='utf-8') as file:
            file.write(f'data: d\nkeys: k\nunlock_file: u\ncodes: {SOURCE}/config/codes\n')
        name = os.path.join(SOURCE, 'config', 'convenanten', 'voorbeeld-radicalisering.yaml')
        rows = lines('matrix', name, '-c', settings)
        self.assertEqual({row['voorlopig'] for row in lines('matrix', name, '-c', '/nowhere.yaml')},
                         {'niet nagegaan'})
        named = [set(row['voorlopig'].split(', ')) for row in rows]
        for row, codes in zip(rows, named):
            for grondslag in row['grondslag'].split(', '):
                self.assertIn(f'grondslagen {grondslag}', codes)
        table = list(csv.reader(io.StringIO(audit('matrix', name, 'csv', '-c', settings).stdout)))
        column = table[0].index('voorlopig')
        self.assertEqual([set(row[column].split(', ')) for row in table[1:]], named)
        found = Cells()
        found.feed(audit('matrix', name, 'html', '-c', settings).stdout)
        self.assertEqual(found.rows, table)
        self.assertIn(f'    voorlopig: {rows[0]["voorlopig"]}\n',
                      audit('matrix', name, '-c', settings).stdout)

    def test_text_is_no_formula_and_no_markup(self):
        name = self.edited(KLEIN, '    doel: beoordelen\n', '    doel: "=1+1 <b>"\n')
        self.assertIn('"\'=1+1 <b>"', audit('matrix', name, 'csv').stdout)
        self.assertIn('=1+1 &lt;b&gt;', audit('matrix', name, 'html').stdout)
        [line] = lines('matrix', KLEIN, 'pdf', code=2)
        self.assertEqual((line['error']['code'], line['error']['fix']),
                         ('usage', 'The forms: tekst, csv, html'))
        missing = os.path.join(self.folder.name, 'weg.yaml')
        for words in (('matrix', missing), ('diff', KLEIN, missing), ('diff', missing, KLEIN)):
            [line] = lines(*words, code=4)
            self.assertEqual((line['error']['code'], line['error']['file']),
                             ('file-missing', missing))


class Cells(html.parser.HTMLParser):
    """The cells of a table."""
    def __init__(self):
        super().__init__()
        self.rows = []

    def handle_starttag(self, tag, attrs):
        if tag == 'tr':
            self.rows.append([])
        if tag in ('td', 'th'):
            self.rows[-1].append('')
        self.inside = tag in ('td', 'th')

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.rows and self.inside:
            self.rows[-1][-1] += data


class Diff(Files):
    def test_the_same_and_a_change(self):
        self.assertEqual(lines('diff', SOORTEN, SOORTEN), [])
        name = self.edited(KLEIN, '    als: {thema: overlast}\n', '    als: {thema: [overlast, '
                                                                  'stalking]}\n')
        changes = lines('diff', KLEIN, name, code=1)
        self.assertEqual({change['ontvanger'] for change in changes}, {'stad/oov', 'dorp/wmo'})
        for change in changes:
            self.assertIn(change['rubriek'], ('kenmerken', 'incident'))
            self.assertTrue(change['ruimer'] > 0 and change['enger'] == 0)
            self.assertIn('stalking', change['melding'])
            self.assertEqual((change['van'], change['naar']), ('geweigerd', 'verstrekt'))


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
