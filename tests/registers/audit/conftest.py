from tests.registers.screens.conftest import as_, customers, make, people  # noqa: F401  the same people and records
