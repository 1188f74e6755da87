# SPDX-License-Identifier: EUPL-1.2
"""Plays the casus of Harry, Susan and Janneke on a knooppunt of its own, tells it, and proves it.

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

CONVENANT = os.path.join(SOURCE, 'config', 'convenanten', 'voorbeeld-westelijke-mijnstreek.yaml')


def arguments():
    parser = argparse.ArgumentParser(prog='run demo', description=__doc__.partition('\n')[0])
    parser.add_argument('--bron', action='store_true',
                        help='print under each line which file or command it was read from')
    parser.add_argument('--map', default=os.path.join(SOURCE, 'build', 'demo'),
                        help='folder for the house, the partners and the export; emptied first')
    parser.add_argument('--convenant', default=CONVENANT, help='another convenant than the example')
    parser.add_argument('--zonder-bewijs', action='store_true', help='the story only')
    return parser.parse_args()


def say(text):
    print(f'demo: {text}', file=sys.stderr)


def tell(regels, with_bron):
    for regel in regels:
        print('\n'.join(fold(regel, with_bron)), flush=True)


def play(options):
    began = time.monotonic()
    spel = Spel(options.map, options.convenant)
    try:
        say(f'a house and its partners in {options.map}')
        spel.open()
        say('playing the casus')
        spel.play()
        tell(Verhaal(Waarnemingen(options.map)).regels(), options.bron)
        if not options.zonder_bewijs:
            say('the proof: load, kills, receipts, export')
            tell(Bewijs(spel, os.path.join(options.map, 'export')).regels(), options.bron)
    finally:
        spel.huis.stop()
    say(f'done in {time.monotonic() - began:.0f} seconds')


def main():
    options = arguments()
    options.map = os.path.abspath(options.map)
    sys.stdout.reconfigure(encoding='utf-8')
    shutil.rmtree(options.map, ignore_errors=True)
    os.makedirs(options.map)
    try:
        play(options)
    except Failed as failed:
        say(f'failed: {failed}')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
