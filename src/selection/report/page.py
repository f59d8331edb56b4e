"""The page put together: one file, its own style and script allowed by their hashes and nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from selection.charts import Labels, Plots, Tally, countries, labels, looked_at, svg, tally
from selection.charts.bars import seats_by
from selection.charts.plots import cut_of, off_grid, tile_grid
from selection.charts.usage import UsedCap, UsedReserve, used_caps, used_reserves
from selection.errors import MissingExtraError, OutputError
from selection.report import entries, facts
from selection.report.editions import for_public, pseudonyms
from selection.report.wording import policy_words

if TYPE_CHECKING:
    from selection.outcome import Outcome

#: Rows on paper and for readers without scripts.
ON_PAPER: Final = 200


def write_report(
    outcome: Outcome, path: str | Path, *, public: bool = False, key: str | None = None, language: str = "en"
) -> Path:
    """Write the report of an outcome as one HTML file in one of the six languages (extra `report`).

    The public edition has pseudonyms for ids, none of the applicants' answers, and no small numbers. Under the key of
    the published results an applicant's pseudonym is the beginning of their code. `OutputError` where the file cannot
    be written, `NotFoundError` for a language without words.
    """
    text = report(outcome, public=public, key=key, language=language)
    try:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        sentence = f"The report cannot be written to {str(path)!r}: {error.strerror or error}."
        raise OutputError("not_writable", sentence, file=str(path)) from None
    return Path(path)


def report(outcome: Outcome, *, public: bool = False, key: str | None = None, language: str = "en") -> str:
    """The report as HTML text; the same outcome (and key, for the public) gives the same text."""
    said = labels(language)
    style, script = (_part(f"report.{kind}") for kind in ("css", "js"))
    ids = pseudonyms(outcome, said, key) if public else outcome.intake.pool.ids[outcome.display_order].tolist()
    listed = entries.table(outcome, ids, said, public=public)
    headings, rows = entries.head(listed, ON_PAPER, said)
    return str(
        _template(said).render(
            outcome=outcome,
            public=public,
            labels=said,
            say=SimpleNamespace(**said["page"]),
            style=style,
            script=script,
            policy_of_security=_security(style, script),
            chapters=policy_words(outcome.policy, said),
            parts=facts.parts(outcome, said),
            figures=_figures(outcome, said, public=public),
            findings=facts.findings(outcome, said),
            proof=facts.proof(outcome, said, public=public),
            headings=headings,
            rows=rows,
            list_data=entries.packed(listed),
            texts=entries.texts(outcome, said.language, public=public),
            **_kept(outcome, said, public=public),
        )
    )


def _kept(outcome: Outcome, said: Labels, *, public: bool) -> dict[str, Any]:
    """Reserves, caps and cut-offs with their charts; for the public without charts and small numbers."""
    reserves: Sequence[UsedReserve] = used_reserves(outcome)
    caps: Sequence[UsedCap] = used_caps(outcome, said)
    cuts: Sequence[facts.CutOff] = facts.cut_offs(outcome, said)
    if public:
        reserves, caps, cuts = for_public(reserves, caps, cuts)
    plots, cut = Plots(outcome, said), cut_of(outcome)
    return {
        "cut": cut,
        "cut_offs": cuts,
        "reserves": reserves,
        "caps": caps,
        "scores": None if cut is None or public else _both(plots.scores, said),
        "reserve_chart": _both(plots.reserves, said) if reserves and not public else None,
    }


def _figures(outcome: Outcome, said: Labels, *, public: bool) -> list[dict[str, Any]]:
    """A chart, its numbers and its words for each field worth looking at, countries last."""
    fields = [tally(outcome, name, public=public, said=said) for name in looked_at(outcome)]
    made = [_figure(one, partial(seats_by, one, 420, said), said) for one in fields]
    lands = countries(outcome, public=public, said=said)
    if lands is not None:
        drawn = _figure(lands, partial(tile_grid, lands, said=said), said)
        made.append({**drawn, "map": True, "off_grid": off_grid(lands)})
    return made


def _figure(found: Tally, draw: Any, said: Labels) -> dict[str, Any]:
    return {"tally": found, "drawn": svg(draw(), said.axis), "map": False, "off_grid": ()}


def _both(draw: Any, said: Labels) -> Mapping[str, str]:
    """A chart for a wide page and for a telephone."""
    return {"wide": svg(draw(width=620), said.axis), "narrow": svg(draw(width=336), said.axis)}


def _template(said: Labels) -> Any:
    try:
        import jinja2
        from markupsafe import Markup, escape
    except ImportError:
        raise MissingExtraError.of("jinja2", "report", "Writing a report") from None
    loader = jinja2.FunctionLoader(_part)
    shaped = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined, loader=loader
    )
    shaped.filters["number"] = said.number
    shaped.filters["share"] = said.share
    shaped.filters["fill"] = lambda sentence, **facts: Markup(escape(sentence)).format(**facts)
    return shaped.get_template("report.html.j2")


def _part(name: str) -> str:
    return (resources.files("selection") / "report" / name).read_text(encoding="utf-8")


def _security(style: str, script: str) -> str:
    """What the page may do: show its own style and run its own script, nothing from anywhere else."""
    kinds: Sequence[tuple[str, str]] = (("style-src", style), ("script-src", script))
    allowed = [f"{kind} 'sha256-{base64.b64encode(hashlib.sha256(t.encode()).digest()).decode()}'" for kind, t in kinds]
    return "; ".join(["default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"])
