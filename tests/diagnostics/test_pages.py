from __future__ import annotations

import pytest

from specdsl.diagnostics.model import Severity
from specdsl.diagnostics.pages import PageError, codes, explain_text, page, parse_page

GOOD = """\
# DG123: some-name
<!-- when: build -->

What is wrong, over
two lines.

## Wrong

```dgen
table a 1 {
  x int
}
```

```csv plans.csv
name,share
```

## Right

```dgen
table a 1 { x int = 1 }
```

Choose one:

- this way
- or that way
"""


def test_parts() -> None:
    found = parse_page("DG123", GOOD)
    assert (found.code, found.name, found.fails_in_build) == ("DG123", "some-name", True)
    assert found.lead == "What is wrong, over\ntwo lines."
    assert [(b.language, b.info) for b in found.wrong] == [("dgen", ""), ("csv", "plans.csv")]
    assert found.wrong[0].text == "table a 1 {\n  x int\n}\n"
    assert found.right[0].text == "table a 1 { x int = 1 }\n"
    assert found.closing == "Choose one:\n\n- this way\n- or that way"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("# DG123: some-name", "# DG124: some-name", "first line"),
        ("# DG123: some-name", "# DG123 some-name", "first line"),
        ("What is wrong, over\ntwo lines.\n", "", "no paragraph"),
        ("## Wrong", "## Bad", "unknown section"),
        ("## Wrong\n", "", "outside"),
        ("table a 1 { x int = 1 }\n```\n", "", "not closed"),
        ("```dgen\ntable a 1 { x int = 1 }\n```\n", "", "needs a ```dgen block"),
    ],
)
def test_malformed(before: str, after: str, message: str) -> None:
    assert before in GOOD
    with pytest.raises(PageError, match=message):
        parse_page("DG123", GOOD.replace(before, after))


def test_empty() -> None:
    with pytest.raises(PageError):
        parse_page("DG123", "")


def test_explain_text() -> None:
    text = explain_text(parse_page("DG123", GOOD), Severity.ERROR, columns=40)
    assert (
        text
        == """\
DG123: some-name (error)

What is wrong, over two lines.

Wrong, found when the data is built:

    table a 1 {
      x int
    }

  plans.csv:
    name,share

Right:

    table a 1 { x int = 1 }

Choose one:

- this way
- or that way
"""
    )


@pytest.mark.parametrize("code", codes())
def test_every_page_is_well_formed(code: str) -> None:
    found = page(code)
    assert found is not None
    assert explain_text(found, Severity.ERROR, color=True, columns=60)


@pytest.mark.parametrize("code", ["DG999", "", "../DG405", "dg405"])
def test_no_page(code: str) -> None:
    assert page(code) is None
