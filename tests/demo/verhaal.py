# SPDX-License-Identifier: EUPL-1.2
"""Tells the play as a story in Dutch. The sentences are templates; every name, rubriek, regel,
number and reason in them is read from an inbox, from `why`, or from what a command answered, and
each line knows from which."""

import textwrap
from typing import NamedTuple

from waarnemingen import Captions

WIDTH = 120
VERBODEN = 'verboden door deze regel'
INDENT = ' '
VERRIJKING = 'verrijking.'
# Shorter than the captions of the lists.
WORDS = {'betrokkenheid': 'rol', 'gezinssysteem': 'gezin', 'verblijfadres': 'adres', 'bsn': 'BSN',
         'strafrechtelijk': 'strafgegevens'}


class Regel(NamedTuple):
    """One line of the story and where it comes from."""
    tekst: str
    bronnen: tuple


def fold(regel, with_bron):
    """The printed lines of one line of the story."""
    first = len(regel.tekst) - len(regel.tekst.lstrip())
    hang = ' ' * (first + 3)
    made = textwrap.wrap(regel.tekst.strip(), WIDTH, initial_indent=' ' * first,
                         subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)
    if with_bron:
        made.append(f'{hang}bron: {"; ".join(regel.bronnen)}')
    return made


def join(words, last='en'):
    """«a, b en c»"""
    words = list(words)
    head = [', '.join(words[:-1])] if len(words) > 1 else []
    return f' {last} '.join(head + words[-1:])


def merge(tests):
    """What several wait for, once: «…, gevraagd lokaal of procesregie»."""
    parts = [test.partition(', gevraagd ') for test in unique(tests)]
    asked = join((part[2] for part in parts), 'of')
    return f'{parts[0][0]}, gevraagd {asked}' if parts[0][1] else parts[0][0]


def unique(values):
    return list(dict.fromkeys(values))


class Verhaal:
    """The story of one play."""

    def __init__(self, seen, titel=None):
        self.seen, self.captions, self.titel = seen, Captions(), titel
        self.nummers = {}

    def regels(self):
        tell = {'convenant': self.tell_convenant, 'push': self.tell_push,
                'weging': self.tell_weging, 'toestemming': self.tell_toestemming,
                'voorstel': self.tell_voorstel, 'zeg': self.tell_zeg, 'vraag': self.tell_vraag,
                'terug': self.tell_terug}
        for stap in self.seen.stappen:
            yield from tell[stap['doe']](stap)
        yield from self.tell_together()

    # ---- who and what ----------------------------------------------------------------------

    def wie(self, speler):
        return self.seen.spelers[speler]['kort']

    def person(self, melding, betrokkene):
        """The first name anybody received, else the rol."""
        name, _ = self.seen.find(melding, 'voornamen', 'identificatie', betrokkene)
        rol = self.rol(melding, betrokkene)
        return name or (rol if rol[-1].isdigit() else f'een {rol}')

    def rol(self, melding, betrokkene):
        rol, _ = self.seen.find(melding, 'rol', 'betrokkenheid', betrokkene)
        return self.captions.code('rol', rol) if rol else f'betrokkene {betrokkene}'

    def person_in_rol(self, melding, betrokkene):
        name, rol = self.person(melding, betrokkene), self.rol(melding, betrokkene)
        return name if name.endswith(rol) else f'{name} ({rol})'

    def person_sources(self, melding, betrokkene):
        found = (self.seen.find(melding, 'voornamen', 'identificatie', betrokkene),
                 self.seen.find(melding, 'rol', 'betrokkenheid', betrokkene))
        return [bron for _, bron in found if bron]

    def betrokkenen(self, melding):
        return sorted({r['betrokkene'] for item in self.seen.verstrekt_of(melding)
                       for r in item.data['rubrieken'] if r['betrokkene']})

    def names(self, melding, betrokkenen):
        return join(self.person(melding, b) for b in betrokkenen if b)

    def word(self, rubriek):
        return WORDS.get(rubriek) or self.captions.rubriek(rubriek)

    def words(self, rubrieken):
        return ', '.join(map(self.word, rubrieken))

    # ---- the convenant ---------------------------------------------------------------------

    def tell_convenant(self, stap):
        status, voorstel, akkoord = stap['status'], stap['voorstel'], stap['akkoord']
        data = status['regels'][0]
        state, after = voorstel['regels'][0]['state'], akkoord['regels'][0]['state']
        kind = 'OEFENING' if data['oefening'] else 'GEEN OEFENING'
        if self.titel:
            yield Regel(f'{self.titel}. {kind}, onder convenant {data["convenant"]}.',
                        ('tests/demo/demo.py', status['opdracht']))
            return
        yield Regel(f'{kind} met verzonnen personen. Het dossier blijft in PGAx; hier staat alleen '
                    'wie wat over wie kreeg, en waarom.', (status['opdracht'],))
        yield Regel(f'Convenant {data["convenant"]}: {state} door de beheerder, {after} na akkoord '
                    'van de privacy officer.',
                    (voorstel['opdracht'], akkoord['opdracht']))
        yield from self.tell_voorlopig(status)
        yield Regel('-> kreeg   + voegde het knooppunt daaraan toe   x kreeg niet   .. wacht   '
                    '* een mens weegt   [onder deze regel]', ('tests/demo/verhaal.py',))

    @staticmethod
    def tell_voorlopig(status):
        """Codes of the house that the convenant rests on and nobody confirmed."""
        codes = status['regels'][0]['voorlopig']
        if codes:
            yield Regel(f'Voorlopig: {len(codes)} codes waarop het rust (grondslagen, termijnen, …) heeft '
                        'nog niemand bevestigd.', (status['opdracht'],))

    # ---- a melding -------------------------------------------------------------------------

    def tell_push(self, stap):
        nummer = self.nummers[stap['stap']] = len(self.nummers) + 1
        yield self.heading(stap, nummer)
        yield from self.tell_verstrekt(stap)
        yield from self.tell_wacht(stap)
        yield from self.tell_licht_uit(stap)

    def heading(self, stap, nummer):
        wat, bronnen = self.subject(stap)
        mensen = [self.person_in_rol(stap, b) for b in self.betrokkenen(stap)]
        for betrokkene in self.betrokkenen(stap):
            bronnen += self.person_sources(stap, betrokkene)
        if 'deur' in stap:
            bronnen.append(stap['uitvoer']['opdracht'])
        wie = f': {", ".join(mensen)}' if mensen else '; om wie het gaat hoort nog niemand'
        return Regel(f'{nummer}. {self.sender(stap)} meldt{wat}{wie}.', tuple(unique(bronnen)))

    def sender(self, stap):
        """Only when somebody was told where it came from."""
        namen = {item.data['bron_naam'] for item in self.seen.verstrekt_of(stap)
                 if 'bron_naam' in item.data}
        return self.wie(stap['wie']) if namen == {self.seen.spelers[stap['wie']]['naam']} \
            else 'Een partner'

    def subject(self, stap):
        """What happened, else what it is about; and in which inboxes that stands."""
        aard, bron_aard = self.codes(stap, 'incident', 'aard', 'incident-aard')
        thema, bron_thema = self.codes(stap, 'kenmerken', 'thema', 'thema')
        more = [word for word in thema if word not in aard]
        words = f' {", ".join(aard)} ({", ".join(more)})' if aard else f', thema {", ".join(thema)}'
        return words, [bron for bron in (bron_aard, bron_thema) if bron]

    def codes(self, melding, rubriek, veld, list_):
        """(codes in words, the inbox they stand in) of a veld of the incident."""
        codes, bron = self.seen.find(melding, veld, rubriek)
        return [self.captions.code(list_, code) for code in codes or ()], bron

    # ---- who got what ----------------------------------------------------------------------

    def tell_verstrekt(self, stap):
        melding = self.seen.about(stap)
        for item in self.seen.verstrekt(stap):
            yield Regel(f'{INDENT}-> {self.wie(item.speler)} kreeg {self.rubrieken(melding, item)} '
                        f'[{self.regels_of(item, False)}]', (item.bron,))
            added = self.added(melding, item)
            if added:
                yield Regel(f'{INDENT}+  toegevoegd: {added} '
                            f'[{self.regels_of(item, True)}]', (item.bron,))

    @staticmethod
    def regels_of(item, verrijking):
        return join(unique(grond['regel'] for grond in item.data['gronden']
                           if grond['rubriek'].startswith(VERRIJKING) == verrijking))

    def rubrieken(self, melding, item):
        """«kenmerken; over Harry en Susan betrokkenheid; over Susan ook contactgegevens»"""
        lists = {}
        for rubriek in item.data['rubrieken']:
            if not rubriek['rubriek'].startswith(VERRIJKING):
                lists.setdefault(rubriek['betrokkene'], []).append(rubriek['rubriek'])
        parts = [self.words(unique(lists.pop(0)))] if 0 in lists else []
        lists = {b: unique(names) for b, names in lists.items()}
        for who, names, more in shared(lists):
            parts.append(f'over {self.names(melding, who)} {"ook " * more}{self.words(names)}')
        return '; '.join(parts)

    # ---- what the knooppunt adds -----------------------------------------------------------

    def added(self, melding, item):
        """«Harry in 4, Susan in 3 eerdere meldingen (30 dagen), ook van een andere bron»"""
        counted, elsewhere = {}, []
        for betrokkene in self.betrokkenen(melding):
            for velden in item.velden('verrijking.eerder', betrokkene):
                counted.setdefault(velden['30'], []).append(betrokkene)
            for velden in item.velden('verrijking.samenloop', betrokkene):
                elsewhere += [betrokkene] * velden['samenloop']
        counted.pop(0, None)
        noun = 'eerdere melding' if max(counted, default=0) <= 1 else 'eerdere meldingen'
        words = [f'{self.names(melding, who)} in {count}' for count, who in counted.items()]
        parts = [f'{", ".join(words)} {noun} (30 dagen)'] if words else []
        if elsewhere and sorted(elsewhere) == sorted(b for who in counted.values() for b in who):
            parts.append('ook van een andere bron')
        elif elsewhere:
            parts.append(f'{self.names(melding, elsewhere)} ook gemeld door een andere bron')
        return ', '.join(parts)

    # ---- what was withheld -----------------------------------------------------------------

    def tell_wacht(self, stap):
        waiting = {}
        for speler in self.seen.spelers:
            for oordeel in self.seen.oordelen(stap, speler):
                if oordeel.beslissing == 'wacht' and oordeel.data.get('wacht_op'):
                    waiting.setdefault(oordeel.data['wacht_op'], {}).setdefault(speler, oordeel)
        for regel, who in waiting.items():
            test = merge(o.data['nearest']['test'] for o in who.values())
            yield Regel(f'{INDENT}.. {join(self.wie(speler) for speler in who)} '
                        f'{"wachten" if len(who) > 1 else "wacht"}; {test} [{regel}]',
                        tuple(oordeel.bron for oordeel in who.values()))

    def tell_licht_uit(self, stap):
        """What the draaiboek wants to be looked at; nothing when it was given after all."""
        for wat in stap.get('licht_uit', ()):
            oordeel = self.seen.oordeel(stap, wat['aan'], wat['betrokkene'], wat['rubriek'])
            if oordeel and oordeel.beslissing != 'verstrekt':
                yield Regel(f'{INDENT}x  {self.wie(wat["aan"])} kreeg niet: '
                            f'{self.asked(self.seen.about(stap), wat)}; {self.reason(oordeel)}',
                            (oordeel.bron,))

    def asked(self, melding, wat):
        over = f' over {self.person(melding, wat["betrokkene"])}' if wat['betrokkene'] else ''
        return f'{self.word(wat["rubriek"])}{over}'

    @staticmethod
    def reason(oordeel):
        data, nearest = oordeel.data, oordeel.data.get('nearest') or {}
        if oordeel.beslissing == 'verstrekt':
            return f'onder [{join(data["regels"])}]'
        if oordeel.beslissing == 'wacht':
            return f'dat wacht [{data.get("wacht_op", "")}]'
        if data['regels'] and nearest.get('test', VERBODEN) != VERBODEN:
            return f'{nearest["test"]} [{join(data["regels"])}]'
        if data['regels']:
            return f'verboden [{join(data["regels"])}]'
        if nearest.get('regel'):
            return f'[{nearest["regel"]}] geldt niet ({nearest["test"]})'
        return 'geen regel geeft dit'

    # ---- a weging --------------------------------------------------------------------------

    def tell_weging(self, stap):
        name = f'weging.{stap["regel"]}'
        oordeel = next(o for o in self.seen.oordelen(stap, stap['wie']) if name in o.data['feiten'])
        uitkomst, nummer = oordeel.data['feiten'][name], self.nummers[stap['over']]
        yield Regel(f'*  {self.wie(stap["wie"])} weegt melding {nummer} en besluit: «{uitkomst}» '
                    f'[{stap["regel"]}]', (oordeel.bron,))
        yield from self.tell_verstrekt(stap)
        yield from self.tell_licht_uit(stap)

    # ---- a toestemming -------------------------------------------------------------------

    def tell_toestemming(self, stap):
        naam = f'{stap["betrokkene"]}.toestemming.'
        found = next(((o, feit[len(naam):]) for speler in self.seen.spelers
                      for o in self.seen.oordelen(stap, speler)
                      for feit in o.data['feiten'] if feit.startswith(naam)), None)
        begin = f'*  {self.wie(stap["wie"])} legt bij melding {self.nummers[stap["over"]]} vast: '
        if found:
            yield Regel(begin + self.captions.code('toestemming-grond', found[1]), (found[0].bron,))
        else:
            yield Regel(begin + 'toestemming, waar geen regel naar vraagt',
                        (stap['uitvoer']['opdracht'],))
        yield from self.tell_verstrekt(stap)
        yield from self.tell_licht_uit(stap)

    # ---- ZSM -------------------------------------------------------------------------------

    ZEGT = {'casus': 'zegt hoe de casus staat', 'advies': 'adviseert ZSM vooraf'}

    def tell_zeg(self, stap):
        yield Regel(f'*  {self.wie(stap["wie"])} {self.ZEGT[stap["wat"]]}: '
                    f'{stap["uitvoer"]["regels"][0]["status"]}.', (stap['uitvoer']['opdracht'],))

    def tell_vraag(self, stap):
        antwoord, bron = stap['uitvoer']['regels'][0], (stap['uitvoer']['opdracht'],)
        if antwoord['status'] == 'niets':
            yield Regel(f'?  {self.wie(stap["wie"])} vraagt naar een verdachte die in geen dossier staat: '
                        'niets. «Er zijn geen gegevens die wij hierover kunnen verstrekken»', bron)
            return
        velden = {r['rubriek']: r['velden'] for r in antwoord['rubrieken']}
        yield Regel(f'?  {self.wie(stap["wie"])} vraagt naar de verdachte: {antwoord["status"]} '
                    f'[{join(unique(antwoord["regels"]))}]', bron)
        pga, advies, regie = (velden[VERRIJKING + name] for name in ('pga', 'advies', 'regisseur'))
        yield Regel(f'{INDENT}=  actieve PGA sinds {pga["sinds"]}, AVE {pga["ave"]}', bron)
        yield Regel(f'{INDENT}=  advies: {self.texts("zsm-advies", advies["advies"])}; raakt '
                    f'{self.texts("zsm-afspraak", advies["afspraak"])}; «{advies["tekst"]}»', bron)
        eerst = '; er zijn anderen betrokken: bel vóór heenzending' if regie['bellen'] else ''
        yield Regel(f'{INDENT}=  te bellen: {regie["procesregisseur"]}, {regie["telefoon"]}, bereikbaar '
                    f'{regie["bereikbaar"]}, dus vanaf {regie["vanaf"]}{eerst}', bron)
        yield from self.tell_open(stap)

    def texts(self, list_, codes):
        return join(self.captions.code(list_, code) for code in codes)

    def tell_open(self, stap):
        """What the question leaves owed."""
        for row in stap['open']['regels']:
            if row['wat'] in ('terugkoppeling', 'advies'):
                yield Regel(f'{INDENT}.. {row["naam"]} is een {row["wat"]} verschuldigd [{row["regel"]}]',
                            (stap['open']['opdracht'],))

    def tell_terug(self, stap):
        yield Regel(f'*  {self.wie(stap["wie"])} beslist en koppelt terug: '
                    f'{stap["uitvoer"]["regels"][0]["status"]}.', (stap['uitvoer']['opdracht'],))
        for item in self.seen.verstrekt(stap):
            velden, = item.velden('verrijking.terugkoppeling', 1)
            used = 'gebruikt' if velden['gebruikt'] else 'niet gebruikt'
            yield Regel(f'{INDENT}-> {self.wie(item.speler)} kreeg terug bij {join(velden["casus"])}: {used}, '
                        f'{self.captions.code("zsm-afdoening", velden["afdoening"])} met '
                        f'{self.texts("voorwaarde", velden["voorwaarde"])} '
                        f'[{self.regels_of(item, True)}]', (item.bron,))
        yield from self.tell_open(stap)

    # ---- the attempt -----------------------------------------------------------------------

    def tell_voorstel(self, stap):
        vraag = stap['vraag']
        aan, wat = self.wie(vraag['aan']), self.asked(self.seen.about(stap), vraag)
        yield Regel(f'!  Poging: de beheerder stelt voor dat {aan} ook {wat} krijgt. '
                    f'{outcome(stap["naast"])}.', (stap['naast']['opdracht'],))
        yield Regel(f'!  Nog eens, met het verbod [{stap["zonder_regel"]}] eruit. '
                    f'{outcome(stap["zonder"])}.', (stap['zonder']['opdracht'],))
        yield Regel(f'!  De beheerder wil zelf ook de tweede handtekening zetten. '
                    f'{outcome(stap["zelf"])}.', (stap['zelf']['opdracht'],))

    # ---- all of it -------------------------------------------------------------------------

    def tell_together(self):
        asked = {row.data['rubriek'] for row in self.seen.alle_oordelen()}
        if not asked:  # what ZSM is told goes by no inbox
            return
        given = {rubriek for item in self.seen.inbox for rubriek in item.given}
        only = [f'{self.word(rubriek)} alleen naar {self.who_got(rubriek)}'
                for rubriek in ('gezondheid', 'strafrechtelijk', 'detentie') if rubriek in given]
        if only:
            yield Regel(f'=  Al met al ging {"; ".join(only)}.', ('partners/*/ontvangen/',))
        convenanten = unique(item.data['convenant'][:8] for item in self.seen.inbox)
        poging = ', ook die na de poging,' if not self.titel else ''
        yield Regel(f'=  Alle {len(self.seen.inbox)} verstrekkingen{poging} zijn '
                    f'gedaan onder convenantversie {join(convenanten)}.',
                    ('partners/*/ontvangen/',))
        nothing = [speler for speler in self.seen.spelers
                   if not any(item.speler == speler for item in self.seen.inbox)]
        yield Regel(f'=  Naar niemand ging: {self.words(sorted(asked - given))}. Niets kregen: '
                    f'{join(map(self.wie, nothing)) or "niemand"}.',
                    ('waarom/*/*.json', 'partners/*/ontvangen/'))

    def who_got(self, rubriek):
        who = unique(item.speler for item in self.seen.inbox if rubriek in item.given)
        return join(map(self.wie, who)) or 'niemand'


def shared(lists):
    """Betrokkenen with what each has → (who, names, in addition?): first what all have in common,
    then what some have besides."""
    common = [name for name in next(iter(lists.values()), ())
              if len(lists) > 1 and all(name in names for names in lists.values())]
    if common:
        yield list(lists), common, False
    rest = {}
    for betrokkene, names in lists.items():
        left = tuple(name for name in names if name not in common)
        if left:
            rest.setdefault(left, []).append(betrokkene)
    for names, who in rest.items():
        yield who, names, bool(common)


REDENEN = {
    'test-failed': 'de proeven bij de regels slagen niet',
    'two-needed': 'twee verschillende rollen moeten tekenen',
}


def outcome(kept):
    """What a command that should change the register came to."""
    answer = kept['regels'][0]
    if 'error' in answer:
        code = answer['error']['code']
        return f'Geweigerd: {REDENEN.get(code, code)}'
    only_proposed = answer['state'] == 'voorgesteld'
    return 'Voorgesteld, en niet van kracht' if only_proposed else answer['state']
