# SPDX-License-Identifier: EUPL-1.2
"""lint.py [--rule NAME] ROOT: says where the tree breaks a rule of the house; exits 1 if it does."""

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import debts
import rules_code
import rules_layers
import rules_text
import rules_types
from tree import Tree

RULES = {
    "layer": rules_layers.rule_layer,
    "vendor": rules_layers.rule_vendor,
    "private-header": rules_layers.rule_private_header,
    "cycle": rules_layers.rule_cycle,
    "banned-call": rules_code.rule_banned_call,
    "typedef": rules_code.rule_typedef,
    "function-length": rules_code.rule_function_length,
    "parameters": rules_code.rule_parameters,
    "file-length": rules_code.rule_file_length,
    "format": rules_code.rule_format,
    "spdx": rules_text.rule_spdx,
    "forbidden-word": rules_text.rule_forbidden_word,
    "glob": rules_text.rule_glob,
    "link": rules_text.rule_link,
    "type": rules_types.rule_type,
}


def run(root, names):
    tree = Tree(root)
    return sorted(finding for name in names for finding in RULES[name](tree))


def main():
    parser = argparse.ArgumentParser(description="Lint of the tree; prints path:line: rule: why")
    parser.add_argument("--rule", choices=sorted(RULES), help="this rule only")
    parser.add_argument("--debts", action="store_true", help="only say which debts are paid")
    parser.add_argument("root", help="root of the tree")
    options = parser.parse_args()
    names = [options.rule] if options.rule else list(RULES)
    if options.debts:
        names = sorted({rule for rule, _, _ in debts.DEBTS})
    findings = run(options.root, names)
    if options.debts:
        left = [f"{rule}: {path} {name} is mended: take it off the list" for rule, path, name in
                debts.paid(findings)]  # fmt: skip
    else:
        left = [finding for finding in findings if not debts.is_debt(finding)]
    for line in left:
        print(line)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
