from __future__ import annotations

import re
from pathlib import Path

import knotwork_visualise
from knotwork_visualise.cluster import asset
from knotwork_visualise.looks import BORDERS, LINE_COLOURS
from knotwork_visualise.vendor import vis_network
from knotwork_visualise.words import words

SOURCE = Path(knotwork_visualise.__file__).parent


def test_both_catalogues_have_the_same_keys_and_placeholders() -> None:
    english, vietnamese = words("en"), words("vi")
    assert {
        key for key in english if not key.endswith("_one")
    } == vietnamese.keys()  # Vietnamese tells no one from many
    assert {key.removesuffix("_one") for key in english} == vietnamese.keys()
    dates = {"moment", "day", "month"}  # a date may use other parts in another language
    for key in vietnamese.keys() - dates:
        assert set(re.findall(r"\{\w*\}", english[key])) == set(re.findall(r"\{\w*\}", vietnamese[key])), key


def test_every_word_that_templates_ask_for_is_there() -> None:
    text = (SOURCE / "templates" / "figure.html.j2").read_text(encoding="utf-8")
    asked = set(re.findall(r"words\.(\w+)", text)) - {"get"}
    assert asked <= words("en").keys()


def test_every_colour_name_is_in_the_style_sheet_for_light_and_dark() -> None:
    light, dark = asset("picture.css").split("prefers-color-scheme: dark", 1)
    for name in {*BORDERS.values(), *LINE_COLOURS.values(), "bridge", "outside", "folded", "paper", "ink"}:
        assert f"--kw-{name}:" in light, name
        assert f"--kw-{name}:" in dark, name


def test_the_vendored_script_is_where_pyvis_ships_it_and_carries_its_licence() -> None:
    assert (
        "Apache-2.0" in vis_network().read_text(encoding="utf-8")[:2000]
        or "Apache 2.0" in vis_network().read_text(encoding="utf-8")[:2000]
    )
