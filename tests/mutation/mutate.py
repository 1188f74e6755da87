#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Changes one thing in a source file and looks whether its tests notice.

    mutate.py BUILD [--files NAME… | --settled] [--sample N [--seed N]] [--only FILE] [--jobs N]
              [--control]

A mutant is compiled with the flags of the build, linked before the libraries of each of its tests, and
run. One that every test passes has survived: either a test is missing, or it changes nothing that
anybody can see, and justified.txt says why. Exit code 1 when one survived that is not in there.
Who kills must pass with the file as it is, made in the same way: a test that fails by itself would kill
everything. --only: the mutants whose key is a line of FILE (what an earlier run printed).
--control: the tests are of something else, so that mutants must survive; 1 when none does.
"""

import argparse
import concurrent.futures
import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading

from clang import cindex
from clang.cindex import CursorKind

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
JUSTIFIED = os.path.join(SOURCE, 'tests', 'mutation', 'justified.txt')
# For one test of one mutant, of the processor and on the clock: most end in less than one; an endless
# loop is seen, and so is one that waits for ever. A busy machine is not.
SECONDS, PATIENCE = 60, 600

# What is mutated, and the tests that must notice.
TARGETS = {
    'proto/tree/tree.c': ['tree_test', 'tree_edge_test', 'tree_vectors_test'],
    'daemon/guard/guard.c': ['guard_test', 'fuzz_guard'],
    'proto/wire/vector.c': ['vector_test', 'spec_vectors_test'],
    'proto/wire/envelope.c': ['envelope_test', 'spec_vectors_test'],
    'proto/wire/batch.c': ['batch_test', 'spec_messages_test', 'spec_vectors_test', 'opener_test',
                           'signed_statement_test'],
    'proto/wire/statement.c': ['message_test', 'signed_statement_test', 'spec_messages_test'],
    'proto/wire/entry.c': ['entry_test'],
    'proto/wire/chain.c': ['chain_test', 'verify_test'],
    'proto/wire/part_verstrekking.c': ['part_test', 'spec_log_test', 'part_wissing_test'],
    'clients/lib/receipt.c': ['receipt_test', 'client_receipt_test'],
    'clients/lib/proof.c': ['proof_test', 'client_receipt_test', 'client_delivery_test'],
    'clients/lib/proof_delivery.c': ['proof_delivery_test', 'client_delivery_test'],
    'daemon/opener/open.c': ['opener_test', 'opener_keys_test'],
    'daemon/opener/parties.c': ['opener_test', 'opener_keys_test'],
    'daemon/opener/item.c': ['opener_test', 'opener_keys_test'],
    'daemon/keystore/slots.c': ['keystore_slots_test', 'keystore_sealing_test', 'keystore_test'],
    'proto/register/fold.c': ['register_fold_test', 'register_test', 'register_house_test',
                              'register_roles_test'],
    'proto/register/register.c': ['register_fold_test', 'register_test', 'register_house_test',
                                  'register_roles_test'],
    'proto/register/demand.c': ['register_demand_test', 'register_test', 'register_house_test',
                                'register_roles_test'],
    'proto/register/act.c': ['register_demand_test', 'register_test', 'register_house_test',
                             'register_roles_test'],
    'proto/register/fold_convenant.c': ['register_convenant_test', 'register_test'],
    'proto/register/house.c': ['register_fold_test', 'register_house_test', 'register_test'],
    'proto/register/huissleutel.c': ['register_house_test'],
    'proto/wire/part.c': ['part_test', 'spec_log_test', 'part_wissing_test',
                          'register_stop_test', 'register_acceptatie_test'],
    'daemon/flow/settle.c': ['flow_settle_test', 'flow_failure_test', 'flow_path_test',
                             'flow_clock_test', 'flow_weging_test', 'flow_toestemming_test'],
    'daemon/flow/decide.c': ['flow_decide_test', 'flow_weging_test', 'flow_agenda_test',
                             'flow_vormen_test', 'flow_zsm_test', 'flow_lapse_test',
                             'flow_bron_test', 'flow_casus_test', 'flow_many_test',
                             'flow_verbanden_test'],
    'proto/convenant/decide.c': ['convenant_decide_test', 'convenant_weging_test',
                                 'convenant_soorten_test', 'convenant_random_test'],
}
# Of these every survivor under AddressSanitizer is in justified.txt.
SETTLED = ['proto/tree/tree.c', 'daemon/guard/guard.c', 'daemon/flow/settle.c', 'proto/wire/batch.c',
           'proto/wire/vector.c', 'proto/wire/envelope.c', 'proto/wire/statement.c',
           'proto/wire/entry.c', 'proto/wire/chain.c', 'clients/lib/receipt.c', 'clients/lib/proof.c',
           'daemon/opener/open.c', 'daemon/opener/item.c', 'daemon/opener/parties.c',
           'clients/lib/proof_delivery.c', 'daemon/keystore/slots.c', 'proto/wire/part.c',
           'proto/wire/part_verstrekking.c', 'proto/register/fold.c', 'proto/register/register.c',
           'proto/register/demand.c', 'proto/register/act.c', 'proto/register/fold_convenant.c',
           'proto/register/house.c', 'proto/register/huissleutel.c']
# Without it as well: a sample of them is part of every run of the tests.
SAMPLED = ['proto/tree/tree.c', 'daemon/guard/guard.c', 'daemon/flow/settle.c']
# Of the control: what can be linked with a test that has nothing to do with it.
CONTROLLED = ['proto/tree/tree.c', 'daemon/guard/guard.c']

SWAPS = {'<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '==', '&&': '||', '||': '&&',
         '+': '-', '-': '+', '*': '+', '/': '*', '%': '/', '<<': '>>', '>>': '<<', '&': '|', '|': '&',
         '^': '&', '+=': '-=', '-=': '+=', '|=': '&=', '&=': '|=', '^=': '|='}


class Mutant:
    def __init__(self, path, function, text, start, end, new):
        self.path, self.function, self.start, self.end, self.new = path, function, start, end, new
        first = text.rfind(b'\n', 0, start) + 1
        last = text.find(b'\n', end)
        self.line = text.count(b'\n', 0, start) + 1
        change = f'{text[start:end].decode()} → {new or "(nothing)"}'
        self.key = ' '.join(f'{path}:{function}: {text[first:last].decode()}: {change}'.split())


def flags_of(build, path):
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
        for entry in json.load(file):
            if os.path.realpath(os.path.join(entry['directory'], entry['file'])) == path:
                words = shlex.split(entry['command'])
                return entry['directory'], [word for word in words[:words.index('-o')]
                                            if 'ccache' not in word and word != '-Werror']
    sys.exit(f'mutate: {build} does not compile {path}')


def operator(cursor):
    """The token of an operator with two sides."""
    sides = list(cursor.get_children())
    if len(sides) != 2:
        return None
    for token in cursor.get_tokens():
        if token.extent.start.offset >= sides[0].extent.end.offset:
            return token
    return None


def edits(cursor, parent):
    """(start, end, new) of what may be changed at this node."""
    kind = cursor.kind
    if kind in (CursorKind.BINARY_OPERATOR, CursorKind.COMPOUND_ASSIGNMENT_OPERATOR):
        token = operator(cursor)
        if token and token.spelling in SWAPS:
            yield token.extent.start.offset, token.extent.end.offset, SWAPS[token.spelling]
    elif kind == CursorKind.UNARY_OPERATOR:
        token = next(cursor.get_tokens(), None)
        if token and token.spelling == '!':
            yield token.extent.start.offset, token.extent.end.offset, ''
    elif kind == CursorKind.INTEGER_LITERAL and parent.kind not in (CursorKind.VAR_DECL,
                                                                    CursorKind.PARM_DECL):
        token = next(cursor.get_tokens(), None)
        if token and token.spelling.isdigit():
            yield (token.extent.start.offset, token.extent.end.offset,
                   str(int(token.spelling) + 1))
    elif kind == CursorKind.STRING_LITERAL and '/v1' in cursor.spelling:
        start = cursor.extent.start.offset
        yield start + 1, start + 2, 'X'
    elif kind == CursorKind.CALL_EXPR and parent.kind == CursorKind.COMPOUND_STMT:
        yield cursor.extent.start.offset, cursor.extent.end.offset, ''
    elif kind == CursorKind.DECL_REF_EXPR and cursor.spelling.startswith('RESULT_'):
        if cursor.spelling != 'RESULT_OK' and parent.kind != CursorKind.BINARY_OPERATOR:
            yield cursor.extent.start.offset, cursor.extent.end.offset, 'RESULT_OK'
    elif kind == CursorKind.IF_STMT:
        condition = next(cursor.get_children())
        if condition.kind not in (CursorKind.BINARY_OPERATOR, CursorKind.UNARY_OPERATOR):
            start, end = condition.extent.start.offset, condition.extent.end.offset
            yield start, end, '!('


def walk(cursor, parent, path, function):
    place = cursor.location.file
    if place and os.path.realpath(place.name) != path:
        return
    if cursor.kind == CursorKind.FUNCTION_DECL:
        function = cursor.spelling
    if function:
        for edit in edits(cursor, parent):
            yield function, edit, cursor
    if cursor.kind == CursorKind.CXX_UNARY_EXPR:
        return  # sizeof: what it measures is not evaluated
    for child in cursor.get_children():
        yield from walk(child, cursor, path, function)


def mutants_of(build, name):
    path = os.path.join(SOURCE, name)
    directory, words = flags_of(build, path)
    arguments = [f'-I{os.path.join(directory, word[2:])}' if word.startswith('-I') else word
                 for word in words[1:] if word.startswith(('-I', '-D', '-std'))]
    unit = cindex.Index.create().parse(path, args=arguments)
    with open(path, 'rb') as file:
        text = file.read()
    seen = {}
    for function, (start, end, new), cursor in walk(unit.cursor, unit.cursor, path, ''):
        if new == '!(':
            new = f'!({text[start:end].decode()})'
        elif end <= start or b'\n' in text[start:end] and new != '':
            continue
        # What a macro made has the place of the macro.
        old = text[start:end].decode()
        if old in SWAPS and SWAPS[old] != new:
            continue
        mutant = Mutant(name, function, text, start, end, new)
        count = seen[mutant.key] = seen.get(mutant.key, 0) + 1
        mutant.key += f' ({count})' if count > 1 else ''
        mutant.text = text[:start] + new.encode() + text[end:]
        yield mutant


def link_command(build, test):
    found = subprocess.run(['ninja', '-C', build, '-t', 'commands', f'bin/{test}'], check=True,
                           stdout=subprocess.PIPE, text=True).stdout.splitlines()
    line = next(line for line in reversed(found) if f' -o bin/{test} ' in line)
    return shlex.split(line.split('&&')[1])


class Runner:
    def __init__(self, build, tests):
        self.build = os.path.abspath(build)
        self.links = {test: link_command(self.build, test) for test in tests}
        self.sound, self.lock = set(), threading.Lock()

    def corpus(self, test):
        return [os.path.join(SOURCE, 'tests', 'fuzz', 'corpus', test[5:])] if test.startswith('fuzz_') else []

    def passes(self, folder, made, test):
        words = list(self.links[test])
        program = os.path.join(folder, test)
        at = words.index('-o')
        words[at + 1] = program
        words.insert(at, made)
        linked = subprocess.run(words, cwd=self.build, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, check=False)
        if linked.returncode:
            sys.exit(f'mutate: {test} does not link')
        try:
            return subprocess.run(['prlimit', f'--cpu={SECONDS}', program, *self.corpus(test)],
                                  cwd=self.build, timeout=PATIENCE, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL,
                                  env={**os.environ, 'TMPDIR': folder},
                                  check=False).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def failing(self, name, text, tests):
        """The first test that fails with this text of the file; "" when none, None when it is no C."""
        memory = '/dev/shm' if os.path.isdir('/dev/shm') else None
        folder = tempfile.mkdtemp(prefix='knp-mutant-', dir=memory)
        try:
            path = os.path.join(SOURCE, name)
            directory, words = flags_of(self.build, path)
            changed = os.path.join(folder, os.path.basename(path))
            with open(changed, 'wb') as file:
                file.write(text)
            made = os.path.join(folder, 'mutant.o')
            words += ['-w', f'-I{os.path.dirname(path)}', '-c', changed, '-o', made]
            compiled = subprocess.run(words, cwd=directory, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL, check=False)
            if compiled.returncode:
                return None
            return next((test for test in tests if not self.passes(folder, made, test)), '')
        finally:
            shutil.rmtree(folder)

    def assert_sound(self, name, test):
        with self.lock:
            if (name, test) in self.sound:
                return
            with open(os.path.join(SOURCE, name), 'rb') as file:
                if self.failing(name, file.read(), [test]) != '':
                    sys.exit(f'mutate: {test} fails with {name} as it is')
            self.sound.add((name, test))

    def judge(self, mutant, tests):
        """True: killed, False: survived, None: it does not compile."""
        test = self.failing(mutant.path, mutant.text, tests)
        if test:
            self.assert_sound(mutant.path, test)
        return None if test is None else bool(test)


def read_justified():
    with open(JUSTIFIED, encoding='utf-8') as file:
        lines = [line.rstrip('\n') for line in file]
    return {line for line in lines if line and line[0] not in '# \t'}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('build')
    parser.add_argument('--files', nargs='*', default=[])
    parser.add_argument('--settled', action='store_true')
    parser.add_argument('--sample', type=int, default=0)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--only', metavar='FILE')
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), help='mutants at a time')
    parser.add_argument('--control', action='store_true')
    given = parser.parse_args()
    names = given.files or (CONTROLLED if given.control else SETTLED if given.settled else
                            SAMPLED if given.sample else list(TARGETS))
    work = [(mutant, ['hash_test'] if given.control else TARGETS[name])
            for name in names for mutant in mutants_of(os.path.abspath(given.build), name)]
    if given.only:
        with open(given.only, encoding='utf-8') as file:
            wanted = set(file.read().splitlines())
        work = [(mutant, tests) for mutant, tests in work if mutant.key in wanted]
    if given.sample:
        work = random.Random(given.seed).sample(work, min(given.sample, len(work)))
    runner = Runner(given.build, {test for _, tests in work for test in tests})
    justified, killed, invalid, known, survived = read_justified(), 0, 0, 0, []
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for (mutant, _), verdict in zip(work, pool.map(lambda one: runner.judge(*one), work)):
            killed += verdict is True
            invalid += verdict is None
            if verdict is False:
                known += mutant.key in justified
                if mutant.key not in justified:
                    survived.append(mutant)
                    print(f'{mutant.path}:{mutant.line}: survived\n{mutant.key}', flush=True)
    print(f'{len(work) - invalid} mutants: {killed} killed, {known} justified, '
          f'{len(survived)} survived; seed {given.seed}')
    return not survived if given.control else bool(survived)


if __name__ == '__main__':
    sys.exit(main())
