"""A register that a manager made passes the suite of the declared ones."""

import pytest

from tests.registers.suite import RegisterSuite

from . import factories


class TestMadeRegister(RegisterSuite):
    code = "gifts"

    @pytest.fixture(autouse=True)
    def _made(self, db):
        factories.made(self.code)

    def values(self, n):
        """Number and state are the product's own."""
        return {name: value for name, value in super().values(n).items() if name not in ("number", "state")}

    def text_change(self, row):
        name = factories.field(self.register, "备注说明")
        return name, self.register.column(name).raw(row), "改后的文字"

    def test_the_declaration_fits_on_a_page_and_serves_a_system(self):
        """There is none: the plan says everything."""
        assert self.register.plan.rights and self.register.made
        assert [state.code for state in self.register.plan.states] == [
            code for code, _label in self.register.state_column.field.choices
        ]
