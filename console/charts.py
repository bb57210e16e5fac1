"""Charts as SVG within a page. Their colours are the style sheet's, so that they follow light and dark."""

import sys
from collections.abc import Sequence
from typing import Any

import pygal
from markupsafe import Markup
from pygal.etree import etree

# Importing pygal leaves a finder for its maps in the way of every later import, of a kind that Python warns about.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

WIDTH, HEIGHT = 440, 190

Series = tuple[str, Sequence[float]]
"""What is counted, in one word that is its class in the style sheet too, and its values."""


def bars(label: str, ticks: Sequence[str], series: Sequence[Series], highest: float) -> Markup:
    """Stacked bars, one for each of `ticks`. `label` says what they show; `highest` is the upper end of the scale."""
    chart = pygal.StackedBar(
        width=WIDTH,
        height=HEIGHT,
        margin=4,
        spacing=4,
        js=[],
        css=[],
        show_legend=False,
        x_labels=list(ticks),
        x_labels_major_every=max(1, len(ticks) // 4),
        show_minor_x_labels=False,
        truncate_label=-1,
        max_scale=4,
        range=(0, max(highest, 1)),
        value_formatter=lambda value: f"{value:,.0f}",
    )
    for name, values in series:
        told = [
            {"value": value, "label": f"{tick}: {value:,.0f} {name}"} for tick, value in zip(ticks, values, strict=True)
        ]
        chart.add(name, told)
    return _embedded(chart.render_tree(), label, [name for name, _ in series])


def _embedded(root: Any, label: str, names: Sequence[str]) -> Markup:
    """Without what a strict page refuses (styles and scripts of its own), and with its labels as tool tips."""
    del root.attrib["id"]
    root.attrib |= {"role": "img", "aria-label": label}
    for parent in root.iter():
        parent.attrib.pop("style", None)
        for child in list(parent):
            text = _word(child)
            if child.tag is etree.Comment or text in {"style", "script"} or (text == "title" and parent is root):
                parent.remove(child)
            elif text == "desc":
                parent.remove(child)
                if child.get("class") == "label":
                    etree.SubElement(parent, "title").text = child.text
    for number, name in enumerate(names):
        for group in root.iter("g"):
            if f"serie-{number}" in group.get("class", "").split():
                group.set("class", f"series {name}")
    return Markup(etree.tostring(root, encoding="unicode"))  # noqa: S704 (every text in it was escaped by the library)


def _word(node: Any) -> str:
    return node.tag if isinstance(node.tag, str) else ""
