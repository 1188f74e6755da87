# SPDX-License-Identifier: EUPL-1.2
"""The engine behind decide_door (decide_door.c has the form of its lines): meldingen and questions
go in as text, answers come out as the lines the oracle would have written."""

import os
import subprocess

from language import ATTRIBUTEN, NUMBERS
from oracle import GEWEIGERD, Agenda, Rubriek

NO_RUBRIEKEN = ('39', '64', '1000', '4000000000')  # numbers of none
DOOR = os.environ.get('KNP_DECIDE_DOOR', '')


class Refused(Exception):
    """The engine does not take this convenant."""


def engine(lines):
    """What the engine answers to these lines."""
    done = subprocess.run([DOOR], input='\n'.join(lines) + '\n', capture_output=True, text=True,
                          check=False)
    if done.returncode == 3:
        raise Refused(done.stderr.strip())
    if done.returncode != 0:
        raise RuntimeError(f'decide_door ended with {done.returncode}: {done.stderr.strip()}')
    return done.stdout.splitlines()


def melding_lines(melding):
    """The melding and its facts."""
    lines = [f'melding {melding.bron or "-"} {",".join(melding.functies) or "-"} '
             f'{"ja" if melding.oefening else "nee"} {melding.moment} {melding.betrokkenen} '
             f'{"ja" if melding.all_toestemmingen else "nee"}']
    for (attribuut, person), fact in melding.feiten.items():
        if fact is None:
            lines.append(f'onbekend {attribuut} {person}')
        elif fact:
            lines.append(f'feit {attribuut} {person} {" ".join(fact)}')
    lines += [f'weging {regel} {uitkomst} {person}' for regel, uitkomst, person in melding.wegingen]
    lines += ['toestemming ' + ' '.join(str(word) or '-' for word in given)
              for given in melding.toestemmingen]
    lines += [f'nood {" ".join(str(word) for word in nood)}' for nood in melding.noodbesluiten]
    lines += [f'regime {rubriek} {person} {" ".join(held)}'
              for (rubriek, person), held in melding.regimes.items() if held]
    return lines


def question_line(question):
    if isinstance(question, Agenda):
        return f'agenda {question.overleg} {question.betrokkene}'
    return f'vraag {question.oin} {question.functie} {question.rubriek} {question.betrokkene}'


def answer_line(answer):
    """The answer as decide_door prints it."""
    regels = ','.join(f'"{regel}"' for regel in answer.regels)
    onder = ','.join(f'"{regime}"' for regime in answer.onder)
    return (f'{{"oordeel":"{answer.oordeel}","regels":[{regels}],"weging":"{answer.weging}",'
            f'"onder":[{onder}]}}')


def round_line():
    return f'ronde {",".join([*NUMBERS, *NO_RUBRIEKEN])}'


def round_answers(convenant, melding):
    """The lines of a round over everything: each answer that is no refusal, and an empty line."""
    asked = convenant.ask(melding)
    lines = []
    for number, (oin, functie) in enumerate(convenant.ontvangers):
        for rubriek, which in NUMBERS.items():
            for person in range(melding.betrokkenen + 1):
                answer = asked(Rubriek(oin, functie, rubriek, person))
                if answer.oordeel != GEWEIGERD:
                    lines.append(f'{number} {which} {person} {answer_line(answer)}')
    for number, overleg in enumerate(convenant.document.overleggen):
        for person in range(melding.betrokkenen + 1):
            answer = asked(Agenda(overleg, person))
            if answer.oordeel != GEWEIGERD:
                lines.append(f'{number} 0 {person} {answer_line(answer)}')
    return [*lines, '']


def told(melding):
    """The melding as a person reads it."""
    lines = [f'sent by {melding.bron or "nobody"} {"/".join(melding.functies)}, '
             f'{"an exercise" if melding.oefening else "no exercise"}, on {melding.dag} '
             f'({melding.moment}), {melding.betrokkenen} betrokkenen'
             f'{"" if melding.all_toestemmingen else ", not all toestemmingen known"}']
    for (attribuut, person), fact in sorted(melding.feiten.items(), key=lambda row: row[0][1]):
        of = f'betrokkene {person} ' if ATTRIBUTEN[attribuut].betrokkene else ''
        value = 'not known' if fact is None else ', '.join(fact) or 'no value'
        lines.append(f'{of}{attribuut}: {value}')
    lines += [f'weging {row}' for row in melding.wegingen]
    lines += [f'{row}' for row in melding.toestemmingen + melding.noodbesluiten]
    lines += [f'regime of {rubriek} {person}: {held}'
              for (rubriek, person), held in melding.regimes.items()]
    return '\n'.join(f'  {line}' for line in lines)
