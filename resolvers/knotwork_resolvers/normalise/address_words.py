"""The words of addresses: what they begin with, and how they are shortened. Folded."""

from __future__ import annotations


def prefixes(*texts: str) -> frozenset[tuple[str, ...]]:
    """Each of the texts as its words."""
    return frozenset(tuple(text.split()) for text in texts)


WARD = prefixes("phuong", "xa", "thi tran", "p", "x", "tt")
DISTRICT = prefixes("quan", "huyen", "thi xa", "thanh pho", "q", "h", "tx", "tp")
STREET = prefixes("duong", "pho", "dai lo", "duong pho", "d")
NUMBER = prefixes("so nha", "so", "no", "nha so", "sn")
LANES = prefixes("ngo", "ngach", "hem", "kiet", "hxh")
HAMLETS = prefixes("ap", "thon", "xom", "khom")
BELOW_WARD = prefixes(
    "to dan pho",
    "khu pho",
    "to",
    "khu",
    "kp",
    "tdp",
    "doi",
    "ban",
    "lau",
    "tang",
    "can",
    "phong",
    "block",
    "lo",
)
COUNTRY = frozenset({"vn", "vietnam", "viet nam"})

# What stands before the name of a building or shop, which is no street.
VENUES = prefixes(
    "truong",
    "benh vien",
    "cho",
    "nha hang",
    "khach san",
    "cong ty",
    "chung cu",
    "toa nha",
    "quan",
    "cafe",
    "sieu thi",
    "ngan hang",
    "nha tho",
    "chua",
    "ubnd",
    "khu do thi",
    "khu dan cu",
    "khu cong nghiep",
    "kdt",
    "kdc",
    "kcn",
    "cc",
)
ESTATES = prefixes("khu do thi", "khu dan cu", "khu cong nghiep", "kdt", "kdc", "kcn", "chung cu", "cu xa")

# Short forms that stand for one word wherever they stand.
SHORT_WORDS = {
    "st": "street",
    "str": "street",
    "rd": "road",
    "ave": "avenue",
    "av": "avenue",
    "blvd": "boulevard",
    "blv": "boulevard",
    "dr": "drive",
    "ln": "lane",
    "ct": "court",
    "pl": "place",
    "sq": "square",
    "hwy": "highway",
    "pkwy": "parkway",
    "cres": "crescent",
    "tce": "terrace",
    "cl": "close",
    "gr": "grove",
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
    "apt": "apartment",
    "ste": "suite",
    "fl": "floor",
    "cmt8": "cach mang thang 8",
    "xvnt": "xo viet nghe tinh",
    "dbp": "dien bien phu",
    "nvl": "nguyen van linh",
}
