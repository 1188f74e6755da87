# SPDX-License-Identifier: EUPL-1.2
"""The house under a second convenant: what an answer to ZSM takes while meldingen come in, and what
meldingen that wait for somebody's weging cost those that do not."""

import json
import os
import statistics
import subprocess

import machine
from field import HERE, HUIS, Failed, client_settings, genesis_of, say, tool
from many import FILL, fill
from runs import DRAIN, Sending, complaints, run_once, start_load

DESKS = [f'0000009900000000702{n}' for n in range(1, 5)]
ASKED, BESIDE = 200, 1000  # questions, and meldingen, a second
SECONDS = 20
CASUSSEN = 500
ONE_BY_ONE = Sending()
WAITING = FILL._replace(klasse='E14')


class Asking:
    """ZSM's desks, enrolled, and the convenant by which they are answered."""

    def __init__(self, field):
        self.field = field
        self.told = False
        with open(os.path.join(HERE, 'vragen.yaml'), 'rb') as file:
            document = file.read()
        for number, oin in enumerate(DESKS, 1):
            field.enrol(oin, f'OM {number}', 'om', 'zsm')
        field.house.convenant(document)
        self.house = client_settings(field.house, field.folder(HUIS), HUIS, 'dossier')
        self.desks = [client_settings(field.house, field.folder(oin), oin) for oin in DESKS]

    def start(self):
        """The desks, connected, waiting for a line; the first time the house says its casussen."""
        house = [] if self.told else ['--house', self.house]
        desks = subprocess.Popen(
            [tool('bench-ask'), *house, '--persons', str(self.field.persons), '--casussen',
             str(CASUSSEN), '--questions', str(ASKED * SECONDS // len(DESKS)), '--pace',
             str(len(DESKS) * 1_000_000 // ASKED), *self.desks],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if desks.stdout.readline() != 'ready\n':
            raise Failed(f'bench-ask ended with {desks.wait(10)}')
        self.told = True
        return desks


def ask_beside(asking, rate):
    """One run of questions while so many meldingen a second come in."""
    field = asking.field
    load = start_load(field, rate * SECONDS, Sending(rate=rate)) if rate else None
    desks = asking.start()
    if load:
        load.stdin.write('go\n')
        load.stdin.flush()
    out, _ = desks.communicate('go\n', timeout=SECONDS + DRAIN)
    if desks.returncode:
        raise Failed(f'bench-ask: exit code {desks.returncode}: {out}')
    answers = json.loads(out)
    if load:
        sent, _ = load.communicate(timeout=DRAIN)
        sent = json.loads(sent)
        field.count(sent['aanvaard'], 'E33')
        field.wait(DRAIN)
        if sent['bad'] or sent['geweigerd'] or sent['sent'] != rate * SECONDS:
            raise Failed(f'the meldingen beside the questions: {sent}')
    say(f'{ASKED} questions a second beside {rate:,} meldingen: p50 {answers["p50_us"] / 1e3:.1f} '
        f'p99 {answers["p99_us"] / 1e3:.1f} ms')
    return answers


def measure_questions(asking, runs):
    """{meldingen a second beside them: [answers]}"""
    return {'records': asking.field.recorded, 'persons': asking.field.persons,
            'beside': {rate: [ask_beside(asking, rate) for _ in range(runs)] for rate in (0, BESIDE)}}


def rates(field, disk, wanted):
    found = []
    for _ in range(wanted.runs):
        run = run_once(field, disk, wanted.meldingen, ONE_BY_ONE)
        if complaints(run):
            raise Failed('; '.join(complaints(run)))
        found.append(run)
    return found


def measure_owed(field, disk, wanted):
    """The same row before and after so many meldingen wait for a weging."""
    before = rates(field, disk, wanted)
    fill(field, disk, field.recorded + wanted.owed, WAITING)
    owed = field.metrics()['knooppunt_open']
    if owed < wanted.owed:
        raise Failed(f'{owed} of {wanted.owed} wegingen are owed')
    return {'owed': owed, 'before': before, 'after': rates(field, disk, wanted),
            'memory': machine.memory_of(field.processes()['core'][0])}


# ---- saying it -----------------------------------------------------------------------------------

def middle(runs, name):
    return statistics.median(run[name] for run in runs)


def question_lines(asked):
    yield (f'Context for ZSM at {asked["records"]:,} meldingen of {asked["persons"]:,} persons, '
           f'{ASKED} questions a second over CURVE, each verified, logged and kept (aim: p50 2 ms, p99 8 ms):')
    for rate, runs in asked['beside'].items():
        yield (f'  beside {rate:,} meldingen a second: p50 {middle(runs, "p50_us") / 1e3:.1f} ms, p99 '
               f'{middle(runs, "p99_us") / 1e3:.1f} ms, most {middle(runs, "most_us") / 1e3:.0f} ms; '
               f'{sum(run["known"] for run in runs):,} told, {sum(run["empty"] for run in runs):,} empty')


def owed_lines(found):
    before, after = middle(found['before'], 'rate'), middle(found['after'], 'rate')
    yield (f'With {found["owed"]:,} wegingen owed {after:,.0f} meldingen/s, before them {before:,.0f}/s: '
           f'{after / before - 1:+.1%} (aim: within 5 %); core has {found["memory"]["RssAnon"] / 1024:.1f} MiB '
           'anonymous.')
