"""The people and customers of the screens' tests."""

from tests.registers.screens.conftest import as_, customers, make, people

__all__ = ["as_", "customers", "make", "people"]
