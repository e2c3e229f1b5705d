"""Bearer tokens of an OpenID Connect issuer: signed by its keys, meant for us, not over, with a role in a claim."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from knotwork.access.caller import Caller
from knotwork.access.roles import Role

log = logging.getLogger("knotwork.access")

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures alone: a shared secret would let whoever checks a token make one."""
FRESH = 300.0
"""Seconds that the issuer's keys are believed; a key that is not among them is asked for sooner, but not at will."""
AGAIN = 10.0
PATIENCE = 5.0
MOST_BYTES = 1_000_000
MOST_CHARACTERS = 16_000
LEEWAY = 30
"""Seconds that two clocks may differ."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

Fetch = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class IssuerSettings:
    """Who issues tokens, whom they must be meant for, and the claim that names the role."""

    issuer: str
    audience: str
    role_claim: str = "knotwork_role"


class Issuer:
    """Checks tokens of one issuer, whose keys it fetches when they are needed; safe to use from several threads."""

    def __init__(self, settings: IssuerSettings, fetch: Fetch | None = None) -> None:
        self._settings = settings
        self._fetch = fetch or fetched
        self._turn = Lock()
        self._keys: dict[str, Any] = {}
        self._asked = float("-inf")

    def caller(self, text: str) -> Caller | None:
        """Who comes with a token; None, and a line in the log, where it may not come in."""
        import jwt

        if len(text) > MOST_CHARACTERS or text.count(".") != 2:
            return None
        try:
            claims = self._claims(text)
        except (jwt.PyJWTError, OSError, ValueError, KeyError) as error:
            # never its words: they quote claims
            log.info("a token of the issuer was refused: %s", type(error).__name__)
            return None
        return self._caller(claims)

    def _claims(self, text: str) -> dict[str, Any]:
        import jwt

        key = self._key(str(jwt.get_unverified_header(text)["kid"]))
        claims: dict[str, Any] = jwt.decode(
            text,
            key,
            algorithms=[*ALGORITHMS],
            issuer=self._settings.issuer,
            audience=self._settings.audience,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
        return claims

    def _caller(self, claims: Mapping[str, Any]) -> Caller | None:
        """Whoever the claims speak of; several roles among them are read as the first that is one of ours."""
        named = claims.get(self._settings.role_claim)
        wanted = named if isinstance(named, list) else [named]
        role = next((Role(one) for one in wanted if isinstance(one, str) and one in set(Role)), None)
        if role is None:
            log.info("a token of the issuer was refused: it names no role")
            return None
        subject = str(claims["sub"])
        name = str(claims.get("preferred_username") or claims.get("name") or subject)
        return Caller(name[:100], role, f"subject {subject}")

    def _key(self, kid: str) -> Any:
        """The key of this name. Raises ``KeyError`` where the issuer has none, ``OSError`` where it does not answer."""
        with self._turn:
            age = monotonic() - self._asked
            if age > FRESH or (kid not in self._keys and age > AGAIN):
                self._asked = monotonic()
                self._keys = self._published()
            return self._keys[kid]

    def _published(self) -> dict[str, Any]:
        """The keys that the issuer publishes, by their names; those of kinds that we do not know are left out."""
        import jwt

        issuer = self._settings.issuer
        about = json.loads(self._fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration"))
        if about["issuer"] != issuer:
            raise ValueError("the issuer calls itself otherwise")
        found = json.loads(self._fetch(secure(str(about["jwks_uri"]))))
        return {one.key_id: one for one in jwt.PyJWKSet.from_dict(found).keys if one.key_id}


def secure(address: str) -> str:
    """The address, which must be HTTPS, or HTTP on this very machine. Raises ``ValueError``."""
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return address
    raise ValueError("an issuer is asked over https alone, but on this very machine")


def fetched(address: str) -> bytes:
    """What lies at an address. Raises ``OSError``; a redirect is one too, for it could lead anywhere."""
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    request = Request(secure(address), headers={"accept": "application/json"})  # noqa: S310 - the scheme was checked
    with build_opener(Stay).open(request, timeout=PATIENCE) as answer:
        found: bytes = answer.read(MOST_BYTES)
        return found
