# SPDX-License-Identifier: EUPL-1.2
"""Messages to bytes and back, as strict as §4 wants it."""

from __future__ import annotations

import warnings
from typing import Any, TypeVar

from google.protobuf.message import DecodeError, EncodeError, Message

from . import knooppunt_pb2 as pb
from .bounds import BOUNDS, WHOLE, Bound
from .errors import Refused

# What is left unread is seen by comparing; nobody needs to be warned of it.
warnings.filterwarnings('ignore', 'Unexpected end-group tag', RuntimeWarning, 'knooppunt_client')

M = TypeVar('M', bound=Message)


def parse(kind: type[M], data: bytes) -> M:
    """The message that `data` is the one encoding of; refused where it is not (W6..W9)."""
    message: M = kind()
    try:
        message.ParseFromString(data)
    except (DecodeError, UnicodeDecodeError):
        raise Refused('W6', 'bytes that are no message') from None
    _check_one_reading(message, data)
    if len(data) > WHOLE.get(kind.__name__, len(data)):
        raise Refused('W9', f'a {kind.__name__} that is too large', 'large')
    check(message)
    return message


def write(message: Message) -> bytes:
    """The one encoding, of a message that is as W9 says."""
    check(message)
    data: bytes = message.SerializeToString(deterministic=True)
    if len(data) > WHOLE.get(type(message).__name__, len(data)):
        raise Refused('W9', f'a {type(message).__name__} that is too large', 'large')
    return data


def _check_one_reading(message: Message, data: bytes) -> None:
    try:
        whole = message.SerializeToString(deterministic=True)
        message.DiscardUnknownFields()
        known = message.SerializeToString(deterministic=True)
    except EncodeError:
        raise Refused('W8', 'a text that is no UTF-8') from None
    if whole != known:
        raise Refused('W7', 'an unknown field')
    if known != data:
        raise Refused('W6', 'another encoding than the one there is')


def check(message: Message) -> None:
    """W8 and W9 of a message and all that is in it."""
    name = message.DESCRIPTOR.name
    rows = BOUNDS.get(name, {})
    for field in message.DESCRIPTOR.fields:
        _check_field(message, field, rows.get(field.name, Bound()))
    special = _SPECIAL.get(name)
    if special is not None:
        special(message)


def _check_field(message: Message, field: Any, bound: Bound) -> None:
    where = f'{message.DESCRIPTOR.name}.{field.name}'
    value = getattr(message, field.name)
    if field.label == field.LABEL_REPEATED:
        _within(len(value), bound.counts, where)
        for each in value:
            _check_value(field, each, bound, where)
    elif field.message_type is not None:
        if message.HasField(field.name):
            check(value)
        elif bound.present:
            raise Refused('W9', f'no {where}')
    else:
        _check_value(field, value, bound, where)


def _check_value(field: Any, value: Any, bound: Bound, where: str) -> None:
    if field.message_type is not None:
        check(value)
        return
    if field.type == field.TYPE_STRING and '\0' in value:
        raise Refused('W8', f'NUL in {where}')
    measure = value
    if field.type == field.TYPE_STRING:
        measure = len(value.encode())
    elif field.type == field.TYPE_BYTES:
        measure = len(value)
    if bound.lengths and measure not in bound.lengths:
        raise Refused('W9', f'{where} of another length', 'malformed')
    _within(measure, (bound.low, bound.high), where)


def _within(measure: int, limits: tuple[int, int], where: str) -> None:
    if measure < limits[0]:
        raise Refused('W9', f'too little in {where}')
    if measure > limits[1]:
        raise Refused('W9', f'too much in {where}', 'large')


# ---- what one message must be besides -----------------------------------------------------------

def _check_slots(slots: Any) -> None:
    if slots.capacity not in (64, 128):
        raise Refused('W9', 'slots of another capacity')
    if len(slots.rubrieken) > slots.capacity:
        raise Refused('W9', 'more rubrieken than slots', 'large')


def _check_request(request: Any) -> None:
    if any(item.index >= request.size for item in request.items):
        raise Refused('W9', 'an item outside its batch')


def _check_leaf(leaf: Any) -> None:
    if leaf.part.position > 31:
        raise Refused('W9', 'a part at a position that is not there', 'large')


def _check_signed(signed: Any) -> None:
    if signed.index >= signed.size:
        raise Refused('W9', 'a statement outside its batch')


def _check_delivery(delivery: Any) -> None:
    if delivery.slots_vector and not delivery.HasField('sender'):
        raise Refused('W9', 'a vector without its sender')
    if delivery.openings and not delivery.slots_vector:
        raise Refused('W9', 'openings without a vector')


def _check_part(part: Any) -> None:
    if part.WhichOneof('inhoud') is None:
        raise Refused('W9', 'a part of no kind')



# Which field a soort of register leaf has (L12), beside vorige and acts.
REGISTER_CONTENT = {0: 'genesis', 1: 'partner', 2: 'ingetrokken', 3: 'convenant', 4: 'opdracht',
                    5: 'opdracht', 16: 'opdracht', 17: 'opdracht'}


def _check_register(part: Any) -> None:
    if part.soort not in REGISTER_CONTENT:
        raise Refused('L12', 'an unknown soort of register leaf')
    there = {'genesis': part.HasField('genesis'), 'convenant': part.HasField('convenant'),
             'partner': bool(part.partner), 'ingetrokken': bool(part.ingetrokken),
             'opdracht': bool(part.opdracht)}
    wanted = REGISTER_CONTENT[part.soort]
    if any(present != (name == wanted) for name, present in there.items()):
        raise Refused('L12', 'a register leaf with other content than its soort has')
    if bool(part.vorige) == (part.soort == 0):
        raise Refused('L10', 'a register leaf must name the one before it, and genesis none')


_SPECIAL = {
    'Slots': _check_slots, 'Request': _check_request, 'Leaf': _check_leaf,
    'SignedStatement': _check_signed, 'Delivery': _check_delivery, 'Part': _check_part,
    'PartRegister': _check_register,
}

__all__ = ['check', 'parse', 'pb', 'write']
