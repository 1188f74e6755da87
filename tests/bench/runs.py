# SPDX-License-Identifier: EUPL-1.2
"""One run of senders against the house: what it took."""

import json
import subprocess
from typing import NamedTuple

import machine
from field import RECIPIENTS, SENDERS, Failed, genesis_of, tool

WINDOW, VERIFY = 64, 64
MOST = 25  # seconds of sending in one run
DRAIN = 60  # seconds for what is left to be delivered


class Snapshot:
    def __init__(self, field, disk):
        self.cpu = {role: sum((machine.cpu_of(pid) for pid in pids), machine.Cpu())
                    for role, pids in field.processes().items()}
        self.recipients = sum((one.cpu() for one in field.recipients), machine.Cpu())
        self.flushes = disk.flushes()
        self.idle = machine.idle()
        self.metrics = field.metrics()
        self.files = field.files()


class Sending(NamedTuple):
    """How a run sends: so many meldingen in a batch, under way at a sender, from so many senders,
    of one klasse, and when `rate` is given so many a second of all senders together."""
    batch: int = 1
    window: int = WINDOW
    senders: int = len(SENDERS)
    rate: int = 0
    klasse: str = 'E33'


def start_load(field, meldingen, sending):
    """The senders, with their corpus signed, waiting for a line."""
    per_sender = meldingen // sending.senders
    pace = ['--pace', str(sending.senders * 1_000_000 * sending.batch // sending.rate)] if sending.rate else []
    load = subprocess.Popen(
        [tool('bench-load'), '--endpoint', field.house.endpoint, '--genesis',
         genesis_of(field.house), '--meldingen', str(per_sender), '--batch', str(sending.batch),
         '--window', str(sending.window), '--verify', str(VERIFY), '--most', str(MOST), '--sequence',
         str(field.sequence), '--person', str(field.persons), '--systeem', 'meting', '--klasse', sending.klasse, *pace,
         *field.senders[:sending.senders]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if load.stdout.readline() != 'ready\n':
        raise Failed(f'bench-load ended with {load.wait(10)}')
    field.sequence += per_sender
    field.persons += meldingen
    return load


def run_once(field, disk, meldingen, sending=Sending()):
    """The figures of one run, all of it delivered and acknowledged at its end."""
    load = start_load(field, meldingen, sending)
    before = Snapshot(field, disk)
    out, _ = load.communicate('go\n', timeout=MOST + DRAIN)
    if load.returncode:
        raise Failed(f'bench-load: exit code {load.returncode}: {out}')
    sent = json.loads(out)
    field.count(sent['aanvaard'], sending.klasse)
    last = field.wait(DRAIN)
    after = Snapshot(field, disk)
    return figures(sent, last, before, after)


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
        'loop_us': counted['knooppunt_loop_us_total'] / n,
        'grown': {name: (after.files[name] - before.files[name]) / n for name in after.files},
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
