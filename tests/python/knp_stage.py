# SPDX-License-Identifier: EUPL-1.2
"""A house with everybody of the proefconvenant enrolled and connected: where black-box tests play."""

import os
import sys
import unittest

import knp_convenant as kc
from knp_bureau import Bureau
from knp_daemon import House, Failed
from knp_link import NoAnswer
from knp_lists import LISTS
from knp_process import FAKETIME, preload, sweep_clocks  # noqa: F401

BINARY = os.environ.get('KNOOPPUNTD', '')


class Stage:
    """`only` names the parties wanted, all when None; `convenant` is a document, None for none;
    `cast` makes other parties than those of the proefconvenant; `environment` is more of it for the
    daemon."""

    def __init__(self, only=None, convenant=b'', binary=None, cast=kc.cast, environment=None,
                 **settings):
        self.house = House(binary or BINARY, **settings)
        self.house.environment = environment or {}
        self.bureau = self.asker = None  # of the officer: one of the tests' own, the program
        self.parties, self.links = cast(), {}
        self.parties = {name: party for name, party in self.parties.items()
                        if only is None or name in only}
        try:
            self.house.init()
            self.house.start()
            for party in self.parties.values():
                self.house.enrol(party)
            if convenant is not None:
                self.house.convenant(convenant or kc.document())
            for name in self.parties:
                self.connect(name)
        except BaseException:
            sys.stderr.write(self.house.log()[-8000:] if os.path.exists(
                self.house.path('stderr')) else '')
            self.close()
            raise

    def close(self):
        self.house.remove()

    @property
    def genesis(self):
        return self.house.genesis

    def connect(self, name):
        """A key that the gate does not know yet is refused for good, so a new try reconnects."""
        old = self.links.pop(name, None)
        verifier = old.verifier if old else None
        durable = old.durable if old else {}
        if old:
            old.close()
        for attempt in range(5):
            try:
                link = self.house.link(self.parties[name], verifier, timeout=3.0 + attempt)
                link.durable = durable
                self.links[name] = link
                return link
            except NoAnswer:
                continue
        raise Failed(f'{name} gets no answer')

    def reconnect(self):
        """After a restart: the endpoint may be another one."""
        for name in self.parties:
            self.connect(name)

    def sync(self):
        for link in self.links.values():
            link.sync()

    def restart(self):
        code, seconds = self.house.stop()
        self.house.start()
        self.reconnect()
        return code, seconds

    # ---- playing ---------------------------------------------------------------------------

    def melding(self, name, case=None, rubrieken=None, **overrides):
        made = rubrieken if rubrieken is not None else kc.rubrieken_of(case)
        return self.parties[name].melding(self.genesis, made, **overrides)

    def push(self, name, *items):
        return self.links[name].push(list(items))

    def everything(self):
        """Fetches all there is for everybody: {(OIN, functie): [Verstrekking]}, acknowledged."""
        found = {}
        for name, party in self.parties.items():
            for functie in party.functies:
                new = self.links[name].fetch_all(functie)
                found[party.oin, functie] = new
                for at in range(0, len(new), 64):
                    self.links[name].ack(functie, new[at:at + 64])
        return found

    def vraag(self, vraag, *lines):
        """What the officer is told."""
        self.bureau = self.bureau or Bureau(self)
        return self.bureau.must(vraag, *lines)

    def metrics(self):
        return {name: int(value) for name, value in self.house.must('metrics').lines
                if name.startswith('knooppunt_')}

    def size(self):
        return int(self.house.must('log')['size'])


REASON_CODES = {row['code'] for row in LISTS['reasons']}


class Logged(unittest.TestCase):
    """Of a test that fails, or whose set-up or clean-up does, the log of the house of `stage`."""

    stage = None

    def run(self, result=None):
        before = len(result.failures) + len(result.errors) if result else 0
        super().run(result)
        if result and self.stage and len(result.failures) + len(result.errors) > before:
            sys.stderr.write(f'--- log of {self.id()}\n{self.stage.house.log()[-6000:]}---\n')


class StageTest(Logged):
    """One house for the tests of a class; each leaves nothing undelivered behind."""

    SETTINGS = {}
    ONLY = None
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(cls.ONLY, **cls.SETTINGS)

    @classmethod
    def tearDownClass(cls):
        cls.stage.close()

    def setUp(self):
        self.stage.everything()

    def assert_aanvaard(self, receipt):
        self.assertEqual((receipt.outcome, receipt.reason, receipt.field), ('aanvaard', '', ''))


def main():
    if not BINARY or not os.access(BINARY, os.X_OK):
        sys.exit('KNOOPPUNTD must name the daemon to test')
    unittest.main(verbosity=2)
