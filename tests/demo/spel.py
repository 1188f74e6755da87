# SPDX-License-Identifier: EUPL-1.2
"""Plays the casus: every step of draaiboek.json through the partners' own programs. What they and
the officer's `why` say is kept in files; the story is told from those alone."""

import datetime
import json
import os
import re

from deuren import open_deur
from huis import Failed, Huis
from speler import FIXTURES, Speler, read_fixture

VERBOD = 'zorg-besloten'
NIETS = 10  # the exit code of an empty answer


class Spel:
    """The house, the partners, and the record of what was done."""

    def __init__(self, map_, convenant, casus=''):
        self.map, self.convenant, self.casus = map_, convenant, casus
        self.regels = os.path.join(FIXTURES, casus, 'regels.yaml')
        rijen = json.loads(read_fixture('spelers.json', casus))
        huis = next(rij for rij in rijen if rij['functie'] == 'procesregisseur')
        self.huis = Huis(os.path.join(map_, 'huis'), huis['oin'], huis['naam'])
        self.spelers = {rij['speler']: Speler(rij, self.huis, os.path.join(map_, 'partners'), casus)
                        for rij in rijen}
        self.stappen = []
        self.deuren = {}  # those that were used, by whose it is and their name
        self.today = datetime.date.today()

    def path(self, *names):
        return os.path.join(self.map, *names)

    # ---- the house opens -------------------------------------------------------------------

    def open(self):
        self.huis.init()
        self.start()
        for speler in self.spelers.values():
            speler.enrol()
        self.huis.enrol_bureau()
        if os.path.exists(self.regels):
            self.add_regels()
        voorstel = self.huis.propose('convenant propose', self.convenant).must()
        akkoord = self.huis.approve(self.convenant).must()
        self.record({'stap': 'convenant', 'doe': 'convenant'}, voorstel=voorstel, akkoord=akkoord,
                    status=self.huis.ctl('status').must())

    def add_regels(self):
        """Those of the casus itself, before those of the convenant."""
        with open(self.convenant, encoding='utf-8') as file:
            tekst = file.read()
        self.convenant = self.write('convenant.yaml',
                                    add_regel(tekst, read_fixture('regels.yaml', self.casus)))

    def start(self):
        self.huis.start()
        for speler in self.spelers.values():
            os.makedirs(speler.map, exist_ok=True)
            speler.write_settings()

    # ---- the steps -------------------------------------------------------------------------

    def play(self):
        acts = {'push': self.push, 'weging': self.weeg, 'toestemming': self.toestemming,
                'voorstel': self.voorstel, 'zeg': self.zeg, 'vraag': self.vraag, 'terug': self.terug}
        try:
            for stap in json.loads(read_fixture('draaiboek.json', self.casus)):
                acts[stap['doe']](stap)
        finally:
            for deur in self.deuren.values():
                deur.stop()

    def send(self, stap, speler, anders):
        """By the door that the draaiboek names for it, else by `anders`, its own command."""
        path = speler.prepare(stap['bestand'], self.today)
        if 'deur' not in stap:
            return anders(path).must()
        deur = (speler.naam, stap['deur'])
        if deur not in self.deuren:
            self.deuren[deur] = open_deur(speler, stap['deur'])
        return self.deuren[deur].send(path).must()

    def push(self, stap):
        speler = self.spelers[stap['wie']]
        uitvoer = self.send(stap, speler, speler.push)
        self.record(stap, uitvoer=uitvoer)
        self.after(stap, uitvoer.regel['id'])

    def weeg(self, stap):
        melding = self.antwoord(stap['over'])
        speler = self.spelers[stap['wie']]
        uitvoer = speler.weeg(melding['index'], stap).must()
        self.record(stap, uitvoer=uitvoer)
        self.after(stap, melding['id'])

    def toestemming(self, stap):
        melding = self.antwoord(stap['over'])
        uitvoer = self.spelers[stap['wie']].toestemming(melding['index'], stap).must()
        self.record(stap, uitvoer=uitvoer)
        self.after(stap, melding['id'])

    # ---- ZSM -------------------------------------------------------------------------------

    def zeg(self, stap):
        speler = self.spelers[stap['wie']]
        self.record(stap, uitvoer=self.send(stap, speler, lambda path: speler.say(stap['wat'], path)))

    def vraag(self, stap):
        """The answer is what the command prints; that there is none to tell has an exit code of its
        own."""
        speler = self.spelers[stap['wie']]
        uitvoer = speler.vraag(speler.prepare(stap['bestand'], self.today))
        if uitvoer.code not in (0, NIETS):
            uitvoer.must()
        self.record(stap, uitvoer=uitvoer, open=self.huis.ctl('open').must())

    def terug(self, stap):
        speler = self.spelers[stap['wie']]
        path = speler.prepare(stap['bestand'], self.today, self.antwoord(stap['over'])['index'])
        self.record(stap, uitvoer=speler.say('terugkoppeling', path).must(),
                    open=self.huis.ctl('open').must())
        for each in self.spelers.values():
            each.fetch().must()

    def after(self, stap, melding):
        """Everybody looks into its inbox; the officer asks of everybody why."""
        for speler in self.spelers.values():
            speler.fetch().must()
        for speler in self.spelers.values():
            self.ask_why(stap, melding, speler)

    def ask_why(self, stap, melding, speler):
        uitvoer = self.huis.why(melding, speler.ontvanger).must()
        folder = self.path('waarom', stap['stap'])
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f'{speler.naam}.json'), 'w', encoding='utf-8') as file:
            json.dump({'opdracht': short(uitvoer.opdracht), 'regels': uitvoer.regels}, file,
                      ensure_ascii=False, indent=1)

    def antwoord(self, naam):
        for stap in self.stappen:
            if stap['stap'] == naam:
                return stap['uitvoer']['regels'][0]
        raise Failed(f'the draaiboek names no step {naam} before this one')

    # ---- the attempt -----------------------------------------------------------------------

    def voorstel(self, stap):
        """A regel that gives the corporatie what it may not have: first beside the ban, then with
        the ban taken out; signed by the beheerder alone, who tries to be the second too."""
        regel = read_fixture(stap['bestand'])
        with open(self.convenant, encoding='utf-8') as file:
            tekst = file.read()
        naast = self.write('voorstel-naast-het-verbod.yaml', add_regel(tekst, regel))
        zonder = self.write('voorstel-zonder-het-verbod.yaml',
                            drop_regel(add_regel(tekst, regel), VERBOD))
        self.record({**stap, 'zonder_regel': VERBOD},
                    naast=self.huis.propose('convenant propose', naast),
                    zonder=self.huis.propose('convenant propose', zonder),
                    zelf=self.huis.approve(zonder, rol='beheerder'))
        self.after(stap, self.antwoord(stap['over'])['id'])

    def write(self, naam, tekst):
        path = self.path('huis', naam)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(tekst)
        return path

    # ---- the record ------------------------------------------------------------------------

    def record(self, stap, **uitvoer):
        kept = {naam: {'opdracht': short(u.opdracht), 'code': u.code, 'regels': u.regels}
                for naam, u in uitvoer.items()}
        self.stappen.append({**stap, **kept})
        with open(self.path('stappen.json'), 'w', encoding='utf-8') as file:
            json.dump(self.stappen, file, ensure_ascii=False, indent=1)


def short(opdracht, words=None):
    """Without the options that say where keys and settings are, and without folders."""
    kept = re.sub(r' (-c|--key|--out|--vkey|--bureau|--medewerker) \S+', '', opdracht).split(' ')
    names = [os.path.basename(word) if word.startswith('/') else word for word in kept]
    more = ' …' if words and len(names) > words else ''
    return ' '.join(names[:words]) + more


def add_regel(tekst, regel):
    comment_free = re.sub(r'^#.*\n', '', regel, flags=re.MULTILINE)
    made, count = re.subn(r'^regels:\n', lambda found: found[0] + comment_free + '\n', tekst,
                          flags=re.MULTILINE)
    if count != 1:
        raise Failed('the convenant has no list of regels')
    return made


def drop_regel(tekst, naam):
    made, count = re.subn(rf'^  - regel: {naam}\n(?:(?!  - regel: ).*\n?)*', '', tekst,
                          flags=re.MULTILINE)
    if count != 1:
        raise Failed(f'the convenant has no regel {naam}')
    return made
