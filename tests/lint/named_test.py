# SPDX-License-Identifier: EUPL-1.2
"""The tests that pages name as evidence exist; every threat of docs/security.md has one, or a sentence
of its own; docs/attacks.md has at least thirty attempts, two of them on each promise.

usage: named_test.py CTEST BUILD SOURCE
"""

import os
import re
import subprocess
import sys
import unittest

SOURCE, BUILD, CTEST = sys.argv.pop(), sys.argv.pop(), sys.argv.pop()
NAMED = re.compile(r'`((?:unit|fault|fuzz|hostile|integration|lint|model|mutation|oracle|demo)\.'
                   r'[a-z0-9_.*-]+)`')
THREATS, ATTEMPTS, EACH = 31, 30, 2


def page(name):
    with open(os.path.join(SOURCE, name), encoding='utf-8') as file:
        return file.read()


def sections(text):
    """{heading: numbers of the rows below it}."""
    found, heading = {}, ''
    for line in text.splitlines():
        if line.startswith('## '):
            heading = line[3:]
        row = re.match(r'\| (\d+) \|', line)
        if row:
            found.setdefault(heading, []).append(int(row[1]))
    return found


class Named(unittest.TestCase):
    def test_what_a_page_names_exists(self):
        listed = subprocess.run([CTEST, '--test-dir', BUILD, '-N'], check=True,
                                stdout=subprocess.PIPE).stdout.decode()
        tests = re.findall(r'^ *Test +#\d+: (\S+)', listed, re.M)
        self.assertIn('lint.named', tests)
        pages = ['README.md'] + [f'docs/{name}' for name in os.listdir(os.path.join(SOURCE, 'docs'))
                                 if name.endswith('.md')]
        count = 0
        for name in pages:
            for named in NAMED.findall(page(name)):
                pattern = re.escape(named).replace(r'\*', '.*')
                self.assertTrue(any(re.fullmatch(pattern, test) for test in tests),
                                f'{name}: there is no test {named}')
                count += 1
        self.assertGreater(count, 100)

    def test_each_threat_has_a_test_or_a_sentence(self):
        rows = re.findall(r'^\| (\d+) \|(.*)\|(.*)\|(.*)\|$',
                          page('docs/security.md').split('## Threats')[1].split('\n## ')[0], re.M)
        self.assertEqual([int(row[0]) for row in rows], list(range(1, THREATS + 1)))
        for number, _, stands, test in rows:
            self.assertTrue(NAMED.search(test) or 'out of reach' in stands, f'threat {number}')

    def test_each_promise_was_tried(self):
        found = sections(page('docs/attacks.md'))
        numbers = [number for rows in found.values() for number in rows]
        self.assertEqual(len(numbers), len(set(numbers)), 'a number is given twice')
        self.assertGreaterEqual(len(numbers), ATTEMPTS)
        for promise in range(1, 9):
            heading, = [one for one in found if one.startswith(f'P{promise} ')]
            self.assertGreaterEqual(len(found[heading]), EACH, heading)


if __name__ == '__main__':
    unittest.main()
