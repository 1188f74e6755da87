# SPDX-License-Identifier: EUPL-1.2
"""The proof after the story: partners push while processes are killed, then every receipt is held
against the exported log, which our tool and one that is not ours verify."""

import base64
import json
import os
import shutil
import subprocess
import threading
import time

from huis import Failed, run  # which also says where tests/python is
from spel import short
from verhaal import Regel, join, unique

import knp_tiles  # pylint: disable=import-error
import knp_tree   # pylint: disable=import-error

AANTAL, PER_KEER = 40, 8  # meldingen of each partner, and how many it pushes together
BELASTING = 120.0         # seconds in which they must all have a receipt
# After how many receipts what is killed. More than five of core in a minute end the daemon.
KILLS = ((60, 'core'), (150, 'core'), (240, 'alles'))
CHANGED = 40              # a byte of the first entry: its bundle begins with a length
DER_ED25519 = bytes.fromhex('302a300506032b6570032100')


def load_melding(speler, number, today):
    """An incident without an identifiable person, as a quarter of them are."""
    return {'id': f'demo-last-{speler}-{number:05}',
            'kenmerken': {'soort': 'partner', 'thema': 'overlast', 'urgentie': 'gewoon',
                          'gemeente': 'GM1883', 'tijdstip': f'{today.isoformat()}T00:00:00+01:00'}}


class Bewijs:
    """The load, the kills and what is left of them."""

    def __init__(self, spel, export):
        self.spel, self.huis, self.export = spel, spel.huis, export
        self.spelers = list(spel.spelers.values())
        self.done = []  # what `push` said, of every call
        self.killed = []

    def regels(self):
        self.load()
        yield self.tell_load()
        yield from self.tell_export()
        yield self.tell_receipts()
        yield self.tell_openssl()
        yield self.tell_changed()

    # ---- the load --------------------------------------------------------------------------

    def load(self):
        before = self.receipts()
        pushers = [threading.Thread(target=self.push, args=(speler,)) for speler in self.spelers]
        for pusher in pushers:
            pusher.start()
        for after, what in KILLS:
            self.wait_receipts(before + after)
            self.kill(what, self.receipts() - before)
        for pusher in pushers:
            pusher.join(BELASTING)
        answered = sum(len(uitvoer.regels) for uitvoer in self.done)
        if answered != self.sent or any(uitvoer.code for uitvoer in self.done):
            raise Failed(f'{answered} of {self.sent} got a receipt; '
                         f'{[uitvoer.fout for uitvoer in self.done if uitvoer.code]}')

    @property
    def sent(self):
        return len(self.spelers) * AANTAL

    def push(self, speler):
        """Each call ends when all it was given has a receipt, whatever is killed meanwhile."""
        for first in range(0, AANTAL, PER_KEER):
            paden = [self.write(speler, number) for number in range(first, first + PER_KEER)]
            self.done.append(speler.push(*paden))

    def write(self, speler, number):
        folder = speler.path('last')
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, f'{number:05}.json')
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(load_melding(speler.naam, number, self.spel.today), file)
        return path

    def wait_receipts(self, count):
        deadline = time.monotonic() + BELASTING
        while self.receipts() < count:
            if time.monotonic() > deadline:
                raise Failed(f'no {count} receipts in {BELASTING} s')
            time.sleep(0.002)

    def receipts(self):
        return sum(name.endswith('.tlog-proof') for speler in self.spelers
                   for name in os.listdir(speler.path('spool', 'outbox')))

    def kill(self, what, receipted):
        if what == 'alles':
            self.huis.daemon.kill()
            self.huis.start()
        elif not self.huis.daemon.kill_role('core'):
            raise Failed('there was no core to kill')
        self.killed.append((what, receipted))

    def tell_load(self):
        core = sum(what == 'core' for what, _ in self.killed)
        alles = sum(what == 'alles' for what, _ in self.killed)
        onderweg = join(str(self.sent - receipted) for _, receipted in self.killed)
        return Regel(f'Daarna {self.sent} meldingen van {len(self.spelers)} partners; met nog '
                     f'{onderweg} te gaan is {core} keer de kern, {alles} keer alles gedood '
                     '(SIGKILL).',
                     tuple(unique(short(uitvoer.opdracht, 3) for uitvoer in self.done)))

    # ---- the export ------------------------------------------------------------------------

    def tell_export(self):
        shutil.rmtree(self.export, ignore_errors=True)
        made = self.huis.audit('export', self.export, '-c', self.huis.settings).must()
        vkey = self.write_vkey()
        uitvoer = run('knooppunt-audit', 'verify', self.export, '--vkey', vkey)
        data = uitvoer.regel
        if not data['intact'] or data['size'] != made.regel['size']:
            raise Failed(f'the log is not intact: {data}')
        yield Regel(f'Het logboek ({data["size"]} inschrijvingen) is geëxporteerd en ongeschonden '
                    'bevonden.', (short(uitvoer.opdracht),))

    def write_vkey(self):
        """The log's key as the daemon said at its start, not as the export says."""
        path = self.spel.path('log.vkey')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(self.huis.ready['log'] + '\n')
        return path

    def vkey(self):
        return knp_tree.VKey.parse(self.huis.ready['log'])

    # ---- receipts --------------------------------------------------------------------------

    def tell_receipts(self):
        """Each receipt given, before or after a kill, is in the tree that was exported."""
        vkey = self.vkey()
        _, tree, _ = knp_tiles.verify_folder(self.export, vkey)
        answers = [row for uitvoer in self.done for row in uitvoer.regels]
        answers += [row for stap in self.spel.stappen if 'uitvoer' in stap
                    for row in stap['uitvoer']['regels']]
        for row in answers:
            verify_answer(row, tree, vkey)
        return Regel(f'Alle {len(answers)} ontvangstbewijzen, van voor en na het doden, zijn '
                     'nagerekend tegen het logboek: er ontbreekt er geen.',
                     ('partners/*/spool/outbox/*.tlog-proof', 'partners/*/ontvangstbewijzen/*',
                      'export/checkpoint'))

    # ---- tools that are not ours -----------------------------------------------------------

    def tell_openssl(self):
        folder = self.spel.path('openssl')
        os.makedirs(folder, exist_ok=True)
        note = knp_tiles.read_file(self.export, 'checkpoint')
        text, _, signatures = note.rpartition(b'\n\n')
        signature = base64.b64decode(signatures.split()[2])[4:]
        for name, data in (('tekst', text + b'\n'), ('handtekening', signature),
                           ('sleutel.der', DER_ED25519 + self.vkey().public_key)):
            with open(os.path.join(folder, name), 'wb') as file:
                file.write(data)
        words = ['openssl', 'pkeyutl', '-verify', '-pubin', '-inkey', 'sleutel.der', '-keyform',
                 'DER', '-rawin', '-in', 'tekst', '-sigfile', 'handtekening']
        done = subprocess.run(words, cwd=folder, check=False, capture_output=True, timeout=60)
        if done.returncode:
            raise Failed(f'openssl refuses the checkpoint: {done.stdout} {done.stderr}')
        return Regel(f'openssl verifieert de handtekening onder het logboek: '
                     f'«{done.stdout.decode().strip()}».', (f'cd openssl && {" ".join(words)}',))

    def tell_changed(self):
        """Proof that «intact» says something: one byte of a copy is changed."""
        copy = self.spel.path('export-veranderd')
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.export, copy)
        size = knp_tree.verify_checkpoint(knp_tiles.read_file(copy, 'checkpoint'), self.vkey()).size
        path = os.path.join(copy, knp_tiles.tile_name(None, 0, min(size, 256)))
        with open(path, 'r+b') as file:
            file.seek(CHANGED)
            byte = file.read(1)[0] ^ 1
            file.seek(CHANGED)
            file.write(bytes([byte]))
        uitvoer = run('knooppunt-audit', 'verify', copy, '--vkey', self.spel.path('log.vkey'))
        data = uitvoer.regel
        if data['intact']:
            raise Failed('a changed byte was not noticed')
        return Regel('Eén veranderd byte in een kopie wordt gezien: inschrijving '
                     f'{data["index"]} in {data["file"]}.', (short(uitvoer.opdracht),))


def verify_answer(row, tree, vkey):
    """A receipt: its own proof, and that its tree is the beginning of the exported one."""
    with open(row['proof'], 'rb') as file:
        index, checkpoint = knp_tree.verify_receipt(file.read(), tree.leaves[row['index']], vkey)
    if index != row['index'] or tree.root(checkpoint.size) != checkpoint.root:
        raise Failed(f'the receipt of {row["id"]} is not of this log')
