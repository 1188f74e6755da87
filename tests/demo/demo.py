# SPDX-License-Identifier: EUPL-1.2
"""Plays each casus on a knooppunt of its own and tells it; of the first, Harry, Susan and Janneke, also
the proof.

What it says goes to standard output, what it does to standard error."""

import argparse
import os
import shutil
import sys
import time

from bewijs import Bewijs
from huis import SOURCE, Failed
from spel import Spel
from verhaal import Verhaal, fold
from waarnemingen import Waarnemingen

CONVENANTEN = os.path.join(SOURCE, 'config', 'convenanten')
# Name to what its story begins with; the first has its own beginning.
CASUSSEN = {
    'harry': None,
    'zsm': 'HARRY, OP ZATERDAGNACHT AANGEHOUDEN NADAT DE RUIT SNEUVELDE (verzonnen vervolg)',
    'hans': 'CASUS HANS, uit dezelfde jaarrapportage: corporatie, politie en GGZ, met en zonder toestemming',
    'detentie': 'DRIE DETENTIEMELDINGEN (verzonnen), drie keer anders gewogen',
    'mook': 'TWEE MELDINGEN UIT MOOK EN MIDDELAAR (verzonnen), zonder en met strafrecht',
}
# Whose convenant it is played under, unless another is given.
HUIZEN = {'mook': 'noord-limburg'}


def arguments():
    parser = argparse.ArgumentParser(prog='run demo', description=__doc__.partition('\n')[0])
    parser.add_argument('--bron', action='store_true',
                        help='print under each line which file or command it was read from')
    parser.add_argument('--map', default=os.path.join(SOURCE, 'build', 'demo'),
                        help='folder for the house, the partners and the export; emptied first')
    parser.add_argument('--convenant', help='another convenant than the example')
    parser.add_argument('--casus', choices=CASUSSEN, help='this one only')
    parser.add_argument('--zonder-bewijs', action='store_true', help='the story only')
    return parser.parse_args()


def say(text):
    print(f'demo: {text}', file=sys.stderr)


def tell(regels, with_bron):
    for regel in regels:
        print('\n'.join(fold(regel, with_bron)), flush=True)


def play(options, casus):
    eerste = not CASUSSEN[casus]
    map_ = options.map if eerste else os.path.join(options.map, casus)
    convenant = options.convenant or os.path.join(
        CONVENANTEN, f'voorbeeld-{HUIZEN.get(casus, "westelijke-mijnstreek")}.yaml')
    spel = Spel(map_, convenant, '' if eerste else casus)
    os.makedirs(map_, exist_ok=True)
    try:
        say(f'casus {casus}: a house and its partners in {map_}')
        spel.open()
        spel.play()
        seen = Waarnemingen(map_, spel.casus)
        tell(Verhaal(seen, CASUSSEN[casus]).regels(), options.bron)
        if eerste and not options.zonder_bewijs:
            say('the proof: load, kills, receipts, export')
            tell(Bewijs(spel, os.path.join(map_, 'export')).regels(), options.bron)
    finally:
        spel.huis.stop()


def play_all(options):
    began = time.monotonic()
    for casus in [options.casus] if options.casus else CASUSSEN:
        play(options, casus)
    say(f'done in {time.monotonic() - began:.0f} seconds')


def main():
    options = arguments()
    options.map = os.path.abspath(options.map)
    sys.stdout.reconfigure(encoding='utf-8')
    shutil.rmtree(options.map, ignore_errors=True)
    os.makedirs(options.map)
    try:
        play_all(options)
    except Failed as failed:
        say(f'failed: {failed}')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
