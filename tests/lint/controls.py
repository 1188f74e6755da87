# SPDX-License-Identifier: EUPL-1.2
"""controls.py RULE…: the lint is shown trees with one fault planted, and must name rule and place.

A rule that reports nothing proves nothing unless it is seen to report. The same trees show that
nothing else is reported beside the fault, and INNOCENT what must not fool the lint at all. The
arguments are the rules ctest runs: they must be all there are.
"""

import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import lint

SPDX = "SPDX-License-" + "Identifier: EUPL-1.2"
C = f"// {SPDX}\n"


def function(name, lines, parameters="void"):
    """A function of exactly so many lines."""
    body = "".join(f"\tvalue += {n};\n" for n in range(lines - 6))
    return f"int {name}({parameters})\n{{\n\tint value = 0;\n{body}\n\treturn value;\n}}\n"


# Two types of statement with their files.
TYPES = {
    "proto/melding/types.def": f"// {SPDX}\n"
    + 'TYPE(ACK, ack, 2, 0,\n\tVELD(ACK, ITEM, 1))\nTYPE(VRAAG, vraag, 8, 0, )\n',
    "daemon/flow/type_ack.c": C + "int ack = TYPE_ACK + ACK_ITEM;\n",
    "daemon/flow/type_vraag.c": C,
}

# (rule, files, path and line that must be reported)
CONTROLS = [
    ("layer", {"proto/a/a.c": C + '#include "store/s.h"\n', "daemon/store/s.h": C}, "proto/a/a.c:2"),
    ("layer", {"proto/a/a.c": C + '#include "lib/l.h"\n', "clients/lib/l.h": C}, "proto/a/a.c:2"),
    ("layer", {"daemon/d/d.c": C + '#include "lib/l.h"\n', "clients/lib/l.h": C}, "daemon/d/d.c:2"),
    ("layer", {"clients/c/c.c": C + '#include "flow/f.h"\n', "daemon/flow/f.h": C}, "clients/c/c.c:2"),
    ("layer", {"daemon/d/d.c": C + '#include "../../clients/l/l.h"\n', "clients/l/l.h": C}, "daemon/d/d.c:2"),
    ("layer", {"proto/a/a.c": C + '#include "tests/t.h"\n', "tests/t.h": C}, "proto/a/a.c:2"),
    ("vendor", {"daemon/core/x.c": C + "\n#include <sodium.h>\n"}, "daemon/core/x.c:3"),
    ("vendor", {"proto/wire/x.c": C + "#include <sodium/utils.h>\n"}, "proto/wire/x.c:2"),
    ("vendor", {"proto/tree/x.c": C + "#include <openssl/sha.h>\n"}, "proto/tree/x.c:2"),
    ("vendor", {"daemon/flow/x.c": C + '#include "knooppunt.pb-c.h"\n'}, "daemon/flow/x.c:2"),
    ("vendor", {"proto/base/x.h": C + "#include <protobuf-c/protobuf-c.h>\n"}, "proto/base/x.h:2"),
    ("vendor", {"daemon/state/x.c": C + "#include <lmdb.h>\n"}, "daemon/state/x.c:2"),
    ("vendor", {"daemon/opener/x.c": C + "#include <zmq.h>\n"}, "daemon/opener/x.c:2"),
    ("vendor", {"proto/convenant/x.c": C + "#include <yaml.h>\n"}, "proto/convenant/x.c:2"),
    ("vendor", {"clients/ctl/x.c": C + "#include <jansson.h>\n"}, "clients/ctl/x.c:2"),
    ("vendor", {"daemon/gate/x.c": C + "#include <seccomp.h>\n"}, "daemon/gate/x.c:2"),
    ("vendor", {"daemon/gate/x.c": C + "#include <cmocka.h>\n"}, "daemon/gate/x.c:2"),
    ("vendor", {"proto/base/x.c": C + "#include <curl/curl.h>\n"}, "proto/base/x.c:2"),
    ("vendor", {"proto/base/x.c": C + '#include "nowhere.h"\n'}, "proto/base/x.c:2"),
    ("private-header", {"daemon/b/b.c": C + '#include "a/internal.h"\n', "daemon/a/internal.h": C}, "daemon/b/b.c:2"),
    (
        "private-header",
        {"daemon/b/b.c": C + '#include "a/a.h"\n', "proto/a/a.h": C + "// Inside proto/a only.\n"},
        "daemon/b/b.c:2",
    ),
    (
        "cycle",
        {
            "proto/a/a.h": C + '#include "b/b.h"\n',
            "proto/b/b.h": C,
            "proto/b/b.c": C + '\n#include "c/c.h"\n',
            "proto/c/c.h": C + '#include "a/a.h"\n',
        },
        "proto/b/b.c:3",
    ),
    ("type", {**TYPES, "daemon/state/a.c": C + "\nint a = TYPE_ACK;\n"}, "daemon/state/a.c:3"),
    ("type", {**TYPES, "daemon/core/a.c": C + "int a = ACK_ITEM;\n"}, "daemon/core/a.c:2"),
    ("type", {**TYPES, "daemon/flow/type_vraag.c": C + "int a = TYPE_ACK;\n"}, "daemon/flow/type_vraag.c:2"),
    ("type", {**TYPES, "clients/lib/a.c": C + "int a = TYPE_VRAAG;\n"}, "clients/lib/a.c:2"),
    ("type", {**TYPES, "daemon/flow/a.c": C + "int a = s.type == 2;\n"}, "daemon/flow/a.c:2"),
    ("type", {"proto/melding/types.def": f"// {SPDX}\nTYPE(ACK, ack, 2)\n"}, "proto/melding/types.def:1"),
    ("banned-call", {"proto/a/a.c": C + "char *f(char *a)\n{\n\treturn strcpy(a, a);\n}\n"}, "proto/a/a.c:4"),
    ("banned-call", {"tests/a.c": C + "int f(char *a)\n{\n\treturn atoi(a);\n}\n"}, "tests/a.c:4"),
    ("banned-call", {"proto/a/a.c": C + "#define RUN(x) system(x)\n"}, "proto/a/a.c:2"),
    ("typedef", {"proto/a/a.h": C + "typedef struct a {\n\tint b;\n} a_t;\n"}, "proto/a/a.h:2"),
    ("typedef", {"proto/a/a.h": C + "struct a;\ntypedef struct a *a_t;\n"}, "proto/a/a.h:3"),
    ("function-length", {"daemon/a/a.c": C + function("long_one", 61)}, "daemon/a/a.c:2"),
    (
        "function-length",
        {"daemon/a/a.c": C + function("short_one", 60) + "\nstatic " + function("long_one", 61)},
        "daemon/a/a.c:63",
    ),
    ("parameters", {"proto/a/a.c": C + function("six", 9, "int a, int b, int c, int d, int e, int f")}, "proto/a/a.c:2"),
    (
        "parameters",
        {"proto/a/a.c": C + function("six", 9, "int a, int (*b)(int, int), int c, int d, int e, int f")},
        "proto/a/a.c:2",
    ),
    ("file-length", {"proto/a/a.h": C + "int x;\n" * 500}, "proto/a/a.h:501"),
    ("file-length", {"tests/a.py": f"# {SPDX}\n" + "x = 1\n" * 500}, "tests/a.py:501"),
    ("format", {"proto/a/a.c": C + "int  f(void)\n{\n\treturn 1;\n}\n"}, "proto/a/a.c:2"),
    ("format", {"proto/a/a.h": C + "int f(void);\nint g( void );\n"}, "proto/a/a.h:3"),
    ("spdx", {"proto/a/a.h": "int f(void);\n"}, "proto/a/a.h:1"),
    ("spdx", {"proto/CMakeLists.txt": "add_subdirectory(a)\n"}, "proto/CMakeLists.txt:1"),
    ("spdx", {"run": "#!/bin/bash\ntrue\n"}, "run:1"),
    ("spdx", {"config/a.yaml": "\n\n\n# " + SPDX + "\n"}, "config/a.yaml:1"),
    ("spdx", {"proto/a/a.h": "// SPDX-License-" + "Identifier: MIT\n"}, "proto/a/a.h:1"),
    ("forbidden-word", {"README.md": "First\nsee ../" + "shared/x\n"}, "README.md:2"),
    ("forbidden-word", {"tests/fixtures/x.md": "from /" + "work/main\n"}, "tests/fixtures/x.md:1"),
    ("forbidden-word", {"docs/x.md": "https://py" + "pi.org/project/x\n"}, "docs/x.md:1"),
    ("forbidden-word", {"docs/x.md": "https://proxy.go" + "lang.org\n"}, "docs/x.md:1"),
    ("link", {"docs/x.md": "see\n[a page](../proto/y.md#part)\n"}, "docs/x.md:2"),
    ("glob", {"proto/CMakeLists.txt": f"# {SPDX}\nfile(GLOB s *.c)\n"}, "proto/CMakeLists.txt:2"),
]  # fmt: skip

# Nothing here breaks a rule.
INNOCENT = {
    "proto/a/a.h": C + "int five(int a, int b, int (*c)(int, int), int d, int e);\n",
    "proto/a/internal.h": C + "int inside(void);\n",
    "proto/a/a.c": C
    + '#include "a/a.h"\n\n#include "internal.h"\n\n#include <string.h>\n#include <sys/stat.h>\n\n'
    + '// strcpy(a, b) in a comment; #include "store/s.h" as well.\n'
    + "/* typedef struct old {\n#include <zmq.h>\n} */\n"
    + 'static const char *const texts[] = {"sprintf(x, y) {", "\\"}", "//"};\n\n'
    + "typedef enum row_kind (*row_reader)(struct row *row, int n);\n\n"
    + "struct __attribute__((packed)) row {\n\tchar system;\n};\n\n"
    + "int five(int a, int b, int (*c)(int, int), int d, int e)\n"
    + "{\n\treturn c(a, b) + d + e + '{' + '\"' + texts[0][0];\n}\n\n"
    + function("sixty", 60),
    "daemon/control/control.h": C + "int ask(void);\n",
    "daemon/flow/flow.c": C + "int my_system(int a);\nint my_system(int a)\n{\n\treturn a;\n}\n",
    "clients/ctl/ctl.c": C + '#include "a/a.h"\n#include "control/control.h"\n',
    "clients/json/json.c": C + "#include <jansson.h>\n",
    **TYPES,
    "clients/lib/vraag.c": C + "struct draft draft = {.type = TYPE_VRAAG};\nint a = TYPE_VRAAG;\n",
    "clients/lib/ack.c": C + "int a = push_velden(client, TYPE_ACK, 0), b = ACK_ITEM;\n",
    "tests/fixtures/a.c": "typedef struct { int x } a_t; strcpy(a, b);\n",
    "build/dev/generated.c": "strcpy(a,b);\n",
    "docs/a.md": "a network/work/place and a shared folder [a](../proto/a/a.h) [b](../proto#x)\n"
    + "[c](https://example.org/no) [d](#here)\n",
    "CMakeLists.txt": f"# {SPDX}\n# file(GLOB would be wrong\n",
}


def plant(root, files):
    shutil.copy(os.path.join(HERE, "..", "..", ".clang-format"), root)
    for path, text in files.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)


def findings_for(files):
    with tempfile.TemporaryDirectory(prefix="knp-lint-") as root:
        plant(root, files)
        return lint.run(root, list(lint.RULES))


def check_control(rule, files, place):
    """What is wrong with the lint's answer, "" when it is right."""
    found = findings_for(files)
    if not any(f.rule == rule and f"{f.path}:{f.line}" == place for f in found):
        return f"{rule}: the fault planted at {place} was not reported, but: {found}"
    others = [str(f) for f in found if f.rule != rule]
    return f"{rule}: reported beside the fault at {place}: {others}" if others else ""


def main():
    wrong = [w for w in (check_control(*control) for control in CONTROLS) if w]
    wrong += [f"reported without cause: {f}" for f in findings_for(INNOCENT)]
    controlled = {rule for rule, _, _ in CONTROLS}
    wrong += [f"{r}: no control plants a breach of it" for r in set(lint.RULES) - controlled]
    if set(sys.argv[1:]) != set(lint.RULES):
        wrong.append(f"ctest runs {sorted(sys.argv[1:])}, the rules are {sorted(lint.RULES)}")
    for line in wrong:
        print(line)
    print(f"{len(CONTROLS)} faults planted, {len(wrong)} answers wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
