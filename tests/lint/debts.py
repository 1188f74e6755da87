# SPDX-License-Identifier: EUPL-1.2
"""Places that break a rule and are to be mended: (rule, path, name in the message or "").

A debt is for what cannot be mended at once, never a way around a rule. One that is paid must leave
the list: lint.debts fails on it.
"""

DEBTS = [
    ("parameters", "proto/wire/vector.c", "vector_make"),
    ("parameters", "proto/yaml/access.c", "yaml_problem"),
    ("parameters", "proto/convenant/convenant.c", "convenant_bewaar"),
]


def is_debt(finding):
    return any(matches(debt, finding) for debt in DEBTS)


def matches(debt, finding):
    rule, path, name = debt
    if finding.rule != rule or finding.path != path:
        return False
    return not name or finding.message.startswith(name + " ")


def paid(findings):
    """Debts that nothing breaks any more."""
    return [debt for debt in DEBTS if not any(matches(debt, f) for f in findings)]
