"""Every register of the catalogue passes the whole suite; who declares one gets these tests for nothing."""

import importlib
import pkgutil

import tests
from backoffice.registers import catalogue

from .suite import SUITES, RegisterSuite

# Registers with tests of their own have entered SUITES by being imported.
for module in pkgutil.walk_packages(tests.__path__, "tests."):
    if module.name.endswith(".test_register"):
        importlib.import_module(module.name)

for register in catalogue.declared():
    if register.code not in SUITES:
        name = "Test" + "".join(part.capitalize() for part in register.code.split("_"))
        globals()[name] = type(name, (RegisterSuite,), {"code": register.code})


def test_no_register_lacks_the_suite():
    assert {register.code for register in catalogue.declared()} <= set(SUITES)


def test_a_register_without_the_suite_would_be_noticed():
    assert not {register.code for register in catalogue.declared()} <= set(SUITES) - {"customer"}
