"""What the shop sells and how people come to it: products, pages, searches and campaigns, as ready JSON."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from knotwork_seeds.dice import Ints
from knotwork_seeds.text import Text, column, decimal, joined, taken

PRODUCTS = 240
CATEGORIES = (
    "dien-thoai", "may-tinh", "phu-kien", "thoi-trang-nu", "thoi-trang-nam", "my-pham", "me-va-be", "gia-dung",
    "sach", "the-thao", "thuc-pham", "do-choi",
)  # fmt: skip
PAGES = ("/", "/khuyen-mai", "/cua-hang", "/tin-tuc", "/ho-tro", "/gioi-thieu", *(f"/{name}" for name in CATEGORIES))
SEARCHES = (
    "ao dai", "giay the thao", "tai nghe", "sua rua mat", "noi chien", "balo", "ốp lưng", "kem chống nắng",
    "ao khoac", "sạc dự phòng", "tã em bé", "truyện tranh", "bánh trung thu", "qua tet", "áo thun",
)  # fmt: skip
# source, medium, campaign, weight: the first is no campaign at all, the last two are for sales and for Tết
CAMPAIGNS = (
    ("", "", "", 38), ("google", "organic", "", 18), ("google", "cpc", "brand", 8), ("google", "cpc", "shopping", 7),
    ("facebook", "paid_social", "prospecting", 8), ("facebook", "paid_social", "retargeting", 5),
    ("tiktok", "paid_social", "video", 5), ("zalo", "message", "oa_weekly", 4), ("newsletter", "email", "weekly", 5),
    ("affiliate", "referral", "coupons", 2), ("facebook", "paid_social", "sale_day", 0), ("google", "cpc", "tet", 0),
)  # fmt: skip
SALE_CAMPAIGN, TET_CAMPAIGN = len(CAMPAIGNS) - 2, len(CAMPAIGNS) - 1


def price(product: Ints) -> Ints:
    """The price in VND."""
    return (product * 7919 % 1950 + 50) * 1000


@lru_cache(maxsize=1)
def properties() -> Text:
    """The properties of every event without numbers of its own; `page`, `product`, ... say where each is."""
    landings = [_landing(*campaign[:3]) for campaign in CAMPAIGNS]
    pages = [f'{{"path":"{path}"}}' for path in PAGES]
    searches = [f'{{"query":"{words}"}}' for words in SEARCHES]
    products = [
        f'{{"product_id":"P{number:04d}","category":"{CATEGORIES[number % 12]}","price":{cost},"currency":"VND"}}'
        for number, cost in enumerate(price(np.arange(PRODUCTS)))
    ]
    return column([*landings, *pages, *searches, *products])


def _landing(source: str, medium: str, campaign: str) -> str:
    named = {"utm_source": source, "utm_medium": medium, "utm_campaign": campaign}
    return "{" + ",".join(['"path":"/"', *(f'"{key}":"{value}"' for key, value in named.items() if value)]) + "}"


def page(index: Ints) -> Ints:
    """Where a page's properties are, by any number."""
    return len(CAMPAIGNS) + index % len(PAGES)


def search(index: Ints) -> Ints:
    """Where a search's properties are, by any number."""
    return len(CAMPAIGNS) + len(PAGES) + index % len(SEARCHES)


def product(index: Ints) -> Ints:
    """Where a product's properties are."""
    return len(CAMPAIGNS) + len(PAGES) + len(SEARCHES) + index


def basket(item: Ints, pieces: Ints) -> Text:
    """The properties of an order of so many pieces of one product."""
    return joined(
        '{"revenue":',
        decimal(price(item) * pieces),
        ',"currency":"VND","items":',
        decimal(pieces),
        ',"product_id":"',
        taken(_ids(), item),
        '"}',
    )


@lru_cache(maxsize=1)
def _ids() -> Text:
    return column([f"P{number:04d}" for number in range(PRODUCTS)])
