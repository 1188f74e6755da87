# SPDX-License-Identifier: EUPL-1.2
"""The figures as a person reads them."""

import statistics

import landelijk
from erasing import erasing_lines
from field import ROLES, SENDERS
from many import memory_line, starts_line
from officer import officer_lines
from questions import owed_lines, question_lines
from runs import WINDOW

ONE, MANY_REGELS, BATCHES = 'signed one by one', 20, 'in batches of 64'
PACED, IDLE = '1,000 a second', 'one at a time'
AIMS = {ONE: 140, BATCHES: 105}  # µs of the daemon
MANY = f'signed one by one, a convenant of {MANY_REGELS} regels'


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
    yield (f'  core\'s loop        {middle(runs, "loop_us"):.0f} µs of the clock a melding'
           + (f'; aim for the daemon: {AIMS[title]} µs of processor' if title in AIMS else ''))
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
    grown = {name: statistics.median(run['grown'][name] for run in runs) for name in runs[0]['grown']}
    yield ('  files grow         ' + ', '.join(f'{name} {size:,.0f}' for name, size in grown.items())
           + ' bytes a melding (keystore is made ahead in blocks; inbox: of one recipient)')
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


def calm_lines(result):
    """Receipts of a house that has room: what a sender waits for its own, not for others'."""
    paced, idle = result['calm'][PACED], result['calm'][IDLE]
    commit_ms = result['ceiling']['commit_us'] / 1e3
    yield (f'Receipts at 1,000/s: p50 {middle(paced, "p50_us") / 1e3:.1f} ms, p99 '
           f'{middle(paced, "p99_us") / 1e3:.1f} ms (aim: 5), from when it was due; '
           f'{middle(paced, "busy"):.0%} of the processors busy.')
    yield (f'Receipts one at a time: p50 {middle(idle, "p50_us") / 1e3:.2f} ms, p99 '
           f'{middle(idle, "p99_us") / 1e3:.2f} ms; one LMDB commit {commit_ms:.2f} ms: '
           f'{middle(idle, "p50_us") / 1e3 / commit_ms:.1f} × (aim: 2).')


def many_lines(result):
    many = result['many']
    for title, runs in many['rows'].items():
        if title in result['rows']:
            few, rate = middle(result['rows'][title], 'rate'), middle(runs, 'rate')
            yield (f'At {many["memory"]["records"]:,} entries, {title}: {rate:,.0f}/s, {rate / few:.0%} of '
                   f'{few:,.0f}/s at the start (aim: 85 %); {middle(runs, "daemon_us"):.0f} µs of the daemon '
                   f'beside {middle(result["rows"][title], "daemon_us"):.0f}.')
    yield memory_line(many['memory'])
    yield starts_line(many['starts'], many['memory']['records'])


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
    yield from calm_lines(result)
    yield from landelijk.lines(result['national'],
                               middle(result['rows'][ONE], 'rate') if ONE in result['rows'] else None)
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
    yield from officer_lines(result['officer'])
    if 'erasing' in result:
        yield from erasing_lines(result['erasing'])
    yield memory_line(result['memory'])
    for name, lines in (('many', lambda: many_lines(result)), ('asked', lambda: question_lines(result['asked'])),
                        ('owed', lambda: owed_lines(result['owed']))):
        if name in result:
            yield from lines()


def empty_answer_lines(rows):
    for row in rows:
        if 'difference_us' in row:
            planted = f' with {row["planted_us"]:.0f} µs planted' if row['planted_us'] else ''
            yield (f'  {row["world"]}{planted}: {row["difference_us"]:+.2f} ± {3.29 * row["error_us"]:.2f} µs '
                   f'from unknown (99.9 %; limit {row["limit_us"]:.0f}), {row["questions"]:,} questions each')
