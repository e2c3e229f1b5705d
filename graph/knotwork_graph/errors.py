"""Every error a person can meet. Each says what is wrong, where, and what to do.

::

    KnotworkError
    ├── PolicyError (ValueError)            a key or value in knotwork.toml
    ├── MappingError (ValueError)           a mapping file that does not fit its data
    ├── InputError (ValueError)             a file that cannot be read as events
    ├── UsageError (ValueError)             a request that cannot be meant
    ├── UnknownCustomerError (LookupError)  no such customer, or no such identifier
    ├── UnknownRunError (LookupError)       no such run
    ├── UnknownDecisionError (LookupError)  no such decision
    ├── UnknownCaseError (LookupError)      no such case, or nothing waits under this number
    ├── ContradictionError (ValueError)     a decision against one that stands
    ├── CaseTakenError (RuntimeError)       a case that somebody else has claimed, or settled meanwhile
    ├── RevisionError (RuntimeError)        the world changed since somebody looked
    ├── SecondPersonError (ValueError)      the second person must be another than the first
    ├── WorkspaceError (RuntimeError)       a folder that is no workspace, or cannot be written
    │   └── WorkspaceBusyError              another process is writing to it
    ├── StoreError (RuntimeError)           a store that refuses, or holds what it should not
    │   └── DiskFullError (OSError)         no room left; nothing acknowledged was lost
    └── GateError (RuntimeError)            a run that may not be published
"""

from __future__ import annotations


class KnotworkError(Exception):
    """The base of all errors that Knotwork raises on purpose; ``str()`` of it is meant for people."""


class PolicyError(KnotworkError, ValueError):
    """A key or a value of the policy is wrong; ``file`` and ``key`` say where."""

    def __init__(self, message: str, *, file: str = "", key: str = "") -> None:
        self.file = file
        self.key = key
        where = ": ".join(part for part in (file, key) if part)
        super().__init__(f"{where}: {message}" if where else message)


class MappingError(KnotworkError, ValueError):
    """A mapping does not fit the file it is meant for."""


class InputError(KnotworkError, ValueError):
    """A file cannot be read as events at all (a single bad row is rejected instead, never raised)."""


class UsageError(KnotworkError, ValueError):
    """A request that cannot be meant, such as a time without a date."""


class UnknownCustomerError(KnotworkError, LookupError):
    """No customer has this id, or no customer holds this identifier."""


class UnknownRunError(KnotworkError, LookupError):
    """No run has this number, or nothing is published yet."""


class UnknownDecisionError(KnotworkError, LookupError):
    """No decision has this number, or the number is that of an undo."""


class UnknownCaseError(KnotworkError, LookupError):
    """No case has this number, or nothing waits under it."""


class CaseTakenError(KnotworkError, RuntimeError):
    """A case is claimed by somebody else, or was settled meanwhile; ``holder`` says by whom."""

    def __init__(self, message: str, *, holder: str) -> None:
        self.holder = holder
        super().__init__(message)


class RevisionError(KnotworkError, RuntimeError):
    """What a person looked at has changed since; ``revision`` is the present one."""

    def __init__(self, message: str, *, revision: str) -> None:
        self.revision = revision
        super().__init__(message)


class SecondPersonError(KnotworkError, ValueError):
    """Who made a decision cannot be the one who approves it, whatever their role."""


class ContradictionError(KnotworkError, ValueError):
    """A decision cannot stand beside an earlier one, whose number is ``first``."""

    def __init__(self, message: str, *, first: int) -> None:
        self.first = first
        super().__init__(message)


class WorkspaceError(KnotworkError, RuntimeError):
    """A folder is no workspace, or cannot be used as one."""


class WorkspaceBusyError(WorkspaceError):
    """Another process is writing to the workspace; ``holder`` says which."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(f"this workspace is in use by {holder}. Wait until it ends, then run the command again.")


class StoreError(KnotworkError, RuntimeError):
    """A store refused a statement, or holds what it should not; the cause is chained."""


class DiskFullError(StoreError, OSError):
    """The disk is full. What was acknowledged is kept; the rest was not taken."""


class GateError(KnotworkError, RuntimeError):
    """A run was held because a gate said no; the run that was current is still served."""
