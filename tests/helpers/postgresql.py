"""A PostgreSQL server that belongs to one test and can be stopped and started."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.helpers.network import free_port


class Cluster:
    """Runs while its `with` lasts; `url` is its DATABASE_URL."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="praxis-postgresql-", dir="/tmp"))
        self.port = free_port()
        self.url = f"postgres://praxis@127.0.0.1:{self.port}/postgres"
        # PostgreSQL refuses to run as root.
        self.as_owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self.as_owner:
            shutil.chown(self.folder, "postgres")
        self.run(
            "initdb",
            "-U",
            "praxis",
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
            "--locale",
            "C.UTF-8",
            "--no-sync",
        )
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()
        shutil.rmtree(self.folder)

    def start(self):
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder} -c fsync=off"
        self.run("pg_ctl", "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self):
        self.run("pg_ctl", "-w", "-m", "fast", "stop")

    def run(self, program, *arguments):
        newest = max(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name)
        )
        line = [*self.as_owner, newest / program, "-D", self.folder / "data", *arguments]
        subprocess.run(line, cwd="/", check=True, stdout=subprocess.DEVNULL)
