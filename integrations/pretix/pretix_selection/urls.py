"""Pages of the plugin, all below an event's control panel."""

from django.urls import path

from pretix_selection import views

HERE = "control/event/<str:organizer>/<str:event>/selection/"

urlpatterns = [
    path(HERE, views.IndexView.as_view(), name="index"),
    path(f"{HERE}settings", views.SettingsView.as_view(), name="settings"),
    path(f"{HERE}run", views.RunView.as_view(), name="run"),
    path(f"{HERE}<int:run>/apply", views.ApplyView.as_view(), name="apply"),
    path(f"{HERE}draw", views.DrawView.as_view(), name="draw"),
    path(f"{HERE}<int:run>/folder.zip", views.FolderView.as_view(), name="folder"),
]
