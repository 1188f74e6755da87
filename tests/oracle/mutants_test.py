#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Each fault planted in the engine's decision is seen by the oracle: one operator, constant or
statement at a time is changed in the functions that decide, only that file is compiled again, and
the same questions are asked. No answer but the oracle's own counts, and no proef stands in the way:
the convenanten are asked without theirs.

usage: mutants_test.py [--every N] [--jobs N] [--only FILE:LINE] -- CC SOURCE ARCHIVE…

--every N takes each N-th mutant. A mutant that can change no answer is named in mutants_equal.py,
with the reason: such a name that no mutant bears, or one that is caught, fails too.
"""

import argparse
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tempfile

import agree_test
import door
import language
import yaml
from draw import Drawer, Pools
from draw_convenant import Maker, text_of
from mutants_equal import BEYOND, EQUAL
from oracle import Convenant

FOLDER = 'proto/convenant'
# file: functions that decide; None: all of them
FILES = {'decide.c': None, 'ronde.c': None, 'vereisten.c': None,
         'index.c': ['find_bands', 'add_ingangen', 'fill_ontvanger', 'fill_overleg',
                     'learn_rubrieken'],
         'doelgroepen.c': ['doelgroep_names'],
         'convenant.c': ['convenant_hears', 'convenant_concerns', 'overleg_seats']}
CHANGES = [
    (r'&&', '||'), (r'\|\|', '&&'), (r'==', '!='), (r'!=', '=='), (r' <= ', ' < '),
    (r' >= ', ' > '), (r' < ', ' <= '), (r' > ', ' >= '), (r'!(?=[A-Za-z(])', ''),
    (r' & ~', ' & '), (r'(?<=[\w\])]) & (?=[\w(])', ' | '), (r'(?<=[\w\])]) \| (?=[\w(])', ' & '),
    (r'\|=', '&='), (r'&=', '|='), (r'JA : NEE', 'NEE : JA'), (r'NEE : JA', 'JA : NEE'),
    (r'return KAN', 'return NEE'), (r'return NEE', 'return KAN'), (r'return true', 'return false'),
    (r'return false', 'return true'), (r'\? lifted : ronde->alle', '? ronde->alle : lifted'),
    (r'stand_not\((\w+)\)', r'\1'), (r'\bcontinue;', 'break;'), (r'= true', '= false'),
    (r'\.ja\b', '.kan'), (r'\.kan\b', '.ja'),
]
STATEMENT = re.compile(r'^\t+[A-Za-z_][\w>.\[\]()*-]*(?: [|&]?= |\().*;$')
CHUNKS = 8
LIBRARIES = ('-lprotobuf-c', '-lyaml', '-lsodium', '-lcrypto')
ROUND_EVERY = 10


class Mutant:
    """One line of one file, changed."""

    def __init__(self, file, function, number, change):
        self.file, self.function, self.number = file, function, number
        self.before, self.after = change

    @property
    def key(self):
        return self.function, ' '.join(self.before.split()), ' '.join(self.after.split())

    def __str__(self):
        return (f'{self.file}:{self.number}: {self.before.strip()}  →  '
                f'{self.after.strip() or "(nothing)"}')


def functions(lines):
    """(first, last, name) of each function with a body; lines from 0."""
    name, first = '', 0
    for number, line in enumerate(lines):
        begin = re.match(r'(?:[a-z][\w *]* \*?)(\w+)\(', line)
        if begin and not line.startswith('\t'):
            name = begin.group(1)
        if line == '{':
            first = number
        if line == '}' and name:
            yield first, number, name


def mutants_of(source, file):
    with open(os.path.join(source, FOLDER, file), encoding='utf-8') as text:
        lines = text.read().split('\n')
    for first, last, name in functions(lines):
        if FILES[file] is not None and name not in FILES[file]:
            continue
        for number in range(first + 1, last):
            line = lines[number]
            code = line.split('//')[0]
            for pattern, into in CHANGES:
                for found in re.finditer(pattern, code):
                    after = code[:found.start()] + found.expand(into) + code[found.end():]
                    yield Mutant(file, name, number + 1, (line, after))
            if STATEMENT.match(code) and not re.match(r'\t+(?:return|struct|const|enum)\b', code):
                yield Mutant(file, name, number + 1, (line, ''))


# ---- what is asked

def without_proeven(path):
    with open(path, encoding='utf-8') as file:
        data = yaml.load(file, Loader=yaml.BaseLoader)
    for regel in data['regels']:
        regel.pop('proeven', None)
    return text_of(data)


def texts():
    yield from (without_proeven(path) for path in agree_test.SHIPPED + agree_test.FIXTURES)
    for seed in range(120):
        yield text_of(Maker(random.Random(seed)).convenant())


def questions_over(path, text, drawn, count):
    """(lines for the engine, lines of the oracle)"""
    convenant = Convenant(language.Document(text))
    drawer = Drawer(Pools(convenant), drawn, crowd=0.06)
    lines, expected = [f'convenant {path}'], []
    for number in range(count):
        melding, target, lucky = drawer.melding()
        lines += [*door.melding_lines(melding), 'geldt']
        expected.append('ja' if convenant.concerns(melding) else 'nee')
        answers = convenant.ask(melding)
        for question in drawer.questions(melding, target, lucky, 10):
            lines.append(door.question_line(question))
            expected.append(door.answer_line(answers(question)))
        if number % ROUND_EVERY == 0:
            lines.append(door.round_line())
            expected += door.round_answers(convenant, melding)
    return lines, expected


def write_questions(folder):
    """CHUNKS files of questions, and what the oracle answers to each."""
    every = list(texts())
    parts = [([], []) for _ in range(CHUNKS)]
    drawn = random.Random(4)
    for number, text in enumerate(every):
        path = os.path.join(folder, f'{number}.yaml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        shipped = number < len(agree_test.SHIPPED + agree_test.FIXTURES)
        lines, expected = questions_over(path, text, drawn, 200 if shipped else 40)
        for part, more in zip(parts[number % CHUNKS], (lines, expected)):
            part += more
    for number, (lines, expected) in enumerate(parts):
        with open(os.path.join(folder, f'{number}.in'), 'w', encoding='utf-8') as file:
            file.write('\n'.join(lines) + '\n')
        with open(os.path.join(folder, f'{number}.out'), 'w', encoding='utf-8') as file:
            file.write('\n'.join(expected) + '\n')
    return sum(len(expected) for _, expected in parts)


# ---- building and asking one

class Bench:
    """What every mutant is built from and asked."""

    def __init__(self, asked, folder):
        self.cc, self.source, self.folder = asked.cc, asked.source, folder
        self.archives = asked.archives
        self.flags = ['-O1', '-w', '-fsanitize=address', '-std=gnu17', '-DNDEBUG', '-D_GNU_SOURCE',
                      *(f'-I{os.path.join(asked.source, name)}' for name in
                        ('proto', 'daemon', 'clients', ''))]
        self.door = []
        for name in ('decide_door', 'door_facts'):
            self.door.append(os.path.join(folder, f'{name}.o'))
            self.run([*self.flags, '-c', os.path.join(self.source, f'tests/oracle/{name}.c'),
                      '-o', self.door[-1]])

    def run(self, arguments):
        return subprocess.run([self.cc, *arguments], capture_output=True, text=True, check=True)

    def build(self, number, mutant):
        """The program with this fault; '' when it is no C."""
        own = os.path.join(self.folder, f'm{number}')
        with open(os.path.join(self.source, FOLDER, mutant.file), encoding='utf-8') as file:
            lines = file.read().split('\n')
        lines[mutant.number - 1] = mutant.after
        with open(f'{own}.c', 'w', encoding='utf-8') as file:
            file.write('\n'.join(lines))
        try:
            self.run([*self.flags, '-c', f'{own}.c', '-o', f'{own}.o'])
        except subprocess.CalledProcessError:
            return ''
        self.run(['-fsanitize=address', f'{own}.o', *self.door, '-o', own, *self.archives, *LIBRARIES])
        return own

    def caught(self, program):
        """How the first difference shows: in an answer, or in that it does not end well."""
        for number in range(CHUNKS):
            with open(os.path.join(self.folder, f'{number}.in'), encoding='utf-8') as asked, \
                    open(os.path.join(self.folder, f'{number}.out'), encoding='utf-8') as expected:
                try:
                    done = subprocess.run([program], stdin=asked, capture_output=True, text=True,
                                          timeout=60, check=False)
                except subprocess.TimeoutExpired:
                    return 'did not end'
                if done.returncode != 0:
                    return 'did not end well'
                if done.stdout != expected.read():
                    return 'answered otherwise'
        return ''


BENCH = None


def judge(job):
    number, mutant = job
    program = BENCH.build(number, mutant)
    if not program:
        return mutant, 'is no C'
    how = BENCH.caught(program)
    for name in (program, f'{program}.o', f'{program}.c'):
        os.unlink(name)
    return mutant, how


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--every', type=int, default=1)
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--only', default='')
    parser.add_argument('cc')
    parser.add_argument('source')
    parser.add_argument('archives', nargs='+')
    return parser.parse_args()


def main():
    global BENCH
    asked = arguments()
    every = [mutant for file in FILES for mutant in mutants_of(asked.source, file)]
    taken = [mutant for mutant in every if f'{mutant.file}:{mutant.number}'.startswith(asked.only)]
    with tempfile.TemporaryDirectory() as folder:
        answers = write_questions(folder)
        BENCH = Bench(asked, folder)
        none = BENCH.caught(BENCH.build(0, Mutant('decide.c', '', 1, ('', '// SPDX'))))
        if none:
            print(f'without any fault the engine already {none}')
            return 1
        with multiprocessing.Pool(asked.jobs) as pool:
            found = pool.map(judge, list(enumerate(taken))[::asked.every], chunksize=1)
    return report(every, found, answers)


def report(every, found, answers):
    wrong = [f'no mutant is "{key[1]}" → "{key[2]}" of {key[0]}'
             for key in set(EQUAL) - {mutant.key for mutant in every}]
    counts = {}
    for mutant, how in found:
        equal = mutant.key in EQUAL
        if equal and how not in ('', 'is no C') and EQUAL[mutant.key] != BEYOND:
            wrong.append(f'said to change no answer, and {how}: {mutant}')
        if not equal and not how:
            wrong.append(f'not caught: {mutant}')
        how = how or ('can change no answer' if equal else 'not caught')
        counts[how] = counts.get(how, 0) + 1
    for line in wrong:
        print(line)
    print(f'{len(found)} of {len(every)} mutants, {answers} answers each: ' + ', '.join(
        f'{count} {how}' for how, count in sorted(counts.items())))
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main())
