"""Made people with typing errors and known truth, of any number, for measuring time where no real file is large enough.

Names are syllables with the skew of real ones (a few very common, many rare); addresses, cities, postcodes and numbers
are as shared as they are in a country. About one person in three has a second record, some a third, each with errors.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

SYLLABLES = ["ba", "ber", "chi", "da", "el", "fo", "gar", "han", "ing", "jo", "ka", "lin", "ma", "nor", "o", "per"]
ENDINGS = ["a", "ton", "son", "ley", "man", "ez", "ova", "ini", "er", "well", "berg", "sky", "ard", "en", "is", "ham"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def names(count: int, random: np.random.Generator) -> np.ndarray:
    """Distinct made-up names."""
    found: dict[str, None] = {}
    while len(found) < count:
        parts = random.choice(SYLLABLES, random.integers(1, 4)).tolist()
        found["".join(parts) + str(random.choice(ENDINGS))] = None
    return np.array(list(found), object)


def skewed(values: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """``count`` draws, the first values the most common, as names are."""
    weight = 1 / np.arange(2, len(values) + 2) ** 0.9
    return values[random.choice(len(values), count, p=weight / weight.sum())]


def people(count: int, random: np.random.Generator) -> dict[str, np.ndarray]:
    """A column of texts for each kind."""
    given, family = skewed(names(2_000, random), count, random), skewed(names(12_000, random), count, random)
    cities, streets = names(1_500, random), names(6_000, random)
    city = random.integers(0, len(cities), count)
    born = random.integers(-9_000, 14_000, count).astype("datetime64[D]").astype(str).astype(object)
    number, last = random.integers(1, 200, count).astype(str), random.integers(10**6, 10**7, count).astype(str)
    boxes = zip(given, family, random.integers(1, 99, count), city % 7, strict=True)
    mail = [f"{a}.{b}{c}@mail{d}.org" for a, b, c, d in boxes]
    road = zip(number, skewed(streets, count, random), strict=True)
    return {
        "given_name": given,
        "family_name": family,
        "birth_date": born,
        "street": np.array([f"{n} {s} street" for n, s in road], object),
        "city": cities[city],
        "postcode": np.array([f"{1000 + one * 5}" for one in city.tolist()], object),
        "phone": np.array([f"555{one}" for one in last.tolist()], object),
        "email": np.array(mail, object),
    }


def mistyped(text: str, random: np.random.Generator) -> str:
    """``text`` with a letter changed, dropped, doubled or swapped."""
    at, kind = int(random.integers(0, len(text))), int(random.integers(0, 4))
    letter = str(random.integers(0, 10)) if text[at].isdigit() else LETTERS[int(random.integers(0, 26))]
    swapped = text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]
    return (text[:at] + letter + text[at + 1 :], text[:at] + text[at + 1 :], text[: at + 1] + text[at:], swapped)[kind]


def made(count: int, seed: int = 1) -> tuple[pa.Table, np.ndarray]:
    """About ``count`` records (``id`` and the kinds), and the person of each."""
    random = np.random.default_rng(seed)
    whole = int(count / 1.5)
    columns = people(whole, random)
    again = np.concatenate([random.choice(whole, whole // 3, replace=False), random.choice(whole, whole // 6)])
    person = np.concatenate([np.arange(whole), again])
    texts = {kind: values[person].copy() for kind, values in columns.items()}
    for kind, values in texts.items():
        for row in np.flatnonzero(random.random(len(again)) < 0.2) + whole:
            values[row] = mistyped(values[row], random) if values[row] else values[row]
        values[np.flatnonzero(random.random(len(person)) < (0.25 if kind in {"phone", "email"} else 0.04))] = None
    order = random.permutation(len(person))
    table = {"id": np.arange(len(person)), **{kind: pa.array(list(each[order])) for kind, each in texts.items()}}
    return pa.table(table), person[order]
