#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Meldingen per second end to end, and what the daemon's processes spend on one.

A house of its own on a real disk, eight senders with 64 meldingen under way, two recipients that run
the unmodified inbox of libknooppunt. Beside it, in the same run, what one verification, one commit and
one fdatasync cost on the same folder. The text goes to stdout, all figures to FOLDER/result.json.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time

import landelijk
import machine
from erasing import measure_erasing
from field import SOURCE, Failed, Field, convenant_with, say, tool
from many import fill, measure_memory, measure_starts
from officer import measure_officer
from questions import Asking, measure_owed, measure_questions
from runs import Sending, complaints, run_once
from saying import BATCHES, IDLE, MANY, MANY_REGELS, ONE, PACED, report

PLANTED_US = 20
# title: (how it sends, regels)
ROWS = {ONE: (Sending(), 2), MANY: (Sending(), MANY_REGELS), BATCHES: (Sending(batch=64), 2)}
# title: (how it sends, meldingen)
CALM = {PACED: (Sending(rate=1000), 8000), IDLE: (Sending(window=1, senders=1), 1000)}


def options():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n', maxsplit=1)[0])
    parser.add_argument('--runs', type=int, default=3, help='of each row (3)')
    parser.add_argument('--meldingen', type=int, default=20000, help='of each run (20,000)')
    parser.add_argument('--folder', default=os.path.join(SOURCE, 'build', 'bench'),
                        help='where the house stands; on a real disk (build/bench)')
    parser.add_argument('--impact', type=int, default=0,
                        help='send until so many are recorded before the impact is asked')
    parser.add_argument('--questions', type=int, default=20000,
                        help='to which the answer is empty, of each kind (20,000)')
    parser.add_argument('--records', type=int, default=0,
                        help='send until so many are recorded, and measure there beside the start')
    parser.add_argument('--asked', action='store_true',
                        help='ask as ZSM does, after all that is recorded')
    parser.add_argument('--owed', type=int, default=0,
                        help='let so many meldingen wait for a weging, and measure before and after')
    parser.add_argument('--erase', type=int, default=10000,
                        help='meldingen whose terms end together (10,000; 0: none)')
    parser.add_argument('--rows', choices=('one', 'batch', 'both'), default='both')
    return parser.parse_args()


def make_folder(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder, mode=0o711)  # core gets to its data below it
    kind, mount = machine.file_system(folder)
    if kind in ('tmpfs', 'ramfs', 'overlay'):
        sys.exit(f'bench: {folder} lies on {kind}, where a flush costs nothing or something else: '
                 'give a folder on a real disk with --folder')
    return {'type': kind, 'options': mount}


def measure_ceiling(folder):
    os.makedirs(folder)
    done = subprocess.run([tool('bench-ceiling'), folder], check=True, capture_output=True,
                          text=True)
    shutil.rmtree(folder)
    return json.loads(done.stdout)


def measure_rows(field, disk, wanted):
    rows = {title: [] for title in ROWS if wanted.rows in ('both', title.split()[0] == 'in'
                                                           and 'batch' or 'one')}
    for number in range(wanted.runs):
        for title, runs in rows.items():
            sending, regels = ROWS[title]
            field.regels(regels)
            runs.append(measure_run(field, disk, wanted.meldingen, (title, sending)))
    return rows


def measure_run(field, disk, meldingen, named):
    title, sending = named
    run = run_once(field, disk, meldingen, sending)
    say(f'{title}: {run["rate"]:,.0f}/s, {run["daemon_us"]:.0f} µs of the daemon, receipts p50 '
        f'{run["p50_us"] / 1e3:.1f} p99 {run["p99_us"] / 1e3:.1f} ms')
    if complaints(run):
        raise Failed('; '.join(complaints(run)))
    return run


def measure_calm(field, disk, wanted):
    """How long a receipt takes of a house that is not filled to the brim."""
    field.regels(2)
    return {title: [measure_run(field, disk, meldingen, (title, sending)) for _ in range(wanted.runs)]
            for title, (sending, meldingen) in CALM.items()}


def measure_many(field, disk, wanted):
    fill(field, disk, wanted.records)
    rows = {title: [] for title in (ONE, BATCHES)}
    for _ in range(wanted.runs):
        for title, runs in rows.items():
            runs.append(measure_run(field, disk, wanted.meldingen, (title, ROWS[title][0])))
    return {'rows': rows, 'memory': measure_memory(field), 'starts': measure_starts(field)}


def measure_impact(house):
    """What a convenant of the same name that gives less would have made of all of them, a stretch
    of the log an answer, as the officer's program asks it."""
    candidate = convenant_with(2, 'minder').encode().replace(b'incident, betrokkenheid',
                                                             b'betrokkenheid', 1)
    began, asked = time.monotonic(), [('document', candidate), ('from', '0')]
    totals = {'entries': 0, 'decisions': 0, 'differ': 0, 'unreadable': 0}
    while asked:
        answer = house.must('impact', *asked)
        totals['entries'] += int(answer['entries'])
        totals['decisions'] += int(answer['decisions'])
        totals['differ'] += len(answer.all('differ'))
        totals['unreadable'] += len(answer.all('unreadable'))
        following = answer.all('next')
        asked = following and [('document', candidate), ('from', following[0])]
    totals['seconds'] = time.monotonic() - began
    if not totals['differ'] or totals['unreadable']:
        raise Failed(f'the impact changes nothing, or cannot be read: {totals}')
    return totals


def measure_decide():
    done = subprocess.run([tool('bench-decide')], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def measure_matrix():
    """The matrix of each convenant of the tree, as the officer's program writes it."""
    folder = os.path.join(SOURCE, 'config', 'convenanten')
    each, rows = {}, 0
    for name in sorted(os.listdir(folder)):
        began = time.monotonic()
        done = subprocess.run([tool('knooppunt-audit'), 'convenant', 'matrix',
                               os.path.join(folder, name), 'csv'], check=True,
                              capture_output=True, text=True)
        each[name] = time.monotonic() - began
        rows += len(done.stdout.splitlines()) - 1
    return {'each': each, 'rows': rows, 'seconds': sum(each.values())}


def measure_empty_answers(questions):
    """How far the times of the three kinds of empty answer lie apart; and that 20 µs are caught."""
    rows = []
    for planted in (0, PLANTED_US):
        done = subprocess.run([tool('bench-zsm'), str(questions), str(planted)], check=False,
                              capture_output=True, text=True)
        rows += [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{')]
        if done.returncode:
            raise Failed(f'empty answers can be told apart by their time, or the time is not told: {rows}')
    return rows


def main():
    wanted = options()
    place = make_folder(wanted.folder)
    result = {'facts': machine.facts(SOURCE)}
    say('measuring what the machine can do')
    result['ceiling'] = measure_ceiling(os.path.join(wanted.folder, 'ceiling'))
    result['decide'] = measure_decide()
    result['matrix'] = measure_matrix()
    disk = machine.Disk(wanted.folder)
    field = None
    try:
        field = Field(os.path.join(wanted.folder, 'house'), tool('knooppuntd'),
                      max(wanted.records, wanted.impact) + wanted.owed)
        result['calm'] = measure_calm(field, disk, wanted)
        result['rows'] = measure_rows(field, disk, wanted)
        field.regels(2)
        result['national'] = landelijk.measure(
            lambda meldingen, named: measure_run(field, disk, meldingen, named), wanted.runs)
        result['memory'] = measure_memory(field)
        if wanted.records:
            result['many'] = measure_many(field, disk, wanted)
        result['officer'] = measure_officer(field)
        fill(field, disk, wanted.impact)
        say('asking for the impact of a convenant')
        result['impact'] = measure_impact(field.house)
        if wanted.asked or wanted.owed:
            asking = Asking(field)
        if wanted.asked:
            result['asked'] = measure_questions(asking, wanted.runs)
        if wanted.owed:
            result['owed'] = measure_owed(field, disk, wanted)
        say('timing the empty answer')
        result['empty'] = measure_empty_answers(wanted.questions)
    finally:
        if field:
            field.close()
    if wanted.erase:
        result['erasing'] = measure_erasing(os.path.join(wanted.folder, 'erasing'), disk, wanted.erase)
        shutil.rmtree(os.path.join(wanted.folder, 'erasing'))
    result['disk'] = {**place, 'device': disk.name}
    with open(os.path.join(wanted.folder, 'result.json'), 'w', encoding='utf-8') as file:
        json.dump(result, file, indent=1, default=str)
    print('\n'.join(report(result)))
    shutil.rmtree(os.path.join(wanted.folder, 'house'))


if __name__ == '__main__':
    try:
        main()
    except Failed as failed:
        sys.exit(f'bench: {failed}')
