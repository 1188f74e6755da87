# SPDX-License-Identifier: EUPL-1.2
"""What a sender notices of terms that end: receipts at 1,000 a second while a backlog of meldingen is
destroyed, beside the same house before it. A house of its own, whose clock and everybody's is put on by
two days, past a term of one; a tick begins with as many as its parts have room for, so that the rate
follows from the tick."""

import os
import time

from field import Failed, Field, say, tool
from knp_process import FAKETIME, preload
from many import fill
from runs import Sending, run_once

PACE, MELDINGEN = Sending(rate=1000), 8000
SLOTS_AT, SLOT, FIRST_FREE = 4096, 32, 16
TICK = 1  # seconds, the shortest: what a tick costs comes most often
LATER = {'FAKETIME': '+2d', 'FAKETIME_DONT_FAKE_MONOTONIC': '1'}
RUNS_MOST = 100
THEREAFTER = RUNS_MOST * MELDINGEN  # meldingen that may come while it goes on


def erased(field):
    """Keys of meldingen that are overwritten."""
    with open(field.house.path(field.house.settings['data'], 'keystore'), 'rb') as file:
        file.seek(SLOTS_AT + FIRST_FREE * SLOT)
        slots = file.read()
    zeros = bytes(SLOT)
    return sum(slots[at:at + SLOT] == zeros for at in range(0, len(slots), SLOT))


def go_on_later(field, tick):
    """Everybody two days on; nothing is destroyed before the first tick."""
    field.house.stop()
    field.house.write_settings(tick_seconds=tick)
    field.house.environment = {**LATER, 'LD_PRELOAD': preload(tool('knooppuntd'), FAKETIME)}
    os.environ.update({**LATER, 'LD_PRELOAD': FAKETIME})
    field.house.start(600)
    field.again()
    field.house.must('clock', ('confirm', 'yes'))


def measure_erasing(folder, disk, records):
    """{'before', 'while': runs, 'keys', 'seconds'}"""
    field = Field(folder, tool('knooppuntd'), records + THEREAFTER, bewaar='{inhoud: P1D, verantwoording: P5Y}')
    kept = dict(os.environ)
    try:
        field.house.stop()
        field.house.write_settings(tick_seconds=3600)
        field.house.start()
        fill(field, disk, records)
        go_on_later(field, 3600)
        before = [run_once(field, disk, MELDINGEN, PACE) for _ in range(3)]
        if erased(field):
            raise Failed('meldingen are destroyed before they are to be')
        go_on_later(field, TICK)
        say(f'destroying {records:,} meldingen, a tick of {TICK} s')
        began, runs = time.monotonic(), []
        while erased(field) < records and len(runs) < RUNS_MOST:
            runs.append(run_once(field, disk, MELDINGEN, PACE))
        found = {'before': before, 'while': runs, 'keys': erased(field),
                 'seconds': time.monotonic() - began}
        if found['keys'] < records:
            raise Failed(f'{found["keys"]:,} of {records:,} keys were destroyed')
        return found
    finally:
        os.environ.clear()
        os.environ.update(kept)
        field.close()


def erasing_lines(found):
    before, during = (max(run['p99_us'] for run in found[name]) / 1e3 for name in ('before', 'while'))
    middle = sorted(run['p99_us'] for run in found['while'])[len(found['while']) // 2] / 1e3
    yield (f'While {found["keys"]:,} meldingen are destroyed, {found["keys"] / found["seconds"]:,.0f}/s by a '
           f'tick of {TICK} s: receipts at 1,000/s p99 {middle:.1f} ms, at worst {during:.1f}, of the '
           f'{len(found["while"])} runs; before it at worst {before:.1f} (aim: less than double).')
