"""Indicated: is this treatment medically necessary, and the standard of care, for this patient?

from indicated import Case, assess, chart_from_text, load_library
"""

__version__ = "0.1.0"

# The story `assess` has the name of its module, so it is bound here, at once: bound later, the name
# would be the module or the function depending on who imported what first.
from indicated.assess import assess
from indicated.chart import chart_from_text, read_chart
from indicated.criteria import load_library
from indicated.model import Assessment, Case, Chart

__all__ = [
    "Assessment",
    "Case",
    "Chart",
    "__version__",
    "assess",
    "chart_from_text",
    "load_library",
    "read_chart",
]
