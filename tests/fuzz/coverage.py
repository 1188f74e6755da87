#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""coverage.py BUILD: how much of each decoder its corpus reaches.

BUILD is a build of the preset "coverage". Prints a table, and every line that was not reached with
--lines; exits 1 when a decoder is below the mark. What a decoder is, and what of it does not count,
stands in decoders.py; an entry there that is no longer true is an error. With --control the corpora
are empty, and a decoder that is not below the mark then is the error.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

from decoders import DECODERS, NOT_DECODING, UNREACHABLE
from executions import targets

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MARK = 95.0

# A line that only gives up because there is no memory: no input brings that about by itself.
NO_MEMORY = re.compile(r'^\s*(return |result = |reader->result = |.*\? .*: )?RESULT_NO_MEMORY;$')


def run(*words, **more):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, **more).stdout.decode()


def replay(build, target, corpora):
    """({file: {line: reached}}, {file: {function: (first, last)}}) of one target."""
    program = os.path.join(build, 'bin', f'fuzz_{target}')
    raw, data = (os.path.join(build, f'{target}.{kind}') for kind in ('profraw', 'profdata'))
    run(program, *corpora, env={**os.environ, 'LLVM_PROFILE_FILE': raw}, stderr=subprocess.STDOUT)
    run('llvm-profdata-14', 'merge', '-sparse', raw, '-o', data)
    with_profile = (program, f'-instr-profile={data}')
    lines = lines_of(run('llvm-cov-14', 'show', *with_profile, stderr=subprocess.DEVNULL))
    exported = run('llvm-cov-14', 'export', *with_profile, stderr=subprocess.DEVNULL)
    return lines, functions_of(json.loads(exported))


def replay_all(options):
    """{target: what replay() gives}."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'nothing'), 'wb'):
            pass
        for target in targets():
            corpora = [os.path.join(ROOT, 'tests', 'fuzz', 'corpus', target)]
            if options.extra and os.path.isdir(os.path.join(options.extra, f'fuzz_{target}')):
                corpora.append(os.path.join(options.extra, f'fuzz_{target}'))
            found[target] = replay(options.build, target, [folder] if options.control else corpora)
    return found


def measure(replayed, of, files):
    """{file: {function: {line: reached}}}: by any of the corpora."""
    found = {}
    for lines, functions in (replayed[target] for target in of):
        for path in files:
            for name, (first, last) in functions.get(path, {}).items():
                if name in NOT_DECODING.get(path, ()):
                    continue
                into = found.setdefault(path, {}).setdefault(name, {})
                for line, hit in lines[path].items():
                    if first <= line <= last:
                        into[line] = into.get(line, False) or hit
    return found


def source(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as file:
        return [line.strip() for line in file]


def find_lines(path, function, lines, wanted):
    """The numbers of those of `wanted` behind its first, in this function."""
    text = source(path)
    width = len(wanted)
    at = [number for number in range(min(lines), max(lines) + 1)
          if tuple(text[number - 1:number - 1 + width]) == wanted]
    if len(at) != 1:
        raise Stale(f'{path}: {function}: {wanted[-1]!r} stands there {len(at)} times')
    return range(at[0] + 1, at[0] + width)


def leave_out(found):
    """Takes away what UNREACHABLE names."""
    for path, function, wanted, _ in UNREACHABLE:
        lines = found.get(path, {}).get(function)
        if lines is None:
            continue
        for number in find_lines(path, function, lines, wanted):
            if lines.pop(number, False):
                raise Stale(f'{path}: {function}: {wanted[-1]!r} is reached')


class Stale(Exception):
    """decoders.py says something that is not so."""


def check_names(replayed):
    """Every target has a row, everything that is named exists."""
    rows = {target for of, _ in DECODERS.values() for target in of}
    if rows != set(targets()):
        raise Stale(f'rows and targets differ: {" ".join(sorted(rows ^ set(targets())))}')
    counted = {path for _, files in DECODERS.values() for path in files}
    known = {}
    for _, functions in replayed.values():
        for path, names in functions.items():
            known.setdefault(path, set()).update(names)
    listed = [(path, name) for path, names in NOT_DECODING.items() for name in names]
    listed += [(path, name) for path, name, _, _ in UNREACHABLE]
    gone = [f'{path}: {name}' for path, name in listed
            if path not in counted or name not in known.get(path, ())]
    if gone:
        raise Stale(f'not there: {", ".join(gone)}')


def lines_of(shown):
    lines, name = {}, ''
    for line in shown.splitlines():
        if line.startswith('/') and line.endswith(':'):
            name = os.path.relpath(os.path.realpath(line[:-1]), ROOT)
        found = re.match(r' *(\d+)\| *([\d.]+[kMGTPE]?)\|(.*)', line)
        if found and not NO_MEMORY.match(found[3]):
            lines.setdefault(name, {})[int(found[1])] = found[2] != '0'
    return lines


def functions_of(exported):
    found = {}
    for function in exported['data'][0]['functions']:
        path = os.path.relpath(os.path.realpath(function['filenames'][0]), ROOT)
        region = function['regions'][0]
        found.setdefault(path, {})[function['name'].split(':')[-1]] = (region[0], region[2])
    return found


def show(name, found, with_lines):
    """One row of the table; the share."""
    hits = [hit for functions in found.values() for lines in functions.values()
            for hit in lines.values()]
    share = 100.0 * sum(hits) / len(hits)
    mark = '' if share >= MARK else f'  below {MARK}'
    print(f'{name:<18}{len(hits):>7}{sum(hits):>9}{share:>7.1f}{mark}')
    for path, functions in found.items() if with_lines else ():
        for function, lines in functions.items():
            missed = [str(line) for line, hit in sorted(lines.items()) if not hit]
            if missed:
                print(f'    {path}: {function}: {" ".join(missed)}')
    return share


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--lines', action='store_true', help='print what was not reached')
    parser.add_argument('--extra', help='a folder with more corpora, fuzz_TARGET each')
    parser.add_argument('--control', action='store_true', help='nothing as corpora: must be below')
    parser.add_argument('build')
    options = parser.parse_args()
    replayed = replay_all(options)
    check_names(replayed)
    print(f'{"decoder":<18}{"lines":>7}{"reached":>9}{"%":>7}')
    shares = []
    for name, of in DECODERS.items():
        found = measure(replayed, *of)
        leave_out(found)
        shares.append(show(name, found, options.lines))
    if options.control:
        return 1 if max(shares) >= MARK else 0
    return 1 if min(shares) < MARK else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Stale as stale:
        sys.exit(f'coverage.py: {stale}')
