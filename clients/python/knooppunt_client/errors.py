# SPDX-License-Identifier: EUPL-1.2
"""What can go wrong, as exceptions. None of their texts repeats content, names or numbers."""


class KnooppuntError(Exception):
    """Anything this package refuses or could not do."""


class Refused(KnooppuntError):
    """Bytes of another party that break a rule of the specification.

    `rule` is the number of the rule there. `kind` is `malformed`, `signature` (something does not
    verify), `large` or `unsupported`.
    """

    def __init__(self, rule: str, what: str, kind: str = 'malformed') -> None:
        super().__init__(f'{what} ({rule})')
        self.rule = rule
        self.kind = kind


class UnknownRegisterHead(Refused):
    """An entry names a register leaf that was not folded yet: ask the register first (C8)."""

    def __init__(self) -> None:
        super().__init__('C8', 'the entry rests on a register leaf that is not known', 'signature')


class SplitView(Refused):
    """The log showed a history that does not extend what was seen before (C7)."""

    def __init__(self, what: str) -> None:
        super().__init__('C7', what, 'signature')


class BadInput(KnooppuntError):
    """What the caller gave cannot be sent. `field` is a JSON pointer into it, `code` a reason of
    the closed list."""

    def __init__(self, code: str, field: str, what: str) -> None:
        super().__init__(f'{what} ({field or "/"})')
        self.code = code
        self.field = field


class NotReached(KnooppuntError):
    """No answer in time. Nothing is lost: try again."""


class Trouble(KnooppuntError):
    """A setting, a file or a key of this client is not as it must be."""
