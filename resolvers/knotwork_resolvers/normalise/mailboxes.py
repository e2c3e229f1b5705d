"""What kind of mailbox an address names, beyond its syntax."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from knotwork_resolvers.normalise.draft import Strings, matches

NOBODY = (
    r"\A(?:(?:no|do[._-]?not)[._-]?reply(?:[._+-][^@]*)?"
    r"|(?:test|testing|example|mailer-daemon|postmaster|nobody|null|none|undefined|anonymous|guest|unknown"
    r"|no[._-]?(?:e?mail|name)|khong[._-]?co(?:[._-]?e?mail)?|chua[._-]?co(?:[._-]?e?mail)?)(?:\+[^@]*)?)@"
)
ROLE = (
    r"\A(?:info|contact|lienhe|sales|sale|marketing|support|hotro|help|service|cskh|care|admin|administrator|webmaster"
    r"|hostmaster|abuse|office|reception|accounting|ketoan|billing|hr|tuyendung|jobs|press|team|hello|shop|order|orders"
    r")(?:\+[^@]*)?@"
)
DISPOSABLE = (
    r"@(?:[a-z0-9-]+\.)*(?:mailinator\.com|guerrillamail\.(?:com|net|org|info)|sharklasers\.com|10minutemail\.(?:com|net)"
    r"|temp-mail\.(?:org|io)|tempmail\.(?:com|net|dev)|yopmail\.(?:com|fr|net)|trashmail\.(?:com|net|de)|getnada\.com"
    r"|dispostable\.com|maildrop\.cc|throwawaymail\.com|fakeinbox\.com|mintemail\.com|moakt\.com|mohmal\.com)\z"
)


def mailbox_flags(addresses: Strings) -> Strings:
    """``disposable``, ``role`` or nothing for each normalised address: a flag for people, which drops nothing."""
    role = pc.if_else(pa.array(matches(addresses, ROLE)), "role", "")
    return pc.if_else(pa.array(matches(addresses, DISPOSABLE)), "disposable", role)
