# SPDX-License-Identifier: EUPL-1.2
"""A house in simulated time: the daemon as it is, under a clock that is put forward, with everybody
of the convenant enrolled and connected over sockets."""

import os
import struct
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'python'), os.path.join(HERE, '..', 'oracle')]

import knp_party  # noqa: E402
import language  # noqa: E402
from knp_party import Party  # noqa: E402
from knp_process import preload  # noqa: E402
from knp_stage import Stage  # noqa: E402

TICK = 3600  # seconds
NEAR = 120_000  # milliseconds
MOST = 64  # statements in an envelope, deliveries in an answer


class Klok:
    """The time of the daemon and of its partners: that of the machine and so many seconds."""

    def __init__(self, folder, library, moment):
        self.path = os.path.join(folder, 'klok')
        self.library, self.first = library, int(moment / 1000 - time.time())
        with open(self.path, 'wb') as file:
            file.write(bytes(16))
        self.put(moment)

    def put(self, moment):
        """Of core the steady clock goes along: time went by, and nobody put a clock."""
        off = int(moment / 1000 - time.time())
        with open(self.path, 'r+b', buffering=0) as file:
            file.write(struct.pack('=qq', off, off - self.first))
        knp_party.SHIFT_MS = off * 1000

    def environment(self, binary):
        return {'LD_PRELOAD': preload(binary, self.library), 'KNP_STEP': self.path}


class Partner(Party):
    """Its register numbers its meldingen (spel.py); all else it says has no number."""

    def statement(self, genesis, kind, velden=(), **overrides):
        return super().statement(genesis, kind, velden, **{'sequence': 0, **overrides})


class Wereld:
    """`text` is the convenant that the house puts in force; `rate`, simulated seconds in a second."""

    def __init__(self, binary, library, text, moment, rate=None):
        self.rate, self.acks, self.ticked = rate, 0, moment
        self.folder = tempfile.TemporaryDirectory(prefix='knp-sim-')
        os.chmod(self.folder.name, 0o755)
        self.klok = Klok(self.folder.name, library, moment)
        self.document = language.Document(text)
        self.house_oin = self.document.partijen[self.document.huis].oin
        self.stage = Stage(convenant=text.encode(), binary=binary, cast=self.cast,
                           environment=self.klok.environment(binary), oin=self.house_oin,
                           tick_seconds=TICK, map_log_mib=1024, silent_hours=24 * 16,
                           ack_hours=24 * 8)

    def close(self):
        self.stage.close()
        knp_party.SHIFT_MS = 0
        self.folder.cleanup()

    def cast(self):
        return {row.naam: Partner(row.oin, row.naam, row.soort, row.functies)
                for row in self.document.partijen.values()}

    @property
    def ontvangers(self):
        """{(OIN, functie): name of the partij}"""
        return {(row.oin, functie): row.naam for row in self.document.partijen.values()
                for functie in row.functies}

    def go_to(self, moment):
        """Time goes by until then; when an hour has gone by since the last tick the house has its
        next. So near the hour that nobody can tell, a little more goes by."""
        before, since = knp_party.now_ms(), moment - self.ticked
        if moment <= before:
            return
        if TICK * 1000 - NEAR < since < TICK * 1000 + NEAR:
            moment, since = self.ticked + TICK * 1000 + NEAR, TICK * 1000 + NEAR
        if self.rate:
            time.sleep((moment - before) / 1000 / self.rate)
        size = self.stage.size()
        self.klok.put(max(moment, knp_party.now_ms()))
        if since < TICK * 1000:
            return
        self.ticked = knp_party.now_ms()
        deadline = time.monotonic() + 60
        while self.stage.size() == size:
            if time.monotonic() > deadline:
                raise RuntimeError(f'no tick at {moment}')
            time.sleep(0.002)

    def item(self, who, kind, **values):
        """A statement of somebody."""
        return self.stage.parties[who].velden_item(self.stage.genesis, kind,
                                                   {**values, 'medewerker': 'mw-1'})

    def fetch(self, ontvanger):
        """All there is for one, in its order, acknowledged."""
        name, functie = self.ontvangers[ontvanger], ontvanger[1]
        link, found = self.stage.links[name], []
        while not found or len(new) == MOST:
            new = link.fetch(functie, maximum=MOST)
            if not new:
                break
            receipt = link.ack(functie, new)
            if receipt.outcome != 'aanvaard':
                raise RuntimeError(f'{name}: an acknowledgement is {receipt.reason}')
            self.acks += 1
            link.durable[functie] = new[-1].number
            found += new
        return found

    def status(self):
        return self.stage.house.must('status')

    def accepted(self):
        """Statements that the house says it accepted, twice the same once."""
        return self.stage.metrics()['knooppunt_aanvaard_total']

    def terms(self):
        """How much is kept, and what is past its term."""
        return self.stage.house.must('terms', ('days', '1'))
