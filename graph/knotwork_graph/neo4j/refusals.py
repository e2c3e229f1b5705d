"""What a server's refusal means for people: by its status code, and where that is too general by its words."""

from __future__ import annotations

from knotwork_graph.errors import DiskFullError, StoreError
from knotwork_graph.neo4j.address import PASSWORD, USER

AWAY = "{url}: the Neo4j server does not answer. See that it runs and that the address is right; nothing was changed."
UNSURE = (
    "{url}: the Neo4j server went away while it was told to keep something, so it may be kept or not. Nothing is "
    "counted twice: run the command again once the server runs."
)
SENTENCES = {
    "Security": f"{{url}}: the Neo4j server does not know this user and password. Check {USER} and {PASSWORD}.",
    "TransactionTimedOut": "{url}: the Neo4j server took too long. It may be busy, or another writer holds the graph; "
    "nothing was changed. Try again, and look at its load.",
    "ReadOnly": "{url}: the database {database} is read-only. Let an administrator make it writable; "
    "nothing was changed.",
    "DatabaseNotFound": "{url}: there is no database {database} on this server. Check [graph] database.",
    "OutOfMemory": "{url}: the Neo4j server has too little memory for this. Give it more heap "
    "(server.memory.heap.max_size); nothing was changed.",
    "Stopped": "{url}: the database {database} has stopped after a severe error, a full disk most often. Look at the "
    "server's log, mend the cause and start it anew; what was acknowledged is kept. Then run the command again.",
    "Deadlock": "{url}: other writers kept getting in the way; nothing was changed. Run it again.",
    "ConstraintValidation": "{url}: the graph holds this already, so it was not applied again.",
}
MARKS = {
    "Security": ("Neo.ClientError.Security",),
    "TransactionTimedOut": ("TransactionTimedOut", "LockAcquisitionTimeout", "LockClientStopped"),
    "ReadOnly": ("ReadOnly", "AccessMode", "read-only"),
    "DatabaseNotFound": ("DatabaseNotFound",),
    "OutOfMemory": ("OutOfMemory", "MemoryPool"),
    "Stopped": ("needs to be restarted", "DatabaseUnavailable", "StorageDamageDetected"),
    "Deadlock": ("DeadlockDetected",),
    "ConstraintValidation": ("ConstraintValidationFailed",),
}
DISK = ("No space left on device", "Disk quota exceeded", "not enough space on the disk", "OutOfDiskSpace")


def refusal(code: str, message: str, url: str, database: str) -> StoreError:
    """The error for people that stands for the server's ``code`` and ``message``."""
    if any(words in message for words in DISK):
        return DiskFullError(f"{url}: the disk of the Neo4j server is full. Free some room there and run it again.")
    for meaning, marks in MARKS.items():
        if any(mark in code or mark in message for mark in marks):
            return StoreError(SENTENCES[meaning].format(url=url, database=database))
    return StoreError(f"{url}: the Neo4j server refused a statement ({code}): {message}")
