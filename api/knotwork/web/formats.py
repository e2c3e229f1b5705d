"""Numbers, money and moments as readers of a language write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from knotwork_visualise.dates import day, moment

WHOLE = frozenset({"VND", "JPY", "KRW"})  # currencies without a smaller coin
SIGNS = {"VND": "₫", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "KRW": "₩"}
NARROW = "\u00a0"  # a sum must not break from its sign


@dataclass(frozen=True, slots=True)
class Formats:
    """Writes values for readers of ``language``; moments in ``zone``, or this machine's own without one."""

    language: str
    zone: tzinfo | None = None

    def number(self, value: float, decimals: int = 0) -> str:
        """With the separators of the language.

        >>> Formats("vi").number(4820000), Formats("en").number(1234.5, 2)
        ('4.820.000', '1,234.50')
        """
        english = f"{value:,.{decimals}f}"
        return english.translate(str.maketrans(",.", ".,")) if self.language == "vi" else english

    def money(self, value: float, currency: str) -> str:
        """An amount with its currency.

        >>> Formats("vi").money(4820000, "VND"), Formats("en").money(4820000, "VND"), Formats("en").money(5, "THB")
        ('4.820.000\\xa0₫', '₫4,820,000', '5.00\\xa0THB')
        """
        written = self.number(value, 0 if currency in WHOLE else 2)
        sign = SIGNS.get(currency)
        if sign is not None and self.language == "en":
            return f"{sign}{written}"
        return f"{written}{NARROW}{sign or currency}"

    def percent(self, part: float, whole: float) -> str:
        """A share in whole hundredths; never 0 or 100 for what is not quite.

        >>> Formats("en").percent(999, 1000), Formats("en").percent(0, 5), Formats("en").percent(1, 0)
        ('99%', '0%', '0%')
        """
        if not whole:
            return "0%"
        share = round(100 * part / whole)
        return f"{min(max(share, 1 if part else 0), 100 if part == whole else 99)}%"

    def date(self, text: str) -> str:
        """A date as the reader writes it; a text that is none, such as a year alone, as it is.

        >>> Formats("en").date("1990-03-14"), Formats("vi").date("1990-03-14"), Formats("en").date("1990")
        ('14 Mar 1990', '14/3/1990', '1990')
        """
        try:
            return day(datetime.strptime(text, "%Y-%m-%d"), self.language)  # noqa: DTZ007 - a birthday has no zone
        except ValueError:
            return text

    def day(self, when: datetime | None) -> str:
        """The date; a dash for none."""
        return "–" if when is None else day(when.astimezone(self.zone), self.language)

    def moment(self, when: datetime | None) -> str:
        """Date and time; a dash for none."""
        return "–" if when is None else moment(when.astimezone(self.zone), self.language)

    def zone_name(self) -> str:
        """What the zone of moments is called today, such as UTC or +07.

        >>> from datetime import UTC
        >>> Formats("en", UTC).zone_name()
        'UTC'
        """
        return datetime.now(UTC).astimezone(self.zone).strftime("%Z")

    def iso(self, when: datetime | None) -> str:
        """The moment for machines, with its offset."""
        return "" if when is None else when.astimezone(self.zone).isoformat()
