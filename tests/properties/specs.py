"""Hypothesis strategies for small specs that use much of the language."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

VALUES = {
    "int": ["0..99", "row * 3", "poisson(4)", "sequence(start: 10)", "if row % 2 == 0 then 0..9 else 90..99"],
    "int in 5..60": ["normal(mean: 30, sd: 25)", "0..99"],
    "float": ["0.0..1.0", "normal(mean: 0, sd: 1)", "exponential(mean: 3)"],
    "decimal(9, 2)": ["0.00..99.99", "lognormal(mean: 2, sigma: 1)"],
    "string": ['"a" 70% | "b"', "/[a-z]{2}[0-9]/", 'f"{row:04d}-{0..9}"', 'pick({"x": 3, "y": 1})'],
    "string unique": ["/[a-z]{4}/", 'f"u{row}"'],
    "int unique": ["1..100_000"],
    "uuid": ["uuid4()"],
    "date": ["2020-01-01 .. 2024-12-31"],
    "timestamp": ["2024-01-01 .. 2024-06-30"],
    "bool": ["true 10% | false"],
    "string? 40% null": ['"p" | "q"'],
    "list<int>[0..3]": ["0..9", "distinct(0..9)"],
    "Colour": ["red 20% | green"],
}
"""Types (with modifiers) and values that fit them."""


@dataclass(frozen=True)
class Column:
    """One column as text."""

    name: str
    type: str
    value: str

    def __str__(self) -> str:
        return f"{self.name} {self.type} = {self.value}"


@dataclass(frozen=True)
class Spec:
    """Parents ``p``, children ``c`` of them and grandchildren ``g`` of those."""

    seed: int
    parents: int
    children: int | None
    each: str
    reference: str
    parent_columns: tuple[Column, ...]
    child_columns: tuple[Column, ...]
    extra: tuple[str, ...] = field(default=())

    def text(self) -> str:
        rows = "" if self.children is None else f" {self.children}"
        return "\n".join(
            [
                f"dataset d {{ seed {self.seed} }}",
                "enum Colour { red 20%, green, blue }",
                f"table p {self.parents} {{",
                "  id uuid key",
                "  up -> p 30% null",
                "  level int = 0..9",
                *(f"  {c}" for c in self.parent_columns),
                "  total int = sum(c.amount, via: p_id)",
                "  last_amount int? = last(c.amount, via: p_id)",
                "}",
                f"table c{rows} {{",
                "  id int key",
                f"  p_id -> p {self.each}",
                f"  other -> p? {self.reference}",
                "  amount int = 0..50",
                *(f"  {c}" for c in self.child_columns),
                *(f"  {line}" for line in self.extra),
                "}",
                "table g {",
                "  c_id -> c each 0..3",
                "  p2 -> p? distinct per c_id",
                "  n int = 1 + index_in(c_id)",
                "  part int = split(c_id.amount)",
                "  parent_level int = c_id.p_id.level",
                "}",
            ]
        )

    def grown(self, more: int) -> Spec:
        return replace(self, parents=self.parents + more)


def columns(prefix: str, most: int) -> st.SearchStrategy[tuple[Column, ...]]:
    kinds = st.sampled_from(list(VALUES)).flatmap(
        lambda kind: st.sampled_from(VALUES[kind]).map(lambda value: (kind, value))
    )
    return st.lists(kinds, max_size=most).map(
        lambda found: tuple(Column(f"{prefix}{i}", kind, value) for i, (kind, value) in enumerate(found))
    )


EXTRA = [
    "check small: amount <= 45",
    "seq int = index_in(p_id)",
    "peer -> p? where .level < amount and .level >= 1",
    "same -> p? zipf(1.2) where .level == p_id.level",
    "cousin -> p? where .id != p_id",
    "near -> p? zipf(1.1) distinct per p_id",
    "follow int = p_id.level + 0..9",
]


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Specs without errors."""
    by_each = draw(st.booleans())
    each = draw(
        st.sampled_from(["each 0..6", "each poisson(2) max 7", "each if .level > 5 then 1..4 else 0..1"])
    )
    return Spec(
        seed=draw(st.integers(0, 1000)),
        parents=draw(st.integers(1, 150)),
        children=None if by_each else draw(st.integers(1, 400)),
        each=each if by_each else draw(st.sampled_from(["", "zipf(1.1)"])),
        reference=draw(st.sampled_from(["", "30% null", "zipf(1.5)"])),
        parent_columns=draw(columns("a", 4)),
        child_columns=draw(columns("b", 4)),
        extra=tuple(draw(st.lists(st.sampled_from(EXTRA), unique=True, max_size=4))),
    )
