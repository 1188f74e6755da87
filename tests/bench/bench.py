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
import queue
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(SOURCE, 'tests', 'python')]

import machine  # noqa: E402
from knp_daemon import Failed, House  # noqa: E402

BIN = os.environ.get('KNP_BIN', os.path.join(SOURCE, 'build', 'release', 'bin'))
HUIS, GEMEENTE = '00000099000000007000', '00000099000000007010'
RECIPIENTS = [(HUIS, 'Veiligheidshuis Meting', 'veiligheidshuis', 'procesregisseur'),
              (GEMEENTE, 'Gemeente Meting', 'gemeente', 'wmo')]
SENDERS = [(f'0000009900000000710{n}', f'Bron {n}', 'politie', 'bron') for n in range(1, 9)]
ROLES = ('gate', 'opener', 'core')
WINDOW, VERIFY = 64, 64
MOST = 25  # seconds of sending in one run
DRAIN = 60  # seconds for what is left to be delivered


def say(text):
    print(f'bench: {text}', file=sys.stderr, flush=True)


# ---- the house and who is connected to it --------------------------------------------------------

class Recipient:
    """A process with its own inbox, and how far it has acknowledged."""

    def __init__(self, house, folder, oin, functie):
        settings = os.path.join(folder, 'client.yaml')
        with open(settings, 'w', encoding='utf-8') as file:
            file.write(f'oin: "{oin}"\nsysteem: meting\nkeys: keys\nunlock_file: unlock.key\n'
                       f'endpoint: {house.endpoint}\ngenesis: {genesis_of(house)}\n'
                       f'spool: spool\n')
        os.makedirs(os.path.join(folder, 'spool'), mode=0o700)
        self.name = functie
        self.process = subprocess.Popen([tool('bench-recipient'), settings, functie],
                                        stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.acked = 0
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(tuple(int(word) for word in line.split()))
        self.lines.put(None)

    def wait_for(self, number, timeout):
        """Microseconds (CLOCK_MONOTONIC) at which everything up to a number was acknowledged."""
        deadline = time.monotonic() + timeout
        at = 0
        while self.acked < number:
            try:
                line = self.lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise Failed(f'{self.name}: {self.acked} of {number} delivered') from None
            if line is None:
                raise Failed(f'{self.name} ended after {self.acked} of {number}')
            self.acked, at = line
        return at

    def cpu(self):
        return machine.cpu_of(self.process.pid)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def tool(name):
    return os.path.join(BIN, name)


def genesis_of(house):
    return house.path(house.settings['data'], 'genesis')


def convenant_with(count, versie):
    """Its own two regels give; the others are about the same rubrieken, look at what they can and
    give nothing, as most regels of a convenant do with most meldingen."""
    with open(os.path.join(HERE, 'convenant.yaml'), encoding='utf-8') as file:
        text = file.read().replace('versie: "1"', f'versie: "{versie}"', 1)
    with open(os.path.join(SOURCE, 'config', 'codes', 'gemeenten.yaml'), encoding='utf-8') as file:
        elsewhere = sorted(set(re.findall(r'code: (GM\d{4})', file.read())) - {'GM0888', 'GM1883'})
    for number in range(count - 2):
        aan = ('{gemeente: incident, functie: wmo}',
               '{partij: huis, functie: procesregisseur}')[number % 2]
        text += f'''
  - regel: meer-{number}
    convenantartikel: "(meting)"
    herkomst: "meting: «nog een regel»"
    als:
      thema: [huiselijk-geweld, overlast, verward-gedrag]
      gemeente: {{niet: [{elsewhere[number % len(elsewhere)]}, GM0888]}}
      rol: [verdachte, slachtoffer, betrokkene]
      eerder.30: {{hoogstens: {50 + number}}}
      soort: detentie.begin
    verstrek: {{aan: {aan}, rubrieken: [kenmerken, betrokkenheid, identificatie]}}
    doel: zorg
    grondslag: [avg-6-1-e]
'''
    return text


class Field:
    """Everybody of the convenant of measurement, enrolled."""

    def __init__(self, folder, binary):
        os.makedirs(folder, mode=0o711)
        self.house = House(binary, oin=HUIS, origin='meting.example/bench', folder=folder,
                           openers=0, map_log_mib=8192, map_state_mib=4096)
        self.house.naam = 'Veiligheidshuis Meting'
        self.senders, self.recipients = [], []
        self.house.init()
        self.house.start()
        for oin, naam, soort, functie in RECIPIENTS + SENDERS:
            self.enrol(oin, naam, soort, functie)
        self.versie = 0
        self.regels(2)
        self.senders = [self.folder(row[0]) for row in SENDERS]
        self.recipients = [Recipient(self.house, self.folder(row[0]), row[0], row[3])
                           for row in RECIPIENTS]
        self.delivered = 0
        self.sequence = 1
        self.runs = 0

    def folder(self, oin):
        return self.house.path(oin)

    def regels(self, count):
        """The convenant of measurement with so many regels comes into force."""
        self.versie += 1
        self.house.convenant(convenant_with(count, self.versie).encode())

    def enrol(self, oin, naam, soort, functie):
        subprocess.run([tool('bench-party'), self.folder(oin), oin, naam, soort, functie,
                        genesis_of(self.house)], check=True)
        with open(os.path.join(self.folder(oin), 'bundle.knp'), 'rb') as file:
            self.house.register('partner', file.read())

    def processes(self):
        """{role: [pid]}, the parent's own under its name."""
        found = {role: [] for role in ROLES}
        for role, pid in self.house.children():
            found.setdefault(role, []).append(pid)
        found['parent'] = [self.house.process.pid]
        return found

    def metrics(self):
        return {name: int(value) for name, value in self.house.must('metrics').lines
                if name.startswith('knooppunt_')}

    def close(self):
        for recipient in self.recipients:
            recipient.stop()
        if self.house.running():
            self.house.stop()


# ---- one run -------------------------------------------------------------------------------------

class Snapshot:
    def __init__(self, field, disk):
        self.cpu = {role: sum((machine.cpu_of(pid) for pid in pids), machine.Cpu())
                    for role, pids in field.processes().items()}
        self.recipients = sum((one.cpu() for one in field.recipients), machine.Cpu())
        self.flushes = disk.flushes()
        self.idle = machine.idle()
        self.metrics = field.metrics()


def start_load(field, meldingen, batch):
    """The senders, with their corpus signed, waiting for a line."""
    per_sender = meldingen // len(SENDERS)
    load = subprocess.Popen(
        [tool('bench-load'), '--endpoint', field.house.endpoint, '--genesis',
         genesis_of(field.house), '--meldingen', str(per_sender), '--batch', str(batch), '--window',
         str(WINDOW), '--verify', str(VERIFY), '--most', str(MOST), '--sequence',
         str(field.sequence), '--person', str(field.runs * meldingen), '--systeem', 'meting',
         *field.senders], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if load.stdout.readline() != 'ready\n':
        raise Failed(f'bench-load ended with {load.wait(10)}')
    field.sequence += per_sender
    field.runs += 1
    return load


def run_once(field, disk, meldingen, batch):
    """The figures of one run, all of it delivered and acknowledged at its end."""
    load = start_load(field, meldingen, batch)
    before = Snapshot(field, disk)
    out, _ = load.communicate('go\n', timeout=MOST + DRAIN)
    if load.returncode:
        raise Failed(f'bench-load: exit code {load.returncode}: {out}')
    sent = json.loads(out)
    field.delivered += sent['aanvaard']
    last = [one.wait_for(field.delivered, DRAIN) for one in field.recipients]
    after = Snapshot(field, disk)
    return figures(sent, max(last), before, after)


def figures(sent, acked_us, before, after):
    n = sent['aanvaard']
    cpu = {role: (after.cpu[role] - before.cpu[role]) for role in after.cpu}
    counted = {name: after.metrics[name] - before.metrics[name] for name in after.metrics}
    idle, ticks = (b - a for a, b in zip(before.idle, after.idle))
    flushes = None if after.flushes is None else after.flushes - before.flushes
    return {
        **sent,
        'seconds': (acked_us - sent['begin_us']) / 1e6,
        'rate': n / ((acked_us - sent['begin_us']) / 1e6),
        'receipt_rate': n / ((sent['end_us'] - sent['begin_us']) / 1e6),
        'cpu_us': {role: one.total * 1e6 / n for role, one in cpu.items()},
        'system_us': {role: one.system * 1e6 / n for role, one in cpu.items()},
        'daemon_us': sum(one.total for one in cpu.values()) * 1e6 / n,
        'load_us': sent['cpu_s'] * 1e6 / n,
        'recipient_us': (after.recipients - before.recipients).total * 1e6 / n
                        / len(RECIPIENTS),
        'commits': counted['knooppunt_batches_total'],
        'per_commit': n / max(1, counted['knooppunt_batches_total']),
        'acks': counted['knooppunt_acks_total'],
        'flushes': flushes,
        'per_flush': n / flushes if flushes else None,
        'busy': 1 - idle / max(1, ticks),
    }


def complaints(run):
    """What makes the figures of a run worthless."""
    found = [f'{run[name]} {name}' for name in ('geweigerd', 'bad') if run[name]]
    if run['sent'] != run['aanvaard'] + run['geweigerd'] + run['again']:
        found.append('receipts are missing')
    if not run['verified']:
        found.append('no receipt was verified')
    return found


# ---- saying it -----------------------------------------------------------------------------------

def middle(runs, name, role=None):
    values = [run[name][role] if role else run[name] for run in runs]
    return None if None in values else statistics.median(values)


def spread(runs, name):
    return f'{min(run[name] for run in runs):,.0f}–{max(run[name] for run in runs):,.0f}'


def row_lines(title, runs):
    parts = ' + '.join(f'{role} {middle(runs, "cpu_us", role):.0f}'
                       for role in (*ROLES, 'parent'))
    system = sum(middle(runs, 'system_us', role) for role in (*ROLES, 'parent'))
    flush = middle(runs, 'per_flush')
    yield f'{title}: {middle(runs, "rate"):,.0f} meldingen/s end to end ({spread(runs, "rate")})'
    yield (f'  receipts           {middle(runs, "receipt_rate"):,.0f}/s, p50 '
           f'{middle(runs, "p50_us") / 1e3:.1f} ms, p99 {middle(runs, "p99_us") / 1e3:.1f} ms '
           f'with {WINDOW * len(SENDERS)} under way')
    yield (f'  daemon CPU         {middle(runs, "daemon_us"):.0f} µs a melding = {parts}; '
           f'{system:.0f} of it in the kernel')
    yield (f'  clients CPU        {middle(runs, "load_us"):.0f} µs to send, '
           f'{middle(runs, "recipient_us"):.0f} µs to receive at each recipient')
    yield (f'  commits            {middle(runs, "commits"):,.0f}, '
           f'{middle(runs, "per_commit"):.1f} meldingen each')
    yield ('  flushes            ' + ('not counted by this kernel' if flush is None else
           f'{middle(runs, "flushes"):,.0f} of the whole device, inboxes included; '
           f'{flush:.2f} meldingen each'))
    yield (f'  meldingen          {middle(runs, "aanvaard"):,.0f} a run, '
           f'{middle(runs, "rubriek_bytes"):,.0f} bytes of rubrieken, '
           f'{middle(runs, "without_person"):.0%} without a person, '
           f'{middle(runs, "repeats"):.0%} repeats')
    yield (f'  noise              {sum(run["hints"] for run in runs)} hints, '
           f'{sum(run["again"] for run in runs)} again; processors '
           f'{middle(runs, "busy"):.0%} busy, all programs together')


def regels_lines(result):
    rows = result['rows']
    if MANY not in rows or ONE not in rows:
        return
    few, many = middle(rows[ONE], 'rate'), middle(rows[MANY], 'rate')
    core = middle(rows[MANY], 'cpu_us', 'core') - middle(rows[ONE], 'cpu_us', 'core')
    yield (f'With {MANY_REGELS} regels {many:,.0f}/s, with 2 {few:,.0f}/s: {many / few - 1:+.1%} (aim: '
           f'within 15 %); {core:+.0f} µs of core a melding.')


def report(result):
    facts, disk, ceiling = result['facts'], result['disk'], result['ceiling']
    yield f'{facts["date"]}, commit {facts["commit"]}, kernel {facts["kernel"]}'
    yield f'{facts["processors"]} × {facts["model"]}, load {facts["load"]:.1f} before the run'
    yield (f'{disk["type"]} ({disk["options"]}) on {disk["device"]}; LMDB log: '
           f'{"default flags, every commit synced" if ceiling["durable"] else "NOT DURABLE"}')
    yield ''
    for title, runs in result['rows'].items():
        yield from row_lines(title, runs)
        yield ''
    yield 'In the same run, on the same folder (medians):'
    yield f'  one Ed25519 verify {ceiling["verify_us"]:.1f} µs CPU'
    yield (f'  one LMDB commit    {ceiling["commit_us"]:.0f} µs with one record of 1,200 bytes, '
           f'{ceiling["commit_64_us"]:.0f} µs with 64')
    yield f'  one fdatasync      {ceiling["fdatasync_us"]:.0f} µs of 4 KiB in place'
    yield from regels_lines(result)
    decide, matrix = result['decide'], result['matrix']
    yield (f'Decision over all ontvangers, 200 regels, 30 partijen × 4 functies, 4 betrokkenen: '
           f'{decide["median_us"]:.1f} µs, p99 {decide["p99_us"]:.1f} µs; one verify '
           f'{decide["verify_us"]:.1f} µs (aim: under a third of it).')
    yield (f'Matrix of the {len(matrix["each"])} convenanten of the tree: {matrix["seconds"]:.2f} s, '
           f'{matrix["rows"]:,} rows (aim: under 10 s).')
    impact = result['impact']
    each = impact['seconds'] / impact['decisions']
    yield (f'Impact over {impact["decisions"]:,} recorded decisions: {impact["seconds"]:.1f} s, '
           f'{each * 1e6:.0f} µs each; 1,000,000 in {each * 1e6:.0f} s (aim: under 60).')
    yield 'The empty answer of ZSM, in core:'
    yield from empty_answer_lines(result['empty'])
    memory = result['memory']
    yield (f'Core at {result["records"]:,} entries: {memory["RssAnon"] / 1024:.1f} MiB anonymous, '
           f'{memory["VmLck"] / 1024:.1f} MiB locked.')


# ---- all of it -----------------------------------------------------------------------------------

PLANTED_US = 20
ONE, MANY_REGELS = 'signed one by one', 20
MANY = f'signed one by one, a convenant of {MANY_REGELS} regels'
# title: (meldingen in a batch, regels)
ROWS = {ONE: (1, 2), MANY: (1, MANY_REGELS), 'in batches of 64': (64, 2)}


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
            batch, regels = ROWS[title]
            field.regels(regels)
            run = run_once(field, disk, wanted.meldingen, batch)
            say(f'run {number + 1} {title}: {run["rate"]:,.0f}/s, '
                f'{run["daemon_us"]:.0f} µs of the daemon')
            if complaints(run):
                raise Failed('; '.join(complaints(run)))
            runs.append(run)
    return rows


def fill(field, disk, wanted):
    """Until so many meldingen are recorded as the impact is to be asked of."""
    while field.delivered < wanted.impact:
        say(f'{field.delivered:,} of {wanted.impact:,} meldingen recorded')
        run_once(field, disk, min(100_000, wanted.impact - field.delivered), 64)


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


def empty_answer_lines(rows):
    for row in rows:
        if 'difference_us' in row:
            planted = f' with {row["planted_us"]:.0f} µs planted' if row['planted_us'] else ''
            yield (f'  {row["world"]}{planted}: {row["difference_us"]:+.2f} ± {3.29 * row["error_us"]:.2f} µs '
                   f'from unknown (99.9 %; limit {row["limit_us"]:.0f}), {row["questions"]:,} questions each')


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
        field = Field(os.path.join(wanted.folder, 'house'), tool('knooppuntd'))
        result['rows'] = measure_rows(field, disk, wanted)
        fill(field, disk, wanted)
        say('asking for the impact of a convenant')
        result['impact'] = measure_impact(field.house)
        say('timing the empty answer')
        result['empty'] = measure_empty_answers(wanted.questions)
        result['records'] = field.metrics()['knooppunt_log_entries']
        result['memory'] = machine.memory_of(field.processes()['core'][0])
    finally:
        if field:
            field.close()
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
