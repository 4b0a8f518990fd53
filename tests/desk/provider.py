"""An identity provider on this machine: oidc-provider-mock, with two things beside it.

It keeps to the code challenge (RFC 7636), which oidc-provider-mock takes and does not hold anybody
to; and it can be told to make a proof wrongly, signed by its own key all the same.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import threading
import warnings
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import httpx2
import werkzeug.serving
from joserfc import jwk, jws

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it uses a part of Authlib that is going away
    import oidc_provider_mock

HOST = "localhost"  # another site than the desk's 127.0.0.1, as a browser sees it
Claims = dict[str, Any]


def decoded(token: str) -> Claims:
    middle = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4))))


class Provider:
    """Runs in a thread until `end`; `stop` and `start` take it away and bring it back."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        logging.getLogger("oidc_provider_mock").setLevel(logging.CRITICAL)
        self.app = oidc_provider_mock.app(require_nonce=True)
        self.app.before_request(self._held)
        self.app.after_request(self._noted)
        self.spoil: Callable[[Claims], Claims] | None = None
        self.sign: Callable[[Claims, jwk.RSAKey], str] = signed
        self.challenges: dict[str, str] = {}
        self.port = 0
        self.start()

    @property
    def issuer(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        self.server = werkzeug.serving.make_server(HOST, self.port, self.app, threaded=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def agree(self, way: str, subject: str) -> str:
        """A person shows who they are; gives the way back, as the browser would go it."""
        answer = httpx2.post(way, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        return f"{back.path}?{back.query}"

    def tell(self, subject: str, **claims: object) -> None:
        """What it knows of a person."""
        assert httpx2.put(f"{self.issuer}/users/{subject}", json=claims).status_code == 204

    def _held(self) -> flask.Response | None:
        if flask.request.path != "/oauth2/token":
            return None
        challenge = self.challenges.pop(flask.request.form.get("code", ""), "")
        verifier = flask.request.form.get("code_verifier", "")
        made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if challenge and made.rstrip(b"=").decode() == challenge:
            return None
        return flask.make_response({"error": "invalid_grant"}, 400)

    def _noted(self, response: flask.Response) -> flask.Response:
        asked = flask.request
        if asked.path == "/oauth2/authorize" and response.status_code == 302:
            code = parse_qs(urlsplit(response.headers["location"]).query)["code"][0]
            assert asked.args["code_challenge_method"] == "S256"
            self.challenges[code] = asked.args["code_challenge"]
        if asked.path == "/oauth2/token" and response.status_code == 200 and self.spoil:
            told = response.get_json()
            key = jwk.RSAKey.import_key(
                flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True)
            )
            told["id_token"] = self.sign(self.spoil(decoded(told["id_token"])), key)
            return flask.jsonify(told)
        return response


def signed(claims: Claims, key: jwk.RSAKey) -> str:
    """As it should be."""
    return jws.serialize_compact({"alg": "RS256"}, json.dumps(claims), key)


def signed_by_another(claims: Claims, key: jwk.RSAKey) -> str:
    return signed(claims, jwk.RSAKey.generate_key(2048))


def signed_by_the_public_key(claims: Claims, key: jwk.RSAKey) -> str:
    """The old trick: what everybody knows, taken for a shared secret."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        secret = jwk.OctKey.import_key(base64.b64encode(key.as_pem(private=False)).decode())
    return jws.serialize_compact({"alg": "HS256"}, json.dumps(claims), secret)


def not_signed(claims: Claims, key: jwk.RSAKey) -> str:
    parts = (json.dumps({"alg": "none"}), json.dumps(claims))
    return ".".join(base64.urlsafe_b64encode(p.encode()).rstrip(b"=").decode() for p in parts) + "."
