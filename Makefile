# What people type: a thin layer over tools/setup, the CMake presets and ctest. Everything is built
# below build/, and what a target needs is installed first where it is missing (Debian 12, as root or
# by sudo).

PREFIX ?= /usr/local
SOAK_MINUTES ?= 60
SOAK_KILLS ?= 1000
STORM_SEEDS ?= 1000
FUZZ_MINUTES ?= 10
DATA ?= traces
SOURCES = $(shell find src tests bench fuzz -name '*.[ch]pp' 2>/dev/null)

.PHONY: spotvane agent install-agent demo test bench calibrate reproduce check check-all storms soak fuzz install format clean

## The program, optimised: build/release/spotvane
spotvane:
	tools/setup build
	cmake --preset release
	cmake --build --preset release --target spotvane

## The agent for instances, one static file: build/release/spotvane-agent
agent:
	tools/setup build
	cmake --preset release
	cmake --build --preset release --target spotvane-agent

## A simulated day of the spot market on this machine
demo: spotvane
	build/release/spotvane demo

## All tests, under the address and undefined-behaviour sanitizers
test:
	tools/setup build test
	cmake --preset dev
	cmake --build --preset dev
	ctest --preset dev

## The figures the documents state, measured here
bench:
	tools/setup build bench
	cmake --preset release
	cmake --build --preset release --target spotvane benchmarks
	bench/run build/release

## The lab's market beside the real one: docs/lab.md's tables and plots, of what is kept in data/calibration
calibrate:
	tools/setup build test
	cmake --preset release
	cmake --build --preset release --target market_observations
	build/deps/venv/bin/python tools/calibrate

## What the policies cost where availability was recorded: docs/results.md, from the traces below DATA
reproduce: spotvane
	tools/reproduce $(DATA)

## Layout, the shape of the tree, clang-tidy
check:
	tools/setup build test check
	clang-format-19 --dry-run -Werror $(SOURCES)
	python3 tools/tidy.py
	cmake --preset dev
	tools/lint build/dev

## Everything a machine can find, for the patient: other sanitizers, the other compiler, more seeds, Spark
check-all: check test
	tools/lint build/dev --deep --tests
	cmake --build --preset dev --target all_verify_interface_header_sets
	SPOTVANE_SEEDS=1000 ctest --preset dev --tests-regex _test$$
	$(MAKE) storms
	tools/setup spark
	ctest --preset dev --build-config spark --tests-regex spark
	cmake --workflow --preset tsan
	cmake --workflow --preset clang

## The collector through 30 simulated days of faults, for each of STORM_SEEDS seeds
storms:
	tools/setup build test
	cmake --preset storms
	cmake --build --preset storms
	tools/storms $(STORM_SEEDS)

## The simulations with fresh seeds, for SOAK_MINUTES; then SOAK_KILLS real kills of the program, and those of a job
soak: spotvane
	tools/setup build test soak
	cmake --build --preset release --target pi_module
	cmake --preset dev
	cmake --build --preset dev
	tools/soak $(SOAK_MINUTES) $(SOAK_KILLS)

## Each reader of outside data, under libFuzzer for FUZZ_MINUTES
fuzz:
	tools/setup build test check
	cmake --preset fuzz
	cmake --build --preset fuzz --target fuzzers
	fuzz/run build/fuzz $(FUZZ_MINUTES)

## The program and the library it loads, below DESTDIR/PREFIX
install: spotvane
	DESTDIR=$(DESTDIR) cmake --install build/release --prefix $(PREFIX)

## The agent and its systemd unit, below DESTDIR/PREFIX
install-agent: agent
	DESTDIR=$(DESTDIR) cmake --install build/release --prefix $(PREFIX) --component agent

## Lays out all sources as `make check` wants them
format:
	tools/setup check
	clang-format-19 -i $(SOURCES)

clean:
	rm -rf build
