"""The cluster picture as a part of a page, and as one file that carries everything and loads nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from knotwork_visualise.cluster_svg import cluster_svg, legend_svg
from knotwork_visualise.container import picture_data, script_json
from knotwork_visualise.picture import Scene
from knotwork_visualise.vendor import vis_network
from knotwork_visualise.words import type_word, words

if TYPE_CHECKING:
    from jinja2 import Environment

SVG_UP_TO = 150  # marks; above, the drawing for print would weigh more than the page may


def cluster_figure(scene: Scene, *, identifiers: bool = True) -> Markup:
    """The picture, its legend and its table twin as a ``figure``, to stand in a page that has ``picture.css`` and
    loads vis-network and ``picture.js``. ``identifiers`` is False where the page itself lists every identifier.
    """
    return Markup(_templates().get_template("figure.html.j2").render(_figure(scene), list_identifiers=identifiers))  # noqa: S704 - autoescaped


def cluster_html(scene: Scene, title: str, *, language: str = "") -> str:
    """One self-contained HTML page: opened from a disk or an e-mail, it loads nothing and runs only its own scripts."""
    language = language or scene.language
    scripts = [_script(vis_network().read_text(encoding="utf-8")), _script(asset("picture.js"))]
    style = asset("picture.css") + asset("page.css")
    return (
        _templates()
        .get_template("cluster.html.j2")
        .render(
            _figure(scene),
            list_identifiers=True,
            title=title,
            language=language,
            policy=_policy(scripts, style),
            scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own files, not data
            style=Markup(style),  # noqa: S704 - our own file, not data
        )
    )


@cache
def asset(name: str) -> str:
    """The text of one of this package's static files."""
    return files("knotwork_visualise").joinpath("static", name).read_text(encoding="utf-8")


def _figure(scene: Scene) -> dict[str, Any]:
    return {
        "scene": scene,
        "names": {node.id: node for node in scene.nodes},
        "svg": cluster_svg(scene) if len(scene.nodes) <= SVG_UP_TO else Markup(""),
        "legend": [(legend_svg(entry), entry.text) for entry in scene.legend],
        "data": script_json(picture_data(scene)),
        "words": words(scene.language),
        "kind": lambda name: type_word(name, scene.language),
    }


def _script(text: str) -> str:
    """A script that can stand inside its element; browsers read CR LF as LF, and the hash must know that."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if "</script" in plain.lower() or "<!--" in plain:
        raise ValueError("this script cannot stand inside a page: it holds </script or <!--")
    return plain


def _policy(scripts: list[str], style: str) -> str:
    """The content security policy: these very scripts and this style, and not one request."""
    rules: Mapping[str, str] = {
        "default-src": "'none'",
        "script-src": " ".join(_hash(script) for script in scripts),
        "style-src": _hash(style),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("knotwork_visualise", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
