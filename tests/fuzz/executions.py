#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""executions.py [--seconds N] BUILD [TARGET…]: runs fuzz targets, and adds up what was executed.
executions.py --table BUILD: runs nothing and prints the sums as the table of docs/reliability.md.

BUILD is a build of the preset "fuzz". The sums over all runs stand in BUILD/executions, a line for
each target: its name, executions and seconds of CPU; they are printed at the end. What a run finds
new goes into BUILD/corpus, never into the tree. Exits 1 when a target found something, whose input
is then in BUILD.
"""

import argparse
import os
import re
import resource
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DECLARED = re.compile(r'^knp_fuzz_target\(fuzz_([a-z_]+)\s', re.M)
EXECUTED = re.compile(r'^stat::number_of_executed_units:\s*(\d+)$', re.M)


def targets():
    with open(os.path.join(HERE, 'CMakeLists.txt'), encoding='utf-8') as file:
        return DECLARED.findall(file.read())


class Sums:
    """{target: (executions, seconds)}, kept in a file."""

    def __init__(self, path):
        self.path = path
        self.of = {}
        if os.path.exists(path):
            with open(path, encoding='utf-8') as file:
                for line in file:
                    name, executions, seconds = line.split()
                    self.of[name] = (int(executions), float(seconds))

    def add(self, target, executions, seconds):
        before = self.of.get(target, (0, 0.0))
        self.of[target] = (before[0] + executions, before[1] + seconds)
        with open(self.path + '.new', 'w', encoding='utf-8') as file:
            for name, (count, spent) in sorted(self.of.items()):
                file.write(f'{name} {count} {spent:.1f}\n')
        os.replace(self.path + '.new', self.path)

    def show(self):
        print(f'{"target":<16}{"executions":>14}{"CPU s":>8}')
        for name, (count, spent) in sorted(self.of.items()):
            print(f'{name:<16}{count:>14,}{spent:>8.0f}')
        total = [sum(column) for column in zip(*self.of.values())] or [0, 0]
        print(f'{"all":<16}{total[0]:>14,}{total[1]:>8.0f}')

    def table(self):
        rows = sorted(self.of.items()) + [('all', [sum(c) for c in zip(*self.of.values())])]
        for name, (count, spent) in rows:
            print(f'| {name} | {count:,} | {spent:,.0f} |')


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fuzz(build, target, seconds):
    """(passed, executions, seconds of CPU) of one run; what it said is in BUILD/fuzz_TARGET.log."""
    program = f'fuzz_{target}'
    own = os.path.join(build, 'corpus', program)
    log = os.path.join(build, f'{program}.log')
    os.makedirs(own, exist_ok=True)
    before = cpu()
    with open(log, 'wb') as file:
        ended = subprocess.run(
            [os.path.join(build, 'bin', program), f'-max_total_time={seconds}',
             '-print_final_stats=1', f'-artifact_prefix={build}/{program}-', own,
             os.path.join(HERE, 'corpus', target)],
            stdout=file, stderr=subprocess.STDOUT, check=False)
    with open(log, encoding='utf-8', errors='replace') as file:
        executed = EXECUTED.findall(file.read())
    return ended.returncode == 0, int(executed[-1]) if executed else 0, cpu() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--seconds', type=int, default=60, help='for each target, of the clock')
    parser.add_argument('--table', action='store_true', help='print the sums, run nothing')
    parser.add_argument('build')
    parser.add_argument('target', nargs='*')
    options = parser.parse_args()
    known = targets()
    unknown = set(options.target) - set(known)
    if unknown:
        parser.error(f'no such target: {", ".join(sorted(unknown))}')
    sums, failed = Sums(os.path.join(options.build, 'executions')), []
    if options.table:
        sums.table()
        return 0
    for target in options.target or known:
        passed, executions, seconds = fuzz(options.build, target, options.seconds)
        sums.add(target, executions, seconds)
        if not passed or executions == 0:
            failed.append(target)
    sums.show()
    for target in failed:
        print(f'{target}: see {options.build}/fuzz_{target}.log')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
