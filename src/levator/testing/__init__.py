"""Conformance suites and builders, shipped for authors of drivers and of storage.

What may not live here: anything that levator itself needs to run; no other room imports
this one.
"""

from __future__ import annotations

from levator.testing.device import ContractBroken, check_device
from levator.testing.repository import PersistentRepositorySuite, RepositorySuite
from levator.testing.work import PersistentWorkSuite, WorkSuite

__all__ = [
    "ContractBroken",
    "PersistentRepositorySuite",
    "PersistentWorkSuite",
    "RepositorySuite",
    "WorkSuite",
    "check_device",
]
