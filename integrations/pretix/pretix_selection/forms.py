"""The settings of a selection, checked by the library before they are saved."""

from django import forms
from django.utils.translation import gettext_lazy as _
from i18nfield.forms import I18nFormField, I18nTextarea, I18nTextInput
from pretix.base.forms import PlaceholderValidator, SettingsForm
from selection import SelectionError
from selection.draws import Beacon

from pretix_selection import applications, rules
from pretix_selection.errors import Refused

REFUSED = (
    ("declined", _("declined: eligible, no seat, beyond the waiting list")),
    ("ineligible", _("ineligible")),
    ("incomplete", _("incomplete: a rule needs an answer that is missing")),
    ("duplicate", _("duplicate: another application of the same person stands")),
)


class SelectionSettingsForm(SettingsForm):
    selection_policy = forms.CharField(
        label=_("Policy"),
        help_text=_("The rules of the call as TOML. They are checked when you save."),
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false"}),
    )
    selection_form = forms.CharField(
        label=_("Form"),
        help_text=_("Which question gives which field of an applicant, by internal identifiers."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
    )
    selection_capacity = forms.IntegerField(
        label=_("Capacity"),
        help_text=_("The number of seats. Left empty, the policy's capacity counts."),
        required=False,
        min_value=1,
    )
    selection_seed = forms.CharField(
        label=_("Seed"),
        help_text=_("The public key of the lottery that decides ties. Announce it before applications close."),
        required=False,
        max_length=200,
    )
    selection_beacon = forms.CharField(
        label=_("Beacon"),
        help_text=_("Instead of a seed: a public beacon round still to come, such as drand quicknet round 30000000."),
        required=False,
        max_length=200,
    )
    selection_deny = forms.MultipleChoiceField(
        label=_("Deny"),
        help_text=_("Applications of these kinds are denied when a selection is applied; others stay pending."),
        choices=REFUSED,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    selection_mail_approved = forms.BooleanField(
        label=_("Send pretix's mail of approval"),
        help_text=_("Put {selection_explanation} into its text in the event's email settings."),
        required=False,
    )
    selection_mail_denied = forms.BooleanField(
        label=_("Send pretix's mail of denial"),
        help_text=_("Put {selection_explanation} into its text in the event's email settings."),
        required=False,
    )
    selection_mail_waitlisted = forms.BooleanField(label=_("Send this mail to the waiting list"), required=False)
    selection_mail_waitlisted_subject = I18nFormField(
        label=_("Subject"), widget=I18nTextInput, required=False, validators=[PlaceholderValidator(["event"])]
    )
    selection_mail_waitlisted_text = I18nFormField(
        label=_("Text"),
        widget=I18nTextarea,
        required=False,
        validators=[PlaceholderValidator(["event", "url", "selection_explanation"])],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.initial.get("selection_form"):
            self.initial["selection_form"] = applications.suggested_form(self.obj)

    def clean(self):
        given = super().clean()
        self._checked("selection_policy", lambda: rules.policy_of(given["selection_policy"]), given)
        if given.get("selection_capacity") and "selection_policy" not in self.errors:
            whole = (given["selection_policy"], given["selection_capacity"])
            self._checked("selection_capacity", lambda: rules.policy_of(*whole), given)
        self._checked("selection_form", lambda: rules.form_of(given.get("selection_form") or "", self.obj), given)
        if given.get("selection_beacon", "").startswith("drand"):
            self._checked("selection_beacon", lambda: Beacon.parse(given["selection_beacon"]), given)
        if given.get("selection_beacon") and given.get("selection_seed") and self._seed_is_typed(given):
            self.add_error("selection_seed", _("Give a seed or a beacon, not both: the seed is drawn from the beacon."))
        return given

    def _seed_is_typed(self, given) -> bool:
        """A seed that was drawn stands beside its beacon; a typed one does not."""
        drawn = bool(self.obj.settings.selection_commitment)
        return not drawn or "selection_seed" in self.changed_data

    def _checked(self, name, build, given):
        if name != "selection_form" and name not in given:
            return
        try:
            build()
        except (SelectionError, Refused) as error:
            for line in str(error).splitlines():
                self.add_error(name, line)
