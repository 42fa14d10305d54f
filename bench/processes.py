"""CPU time and memory of processes, read from /proc (Linux)."""

import os
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
KIB_PER_MIB = 1024


def read_stat(pid):
    """(the parent's pid, CPU seconds) of a process.

    The seconds are its own and those of the children it has waited for.
    """
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    # proc(5) counts from 1: ppid is field 4, utime to cutime are 14 to 17. The fields after the
    # name begin with 3.
    return int(fields[1]), sum(int(field) for field in fields[11:15]) / TICKS_PER_SECOND


def parent_of(pid):
    return read_stat(pid)[0]


def tree(*roots):
    """CPU seconds by pid, for `roots` and every living descendant."""
    stats = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stats[int(entry)] = read_stat(entry)
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just ended; its parent has its seconds
    found, reached = {}, set(roots)
    while reached:
        found |= {pid: stats[pid][1] for pid in reached}
        reached = {
            pid for pid, (parent, _seconds) in stats.items() if parent in found and pid not in found
        }
    return found


def cpu_seconds(*roots):
    """CPU seconds, user and system, that `roots` and their descendants have used so far.

    Descendants that have ended are counted too.
    """
    before = tree(*roots)
    while True:
        # A child that ends between two readings would be counted twice, or not at all.
        after = tree(*roots)
        if after.keys() == before.keys():
            return sum(after.values())
        before = after


def children(pid):
    return sorted(child for child in tree(pid) if child != pid)


def memory_mib(pid):
    """(Pss, Rss) of a process in MiB.

    Pss holds its share of the memory that other processes use too, Rss all of that memory.
    """
    pss = field_kib(Path(f"/proc/{pid}/smaps_rollup"), "Pss")
    rss = field_kib(Path(f"/proc/{pid}/status"), "VmRSS")
    return pss / KIB_PER_MIB, rss / KIB_PER_MIB


def field_kib(path, name):
    for line in path.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise KeyError(name)
