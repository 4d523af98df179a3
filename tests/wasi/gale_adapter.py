# SPDX-License-Identifier: Apache-2.0
"""How WebAssembly/wasi-testsuite runs components with Gale: run-tests -r tests/wasi/gale_adapter.py. GALE names the tool."""
import os
import shlex
import subprocess

GALE = shlex.split(os.getenv("GALE", "gale"))


def get_name():
    return "gale"


def get_version():
    return subprocess.run([GALE[0], "--version"], encoding="utf-8", capture_output=True, check=True).stdout.split()[-1]


def get_wasi_versions():
    return ["wasm32-wasip3"]


def get_wasi_worlds():
    return ["wasi:cli/command"]


def compute_argv(test_path, args_env_root, proposals, wasi_world, wasi_version):
    """The command that runs a test: nothing of it depends on proposals, the one world or the one version."""
    args, env, root = args_env_root
    argv = GALE + ["run"]
    for name, value in env.items():
        argv += ["--env", f"{name}={value}"]
    if root:
        argv += ["--dir", f"{root}::/"]
    return argv + [str(test_path)] + args


def get_timeout_seconds():
    """The first run of a test compiles it."""
    return 300
