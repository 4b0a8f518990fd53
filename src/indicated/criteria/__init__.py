"""What the policies ask: YAML in, `Policy`, `Concepts` and `Library` out, checked before use."""

from indicated.criteria.compare import Difference, differences
from indicated.criteria.concepts import Folder, load_concepts, read_concepts
from indicated.criteria.coverage import GAPS, gaps, oldest_sources
from indicated.criteria.drafted import Drafted, draft_files
from indicated.criteria.examples import Example, check_examples, load_examples
from indicated.criteria.library import is_from, load_library, load_policy, policy_folders, shipped
from indicated.criteria.lines import near
from indicated.criteria.logic import unknown_on_empty
from indicated.criteria.made import made_fact
from indicated.criteria.profiles import apply_profile, with_profile
from indicated.criteria.said import Said, Sayings, deciding, load_said
from indicated.criteria.says import quantity_words
from indicated.criteria.template import free_place, new_policy
from indicated.criteria.thresholds import sweep, threshold, with_threshold
from indicated.criteria.versions import HISTORY

__all__ = [
    "GAPS",
    "HISTORY",
    "Difference",
    "Drafted",
    "Example",
    "Folder",
    "Said",
    "Sayings",
    "apply_profile",
    "check_examples",
    "deciding",
    "differences",
    "draft_files",
    "free_place",
    "gaps",
    "is_from",
    "load_concepts",
    "load_examples",
    "load_library",
    "load_policy",
    "load_said",
    "made_fact",
    "near",
    "new_policy",
    "oldest_sources",
    "policy_folders",
    "quantity_words",
    "read_concepts",
    "shipped",
    "sweep",
    "threshold",
    "unknown_on_empty",
    "with_profile",
    "with_threshold",
]
