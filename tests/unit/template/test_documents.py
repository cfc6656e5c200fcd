"""docs/operations.md knows every parameter of the template."""

import re

from tests.support.source import ROOT
from tests.support.template import load_template


def test_operations_page_explains_exactly_the_parameters_there_are() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    section = page.split("## Parameters of the template")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    explained = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    assert explained == set(load_template()["Parameters"])
