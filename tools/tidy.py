#!/usr/bin/env python3
"""Checks what neither the compiler nor clang-format can: the shape of the tree."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# The architecture: what each folder may include; app and agent_app alone introduce adapters to parts. Tests may
# include anything.
MAY_INCLUDE = {
    "base": {"base"},
    "wire": {"base", "wire"},
    "model": {"base", "model"},
    "ports": {"base", "model", "ports"},
    "policy": {"base", "model", "policy"},
    "replay": {"base", "model", "ports", "policy", "replay"},
    "plot": {"base", "model", "plot"},
    "market": {"base", "model", "ports", "market"},
    "spotlake": {"base", "model", "ports", "market", "spotlake"},
    "probe": {"base", "model", "ports", "probe"},
    "job": {"base", "model", "ports", "policy", "job"},
    "agent": {"base", "wire", "model", "ports", "agent"},
    "guard": {"base", "wire", "model", "ports", "guard"},
    "sim": {"base", "model", "ports", "sim"},
    "lab": {"base", "wire", "model", "ports", "sim", "lab"},
    "cli": {"base", "model", "ports", "plot", "market", "spotlake", "probe", "job", "agent", "guard", "sim", "lab", "policy", "replay", "cli"},
    "adapters": {"base", "wire", "model", "ports", "adapters"},
    "agent_app": {"base", "model", "ports", "agent", "adapters", "agent_app"},
    "app": {"base", "model", "ports", "market", "lab", "cli", "adapters", "app"},
}

SYSTEM = ("src/adapters/system",)

# pattern, where it is allowed, what to do instead
BANNED = [
    (r"(system|steady)_clock::now|time\(nullptr\)", SYSTEM, "take a Clock or Timers"),
    (r"\b(sleep_for|sleep_until|usleep|time\.sleep)\b", (), "wait for what is to happen, not for time"),
    (r"random_device|mt19937|_distribution<", SYSTEM, "take a base::Random"),
    (r"\bgetenv\(", (*SYSTEM, "tests/support"), "ask environment_variable() of adapters/system"),
    (r"switch \(co_await|\? co_await|: co_await", (), "await into a named local first (g++ 12 miscompiles this)"),
    (r"\b(TODO|FIXME|XXX|HACK)\b", (), "do it, or write an issue"),
]

CMAKE_FILES = [file for top in ("src", "tests", "bench") for file in (ROOT / top).rglob("CMakeLists.txt")]

# Compiled anew by everybody who includes the header, so that only .cpp files may, and what is a
# library's table of functions (..._api.hpp). A library's declarations alone are not heavy.
HEAVY = re.compile(r"#include <(boost|nlohmann(?!/json_fwd)|curl|openssl|pugixml|spdlog|toml\+\+|CLI)\b")

# No better name: the thing has no idea behind it yet.
SHAPELESS = {"util", "utils", "helper", "helpers", "common", "manager", "misc"}

MOST_LINES = 400
MOST_LINES_OF_A_TEST = 600  # cases are easier to take in than code


def complaints_about_line(name, top, line):
    is_test = name.endswith(("_test.cpp", "_bench.cpp", "_harness.hpp")) or not name.startswith("src/")
    include = re.match(r'#include "([^"]+)"', line)
    if include and not is_test and include[1].split("/")[0] not in MAY_INCLUDE[top]:
        yield f"{top}/ must not include '{include[1]}'"
    if name.endswith(".hpp") and not name.endswith("_api.hpp") and HEAVY.match(line):
        yield "include this in the .cpp: everybody who includes this header would compile it too"
    for pattern, homes, advice in BANNED:
        if re.search(pattern, line) and not name.startswith(homes):
            yield advice


def complaints_about_file(file, name, lines):
    if SHAPELESS & set(file.stem.split("_")):
        yield 1, "name it after what it is for"
    most_lines = MOST_LINES_OF_A_TEST if name.endswith("_test.cpp") else MOST_LINES
    if len(lines) > most_lines:
        yield len(lines), f"a file of more than {most_lines} lines holds more than one idea"
    if file.suffix == ".hpp" and lines[:1] != ["#pragma once"]:
        yield 1, "begin with #pragma once"
    if file.suffix == ".cpp" and not is_named_in_a_cmake_file(file):
        yield 1, "no CMakeLists.txt names it, so nobody builds it"


def is_named_in_a_cmake_file(file):
    for build in CMAKE_FILES:
        base = build.parent if file.is_relative_to(build.parent) else ROOT
        if re.search(rf"(?<![\w.]){re.escape(file.relative_to(base).as_posix())}\b", build.read_text()):
            return True
    return False


def complaints():
    files = [file for top in ("src", "tests", "bench", "tools") for file in (ROOT / top).rglob("*")]
    for file in sorted(files):
        name = file.relative_to(ROOT).as_posix()
        if file.suffix not in {".hpp", ".cpp", ".py"} or name == "tools/tidy.py":
            continue
        lines = file.read_text().splitlines()
        top = name.split("/")[1]
        for number, text in complaints_about_file(file, name, lines):
            yield f"{name}:{number}: {text}"
        for number, line in enumerate(lines, start=1):
            for text in complaints_about_line(name, top, line):
                yield f"{name}:{number}: {text}"


found = list(complaints())
print("\n".join(found), file=sys.stderr, end="\n" if found else "")
sys.exit(bool(found))
