"""What can be said of a value, and the words for it. No word repeats the value itself, which may be personal."""

from __future__ import annotations

from enum import IntEnum

LINKING, BLOCKED, INVALID = 0, 1, 2


class Verdict(IntEnum):
    """One finding; its number stands in arrays, ``WORDS`` has its status and its reason."""

    LINKING = 0
    EMPTY = 1
    PLACEHOLDER = 2
    ZEROS = 3
    POLICY = 4
    ROLE = 5
    REPEATED = 6
    KEYBOARD = 7
    FACTORY = 8
    NOT_EMAIL = 9
    MASKED = 10
    NOT_PHONE = 11
    SHORT = 12
    LONG = 13
    SERVICE = 14
    EXTENSION = 15
    NO_SUCH_NUMBER = 16
    NO_CHARACTER = 17
    NOT_UNICODE = 18
    CHECK_DIGIT = 19


WORDS: dict[Verdict, tuple[int, str]] = {
    Verdict.LINKING: (LINKING, ""),
    Verdict.EMPTY: (BLOCKED, "empty"),
    Verdict.PLACEHOLDER: (BLOCKED, "a placeholder such as null or unknown, not a value"),
    Verdict.ZEROS: (BLOCKED, "only zeros and dashes: a placeholder"),
    Verdict.POLICY: (BLOCKED, "blocked by a pattern of the policy"),
    Verdict.ROLE: (BLOCKED, "a mailbox that is no person's, such as noreply@ or test@"),
    Verdict.REPEATED: (BLOCKED, "one digit repeated: a placeholder"),
    Verdict.KEYBOARD: (BLOCKED, "digits in keyboard order: a placeholder"),
    Verdict.FACTORY: (BLOCKED, "a constant that many devices report"),
    Verdict.NOT_EMAIL: (INVALID, "not an e-mail address"),
    Verdict.MASKED: (INVALID, "masked number: a trait for matching, not an identifier"),
    Verdict.NOT_PHONE: (INVALID, "not a telephone number"),
    Verdict.SHORT: (INVALID, "too short for a telephone number"),
    Verdict.LONG: (INVALID, "too long for a telephone number"),
    Verdict.SERVICE: (INVALID, "a service number, not a person's"),
    Verdict.EXTENSION: (INVALID, "a number with an extension: a switchboard, not a person's"),
    Verdict.NO_SUCH_NUMBER: (INVALID, "no telephone number has this form"),
    Verdict.NO_CHARACTER: (INVALID, "neither a letter nor a digit in it"),
    Verdict.NOT_UNICODE: (INVALID, "not valid Unicode text"),
    Verdict.CHECK_DIGIT: (INVALID, "the check digit is wrong: a typing error, or no card of ours"),
}
