# SPDX-License-Identifier: EUPL-1.2
"""Values of velden (§6.1), by the kinds of the closed lists."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
import json
from typing import Any

_UNSEEN = ((0xad, 0xad), (0x61c, 0x61c), (0x180e, 0x180e), (0x200b, 0x200f), (0x2028, 0x202e),
           (0x2060, 0x206f), (0xfeff, 0xfeff), (0xfff9, 0xfffb), (0xe0000, 0xe007f))
_TIME = re.compile(r'(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)',
                   re.ASCII)
_FORMS = {
    'gemeente': re.compile(r'GM\d{4}', re.ASCII),
    'postcode': re.compile(r'[1-9]\d{3}[A-Z]{2}', re.ASCII),
    'oin': re.compile(r'\d{8}[0-9A-Z]{12}', re.ASCII),
    'name': re.compile(r'[a-z0-9.-]+'),
    'reference': re.compile(r'[A-Za-z0-9._:-]+'),
    'bsn': re.compile(r'\d{9}', re.ASCII),
    'number': re.compile(r'0|[1-9]\d*', re.ASCII),
    'janee': re.compile(r'ja|nee'),
}
_MEASURED = ('text', 'line', 'name', 'reference', 'note')


@dataclass(frozen=True)
class Veld:
    """One row of the list of velden of a rubriek or statement type."""

    number: int
    name: str
    kind: str
    low: int
    high: int
    at_most: int
    required: bool
    codes: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Rubriek:
    number: int
    name: str
    of_betrokkene: bool
    by_knooppunt: bool
    at_most: int
    regimes: tuple[str, ...]
    velden: tuple[Veld, ...]


@dataclass(frozen=True)
class Lists:
    """The closed lists of the specification."""

    regimes: dict[str, int]
    rubrieken: dict[str, Rubriek]
    types: dict[str, int]
    type_velden: dict[str, tuple[Veld, ...]]
    reasons: dict[int, tuple[str, str, str]]  # code, text, fix

    def rubriek_of(self, number: int) -> Rubriek | None:
        return next((row for row in self.rubrieken.values() if row.number == number), None)


def _velden(rows: list[dict[str, Any]], lists: dict[str, Any]) -> tuple[Veld, ...]:
    return tuple(Veld(row['veld'], row['name'], row['kind'], row['min'], row['max'], row['at_most'],
                      row['required'],
                      frozenset(each['code'] for each in lists.get(row.get('list', ''), [])))
                 for row in rows)


@cache
def lists() -> Lists:
    text = resources.files(__package__).joinpath('lists.json').read_text('utf-8')
    data = json.loads(text)
    codes = data['lists']
    return Lists(
        {row['name']: row['regime'] for row in data['regimes']},
        {row['name']: Rubriek(row['rubriek'], row['name'], row['of_betrokkene'],
                              row['by_knooppunt'], row['at_most'], tuple(row['regimes']),
                              _velden(row['velden'], codes)) for row in data['rubrieken']},
        {row['name']: row['type'] for row in data['types']},
        {row['name']: _velden(row['velden'], codes) for row in data['types']},
        {row['reason']: (row['code'], row['text'], row['fix']) for row in data['reasons']})


def is_oin(text: str) -> bool:
    return bool(_FORMS['oin'].fullmatch(text))


def is_seen(text: str) -> bool:
    """No character in it is one of those that are not seen (§6.1)."""
    return not any(low <= ord(char) <= high for char in text for low, high in _UNSEEN)


def is_line(text: str) -> bool:
    return all(ord(char) >= 32 and not 127 <= ord(char) < 160 for char in text)


def is_text(text: str) -> bool:
    return is_line(text.replace('\t', '').replace('\n', ''))


def passes_elfproef(digits: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits))
    return total % 11 == 0 and digits != '000000000'


def milliseconds(text: str) -> int | None:
    """Of an RFC 3339 time with seconds and offset; None where it is none."""
    if not _TIME.fullmatch(text):
        return None
    try:
        made = datetime.datetime.fromisoformat(text.replace('Z', '+00:00'))
    except ValueError:
        return None
    return int(made.timestamp() * 1000)


def _date(text: str) -> datetime.date | None:
    try:
        made = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return made if made.isoformat() == text and 1850 <= made.year <= 2200 else None


def check_value(veld: Veld, text: str, today: datetime.date) -> str:
    """The reason code of what is wrong with it, or an empty text."""
    size = len(text.encode())
    if not text:
        return 'bad-value'
    if veld.kind in _MEASURED and not veld.low <= size <= veld.high:
        return 'too-long' if size > veld.high else 'bad-value'
    if veld.kind == 'code':
        return '' if text in veld.codes else 'unknown-code'
    if veld.kind in ('text', 'line'):
        right = is_text(text) if veld.kind == 'text' else is_line(text)
        return '' if right else 'bad-text'
    if veld.kind in ('date', 'time'):
        return _check_moment(veld, text, today)
    form = _FORMS.get(veld.kind)
    if form is not None and not form.fullmatch(text):
        return 'bad-value'
    if veld.kind == 'bsn' and not passes_elfproef(text):
        return 'bsn-elfproef'
    if veld.kind == 'number' and not veld.low <= int(text) <= veld.high:
        return 'bad-value'
    return ''


def _check_moment(veld: Veld, text: str, today: datetime.date) -> str:
    if veld.kind == 'time':
        moment = milliseconds(text)
        if moment is None:
            return 'impossible-date'
        day = datetime.datetime.fromtimestamp(moment / 1000, datetime.timezone.utc).date()
    else:
        made = _date(text)
        if made is None:
            return 'impossible-date'
        day = made
    return 'bad-value' if (day - today).days > veld.high else ''
