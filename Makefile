# SPDX-License-Identifier: Apache-2.0
# The front door. Everything is built under build/.
.DEFAULT_GOAL := help
.PHONY: help run test conformance firmware verify trace bench clean

help:
	@echo 'make run     build and run the examples; components on real input, INPUT=FILE for your own'
	@echo 'make test    every test and check: two compilers, 32 and 64 bits, sanitizers, coverage, package'
	@echo 'make conformance COMPONENT_MODEL=DIR  the official scripts of a checkout of the Component Model'
	@echo 'make conformance WASI_TESTSUITE=DIR  the tests of WASI 0.3 in a checkout of wasi-testsuite'
	@echo 'make firmware  the Cortex-M tests alone, on five machines of QEMU'
	@echo 'make verify  every proof; what is not proved yet counts as failed (SOUNDNESS.md)'
	@echo 'make trace   properties and their evidence, from the last proofs and the tests, into docs/TRACE.md'
	$(if $(wildcard bench/CMakeLists.txt),@echo 'make bench   compare the ring with other rings; BENCH_ARGS=--help tells its options')
	@echo 'make clean   remove build/'
	@echo
	@echo 'Each installs what it lacks from Debian 12 (scripts/setup) and says so; that needs root, once.'

run:
	@scripts/setup run
	@scripts/setup components
	@scripts/run_examples
	@scripts/components
	@scripts/run_pipeline $(INPUT)

test:
	@scripts/setup test || { echo "0 passed, 1 failed"; exit 1; }
	@scripts/setup components || { echo "0 passed, 1 failed"; exit 1; }
	@scripts/run_tests

conformance:
	@scripts/setup components
	@cmake --preset host-gcc >/dev/null && cmake --build build/host-gcc --target gale_tool gale_host >/dev/null
	$(if $(or $(COMPONENT_MODEL),$(if $(WASI_TESTSUITE),,own)),@scripts/conformance $(COMPONENT_MODEL))
	$(if $(WASI_TESTSUITE),@scripts/setup wasi && scripts/wasi_testsuite $(WASI_TESTSUITE))

firmware:
	@scripts/setup firmware || { echo "0 passed, 1 failed"; exit 1; }
	@scripts/setup components || { echo "0 passed, 1 failed"; exit 1; }
	@scripts/firmware

verify:
	@scripts/setup verify || { echo "0 passed, 1 failed"; exit 1; }
	@scripts/run_verify

trace:
	@scripts/trace

ifneq ($(wildcard bench/CMakeLists.txt),)
bench:
	@scripts/setup bench
	@scripts/run_bench $(BENCH_ARGS)
endif

clean:
	rm -rf build
