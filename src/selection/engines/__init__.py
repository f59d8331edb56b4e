"""The same selection where the table is: an engine is recognised from the dataframe and opened only then."""

from selection.engines.engine import Engine
from selection.engines.recognition import engine_of

__all__ = ["Engine", "engine_of"]
