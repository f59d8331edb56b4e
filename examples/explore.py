"""Sliders for the rules of the example call: who enters and who leaves is shown at once.

    marimo run examples/explore.py

It reads `examples/cgmp_2025`. Nothing is written.
"""

import marimo

app = marimo.App(width="medium", app_title="Explore a policy")


@app.cell
def _():
    from pathlib import Path

    import marimo as mo

    import selection

    folder = Path(__file__).resolve().parent / "cgmp_2025"
    intake = selection.read_applicants(folder / "registrations.csv", form=folder / "form.toml")
    policy = selection.Policy.load(folder / "policy.toml")
    before = selection.select(intake, policy, seed="cGMP 2025")
    return before, mo, policy


@app.cell
def _(mo, policy):
    mo.md(f"# {policy.title}\n\nMove a slider: the selection runs again, and what changes is shown below.")
    return


@app.cell
def _(mo, policy):
    def slider(rule, word):
        """A slider for the seats of a rule: in per cent where the policy states a share, else in whole seats."""
        if isinstance(rule.seats, int):
            label = f"{rule.name}, {word} so many seats"
            return mo.ui.slider(0, max(100, 2 * rule.seats), value=rule.seats, label=label, show_value=True)
        share = float(rule.seats.rstrip("%"))
        return mo.ui.slider(0, 100, step=0.5, value=share, label=f"{rule.name}, {word} %", show_value=True)

    capacity = mo.ui.slider(100, 4000, step=50, value=policy.seats, label="Seats", show_value=True, full_width=True)
    reserves = mo.ui.dictionary({one.name: slider(one, "at least") for one in policy.reserve})
    caps = mo.ui.dictionary({one.name: slider(one, "at most") for one in policy.cap})
    weights = mo.ui.dictionary(
        {
            one.name: mo.ui.slider(0, 3, step=0.25, value=1, label=f"{one.name}, times", show_value=True)
            for one in policy.points
        }
    )
    parts = [("Reserves", reserves), ("Caps", caps), ("Weights", weights)]
    columns = [mo.vstack([mo.md(f"### {name}"), *sliders.elements.values()]) for name, sliders in parts]
    mo.vstack([capacity, mo.hstack(columns, widths="equal", align="start", wrap=True)])
    return capacity, caps, reserves, weights


@app.cell
def _(before, capacity, caps, mo, policy, reserves, stated, weighed, weights):
    changed = policy.model_copy(
        update={
            "capacity": capacity.value,
            "reserve": tuple(stated(one, reserves.value[one.name]) for one in policy.reserve),
            "cap": tuple(stated(one, caps.value[one.name]) for one in policy.cap),
            "points": tuple(weighed(one, weights.value[one.name]) for one in policy.points),
        }
    )
    compared = before.what_if(policy=changed)
    after = compared.after
    decided = after.to_frame().set_index("id")[["status", "rank", "score", "reason"]]
    enter, leave = (decided.loc[list(ids)] for ids in (compared.enters, compared.leaves))
    seats = after.counts["selected"]
    mo.md(f"## {seats:,} selected: {len(enter):,} enter, {len(leave):,} leave")
    return after, enter, leave


@app.cell
def _(after, enter, leave, mo):
    short = [f"{one.reserve}: {one.filled:,} of {one.seats:,}" for one in after.shortfalls]
    lists = mo.hstack(
        [
            mo.vstack(
                [
                    mo.md("### Who enters"),
                    mo.ui.table(
                        enter.reset_index().astype(str),
                        selection=None,
                        show_column_summaries=False,
                        show_data_types=False,
                    ),
                ]
            ),
            mo.vstack(
                [
                    mo.md("### Who leaves"),
                    mo.ui.table(
                        leave.reset_index().astype(str),
                        selection=None,
                        show_column_summaries=False,
                        show_data_types=False,
                    ),
                ]
            ),
        ],
        widths="equal",
    )
    told = [mo.callout(mo.md(f"Reserves that cannot be filled: {'; '.join(short)}"), kind="warn")] if short else []
    mo.vstack([*told, lists, after.plot.by("income_group"), after.plot.reserves(), after.plot.scores()])
    return


@app.cell
def _():
    from decimal import Decimal

    def stated(rule, seats):
        """The rule with so many seats, or such a share of them, as the policy states it."""
        return rule.model_copy(update={"seats": int(seats) if isinstance(rule.seats, int) else f"{seats:g}%"})

    def weighed(rule, times):
        """The criterion with all its points times a factor."""
        factor, said = Decimal(str(times)), rule.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
        for key in ("points", "per", "min", "max", "other"):
            if isinstance(said.get(key), Decimal):
                said[key] *= factor
        if "values" in said:
            said["values"] = {word: points * factor for word, points in said["values"].items()}
        for band in said.get("bands", ()):
            band["points"] *= factor
        return type(rule).model_validate(said)

    return stated, weighed


if __name__ == "__main__":
    app.run()
