# SPDX-License-Identifier: EUPL-1.2
"""Manual pages and --help say the same of every program: each command and each option of one stands in
the other, in the part of the command where the page has one. Planted differences are found.

usage: manual_test.py PROGRAM…
"""

import glob
import os
import re
import subprocess
import sys
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAMS = {os.path.basename(path): path for path in sys.argv[1:]}
WITHOUT_COMMANDS = {'knooppunt-adapter', 'knooppunt-jzv', 'knooppunt-witness'}
EVERYWHERE = {'-c', '--json', '--help', '--version'}
# What a page says of another program, in the part of a command of its own.
OF_OTHERS = {('knooppunt', 'act'): {'--act'}}
MACROS = {'Ar', 'Cm', 'Op', 'Oo', 'Oc', 'Ns', 'Xr', 'Pa', 'Li', 'Va', 'Em', 'No', 'Pq', 'Nm', 'Ev'}


def called(*words):
    done = subprocess.run([PROGRAMS[words[0]], *words[1:], '--help'], capture_output=True, text=True,
                          check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, ''), (words, done)
    return done.stdout


def page_of(program):
    path, = glob.glob(f'{SOURCE}/clients/*/{program}.[0-9]') + glob.glob(
        f'{SOURCE}/daemon/{program}.[0-9]')
    with open(path, encoding='utf-8') as file:
        return file.read()


# ---- help ----------------------------------------------------------------------------------------

def options_in(text):
    """Of a help text: options at the beginning of a line, and those of its usage."""
    usage = re.split(r'\n\n|\n  (?=\S)', text, maxsplit=1)[0]
    found = re.findall(r'^  (--?[a-z][a-z-]*)', text, re.M)
    return set(found) | set(re.findall(r'(?<![\w-])(--?[a-z][a-z-]*)', usage))


def commands_in(program, text):
    if program == 'knooppuntd':
        found = re.findall(r'knooppuntd \[-c FILE\] ((?:[a-z]+ )+)\[', text)
        return {words.strip() for words in found}
    lines = [line for line in text.splitlines() if re.match(r'  [a-z]', line)]
    return {re.match(r'  ((?:[a-z-]+ )*[a-z-]*)', line).group(1).strip() for line in lines}


def help_of(program):
    """Command to its options; '' for the program itself."""
    whole = called(program)
    return {'': options_in(whole), **{words: options_in(called(program, *words.split()))
                                      for words in commands_in(program, whole)}}


# ---- pages ---------------------------------------------------------------------------------------

def flags_of(line):
    """The options that a line of mdoc names: of ".It Cm fetch Oo Fl -max Ar n" --max."""
    found, inside = set(), False
    if not line.startswith('.'):
        return found
    for word in line[1:].split():
        if word == 'Fl':
            inside = True
        elif word in MACROS:
            inside = False
        elif inside and re.fullmatch('-?[a-z][a-z-]*', word):
            found.add('-' + word)
    return found


def words_of(line):
    """The command of an item: of ".It Cm partner add Ar bundle" "partner add"."""
    words = []
    for word in line.split()[2:]:
        if word in MACROS or word == 'Fl':
            break
        words.append(word)
    return ' '.join(words)


def manual_of(text):
    """Command to the options in its part; '' for what stands outside of them."""
    parts, words, inside = {'': set()}, '', False
    for line in text.splitlines():
        if re.match(r'The (sub)?commands are as follows:', line):
            inside = True
        elif line.startswith('.Sh'):
            inside, words = False, ''
        elif inside and line.startswith('.It Cm'):
            words = words_of(line)
        elif inside and line.startswith('.It Fl'):
            words = ''
        parts.setdefault(words, set()).update(flags_of(line))
    return parts


def differences(program, helps, manual):
    found = [f'{program}: only the page has {words}' for words in manual.keys() - helps.keys()]
    found += [f'{program}: only the help has {words}' for words in helps.keys() - manual.keys()]
    everywhere = set().union(*manual.values())
    for words in helps:
        for option in helps[words] - everywhere:
            found.append(f'{program} {words}: only the help has {option}')
        of_others = OF_OTHERS.get((program, words), set())
        known = helps[words] | EVERYWHERE | of_others
        if not words:
            known |= set().union(*helps.values())
        for option in manual.get(words, set()) - known:
            found.append(f'{program} {words}: only the page has {option}')
    return found


def asked_through_the_gate(page):
    """The commands in the list of what tells about persons, at the beginning of the officer's page."""
    found = re.search(r'What tells about persons\n((?:\.P?[oqc]? ?.*\n)+)', page).group(1)
    return set(re.findall(r'[a-z-]{2,}', re.sub(r'\.?\b(Po|Pc|Pq|Cm)\b', '', found)))


class Pages(unittest.TestCase):
    def test_pages_and_help_say_the_same(self):
        self.assertEqual(set(PROGRAMS), {'knooppunt', 'knooppunt-adapter', 'knooppunt-audit', 'knooppunt-jzv',
                                         'knooppunt-witness', 'knooppuntctl', 'knooppuntd'})
        for program in PROGRAMS:
            helps = help_of(program)
            self.assertGreater(len(helps), 0 if program in WITHOUT_COMMANDS else 2)
            self.assertIn('-c', helps[''])
            self.assertEqual(differences(program, helps, manual_of(page_of(program))), [])

    def test_the_officers_page_lists_what_is_asked_through_the_gate(self):
        # Of two words the first stands there: brief is every letter.
        asking = {words.split()[0] for words, options in help_of('knooppunt-audit').items()
                  if words and '--bureau' in options and '--online' not in options}
        page = page_of('knooppunt-audit')
        self.assertEqual(asked_through_the_gate(page), asking)
        self.assertEqual(asked_through_the_gate(page.replace(' rapport ,', '', 1)),
                         asking - {'rapport'})

    def test_what_differs_is_found(self):
        for program, old, new, text in (
                ('knooppunt', 'Fl -max Ar n', 'Fl -most Ar n', 'fetch: only the page has --most'),
                ('knooppunt', 'Fl -max Ar n', 'Ar n', 'fetch: only the help has --max'),
                ('knooppuntd', '.Fl -compare', '.Fl -compere', 'rebuild: only the page has --compere'),
                ('knooppuntd', 'Fl -oefening', 'Ar x', 'init: only the help has --oefening'),
                ('knooppuntctl', '.It Cm partner show', '.It Cm partner tell',
                 'only the page has partner tell'),
                ('knooppuntctl', '.It Cm partner show', '.It Cm partner tell',
                 'only the help has partner show'),
                ('knooppunt-jzv', 'Fl -check', 'Fl -chock', 'only the help has --check'),
                ('knooppunt-audit', 'Fl -out Ar file', 'Fl -key Ar file',
                 'inzage: only the page has --key')):
            with self.subTest(program + ' ' + new):
                page = page_of(program)
                self.assertIn(old, page)
                found = differences(program, help_of(program), manual_of(page.replace(old, new)))
                self.assertIn(text, ' '.join(found).replace(f'{program}: only', 'only'))


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
