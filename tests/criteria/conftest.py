"""A small library about things that do not exist, so that no test leans on clinical data."""

from pathlib import Path

import pytest

from indicated.criteria import load_concepts, load_library
from indicated.model import Concepts, Library

HERE = Path(__file__).parent
LIBRARY = HERE / "library"
POLICY = LIBRARY / "policies" / "testamab-cough"


@pytest.fixture(scope="session")
def concepts() -> Concepts:
    return load_concepts(LIBRARY / "concepts")


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library(LIBRARY)
