"""A small issuer of OpenID Connect tokens: real keys, published over HTTP."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa


class IssuerServer:
    """Serves what an issuer publishes; ``tokens`` it signs, ``asked`` counts the questions by path."""

    def __init__(self) -> None:
        self.keys: dict[str, tuple[str, Any]] = {}
        self.asked: list[str] = []
        self.about: dict[str, Any] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.about = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.add("first", "RS256")

    def add(self, kid: str, algorithm: str) -> None:
        made = (
            rsa.generate_private_key(65537, 2048) if algorithm == "RS256" else ec.generate_private_key(ec.SECP256R1())
        )
        self.keys[kid] = (algorithm, made)

    def token(self, kid: str = "first", **claims: Any) -> str:
        algorithm, key = self.keys[kid]
        now = int(time.time())
        said = {
            "iss": self.url,
            "aud": "knotwork",
            "sub": "s-1",
            "exp": now + 60,
            "iat": now,
            "knotwork_role": "analyst",
        }
        kept = {name: value for name, value in (said | claims).items() if value is not None}
        return jwt.encode(kept, key, algorithm, headers={"kid": kid})

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def published(self) -> dict[str, Any]:
        kinds = {"RS256": jwt.algorithms.RSAAlgorithm, "ES256": jwt.algorithms.ECAlgorithm}
        return {
            "keys": [
                kinds[algorithm].to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "use": "sig", "alg": algorithm}
                for kid, (algorithm, key) in self.keys.items()
            ]
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked.append(self.path)
                found = issuer.published() if self.path == "/keys" else issuer.about
                self.send_response(302 if self.path == "/elsewhere" else 200)
                self.send_header("location", "/keys")
                self.end_headers()
                self.wfile.write(json.dumps(found).encode())

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
