# SPDX-License-Identifier: EUPL-1.2
"""The house when many meldingen are recorded: throughput and memory beside those at the start of the
same run, how long a start takes after each kind of end, and how fast state is made again."""

import os
import time

import machine
from field import Failed, say
from runs import Sending, run_once

FILL = Sending(batch=64)
PIECE = 100_000
REBUILD = 1800.0  # seconds a start may take that makes state again


def fill(field, disk, records, sending=FILL):
    """Until so many are recorded, through the door, in batches of 64."""
    while field.recorded < records:
        say(f'{field.recorded:,} of {records:,} meldingen recorded')
        run_once(field, disk, min(PIECE, records - field.recorded), sending)


def seconds_to_ready(field, end, timeout=60.0):
    """From the start of the program to its ready line, the last ended by `end`."""
    end()
    began = time.monotonic()
    field.house.start(timeout)
    return time.monotonic() - began


def as_after_another_boot(field):
    """Killed, in a boot that is not this one: state was not synced, so nobody trusts it."""
    field.house.kill()
    mark = os.path.join(field.folder(field.house.settings['data']), 'boot')
    with open(mark, 'r+', encoding='ascii') as file:
        said = file.read()
        if not said.endswith(' open'):
            raise Failed(f'a killed house left the mark "{said}"')
        file.seek(0)
        file.write('0' * 36)


def measure_starts(field):
    records = field.metrics()['knooppunt_log_entries']
    found = {'clean': seconds_to_ready(field, field.house.stop),
             'killed': seconds_to_ready(field, field.house.kill)}
    found['rebuilt'] = seconds_to_ready(field, lambda: as_after_another_boot(field), REBUILD)
    if 'event=state-replay reason=unclean-boot' not in field.house.log():
        raise Failed('state was not made again')
    found['rebuild_rate'] = records / max(0.001, found['rebuilt'] - found['killed'])
    return found


def measure_memory(field):
    return {'records': field.metrics()['knooppunt_log_entries'],
            **machine.memory_of(field.processes()['core'][0])}


# ---- saying it -----------------------------------------------------------------------------------

def memory_line(memory):
    return (f'Core at {memory["records"]:,} entries: {memory["RssAnon"] / 1024:.1f} MiB anonymous, '
            f'{memory["VmLck"] / 1024:.1f} MiB locked (aim: under 64 together).')


def starts_line(starts, records):
    return (f'Ready at {records:,} entries after {starts["clean"]:.2f} s (ended in order), '
            f'{starts["killed"]:.2f} s (killed), both aimed at 1; {starts["rebuilt"]:.1f} s when state is '
            f'made again after another boot: {starts["rebuild_rate"]:,.0f} entries/s.')
