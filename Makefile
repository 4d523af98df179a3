# SPDX-License-Identifier: Apache-2.0
# The front door. Everything is built under build/.
.DEFAULT_GOAL := help
.PHONY: help run test bench clean

help:
	@echo 'make run     build and run the examples'
	@echo 'make test    every test and check: two compilers, 32 and 64 bits, sanitizers, coverage, package'
	$(if $(wildcard bench/CMakeLists.txt),@echo 'make bench   compare the ring with other rings; BENCH_ARGS=--help tells its options')
	@echo 'make clean   remove build/'
	@echo
	@echo 'Each installs what it lacks from Debian 12 (scripts/setup) and says so; that needs root, once.'

run:
	@scripts/setup run
	@scripts/run_examples

test:
	@scripts/setup test || { echo "0 passed, 1 failed"; exit 1; }
	@scripts/run_tests

ifneq ($(wildcard bench/CMakeLists.txt),)
bench:
	@scripts/setup bench
	@scripts/run_bench $(BENCH_ARGS)
endif

clean:
	rm -rf build
