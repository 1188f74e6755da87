# SPDX-License-Identifier: EUPL-1.2
"""Kills gate, opener, core or parent at random moments, over and over, with statements in flight.

  kill_loop.py --daemon knooppuntd [--runs OTHER] [--cycles 40] [--seed 1] [--in-flight 64] [--quiet]

For spec K1. This script is the outside client: it writes down every receipt it was given, and at the end holds
the daemon to all of them. What was receipted is in the log at its index, was delivered to each of
its recipients once, and could be acknowledged; the same statement again gets the same entry; the
log extends every checkpoint ever seen; state is what a replay of the journal gives.

Prints one JSON object. Exit 0: all of it held. 1: it did not ("violation"). 2: the script could not
do its work.
"""

import argparse
import collections
import json
import os
import random
import shutil
import signal
import sys
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import zmq  # noqa: E402

import knp_lists  # noqa: E402
import knp_tiles  # noqa: E402
import knp_tree as kt  # noqa: E402
from knp_convenant import Betrokkene, Case  # noqa: E402
from knp_lists import bsn  # noqa: E402
from knp_proof import ack_item  # noqa: E402
from knp_stage import Stage  # noqa: E402
from knp_tree import Refused  # noqa: E402

RESEND = 0.4     # seconds without an answer before a statement is sent again
SETTLE = 30.0    # seconds in which everything in flight must be settled after a kill
DELAY = 0.040    # longest time between sending and killing
ROLES = ['gate', 'opener', 'core', 'core', 'parent']
SENDERS = ['politie', 'ggz']
# Who receives what: every melding here goes to the house, those of the police to the Wmo as well.
READERS = [('huis', 'procesregisseur'), ('sittard', 'wmo')]


class Violation(Exception):
    """The daemon broke a promise."""


def demand(holds, what):
    if not holds:
        raise Violation(what)


class Outbox:
    """Statements of one party that have no receipt yet, and the receipts of those that have."""

    def __init__(self, link):
        self.link = link
        self.waiting = {}    # hash: [item, when sent, times sent]
        self.receipts = {}   # hash: (item, receipt)
        self.resent = 0
        self.again = collections.Counter()  # reason: how often

    def put(self, items):
        for item in items:
            self.waiting[item.hash] = [item, 0.0, 0]

    def send(self, now, rng):
        """Sends what is due, in envelopes of random sizes."""
        due = [row for row in self.waiting.values() if now - row[1] > RESEND]
        while due:
            count = rng.choice((1, 2, 4, 8, 16))
            chosen, due = due[:count], due[count:]
            self.link.send([row[0] for row in chosen])
            for row in chosen:
                self.resent += row[2] > 0
                row[1], row[2] = now, row[2] + 1

    def take(self, reply, checkpoint):
        row = self.waiting.get(reply.about)
        if row is None:
            return
        if reply.outcome == 3:
            self.again[knp_lists.REASONS.get(reply.reason)] += 1
            return
        receipt = self.link.verifier.receipt(reply, row[0], checkpoint)
        demand(receipt.outcome == 'aanvaard', f'refused: {receipt.reason} {receipt.field}')
        del self.waiting[reply.about]
        self.receipts[reply.about] = row[0], receipt


class Inbox:
    """One ontvanger: fetches, keeps, acknowledges through its party's outbox."""

    def __init__(self, outbox, functie):
        self.outbox, self.functie = outbox, functie
        self.kept = {}       # number: Verstrekking
        self.asked = None    # (hash, when)
        self.unacked = []

    @property
    def last(self):
        return len(self.kept)

    def ask(self, now):
        link = self.outbox.link
        if self.asked and now - self.asked[1] < 2.0:
            return
        values = {'functie': self.functie, 'after': self.last, 'max': 32, 'wait': 1}
        item = link.party.velden_item(link.genesis, 'fetch', values)
        link.send([item])
        self.asked = item.hash, now

    def take(self, reply, checkpoint):
        if self.asked is None or reply.about != self.asked[0]:
            return
        self.asked = None
        link = self.outbox.link
        for delivery in reply.deliveries:
            found = link.verifier.delivery(delivery, checkpoint, link.party.oin, self.functie)
            demand(found.number == self.last + 1,
                   f'delivery {found.number} after {self.last}: numbers are not contiguous')
            self.kept[found.number] = found
            self.unacked.append(found)

    def acknowledge(self):
        if not self.unacked:
            return
        link = self.outbox.link
        values = {'functie': self.functie, 'item': [ack_item(one) for one in self.unacked[:64]]}
        self.unacked = self.unacked[64:]
        self.outbox.put([link.party.velden_item(link.genesis, 'ack', values)])


class Loop:
    def __init__(self, options):
        self.options = options
        self.rng = random.Random(options.seed)
        self.stage = Stage(sorted({name for name, _ in READERS} | set(SENDERS)),
                           binary=options.daemon, openers=2, tick_seconds=2)
        self.house = self.stage.house
        if options.runs:  # on a log in which everybody is enrolled
            self.house.stop()
            self.house.runs = options.runs
            self.house.start()
            self.stage.reconnect()
        self.outboxes = {name: Outbox(link) for name, link in self.stage.links.items()}
        self.inboxes = [Inbox(self.outboxes[name], functie) for name, functie in READERS]
        self.kills, self.least, self.restarts = collections.Counter(), 1 << 30, 0
        self.people = [bsn(n) for n in range(500, 540)]
        for link in self.stage.links.values():
            link.verifier.must_prove, link.verifier.asked = True, None

    # ---- statements ------------------------------------------------------------------------

    def melding(self, name):
        if name == 'ggz' or self.rng.random() < 0.3:
            persons = (Betrokkene(bsn=self.rng.choice(self.people)),)
            places = ((0, 'kenmerken'), (1, 'betrokkenheid'), (1, 'bsn'))
        else:
            persons, places = (), ((0, 'kenmerken'), (0, 'incident'))
        soort, klasse = ('politie', 'E33') if name == 'politie' else ('partner', '')
        case = Case('', (), soort, klasse, (), 'GM1883', persons, places)
        return self.stage.melding(name, case)

    def waiting(self):
        return sum(len(outbox.waiting) for outbox in self.outboxes.values())

    def fill(self):
        for name in SENDERS:
            self.outboxes[name].put([self.melding(name)
                                     for _ in range(self.options.in_flight // len(SENDERS))])

    # ---- running ---------------------------------------------------------------------------

    def send(self):
        now = time.monotonic()
        for outbox in self.outboxes.values():
            outbox.send(now, self.rng)
        for inbox in self.inboxes:
            inbox.ask(now)

    def receive(self, seconds):
        """Takes what comes within the time, at least once through."""
        poller = zmq.Poller()
        by_socket = {}
        for name, link in self.stage.links.items():
            poller.register(link.socket, zmq.POLLIN)
            by_socket[link.socket] = name
        ready = dict(poller.poll(int(seconds * 1000)))
        for socket in ready:
            name = by_socket[socket]
            while socket.poll(0):
                answer = self.stage.links[name].receive(0.001)
                for reply in answer.replies if answer else ():
                    self.outboxes[name].take(reply, answer.checkpoint)
                    for inbox in self.inboxes:
                        if inbox.outbox is self.outboxes[name]:
                            inbox.take(reply, answer.checkpoint)
        for inbox in self.inboxes:
            inbox.acknowledge()

    def ensure_running(self):
        """Starts the daemon again when its parent is gone, killed by us or ended by itself."""
        if self.house.running():
            return
        self.restarts += 1
        if self.options.fresh_state:
            shutil.rmtree(self.house.path('data', 'state'))
        code = self.house.try_start()
        demand(code is None, f'the daemon does not start again, it ends with {code}: '
               + self.last_error())

    def last_error(self):
        lines = [line for line in self.house.log().splitlines() if 'code=' in line]
        return lines[-1] if lines else self.house.log()[-500:]

    def settle(self):
        deadline = time.monotonic() + SETTLE
        while self.waiting():
            self.ensure_running()
            self.send()
            self.receive(0.02)
            demand(time.monotonic() < deadline,
                   f'{self.waiting()} statements are not settled {SETTLE} s after a kill: '
                   + self.last_error())

    def cycle(self):
        self.fill()
        self.ensure_running()
        self.send()
        demand(self.waiting() >= 50, 'too few in flight: the script is wrong')
        self.least = min(self.least, self.waiting())
        role = self.rng.choice(ROLES)
        time.sleep(self.rng.random() * DELAY)
        if self.house.kill_role(role):
            self.kills[role] += 1
        self.settle()

    # ---- the reckoning ---------------------------------------------------------------------

    def check_again(self):
        """The same statement again gets the entry it had."""
        for outbox in self.outboxes.values():
            rows = list(outbox.receipts.values())
            for at in range(0, len(rows), 32):
                some = rows[at:at + 32]
                receipts = outbox.link.push([item for item, _ in some])
                for (item, first), again in zip(some, receipts):
                    demand((again.index, again.entry) == (first.index, first.entry),
                           f'{item.id} was receipted at {first.index} and is now at '
                           f'{again.index}: lost, or processed twice')

    def check_log(self):
        """Every receipted entry stands in the exported log at its index, once."""
        folder = self.house.must('export')['folder']
        checkpoint, tree, entries = knp_tiles.verify_folder(folder, self.house.genesis.vkey)
        indices = set()
        for outbox in self.outboxes.values():
            for item, receipt in outbox.receipts.values():
                demand(receipt.index < checkpoint.size, f'{item.id} is beyond the end of the log')
                demand(entries[receipt.index] == receipt.entry,
                       f'{item.id} is not in the log at {receipt.index}: lost')
                demand(receipt.index not in indices, f'two statements at {receipt.index}')
                indices.add(receipt.index)
        seen = 0
        for link in self.stage.links.values():
            for size, (root, _) in link.verifier.notes.items():
                demand(size <= checkpoint.size and tree.root(size) == root,
                       f'checkpoint {size} is no beginning of the log')
                seen += 1
        shutil.rmtree(folder)
        return checkpoint.size, seen

    def check_deliveries(self):
        deadline = time.monotonic() + SETTLE
        expected = {('huis', 'procesregisseur'): SENDERS, ('sittard', 'wmo'): SENDERS}
        for inbox, (name, functie) in zip(self.inboxes, READERS):
            wanted = {item.hash for sender in expected[name, functie]
                      for item, _ in self.outboxes[sender].receipts.values()
                      if self.delivered_to(sender, name)}
            while True:
                found = [one.part.header_hash for one in inbox.kept.values()]
                if set(found) >= wanted and not inbox.unacked and not self.waiting():
                    break
                self.send()
                self.receive(0.02)
                demand(time.monotonic() < deadline,
                       f'{len(wanted - set(found))} receipted meldingen never came to '
                       f'{name}/{functie}: lost')
            counted = collections.Counter(found)
            demand(set(found) == wanted, f'{name}/{functie} got what nobody was receipted for')
            demand(max(counted.values()) == 1, f'{name}/{functie} got one melding twice')
            left = inbox.outbox.link.fetch(functie, after=0)
            demand(not left, f'{len(left)} deliveries to {name}/{functie} come again after '
                   'their acknowledgement was receipted')

    @staticmethod
    def delivered_to(sender, reader):
        return reader == 'huis' or sender in ('politie', 'ggz')

    def run(self):
        for _ in range(self.options.cycles):
            self.cycle()
            if not self.options.quiet:
                sys.stderr.write('.')
                sys.stderr.flush()
        self.check_deliveries()
        self.check_again()
        size, checkpoints = self.check_log()
        code, seconds = self.house.stop()
        demand(code == 0, f'it ends with {code} after SIGTERM')
        rebuilt = self.house.rebuild()
        demand(rebuilt['equal'], f'a replay gives another state: {rebuilt["differs"]}')
        return {'size': size, 'checkpoints': checkpoints, 'stop_seconds': round(seconds, 3)}

    def summary(self, **more):
        boxes = self.outboxes.values()
        return dict(cycles=self.options.cycles, seed=self.options.seed, kills=dict(self.kills),
                    starts=self.restarts, least_in_flight=self.least,
                    receipts=sum(len(box.receipts) for box in boxes),
                    sent_again=sum(box.resent for box in boxes),
                    again=dict(sum((box.again for box in boxes), collections.Counter())),
                    deliveries=sum(len(inbox.kept) for inbox in self.inboxes),
                    consistency_proofs=sum(link.verifier.consistency
                                           for link in self.stage.links.values()), **more)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--daemon', required=True)
    parser.add_argument('--runs', help='another daemon to run, on the log that --daemon began')
    parser.add_argument('--cycles', type=int, default=40)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--in-flight', type=int, default=64)
    parser.add_argument('--fresh-state', action='store_true',
                        help='throw the derived state away before each start')
    parser.add_argument('--quiet', action='store_true')
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    began, loop = time.monotonic(), None
    try:
        loop = Loop(options)
        done = loop.run()
        print(json.dumps(loop.summary(violation=None, seconds=round(time.monotonic() - began, 1),
                                      **done)))
        return 0
    except (Violation, Refused) as error:
        print(json.dumps(loop.summary(violation=str(error),
                                      seconds=round(time.monotonic() - began, 1))))
        return 1
    except Exception:  # noqa: BLE001: whatever else it is, it is ours
        traceback.print_exc()
        return 2
    finally:
        if loop:
            loop.stage.close()


if __name__ == '__main__':
    sys.exit(main())
