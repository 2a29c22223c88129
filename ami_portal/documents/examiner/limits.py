"""The limits that the process takes by itself. Set here and not between fork and exec: the parent is a server with
threads, where nothing but the program itself may run."""

import os
import resource

MEMORY, CPU_SECONDS = 1_500 * 1024 * 1024, 20
GRACE = 5  # a hard limit kills without saying why: the soft one is met first
NOBODY = 65_534

# What Python or a library would open on its first use, and could not any more.
ENCODINGS = "ascii latin_1 cp437 cp1252 utf_8 utf_8_sig utf_16 utf_16_le utf_16_be utf_32 mac_roman idna".split()


def take_limits() -> None:
    """Before a byte is read: memory, processor, no trace of a crash on the disk."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + GRACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name in ENCODINGS:
        __import__(f"encodings.{name}")


def close_doors() -> None:
    """Once the libraries are loaded: no file nor socket can be opened any more, no process started, by any user.

    A limit of processes does not bind root: whoever is root becomes nobody, for good.
    """
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    opened = 3  # input, output, errors
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened, opened))
