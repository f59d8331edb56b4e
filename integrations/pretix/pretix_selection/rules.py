"""The rules of an event, as its settings hold them, become a policy and a form; mistakes are said in full."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.timezone import now
from selection import Form, Policy, SelectionError
from selection.draws import Commitment, commit
from selection.errors import did_you_mean

from pretix_selection import applications
from pretix_selection.errors import Refused

#: What every form of this plugin says: an order is an application, and its code is its id.
OWN_FIELDS = {"id": {"column": "order.code"}, "submitted_at": {"column": "order.datetime"}}


def policy_of(text: str, capacity: int | None = None, pinned: Iterable[str] = ()) -> Policy:
    """The policy of a text, with the event's own capacity and with orders that hold a seat already."""
    policy = Policy.parse(text, "policy")
    held = sorted({*policy.pinned, *pinned})
    changed = ({"capacity": capacity} if capacity else {}) | ({"pinned": held} if held else {})
    return Policy.model_validate(policy.to_dict() | changed) if changed else policy


def form_of(text: str, event) -> Form:
    """The form of a text, whose columns must be questions of the event or pretix's own."""
    form = Form.parse(text, "form")
    given = form.model_dump(exclude_unset=True)
    fields = {**OWN_FIELDS, **given.get("fields", {}), "id": OWN_FIELDS["id"]}
    whole = Form.model_validate({"timezone": str(event.timezone), **given, "fields": fields})
    known = applications.columns(event)
    absent = [name for name in whole.headings if name not in known]
    if absent:
        said = [f"There is no question with the identifier {one!r}.{did_you_mean(one, known)}" for one in absent]
        raise Refused("\n".join(said))
    return whole


def rules_of(event, pinned: Iterable[str] = ()) -> tuple[Policy, Form, str | None]:
    """Policy, form and seed of an event; `Refused` where they are missing or wrong."""
    settings = event.settings
    if not settings.selection_policy:
        raise Refused("This event has no policy yet. Write one on the page of rules.")
    try:
        policy = policy_of(settings.selection_policy, settings.get("selection_capacity", as_type=int), pinned)
        form = form_of(settings.selection_form or "", event)
    except SelectionError as error:
        raise Refused(str(error)) from error
    if settings.selection_beacon and not settings.selection_seed:
        raise Refused("The seed is to be drawn from a public beacon, and has not been drawn yet.")
    return policy, form, settings.selection_seed or None


def committed(event, intake, policy: Policy) -> Commitment:
    """Fix rules, applications and beacon, before the beacon's round comes out."""
    try:
        made = commit(policy, intake.pool, event.settings.selection_beacon)
        if made.beacon.startswith("drand") and not _is_to_come(made.beacon, now()):
            raise Refused(f"{made.beacon} came out already: name a round that is still to come.")
    except SelectionError as error:
        raise Refused(str(error)) from error
    return made


def _is_to_come(beacon: str, moment: datetime) -> bool:
    from selection.draws import Beacon

    return moment < Beacon.parse(beacon).at


def drawn(event, intake, policy: Policy, randomness: str) -> str:
    """The seed that follows from the commitment and the beacon; `Refused` where rules or applications changed since."""
    if not event.settings.selection_commitment:
        raise Refused("Nothing has been fixed yet: fix rules and applications first, and publish the line.")
    try:
        published = Commitment.parse(event.settings.selection_commitment)
        now_so = commit(policy, intake.pool, published.beacon)
        seed = published.seed(randomness)
    except SelectionError as error:
        raise Refused(str(error)) from error
    changed = [
        said
        for said, before, after in (
            ("the rules", published.policy_sha256, now_so.policy_sha256),
            ("the applications", published.pool_sha256, now_so.pool_sha256),
        )
        if before != after
    ]
    if changed:
        raise Refused(f"Since they were fixed, {' and '.join(changed)} changed. Fix them again with a later round.")
    return seed
