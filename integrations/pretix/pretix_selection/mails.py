"""Defaults of the settings, the mail to those who wait, and what mails may say of a decision."""

from django.dispatch import receiver
from i18nfield.strings import LazyI18nString
from pretix.base.services.placeholders import SimpleFunctionalTextPlaceholder
from pretix.base.settings import settings_hierarkey
from pretix.base.signals import register_mail_placeholders

from pretix_selection.applying import APPROVED, GONE, OPEN, standing
from pretix_selection.models import Decision

SUBJECT = {
    "en": "You are on the waiting list: {event}",
    "fr": "Vous êtes sur la liste d'attente : {event}",
    "ar": "أنت على قائمة الانتظار: {event}",
}
LINES = {
    "en": ("Hello,", "We will write to you if a seat comes free.", "Your {event} team"),
    "fr": ("Bonjour,", "Nous vous écrirons si une place se libère.", "L'équipe de {event}"),
    "ar": ("مرحبا،", "سنكتب إليك إذا توفر مقعد.", "فريق {event}"),
}
TEXT = {
    locale: f"{hello}\n\n{{selection_explanation}}\n\n{later}\n\n{{url}}\n\n{team}"
    for locale, (hello, later, team) in LINES.items()
}

settings_hierarkey.add_default("selection_policy", "", str)
settings_hierarkey.add_default("selection_form", "", str)
settings_hierarkey.add_default("selection_capacity", None, int)
settings_hierarkey.add_default("selection_seed", "", str)
settings_hierarkey.add_default("selection_beacon", "", str)
settings_hierarkey.add_default("selection_commitment", "", str)
settings_hierarkey.add_default("selection_deny", ["declined", "ineligible", "duplicate"], list)
settings_hierarkey.add_default("selection_mail_approved", True, bool)
settings_hierarkey.add_default("selection_mail_denied", True, bool)
settings_hierarkey.add_default("selection_mail_waitlisted", True, bool)
settings_hierarkey.add_default("selection_mail_waitlisted_subject", LazyI18nString(SUBJECT), LazyI18nString)
settings_hierarkey.add_default("selection_mail_waitlisted_text", LazyI18nString(TEXT), LazyI18nString)

#: What was told holds only while the order stands as it did then.
TOLD = {Decision.Done.APPROVED: APPROVED, Decision.Done.DENIED: GONE, Decision.Done.WAITING: OPEN}

SAMPLE = "You have been selected. You ranked 170 of 4778, with 62 points."


def explanation_in_mail(order) -> str:
    """The explanation that goes out with the decision being carried out, or that went out and still holds."""
    now = getattr(order, "selection_explanation", None)
    if now is not None:
        return now
    last = Decision.objects.filter(order=order).exclude(said="").order_by("-run_id").first()
    stands = last is not None and TOLD.get(last.done) == standing(order.status, order.require_approval)
    return last.said if stands else ""


@receiver(register_mail_placeholders, dispatch_uid="pretix_selection_placeholders")
def placeholders(sender, **kwargs):
    return [SimpleFunctionalTextPlaceholder("selection_explanation", ["order"], explanation_in_mail, SAMPLE)]
