# SPDX-License-Identifier: EUPL-1.2
"""What is known of a year of a Veiligheidshuis, each figure with where it is printed. What no source
prints for this house is an assumption and says so: docs/sim.md has the same rows for who reads."""

from typing import NamedTuple


class Cijfers(NamedTuple):
    """One house in one year."""
    huis: str
    jaar: int
    meldingen: int          # screening and triage together
    verward: int            # of these, E33 and E14
    veilig_thuis: int       # of these
    detentie: int           # by a route of their own, beside `meldingen`
    detentie_personen: int
    radicalisering: int
    radicalisering_personen: int
    top_x: int
    wth: int
    zsm: int
    zsm_bekend: int
    gewichten: dict         # gemeente: its part of what happens


# Jaarverslag 2020 of Veiligheidshuis Midden-Limburg: 1,414 meldingen, some 700 cases of verward
# gedrag, 277 ex-gedetineerden, 5 meldingen of radicalisering about 3 persons, 56 persons on the
# Top-X; the weights are its begroting 2020 per gemeente. E14 comes beside E33 as 1 to 15 (RIVM
# 2016). 1.10 meldingen per gedetineerde and 13 huisverboden: Westelijke Mijnstreek 2018. What
# Veilig Thuis sends and what ZSM asks is an assumption.
MIDDEN_LIMBURG_2020 = Cijfers(
    huis='midden-limburg', jaar=2020, meldingen=1414, verward=700 + 47, veilig_thuis=250,
    detentie=277, detentie_personen=252, radicalisering=5, radicalisering_personen=3, top_x=56,
    wth=13, zsm=300, zsm_bekend=36,
    gewichten={'GM0957': 288, 'GM0988': 205, 'GM1640': 148, 'GM1711': 121, 'GM1641': 90,
               'GM1669': 79, 'GM0946': 69})

# RIVM 2016, of E33 and E14: 19,000 of 80,000 lead to no person; 3,200 of 61,000 come on the day of
# another about the same person. That 21 % of persons come back is the share asked for here; the
# same page counted as persons gives more (13,000 of 34,000). Of who comes back half comes two or
# three times.
ONBEKEND, HERHALERS, ZELFDE_DAG = 0.24, 0.21, 0.05
E14_DEEL = 1 / 16
# Assumptions: part of what Veilig Thuis sends that is about somebody the police reported shortly
# before; of ZSM's requests that come while the OM is not there (08:00 to 22:00, seven days).
SAMENLOOP, ZSM_NACHT = 0.15, 0.15
DRINGEND = 0.02
# NSCR 2021, midpoints of the ranges, of each of these kept down so that 30 to 50 % has two or more.
LEEFGEBIEDEN = {'werk': 0.23, 'huisvesting': 0.13, 'schulden': 0.40, 'inkomen': 0.20,
                'verslaving': 0.25, 'zorg': 0.20}
# Mondays, Tuesdays, Thursdays and Fridays: the police select on four days a week.
POLITIE_DAGEN = (0, 1, 3, 4)
