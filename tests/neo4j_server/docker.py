"""A real Neo4j in a container, where a Docker engine answers; told by Docker's own command, which every engine has."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.neo4j_server.home import PASSWORD

SETTINGS = "/var/lib/neo4j/conf/neo4j.conf"


def answers() -> bool:
    """Whether a Docker engine answers on this machine."""
    if shutil.which("docker") is None:
        return False
    asked = ["docker", "version", "--format", "{{.Server.Version}}"]
    try:
        return subprocess.run(asked, capture_output=True, timeout=10).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def docker(*arguments: str) -> str:
    """What Docker says to a command; raises where it fails."""
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()


@dataclass(slots=True)
class DockerServer:
    """One Neo4j in a container, published on ``port`` of this machine alone; it can be killed and started again."""

    port: int
    version: str
    container: str = field(default="")

    def make(self) -> None:
        """A container that does not run yet."""
        image = f"neo4j:{self.version}-community"
        published, password = f"127.0.0.1:{self.port}:7687", f"NEO4J_AUTH=neo4j/{PASSWORD}"
        self.container = docker("create", "--publish", published, "--env", password, image)

    def configure(self, *, read_only: bool = False) -> None:
        """Write its settings, which hold from the next start."""
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder, "neo4j.conf")
            made.write_text(f"server.databases.default_to_read_only={str(read_only).lower()}\n")
            made.chmod(0o666)
            docker("cp", str(made), f"{self.container}:{SETTINGS}")

    def start(self) -> None:
        """Start it; it answers some seconds later."""
        docker("start", self.container)

    def alive(self) -> bool:
        """Whether it runs."""
        return docker("inspect", "--format", "{{.State.Running}}", self.container) == "true"

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self.alive():
            docker("kill", self.container)

    def stop(self) -> None:
        """Remove it with its data."""
        if self.container:
            docker("rm", "--force", "--volumes", self.container)
