"""What an officer should know before running: the library's own check of the rules, and how pretix is set up."""

from collections.abc import Iterator

from pretix.base.models import Quota
from selection import SelectionError
from selection.checking import report

from pretix_selection import applications, rules
from pretix_selection.errors import Refused


def checked(event) -> dict:
    """The self-check of the saved rules as facts, with `warnings` about the event; `wrong` if there is no policy."""
    warnings = list(warnings_of(event))
    settings = event.settings
    if not settings.selection_policy:
        return {"warnings": warnings}
    try:
        policy = rules.policy_of(settings.selection_policy, settings.get("selection_capacity", as_type=int))
        form = rules.form_of(settings.selection_form or "", event)
    except (SelectionError, Refused) as error:
        return {"warnings": warnings, "wrong": str(error)}
    return {**report(policy, form), "warnings": [*warnings, *_unkept(policy), *_unread_options(form, event)]}


def warnings_of(event) -> Iterator[str]:
    """What in the event's own set-up would get in the way of a selection."""
    products = list(applications.application_products(event))
    if not products:
        yield "No product is free and needs approval: an application is an order for such a product."
    for quota in Quota.objects.filter(event=event, items__in=products, size__isnull=False).distinct():
        yield (
            f"The quota {quota.name!r} is limited to {quota.size:,}. Applications that wait for approval count against "
            "it, so nobody could apply once it is full. Make it unlimited; the policy's capacity limits the seats."
        )
    for item in products:
        if item.max_per_order != 1:
            yield (
                f"One order may hold several of {str(item.name)!r}, and such an order cannot be selected: set its "
                "maximum amount per order to 1."
            )
    if event.settings.waiting_list_enabled:
        yield "pretix's own waiting list is on. This plugin has its own, in the order of the policy: turn pretix's off."
    yield from _mail_warnings(event)


def _mail_warnings(event) -> Iterator[str]:
    texts = {
        "approval": (event.settings.selection_mail_approved, event.settings.mail_text_order_approved_free),
        "denial": (event.settings.selection_mail_denied, event.settings.mail_text_order_denied),
    }
    for name, (sent, text) in texts.items():
        if sent and "{selection_explanation}" not in str(getattr(text, "data", text)):
            yield f"The mail of {name} does not hold {{selection_explanation}}, so it does not say why."


def _unkept(policy) -> Iterator[str]:
    if policy.lock == "none":
        yield 'lock = "none" is not followed here: an order that was approved is never taken back.'


def _unread_options(form, event) -> Iterator[str]:
    """Options of a question that the form gives no meaning, and meanings of options that are not there."""
    options: dict[str, list[str]] = {}
    for name, option in event.questions.filter(options__isnull=False).values_list("identifier", "options__identifier"):
        options.setdefault(name, []).append(option)
    for name, field in form.fields.items():
        if field.values and field.column in options:
            there, said = set(options[field.column]), set(field.values)
            for one in sorted(said - there):
                yield f"fields.{name}: the question {field.column!r} has no option {one!r}."
            for one in sorted(there - said):
                yield f"fields.{name}: the option {one!r} of {field.column!r} is given no meaning."
