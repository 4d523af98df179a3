# SPDX-License-Identifier: Apache-2.0
"""The checks behind scripts/check: each is a function from a Tree to a Report."""
