# SPDX-License-Identifier: EUPL-1.2
"""What can be seen of a play afterwards: what stands in the recipients' inboxes, and what `why`
says. Nothing else is known to the one who tells the story."""

import json
import os
from typing import NamedTuple

from huis import SOURCE
from speler import read_fixture

LISTS = os.path.join(SOURCE, 'proto', 'spec', 'vectors', 'lists.json')


def read_json(path):
    with open(path, encoding='utf-8') as file:
        return json.load(file)


class Captions:
    """The Dutch words of the closed lists."""

    def __init__(self):
        lists = read_json(LISTS)
        self.rubrieken = {row['name']: row['caption'] for row in lists['rubrieken']}
        self.codes = {name: {row['code']: row['text'] for row in rows}
                      for name, rows in lists['lists'].items()}

    def rubriek(self, name):
        caption = self.rubrieken.get(name, name)
        return caption[0].lower() + caption[1:]

    def code(self, list_, code):
        return self.codes[list_].get(code, code)


class Verstrekking(NamedTuple):
    """One item of an inbox."""
    speler: str
    bron: str
    data: dict

    @property
    def given(self):
        """Names of all rubrieken; herkomst shows as who sent it."""
        names = {r['rubriek'] for r in self.data.get('rubrieken', ())}
        return names | ({'herkomst'} if 'bron_naam' in self.data else set())

    def velden(self, rubriek, betrokkene=0):
        """Of each rubriek of this name; a list of objects."""
        return [r['velden'] for r in self.data.get('rubrieken', ())
                if r['rubriek'] == rubriek and r['betrokkene'] == betrokkene]


class Oordeel(NamedTuple):
    """What `why` says of one ontvanger, betrokkene and rubriek."""
    bron: str
    data: dict

    @property
    def beslissing(self):
        return self.data['beslissing']


class Waarnemingen:
    """The folder of a play, read."""

    def __init__(self, map_, casus=''):
        self.map = map_
        self.stappen = read_json(os.path.join(map_, 'stappen.json'))
        self.spelers = {rij['speler']: rij for rij in json.loads(read_fixture('spelers.json', casus))}
        self.inbox = [item for speler in self.spelers for item in self.read_inbox(speler)]

    def bron(self, path):
        return os.path.relpath(path, self.map)

    def read_inbox(self, speler):
        folder = os.path.join(self.map, 'partners', speler, 'ontvangen')
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            path = os.path.join(folder, name)
            yield Verstrekking(speler, self.bron(path), read_json(path))

    # ---- steps -----------------------------------------------------------------------------

    def stap(self, naam):
        return next(stap for stap in self.stappen if stap['stap'] == naam)

    @staticmethod
    def index(stap):
        """The entry in the log that the step made."""
        return stap['uitvoer']['regels'][0]['index']

    def about(self, stap):
        """The step whose melding this one is about, itself when it is a melding."""
        return self.stap(stap['over']) if 'over' in stap else stap

    def verstrekt(self, stap):
        """What this step brought into the inboxes."""
        return [item for item in self.inbox if item.data['index'] == self.index(stap)]

    def verstrekt_of(self, melding):
        """What any step brought into the inboxes of this melding, the fullest first."""
        index = self.index(melding)
        found = [item for item in self.inbox
                 if item.data.get('betreft', item.data['index']) == index]
        return sorted(found, key=lambda item: -len(item.data['rubrieken']))

    def find(self, melding, veld, rubriek, betrokkene=0):
        """(value, the inbox it stands in) of a veld; (None, None) when nobody got it."""
        for item in self.verstrekt_of(melding):
            for velden in item.velden(rubriek, betrokkene):
                if veld in velden:
                    return velden[veld], item.bron
        return None, None

    # ---- why -------------------------------------------------------------------------------

    def oordelen(self, stap, speler):
        """All that `why` said of a recipient right after a step."""
        data = read_json(os.path.join(self.map, 'waarom', stap['stap'], f'{speler}.json'))
        return [Oordeel(f'{data["opdracht"]} {row["betrokkene"]} {row["rubriek"]}', row)
                for row in data['regels']]

    def oordeel(self, stap, speler, betrokkene, rubriek):
        for oordeel in self.oordelen(stap, speler):
            if (oordeel.data['betrokkene'], oordeel.data['rubriek']) == (betrokkene, rubriek):
                return oordeel
        return None

    def alle_oordelen(self):
        return [oordeel for stap in self.stappen for speler in self.spelers
                if stap['doe'] not in ('convenant', 'zeg', 'vraag', 'terug') for oordeel in self.oordelen(stap, speler)]
