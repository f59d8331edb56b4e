"""An outcome as pictures: who got the seats, how reserves and caps were used, where the cut lies."""

from selection.charts.drawing import svg
from selection.charts.labels import Labels, labels
from selection.charts.plots import Plots
from selection.charts.tallies import Count, Tally, countries, looked_at, tally

__all__ = ["Count", "Labels", "Plots", "Tally", "countries", "labels", "looked_at", "svg", "tally"]
