"""How pretix knows the plugin."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from pretix_selection import __version__


class SelectionApp(AppConfig):
    name = "pretix_selection"
    verbose_name = _("Selection of applicants")

    class PretixPluginMeta:
        name = _("Selection of applicants")
        author = "The developers of selection"
        version = __version__
        category = "FEATURE"
        compatibility = "pretix>=2026.8"
        description = _(
            "More applicants than seats: orders that need approval are selected by the rules of your call, exactly, "
            "with an explanation for each applicant."
        )
        settings_links = (((_("Selection"), _("Rules")), "plugins:pretix_selection:settings", {}),)
        navigation_links = (((_("Orders"), _("Selection")), "plugins:pretix_selection:index", {}),)

    def ready(self):
        from pretix_selection import entries, mails, signals  # noqa: F401
