#!/usr/bin/env python3
"""Checks what neither the compiler nor clang-format can: the shape of the tree."""
import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).parent.parent / "src"

# The architecture: what each folder may include; app alone introduces adapters to parts. Tests may
# include anything.
MAY_INCLUDE = {
    "base": {"base"},
    "wire": {"base", "wire"},
    "model": {"base", "model"},
    "ports": {"base", "model", "ports"},
    "market": {"base", "model", "ports", "market"},
    "sim": {"base", "model", "ports", "sim"},
    "lab": {"base", "wire", "model", "ports", "sim", "lab"},
    "cli": {"base", "model", "ports", "market", "sim", "lab", "cli"},
    "adapters": {"base", "wire", "model", "ports", "adapters"},
    "app": {"base", "model", "ports", "market", "lab", "cli", "adapters", "app"},
}

# pattern, where it is allowed, what to do instead
BANNED = [
    (r"(system|steady)_clock::now|sleep_for|time\(nullptr\)", "adapters/system", "take a Clock or Timers"),
    (r"random_device|mt19937|_distribution<", "adapters/system", "take a base::Random"),
    (r"\bgetenv\(", "adapters/system", "ask environment_variable() of adapters/system"),
    (r"switch \(co_await|\? co_await|: co_await", "", "await into a named local first (g++ 12 miscompiles this)"),
]


def complaints():
    for file in sorted(SOURCE.rglob("*.[ch]pp")):
        name = file.relative_to(SOURCE).as_posix()
        top = name.split("/")[0]
        free = name.endswith(("_test.cpp", "_bench.cpp"))
        for number, line in enumerate(file.read_text().splitlines(), start=1):
            include = re.match(r'#include "([^"]+)"', line)
            if include and not free and include[1].split("/")[0] not in MAY_INCLUDE[top]:
                yield f"src/{name}:{number}: {top}/ must not include '{include[1]}'"
            for pattern, home, advice in BANNED:
                if re.search(pattern, line) and not (home and name.startswith(home)):
                    yield f"src/{name}:{number}: {advice}"


found = list(complaints())
print("\n".join(found), file=sys.stderr)
sys.exit(bool(found))
