from tests.content.conftest import people  # noqa: F401  the same cast
