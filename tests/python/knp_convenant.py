# SPDX-License-Identifier: EUPL-1.2
"""Who may get what under tests/fixtures/convenanten/proef.yaml: an oracle written from the text of
the regels and of the design, not from the YAML and not from the daemon's engine."""

import datetime
import os
from typing import NamedTuple

from knp_lists import RUBRIEK_NAMES, SOURCE, Rubriek, bsn
from knp_party import Party, today

DOCUMENT = os.path.join(SOURCE, 'tests', 'fixtures', 'convenanten', 'proef.yaml')
HUIS, POLITIE, VT, SITTARD, STEIN, GGZ = (f'0000009900000000{n}000' for n in range(1, 7))
SOORT = {HUIS: 'veiligheidshuis', POLITIE: 'politie', VT: 'veilig-thuis', SITTARD: 'gemeente',
         STEIN: 'gemeente', GGZ: 'ggz'}
GEMEENTE = {SITTARD: 'GM1883', STEIN: 'GM0971'}
WMO, OOV, NAZORG = 'wmo', 'oov', 'nazorg'
HUIS_VAN = {'GM1883': 'westelijke-mijnstreek', 'GM0971': 'westelijke-mijnstreek',
            'GM0983': 'noord-limburg'}

REGISSEUR = (HUIS, 'procesregisseur')
VEILIG_THUIS = (VT, 'meldingen')
ONTVANGERS = [REGISSEUR, (HUIS, 'nazorgcoordinator'), (POLITIE, 'basisteam'), VEILIG_THUIS,
              (SITTARD, WMO), (SITTARD, OOV), (SITTARD, NAZORG), (STEIN, WMO), (STEIN, OOV),
              (GGZ, 'crisisdienst')]
WEGING_REGEL, WEGING_DOOR = 'oov-na-weging', 'procesregisseur'


def document():
    with open(DOCUMENT, 'rb') as file:
        return file.read()


def cast():
    """The parties by name. A gemeente's OOV is another ear with keys of its own."""
    return {
        'huis': Party(HUIS, 'Veiligheidshuis Proef', 'veiligheidshuis',
                      ['procesregisseur', 'nazorgcoordinator']),
        'politie': Party(POLITIE, 'Politie Proef', 'politie', ['basisteam']),
        'vt': Party(VT, 'Veilig Thuis Proef', 'veilig-thuis', ['meldingen']),
        'sittard': Party(SITTARD, 'Gemeente Sittard-Geleen', 'gemeente', [WMO, NAZORG]),
        'sittard-oov': Party(SITTARD, 'Gemeente Sittard-Geleen OOV', 'gemeente', [OOV], 'oov'),
        'stein': Party(STEIN, 'Gemeente Stein', 'gemeente', [WMO, OOV]),
        'ggz': Party(GGZ, 'Ggz Proef', 'ggz', ['crisisdienst']),
    }


YES, NO, CANNOT_TELL = 'yes', 'no', 'cannot tell'


class Betrokkene(NamedTuple):
    """What a melding says about one person."""
    rol: str = 'betrokkene'
    woont: str = 'GM1883'
    geboren: str = ''
    bsn: str = ''
    minderjarig: str = ''   # as the sender states it


class Case(NamedTuple):
    """One melding, the state it meets, and who sent it."""
    bron: str
    functies: tuple
    soort: str
    klasse: str
    themas: tuple
    gemeente: str
    betrokkenen: tuple      # Betrokkene
    places: tuple           # (betrokkene, rubriek) the sender gave
    eerder: tuple = ()      # per betrokkene: earlier meldingen in 30 days, None when not known
    weging: str = ''

    def minderjarig(self, number):
        one = self.betrokkenen[number - 1]
        if one.geboren:
            born = datetime.date.fromisoformat(one.geboren)
            now = today()
            years = now.year - born.year - ((now.month, now.day) < (born.month, born.day))
            # An adult of whom the sender says that it is a child: nobody can tell.
            return YES if years < 18 else CANNOT_TELL if one.minderjarig == 'ja' else NO
        return {'ja': YES, 'nee': NO, '': CANNOT_TELL}[one.minderjarig]


def both(*tests):
    if NO in tests:
        return NO
    return CANNOT_TELL if CANNOT_TELL in tests else YES


def holds(condition):
    return YES if condition else NO


# ---- each regel: does it hold for this ontvanger and betrokkene (0: about nobody)? ---------------

def huis_leest(_, ontvanger, __):
    return holds(ontvanger == REGISSEUR)


def gemeente_is(ontvanger, gemeente):
    """GM0000 is a gemeente that is not known."""
    if ontvanger[0] in GEMEENTE and gemeente == 'GM0000':
        return CANNOT_TELL
    return holds(GEMEENTE.get(ontvanger[0]) == gemeente)


def woont_hier(case, ontvanger, number):
    if not number:
        return NO
    return gemeente_is(ontvanger, case.betrokkenen[number - 1].woont)


def zorg_wmo(case, ontvanger, number):
    return both(holds(case.soort == 'politie' and case.klasse == 'E33' and ontvanger[1] == WMO),
                woont_hier(case, ontvanger, number))


def zonder_persoon(case, ontvanger, _):
    return both(holds(case.soort == 'politie' and case.klasse == 'E33' and ontvanger[1] == WMO),
                gemeente_is(ontvanger, case.gemeente))


def huiselijk_vt(case, ontvanger, _):
    return holds('huiselijk-geweld' in case.themas and ontvanger == VEILIG_THUIS)


def herhaling_vt(case, ontvanger, number):
    if case.soort != 'politie' or ontvanger != VEILIG_THUIS or not number:
        return NO
    count = case.eerder[number - 1]
    return CANNOT_TELL if count is None else holds(count >= 2)


def oov_na_weging(case, ontvanger, _):
    weging = CANNOT_TELL if not case.weging else holds(case.weging == 'doorzetten')
    return both(holds(case.soort == 'politie' and ontvanger[1] == OOV),
                gemeente_is(ontvanger, case.gemeente), weging)


def ggz_zonder_herkomst(case, ontvanger, number):
    return both(holds(case.bron == GGZ and ontvanger[1] == WMO),
                woont_hier(case, ontvanger, number))


def detentie_lokaal(case, ontvanger, number):
    if case.soort != 'detentie.begin' or ontvanger[1] != NAZORG or not number:
        return NO
    adult = {YES: NO, NO: YES, CANNOT_TELL: CANNOT_TELL}[case.minderjarig(number)]
    return both(adult, woont_hier(case, ontvanger, number))


def slachtoffer_contact(case, _, number):
    return holds(number and case.betrokkenen[number - 1].rol == 'slachtoffer')


def kind_naam(case, ontvanger, number):
    if ontvanger in (REGISSEUR, VEILIG_THUIS) or not number:
        return NO
    return case.minderjarig(number)


VERSTREK = {
    'huis-leest': (huis_leest, {'kenmerken', 'betrokkenheid', 'identificatie', 'incident',
                                'herkomst', 'verrijking.huis', 'verrijking.eerder',
                                'verrijking.samenloop'}),
    'zorg-wmo': (zorg_wmo, {'kenmerken', 'betrokkenheid', 'identificatie', 'contact',
                            'leefgebieden', 'herkomst', 'verrijking.eerder',
                            'verrijking.samenloop'}),
    'zonder-persoon': (zonder_persoon, {'kenmerken', 'incident', 'herkomst'}),
    'huiselijk-vt': (huiselijk_vt, {'kenmerken', 'betrokkenheid', 'identificatie', 'bsn',
                                    'incident', 'gezinssysteem', 'herkomst'}),
    'herhaling-vt': (herhaling_vt, {'betrokkenheid', 'verrijking.eerder', 'herkomst'}),
    'oov-na-weging': (oov_na_weging, {'kenmerken', 'betrokkenheid', 'identificatie', 'incident',
                                      'toelichting', 'herkomst'}),
    'ggz-zonder-herkomst': (ggz_zonder_herkomst, {'kenmerken', 'betrokkenheid',
                                                  'leefgebieden'}),
    'detentie-lokaal': (detentie_lokaal, {'kenmerken', 'identificatie', 'detentie',
                                          'leefgebieden', 'herkomst'}),
}
VERBIED = {
    'slachtoffer-contact': (slachtoffer_contact, {'contact', 'verblijfadres'}),
    'kind-naam': (kind_naam, {'identificatie'}),
}
OF_KNOOPPUNT = {'herkomst', 'verrijking.huis', 'verrijking.eerder', 'verrijking.samenloop'}


def places_of(case):
    """Everything there is to give: what the sender gave and what the knooppunt can state."""
    places = set(case.places) | {(0, 'herkomst')}
    if case.gemeente in HUIS_VAN:
        places.add((0, 'verrijking.huis'))
    for number, one in enumerate(case.betrokkenen, 1):
        if one.woont in HUIS_VAN:
            places.add((number, 'verrijking.huis'))
        if one.bsn:
            places |= {(number, 'verrijking.eerder'), (number, 'verrijking.samenloop')}
    return places


def regel_for(test, case, ontvanger, number):
    """Of the incident a regel holds when it holds for one of the betrokkenen, or for nobody."""
    if number:
        return test(case, ontvanger, number)
    found = [test(case, ontvanger, n) for n in range(len(case.betrokkenen) + 1)]
    return YES if YES in found else CANNOT_TELL if CANNOT_TELL in found else NO


def decided(case, ontvanger):
    """{(betrokkene, rubriek): [regels]} that the regels give to one ontvanger."""
    found = {}
    for number, rubriek in places_of(case):
        own = ontvanger[0] == case.bron and ontvanger[1] in case.functies
        if own and rubriek not in OF_KNOOPPUNT:
            continue
        forbidden = [regel_for(test, case, ontvanger, number)
                     for test, rubrieken in VERBIED.values() if rubriek in rubrieken]
        if YES in forbidden or CANNOT_TELL in forbidden:
            continue
        regels = [name for name, (test, rubrieken) in VERSTREK.items() if rubriek in rubrieken
                  and regel_for(test, case, ontvanger, number) == YES]
        if regels:
            found[number, rubriek] = sorted(regels)
    return found


def gets(case, ontvanger):
    """What is delivered: herkomst alone would only tell that there is a melding."""
    found = decided(case, ontvanger)
    return found if set(found) - {(0, 'herkomst')} else {}


def rubriek_name(number):
    return RUBRIEK_NAMES[number]


def rubrieken_of(case, extra=(), bron=''):
    """The rubrieken a sender writes for this case: those of its places."""
    made = []
    for number, naam in sorted(case.places):
        regime = 'avg'
        values = dict(extra).get((number, naam), {})
        if naam == 'kenmerken':
            values = dict(soort=case.soort, urgentie='gewoon', gemeente=case.gemeente,
                          betrokkenen=len(case.betrokkenen), thema=list(case.themas), **values)
            if case.klasse:
                values['klasse'] = case.klasse
        elif naam == 'betrokkenheid':
            one = case.betrokkenen[number - 1]
            values = dict(rol=one.rol, woongemeente=one.woont, **values)
            if one.minderjarig:
                values['minderjarig'] = one.minderjarig
        elif naam == 'identificatie':
            one = case.betrokkenen[number - 1]
            values = dict(geslachtsnaam=f'Proef-{number}', **values)
            if one.geboren:
                values['geboortedatum'] = one.geboren
        elif naam == 'bsn':
            values = dict(waarde=case.betrokkenen[number - 1].bsn)
        elif not values:
            values = dict(STANDARD[naam])
        if naam == 'detentie':
            regime = 'wjsg-tenuitvoerlegging'
        mark = f'{bron}-{number}-{naam}' if bron else ''
        made.append(Rubriek(naam, number, regime, mark, **values))
    return made


STANDARD = {
    'contact': {'telefoon': '0612345678'},
    'verblijfadres': {'straat': 'Proefstraat', 'afgeschermd': 'nee'},
    'incident': {'aard': 'mishandeling', 'letsel': 'nee'},
    'leefgebieden': {'aandacht': ['huisvesting', 'schulden']},
    'gezinssysteem': {'relatie': 'partner', 'met': '2'},
    'detentie': {'inrichting': 'PI Proef', 'begin': '2026-01-02'},
    'toelichting': {'tekst': 'Vrije tekst van de melder.'},
    'melder': {'soort': 'buurt'},
    'medewerker': {'referentie': 'mw-17'},
    'gezondheid': {'crisis': 'ja'},
    'strafrechtelijk': {'status': 'onderzoek'},
}


# ---- a melding of the police about one person, to be changed where a test wants it wrong ---------

def kenmerken(**values):
    given = dict(soort='politie', klasse='E33', urgentie='gewoon', gemeente='GM1883',
                 betrokkenen=1)
    given.update(values)
    return Rubriek('kenmerken', **{name: v for name, v in given.items() if v is not None})


def persoon(**values):
    return Rubriek('identificatie', 1, **dict(dict(geslachtsnaam='Proef'), **values))


def base(**kind):
    return [kenmerken(**kind), Rubriek('betrokkenheid', 1, rol='betrokkene',
                                       woongemeente='GM1883'),
            persoon(), Rubriek('bsn', 1, waarde=bsn(31))]
