"""Why an event is a customer's, or nobody's: a small code in bulk, a sentence for people."""

from __future__ import annotations

from enum import IntEnum


class Reason(IntEnum):
    """The reason, as it stands in a generation."""

    UNUSABLE = 0
    OWN = 1
    STRONGEST = 2
    SESSION = 3
    DEVICE_SPLIT = 4
    LAST_IDENTIFIED = 5
    NOT_IDENTIFIED = 6
    POLICY_NOBODY = 7


REASONS: dict[Reason, str] = {
    Reason.UNUSABLE: "nobody: none of its identifiers can be used",
    Reason.OWN: "its identifiers are this customer's",
    Reason.STRONGEST: "its strongest identifier is this customer's; others belong elsewhere",
    Reason.SESSION: "this customer was identified on the shared identifier in the same session",
    Reason.DEVICE_SPLIT: "this customer was the last one identified on the shared identifier",
    Reason.LAST_IDENTIFIED: "this customer was the latest of all identified on the shared identifier",
    Reason.NOT_IDENTIFIED: "nobody: no one was identified on the shared identifier at that time",
    Reason.POLICY_NOBODY: "nobody: the policy gives events of shared identifiers to no one",
}
