# SPDX-License-Identifier: EUPL-1.2
"""A melding as JSON (docs/melding-json.md) to rubrieken, and what was given back to JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from . import wire
from .errors import BadInput
from .proof import Given
from .values import Rubriek, Veld, check_value, is_line, lists
from .wire import pb

MAX_BETROKKENEN = 16
_BESIDES = ('id', 'systeem', 'betrokkenen')
_REGIMES = {
    'politie': 'wpg', 'om': 'wjsg-strafvorderlijk', 'veilig-thuis': 'wmo-vt',
    **dict.fromkeys(('dji', 'pi', 'reclassering'), 'wjsg-tenuitvoerlegging'),
    **dict.fromkeys(('ggz', 'verslavingszorg', 'gehandicaptenzorg', 'ggd'), 'wgbo'),
    **dict.fromkeys(('gecertificeerde-instelling', 'jeugdhulp', 'cjg'), 'jeugdwet'),
}


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise BadInput('duplicate-keyword', '', 'a key stands in one object twice')
    return made


def read_json(data: bytes) -> Any:
    try:
        return json.loads(data.decode('utf-8'), object_pairs_hook=_no_doubles)
    except UnicodeDecodeError:
        raise BadInput('bad-text', '', 'the bytes are not UTF-8') from None
    except json.JSONDecodeError as error:
        raise BadInput('syntax', '', f'no JSON, at line {error.lineno}') from None
    except RecursionError:
        raise BadInput('too-many', '', 'one thing lies in another too often') from None
    except ValueError:
        raise BadInput('bad-value', '', 'a number with more digits than any that is meant') from None


@dataclass(frozen=True)
class Writer:
    """Makes the rubrieken of one melding, for a partner of the kind `soort`."""

    soort: str
    today: datetime.date

    def write(self, melding: Any) -> list[bytes]:
        if not isinstance(melding, dict):
            raise BadInput('bad-type', '', 'a melding is an object')
        said = melding.get('namens')
        whose = said.get('soort') if isinstance(said, dict) else None
        if isinstance(whose, str) and whose != self.soort:
            # Entered for somebody: by the law of whose it is.
            return replace(self, soort=whose).write(melding)
        people = melding.get('betrokkenen', [])
        if not isinstance(people, list) or len(people) > MAX_BETROKKENEN:
            raise BadInput('too-many', '/betrokkenen', 'a list of at most 16 persons')
        if 'kenmerken' not in melding:
            raise BadInput('missing-field', '/kenmerken', 'routing rests on it')
        kenmerken = melding['kenmerken']
        if isinstance(kenmerken, dict) and 'betrokkenen' not in kenmerken:
            kenmerken = {**kenmerken, 'betrokkenen': len(people)}
        incident = {name: value for name, value in melding.items() if name not in _BESIDES}
        made = list(self._rubrieken({**incident, 'kenmerken': kenmerken}, 0, ''))
        for number, person in enumerate(people, 1):
            where = f'/betrokkenen/{number - 1}'
            if not isinstance(person, dict) or 'betrokkenheid' not in person:
                raise BadInput('missing-field', f'{where}/betrokkenheid', 'each person has it')
            made += self._rubrieken(person, number, where)
        self._check_count(made, len(people))
        return [wire.write(each) for each in made]

    @staticmethod
    def _check_count(made: list[pb.Rubriek], people: int) -> None:
        """`kenmerken.betrokkenen` says how many there are (W24)."""
        row = lists().rubrieken['kenmerken']
        number = next(veld.number for veld in row.velden if veld.name == 'betrokkenen')
        said = [veld.waarde for rubriek in made if rubriek.soort == row.number
                for veld in rubriek.velden if veld.veld == number]
        if said != [str(people).encode()]:
            raise BadInput('bad-value', '/kenmerken/betrokkenen', 'another number of persons')

    def _rubrieken(self, section: dict[str, Any], betrokkene: int, where: str
                   ) -> Iterator[pb.Rubriek]:
        for name, value in section.items():
            place = f'{where}/{name}'
            row = lists().rubrieken.get(name)
            if row is None or row.of_betrokkene != (betrokkene > 0):
                raise BadInput('unknown-field', place, 'no rubriek that stands here')
            if row.by_knooppunt:
                raise BadInput('not-for-sender', place, 'only the knooppunt states it')
            several = value if isinstance(value, list) and row.at_most > 1 else [value]
            if len(several) > row.at_most:
                raise BadInput('too-many', place, f'at most {row.at_most}')
            for index, each in enumerate(several):
                inside = f'{place}/{index}' if several is value else place
                yield self._rubriek(row, each, betrokkene, inside)

    def _rubriek(self, row: Rubriek, value: Any, betrokkene: int, where: str) -> pb.Rubriek:
        velden = self._as_object(row, value, where)
        regime = velden.pop('regime', None) or self._regime(row)
        if regime not in row.regimes:
            raise BadInput('bad-regime', f'{where}/regime', 'the list does not allow it here')
        bron = velden.pop('bron', '')
        if not isinstance(bron, str) or len(bron.encode()) > 120 or not is_line(bron):
            raise BadInput('bad-text', f'{where}/bron', 'one line of at most 120 bytes')
        made = pb.Rubriek(soort=row.number, betrokkene=betrokkene,
                          regime=lists().regimes[regime], bron=bron)
        made.velden.extend(write_velden(row.velden, velden, where, self.today,
                                        not isinstance(value, dict)))
        return made

    @staticmethod
    def _as_object(row: Rubriek, value: Any, where: str) -> dict[str, Any]:
        required = [veld for veld in row.velden if veld.required]
        if isinstance(value, dict):
            return dict(value)
        if len(required) != 1:
            raise BadInput('bad-type', where, 'an object of velden')
        return {required[0].name: value}

    def _regime(self, row: Rubriek) -> str:
        wanted = _REGIMES.get(self.soort, 'avg')
        if wanted in row.regimes:
            return wanted
        return 'avg' if 'avg' in row.regimes else row.regimes[0]


def write_velden(rows: tuple[Veld, ...], values: dict[str, Any], where: str, today: datetime.date,
                 plain: bool = False) -> list[pb.Veld]:
    """In the order of the list; each value checked. `plain`: the one value stands at `where`."""
    known = {row.name for row in rows}
    for name in values:
        if name not in known:
            raise BadInput('unknown-field', f'{where}/{name}', 'no veld of this list')
    made = []
    for row in rows:
        if row.name not in values:
            if row.required:
                raise BadInput('missing-field', f'{where}/{row.name}', 'it is required')
            continue
        value = values[row.name]
        several = value if isinstance(value, list) else [value]
        if not 1 <= len(several) <= row.at_most:
            raise BadInput('too-many', f'{where}/{row.name}', f'1 to {row.at_most} of them')
        for index, each in enumerate(several):
            place = where if plain else f'{where}/{row.name}'
            place += f'/{index}' if isinstance(value, list) else ''
            made.append(pb.Veld(veld=row.number, waarde=_write_value(row, each, place, today)))
    return made


def _write_value(row: Veld, value: Any, where: str, today: datetime.date) -> bytes:
    if row.kind in ('binary', 'note'):
        if not isinstance(value, bytes):
            raise BadInput('bad-type', where, 'bytes')
        return value
    text = value
    if row.kind == 'janee' and isinstance(value, bool):
        text = 'ja' if value else 'nee'
    elif row.kind == 'number' and isinstance(value, int) and not isinstance(value, bool):
        text = str(value)
    if not isinstance(text, str):
        raise BadInput('bad-type', where, 'a text, a number or ja/nee, as its list says')
    wrong = check_value(row, text, today)
    if wrong:
        raise BadInput(wrong, where, 'a value that its list does not allow')
    return text.encode()


# ---- what was given -----------------------------------------------------------------------------

def given_to_json(given: Given) -> dict[str, Any]:
    rubriek = given.rubriek
    row = lists().rubriek_of(rubriek.soort)
    regimes = {number: name for name, number in lists().regimes.items()}
    return {'rubriek': row.name if row else f'rubriek-{rubriek.soort}',
            'betrokkene': rubriek.betrokkene,
            'regime': regimes.get(rubriek.regime, f'regime-{rubriek.regime}'),
            'bron': rubriek.bron, 'velden': _velden_to_json(row, rubriek)}


def _velden_to_json(row: Rubriek | None, rubriek: pb.Rubriek) -> dict[str, Any]:
    made: dict[str, Any] = {}
    rows = {veld.number: veld for veld in row.velden} if row else {}
    for veld in rubriek.velden:
        known = rows.get(veld.veld)
        text = veld.waarde.decode('utf-8', 'replace')
        value = _read_value(known.kind, text) if known else text
        name = known.name if known else f'veld-{veld.veld}'
        if known is None or known.at_most > 1:
            made.setdefault(name, []).append(value)
        else:
            made[name] = value
    return made


def _read_value(kind: str, text: str) -> Any:
    if kind == 'janee' and text in ('ja', 'nee'):
        return text == 'ja'
    if kind == 'number' and text.isascii() and text.isdigit():
        return int(text)
    return text
