# SPDX-License-Identifier: Apache-2.0
"""What a linker map of GNU ld says of firmware: sections by origin, and the board's memories."""
import re

SECTION = re.compile(r"^ (\.[\w.]+|\*fill\*)\s+0x[0-9a-f]+\s+0x([0-9a-f]+)(?: (\S+))?", re.M)
OUTPUT = re.compile(r"^(\.[\w.]+)\s+0x[0-9a-f]+\s+0x([0-9a-f]+)", re.M)
MEMORY = re.compile(r"^(\w+)\s+0x[0-9a-f]+\s+0x([0-9a-f]+)\s+\w+$", re.M)
FLASH = (".text", ".rodata", ".vectors", ".init_array", ".ARM.exidx")
RAM = (".data", ".bss")
MAP = "Linker script and memory map"


def linked(map_text):
    """The part that lists what was linked; a long name and its numbers on one line."""
    listed = map_text[map_text.index(MAP):]
    return re.sub(r"\n( ?\.[\w.]+)\n +0x", r"\n\1 0x", listed)


def sections(map_text):
    """Each section that holds bytes: its name, 0 for flash or 1 for RAM, bytes, the object file it came from."""
    for name, length, origin in SECTION.findall(linked(map_text)):
        kind = 0 if name.startswith(FLASH) else 1 if name.startswith(RAM) else None
        if kind is not None and int(length, 16) != 0:
            yield name, kind, int(length, 16), origin


def outputs(map_text):
    """Bytes of each output section."""
    return {name: int(length, 16) for name, length in OUTPUT.findall(linked(map_text))}


def memories(map_text):
    """Bytes of each memory of the board."""
    return {name: int(length, 16) for name, length in MEMORY.findall(map_text[:map_text.index(MAP)])}
