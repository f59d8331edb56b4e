"""The page put together: one file, its own style and script allowed by their hashes and nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from selection.charts import Plots, Tally, countries, looked_at, svg, tally
from selection.charts.plots import cut_of, off_grid, seats_by, tile_grid
from selection.charts.usage import UsedReserve, used_caps, used_reserves
from selection.errors import MissingExtraError, OutputError
from selection.report import entries, facts
from selection.report.editions import for_public, pseudonyms
from selection.report.wording import policy_words

if TYPE_CHECKING:
    from selection.outcome import Outcome

#: Rows on paper and for readers without scripts.
ON_PAPER: Final = 200


def write_report(outcome: Outcome, path: str | Path, *, public: bool = False, key: str | None = None) -> Path:
    """Write the report of an outcome as one HTML file (extra `report`).

    The public edition has pseudonyms for ids, none of the applicants' answers, and no small numbers. Under the key of
    the published results an applicant's pseudonym is the beginning of their code. `OutputError` where the file cannot
    be written.
    """
    text = report(outcome, public=public, key=key)
    try:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        sentence = f"The report cannot be written to {str(path)!r}: {error.strerror or error}."
        raise OutputError("not_writable", sentence, file=str(path)) from None
    return Path(path)


def report(outcome: Outcome, *, public: bool = False, key: str | None = None) -> str:
    """The report as HTML text; the same outcome (and key, for the public) gives the same text."""
    style, script = (_part(f"report.{kind}") for kind in ("css", "js"))
    ids = pseudonyms(outcome, key) if public else outcome.intake.pool.ids[outcome.display_order].tolist()
    listed = entries.table(outcome, ids, public=public)
    headings, rows = entries.head(listed, ON_PAPER)
    reserves: Sequence[UsedReserve] = used_reserves(outcome)
    cuts: Sequence[facts.CutOff] = facts.cut_offs(outcome)
    if public:
        reserves, cuts = for_public(reserves, cuts)
    return str(
        _template().render(
            outcome=outcome,
            public=public,
            style=style,
            script=script,
            policy_of_security=_security(style, script),
            chapters=policy_words(outcome.policy),
            parts=facts.parts(outcome),
            figures=_figures(outcome, public=public),
            scores=None if cut_of(outcome) is None or public else _both(Plots(outcome).scores),
            cut=cut_of(outcome),
            cut_offs=cuts,
            reserves=reserves,
            reserve_chart=_both(Plots(outcome).reserves) if reserves and not public else None,
            caps=used_caps(outcome),
            findings=facts.findings(outcome),
            proof=facts.proof(outcome, public=public),
            headings=headings,
            rows=rows,
            list_data=entries.packed(listed),
            texts=entries.texts(outcome, public=public),
        )
    )


def _figures(outcome: Outcome, *, public: bool) -> list[dict[str, Any]]:
    """A chart, its numbers and its words for each field worth looking at, countries last."""
    fields = [tally(outcome, name, public=public) for name in looked_at(outcome)]
    made = [_figure(one, partial(seats_by, one, 420)) for one in fields]
    lands = countries(outcome, public=public)
    if lands is not None:
        made.append({**_figure(lands, partial(tile_grid, lands)), "map": True, "off_grid": off_grid(lands)})
    return made


def _figure(found: Tally, draw: Any) -> dict[str, Any]:
    return {"tally": found, "drawn": svg(draw()), "map": False, "off_grid": ()}


def _both(draw: Any) -> Mapping[str, str]:
    """A chart for a wide page and for a telephone."""
    return {"wide": svg(draw(width=620)), "narrow": svg(draw(width=336))}


def _template() -> Any:
    try:
        import jinja2
    except ImportError:
        raise MissingExtraError.of("jinja2", "report", "Writing a report") from None
    loader = jinja2.FunctionLoader(_part)
    shaped = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined, loader=loader
    )
    shaped.filters["number"] = _number
    shaped.filters["share"] = lambda part, whole: f"{100 * part / whole:.0f} %" if whole else ""
    return shaped.get_template("report.html.j2")


def _number(value: int | None) -> str:
    return "few" if value is None else f"{value:,}"


def _part(name: str) -> str:
    return (resources.files("selection") / "report" / name).read_text(encoding="utf-8")


def _security(style: str, script: str) -> str:
    """What the page may do: show its own style and run its own script, nothing from anywhere else."""
    kinds: Sequence[tuple[str, str]] = (("style-src", style), ("script-src", script))
    allowed = [f"{kind} 'sha256-{base64.b64encode(hashlib.sha256(t.encode()).digest()).decode()}'" for kind, t in kinds]
    return "; ".join(["default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"])
