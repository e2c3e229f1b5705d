"""A real Neo4j from its jars, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.neo4j_server import jars, jvm

PASSWORD = "knotwork-tests"  # noqa: S105 - it opens a server that listens on this machine alone, for one test session
CONFIGURATION = """
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.memory.heap.initial_size=512m
server.memory.heap.max_size=1g
server.memory.pagecache.size=128m
db.tx_log.rotation.retention_policy=false
db.tx_log.preallocate=false
dbms.cypher.min_replan_interval=1h
server.databases.default_to_read_only={read_only}
"""
QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms512m", "-Xmx1g")
"""A server that lives for minutes starts in two thirds of the time where its code is compiled once and simply."""
OPENED = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch")


def is_calendar(version: str) -> bool:
    """Whether a version is named by its year, as those after 5.26 are."""
    return int(version.split(".")[0]) > 2000


@dataclass(slots=True)
class JavaServer:
    """One Neo4j on ``port``, whose data are in ``folder``; it can be killed and started again on the same data."""

    folder: Path
    port: int
    version: str
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def java(self) -> str:
        """The Java that this version of the server runs on."""
        return str(jvm.find(21 if is_calendar(self.version) else 17))

    @property
    def classpath(self) -> str:
        """All its jars."""
        return f"{jars.fetched(self.version)}/*"

    @property
    def environment(self) -> dict[str, str]:
        """What its tools must know."""
        return {**os.environ, "NEO4J_HOME": str(self.folder), "NEO4J_CONF": str(self.folder / "conf")}

    def admin(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What ``neo4j-admin`` does with these arguments; the server must not be running."""
        command = [self.java, "-cp", self.classpath, "org.neo4j.cli.AdminTool", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def make(self) -> None:
        """A new home with its password set."""
        self.configure()
        done = self.admin("dbms", "set-initial-password", PASSWORD)
        if done.returncode:
            raise RuntimeError(f"neo4j-admin said: {done.stdout}{done.stderr}")

    def configure(self, *, read_only: bool = False) -> None:
        """Write its settings, which hold from the next start."""
        conf = self.folder / "conf"
        conf.mkdir(parents=True, exist_ok=True)
        text = CONFIGURATION.format(port=self.port, read_only=str(read_only).lower())
        (conf / "neo4j.conf").write_text(text)

    def start(self) -> None:
        """Start it; it answers some seconds later."""
        main = (
            "org.neo4j.server.Neo4jCommunity" if is_calendar(self.version) else "org.neo4j.server.CommunityEntryPoint"
        )
        opened = [f"--add-opens={module}=ALL-UNNAMED" for module in OPENED]
        where = [f"--home-dir={self.folder}", f"--config-dir={self.folder / 'conf'}"]
        command = [self.java, *QUICK, *opened, "-cp", self.classpath, main, *where]
        with (self.folder / "output.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """End it; nobody will miss its data, so it need not put them in order."""
        self.kill()
