# SPDX-License-Identifier: EUPL-1.2
"""The year that a seed makes: the printed totals to the melding, shares within bounds, the rhythm of
the week, and the same year from the same seed. Each check also sees a year that is wrong."""

import datetime
import os
import sys
import unittest
from collections import Counter

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import cijfers  # noqa: E402
import jaar  # noqa: E402
from kalender import AMSTERDAM, day_of, feestdagen, is_werkdag, moment as moment_of  # noqa: E402

FIGURES = cijfers.MIDDEN_LIMBURG_2020
SEEDS = range(1, 9)


def counts(year):
    """What the jaarverslag prints, counted in a year."""
    streams = Counter(melding.stroom for melding in year.meldingen)
    persons = {stroom: len({one.persoon for melding in year.meldingen if melding.stroom == stroom
                            for one in melding.betrokkenen}) for stroom in jaar.STROMEN}
    return {'meldingen': sum(streams[stroom] for stroom in jaar.SCREENING),
            'verward': streams[jaar.VERWARD], 'detentie': streams[jaar.DETENTIE],
            'detentie_personen': persons[jaar.DETENTIE],
            'radicalisering': streams[jaar.RADICALISERING],
            'radicalisering_personen': persons[jaar.RADICALISERING],
            'wth': streams[jaar.WTH], 'top_x': len(set(year.casussen)),
            'zsm': len(year.verzoeken)}


def shares(year):
    """What RIVM and others print as parts."""
    verward = [melding for melding in year.meldingen if melding.stroom == jaar.VERWARD]
    known = [melding for melding in verward if melding.betrokkenen[0].persoon]
    by_person = Counter(melding.betrokkenen[0].persoon for melding in known)
    repeats = [count for count in by_person.values() if count > 1]
    same_day = Counter((melding.betrokkenen[0].persoon, day_of(melding.gebeurd))
                       for melding in known)
    top = {persoon for persoon in year.casussen}
    asks = [len(melding.betrokkenen[0].leefgebieden) >= 2 for melding in year.meldingen
            if melding.stroom == jaar.DETENTIE]
    return {'unknown': 1 - len(known) / len(verward), 'repeat': len(repeats) / len(by_person),
            'two or three': sum(count <= 3 for count in repeats) / len(repeats),
            'same day': sum(count - 1 for count in same_day.values()) / len(known),
            'E14': sum(melding.klasse == 'E14' for melding in verward) / len(verward),
            'ZSM knows': sum(one.persoon in top for one in year.verzoeken) / len(year.verzoeken),
            'ZSM by night': sum(not 8 <= hour(one.gesteld) < 22 for one in year.verzoeken) /
            len(year.verzoeken), 'complex detentie': sum(asks) / len(asks)}


def hour(moment):
    return datetime.datetime.fromtimestamp(moment / 1000, AMSTERDAM).hour


BOUNDS = {'unknown': (0.235, 0.245), 'repeat': (0.19, 0.23), 'two or three': (0.45, 0.55),
          'same day': (0.04, 0.07), 'E14': (0.055, 0.07), 'ZSM knows': (0.10, 0.15),
          'ZSM by night': (0.08, 0.22), 'complex detentie': (0.30, 0.50)}


def outside(found):
    return {name: value for name, value in found.items()
            if not BOUNDS[name][0] <= value <= BOUNDS[name][1]}


class Year(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.years = {seed: jaar.make(seed) for seed in SEEDS}

    def test_the_printed_totals_come_out_whatever_the_seed(self):
        wanted = {name: getattr(FIGURES, name) for name in counts(self.years[1])}
        for seed, year in self.years.items():
            self.assertEqual(counts(year), wanted, seed)
        short = self.years[1]._replace(bestanden=self.years[1].bestanden[1:])
        self.assertNotEqual(counts(short), wanted)

    def test_shares_lie_within_their_bounds(self):
        for seed, year in self.years.items():
            self.assertEqual(outside(shares(year)), {}, seed)

    def test_a_year_without_unknown_persons_or_night_is_seen(self):
        year = self.years[1]
        stranger = jaar.Persoon(9000, datetime.date(1980, 1, 1), 'GM0957')
        known = [one._replace(meldingen=tuple(
            melding._replace(betrokkenen=(melding.betrokkenen[0]._replace(persoon=stranger),))
            if melding.betrokkenen[0].persoon is None else melding for melding in one.meldingen))
                 for one in year.bestanden]
        days = tuple(one._replace(gesteld=self.noon(one.gesteld)) for one in year.verzoeken)
        wrong = outside(shares(year._replace(bestanden=tuple(known), verzoeken=days)))
        self.assertLessEqual({'unknown', 'ZSM by night'}, set(wrong))

    @staticmethod
    def noon(moment):
        return moment_of(day_of(moment), 12)

    def test_the_week_has_its_rhythm(self):
        for bestand in self.years[1].bestanden:
            day = day_of(bestand.gemaakt)
            self.assertTrue(is_werkdag(day), day)
        by_day = Counter(day_of(bestand.gemaakt).weekday() for bestand in self.years[1].bestanden
                         if bestand.bron == jaar.POLITIE)
        self.assertLess(by_day[2], 5)  # Wednesdays: none, but the last file of the year
        self.assertGreater(min(by_day[day] for day in cijfers.POLITIE_DAGEN), 40)
        easter = datetime.date(2020, 4, 13)
        self.assertIn(easter, feestdagen(2020))
        self.assertEqual(len(feestdagen(2020)), 9)

    def test_nothing_is_signed_before_it_happened_and_nothing_leaves_the_year(self):
        for year in self.years.values():
            for bestand in year.bestanden:
                self.assertGreaterEqual(bestand.gestuurd, bestand.gemaakt)
                for melding in bestand.meldingen:
                    self.assertLess(melding.gebeurd, bestand.gemaakt)
                    self.assertEqual(day_of(bestand.gestuurd).year, 2020)

    def test_some_files_come_late_some_twice_and_the_pi_is_silent_for_weeks(self):
        for year in self.years.values():
            late = [one for one in year.bestanden if one.gestuurd > one.gemaakt]
            self.assertEqual(len(late), 8)
            self.assertEqual(sum(one.nogmaals > 0 for one in year.bestanden), 12)
            silent = [one for one in year.bestanden if one.bron == jaar.PI and
                      year.stil[0] <= day_of(one.gestuurd) <= year.stil[1]]
            self.assertEqual(silent, [])

    def test_a_seed_makes_one_year_and_another_seed_another(self):
        self.assertEqual(jaar.make(1), self.years[1])
        self.assertNotEqual(self.years[2].bestanden, self.years[1].bestanden)


if __name__ == '__main__':
    unittest.main(verbosity=2)
