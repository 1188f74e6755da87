# SPDX-License-Identifier: EUPL-1.2
"""A melding of the year as its source writes it: the rubrieken, and the places they stand at."""

from kalender import day_of
from knp_lists import Rubriek

REGIME = {'politie': 'wpg', 'vt': 'wmo-vt', 'pi': 'wjsg-tenuitvoerlegging'}
AARD = {'verward': 'onbegrepen-gedrag', 'Veilig Thuis': 'ruzie'}
STATED = ('herkomst', 'verrijking.eerder', 'verrijking.samenloop')


def rubrieken_of(melding):
    """What is sent. Free text and who reported it are there so that they can be withheld."""
    regime = REGIME.get(melding.bron, 'avg')

    def one(naam, number=0, **values):
        return Rubriek(naam, number, regime, '', **values)

    kenmerken = dict(soort=melding.soort, urgentie=melding.urgentie, gemeente=melding.gemeente,
                     betrokkenen=len(melding.betrokkenen), thema=list(melding.thema))
    if melding.klasse:
        kenmerken['klasse'] = melding.klasse
    made = [one('kenmerken', **kenmerken)]
    if melding.stroom != 'detentie':
        made += [one('incident', aard=AARD.get(melding.stroom, 'overlast')),
                 one('toelichting', tekst='Verzonnen tekst van een verzonnen melder.'),
                 one('melder', soort='buurt')]
    for number, betrokkene in enumerate(melding.betrokkenen, 1):
        made += of_betrokkene(melding, betrokkene, number, one)
    return made


def of_betrokkene(melding, betrokkene, number, one):
    persoon = betrokkene.persoon
    if persoon is None:
        return [one('betrokkenheid', number, rol=betrokkene.rol, minderjarig='nee')]
    made = [one('betrokkenheid', number, rol=betrokkene.rol, woongemeente=persoon.gemeente),
            one('identificatie', number, geslachtsnaam=f'Proef-{persoon.nummer}',
                geboortedatum=persoon.geboren.isoformat()),
            one('bsn', number, waarde=persoon.bsn)]
    if melding.stroom == 'detentie':
        made.append(one('detentie', number, inrichting='PI Roermond',
                        begin=day_of(melding.gebeurd).isoformat()))
        if betrokkene.leefgebieden:
            made.append(one('leefgebieden', number, aandacht=list(betrokkene.leefgebieden)))
    if melding.stroom == 'huisverbod':
        made.append(Rubriek('voorwaarden', number, 'avg', '', soort='contactverbod',
                            begin=day_of(melding.gebeurd).isoformat()))
    if melding.stroom == 'Veilig Thuis' and number == 2:
        made.append(one('gezinssysteem', number, relatie='partner', met='1'))
    return made


def places_of(melding, rubrieken):
    """[(rubriek, betrokkene)] of all there is to give: what was sent, and what can be stated."""
    places = [(rubriek.naam, rubriek.betrokkene) for rubriek in rubrieken]
    places += [('herkomst', 0), ('bericht', 0)]
    return places + [(name, number) for number, one in enumerate(melding.betrokkenen, 1)
                     if one.persoon for name in ('verrijking.eerder', 'verrijking.samenloop')]
