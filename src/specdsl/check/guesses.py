"""What a name that is not known was probably meant to be: names of other languages and libraries, texts
without their quotes, functions without their parentheses."""

from __future__ import annotations

from collections.abc import Iterator

from specdsl.check.scopes import Scope
from specdsl.diagnostics.nearest import nearest
from specdsl.functions.entry import REQUIRED
from specdsl.functions.registry import FUNCTIONS
from specdsl.syntax import tree

_ELSEWHERE = {
    "len": "length", "size": "length", "strlen": "length", "char_length": "length",
    "substring": "substr", "uuid": "uuid4", "gen_random_uuid": "uuid4", "guid": "uuid4", "pow": "power",
    "log": "ln", "ceiling": "ceil", "name": "full_name", "fullname": "full_name",
    "firstname": "first_name", "lastname": "last_name", "surname": "last_name",
    "address": "street_address", "street": "street_address", "zip": "postcode", "zipcode": "postcode",
    "zip_code": "postcode", "postal_code": "postcode", "ip": "ipv4", "ip_address": "ipv4",
    "mean": "avg", "average": "avg", "ifnull": "coalesce", "isnull": "coalesce", "nvl": "coalesce",
    "gauss": "normal", "gaussian": "normal", "serial": "sequence", "autoincrement": "sequence",
    "auto_increment": "sequence", "increment": "sequence", "shuffle": "permutation",
    "bernoulli": "chance", "lowercase": "lower", "uppercase": "upper", "strip": "trim",
    "company_name": "company", "username": "user_name", "phone_number": "phone", "telephone": "phone",
    "profession": "job", "dayofweek": "weekday", "text": "sentence", "lorem": "sentence",
    "colour": "color", "domain": "domain_name", "state": "region", "int": "to_int", "float": "to_float",
    "holiday": "is_holiday", "isholiday": "is_holiday", "public_holiday": "is_holiday",
    "bank_holiday": "is_holiday", "lag": "previous", "lead": "next",
}  # fmt: skip
_RANGES = frozenset((
    "range", "randint", "rand_int", "random_int", "randrange", "rand", "random", "between",
    "uniform_int", "integer", "number", "date_between", "random_date",
))  # fmt: skip
_CHOICES = frozenset((
    "choice", "choose", "one_of", "oneof", "sample", "random_choice", "random_element", "enum",
    "any_of",
))  # fmt: skip
_PATTERNS = frozenset((
    "regex", "regexp", "regexify", "pattern", "from_regex", "bothify",
))  # fmt: skip
_WALKS = frozenset((
    "random_walk", "randomwalk", "walk", "brownian", "brownian_motion", "wiener", "drift",
))  # fmt: skip
_AUTOREGRESSIVE = frozenset((
    "ar", "ar1", "arma", "arima", "autoregressive", "mean_reverting", "ornstein_uhlenbeck", "ou",
))  # fmt: skip
_NAMES = {
    "now": "now", "row": "row", "current_timestamp": "now", "getdate": "now", "sysdate": "now",
    "row_number": "row", "rownum": "row", "index": "row",
}  # fmt: skip
_MOMENTS = {"today": "date(now)", "current_date": "date(now)", "current_timestamp": "now", "rownum": "row"}


def function_near(name: str) -> str | None:
    """The function that a name of no function stands for, or is a slip of."""
    there = _ELSEWHERE.get(name.lower())
    return there if there in FUNCTIONS else nearest(name, FUNCTIONS)


def instead_of_call(scope: Scope, node: tree.Call) -> str:
    """The help for a call that has another form here, with the user's line; '' where none is known."""
    name, line = node.function.text.lower(), scope.program.line_with
    texts = [scope.text(a.value) for a in node.args]
    if name in _NAMES and not node.args:
        meant = _NAMES[name]
        return f"`{meant}` is a name: write {line(node.span, meant)}"
    if name in ("str", "string", "to_string") and len(texts) == 1 and texts[0]:
        text = 'f"{' + texts[0] + '}"'
        return f"a text with a value in it is an f-string: write {line(node.span, text)}"
    if name in ("random", "rand") and not texts:
        return f"a range draws evenly: write {line(node.span, '0.0..1.0')}"
    if name in _RANGES and len(texts) == 2 and all(texts):
        both = [text[1:-1] if text[:1] == '"' and text[1:2].isdigit() else text for text in texts]
        return f"a range draws evenly: write {line(node.span, f'{both[0]}..{both[1]}')}"
    if name in _CHOICES and texts and all(texts):
        items = [a.value for a in node.args]
        if len(items) == 1 and isinstance(items[0], tree.ListLiteral):
            texts = [scope.text(item) for item in items[0].items]
        return f"a choice is written with `|`: write {line(node.span, ' | '.join(texts))}"
    if name in _WALKS:
        return f"a walk is the sum of its steps: write {line(node.span, 'running(normal(sd: 1))')}"
    if name in _AUTOREGRESSIVE:
        own = scope.owner if scope.table is not None and scope.owner in scope.table.columns else "x"
        value = f"previous({own}, 0.0) * 0.9 + normal(sd: 0.1)"
        return f"what goes on from the row before names itself in `previous`: write {line(node.span, value)}"
    if name in _PATTERNS and len(node.args) == 1 and isinstance(node.args[0].value, tree.String):
        pattern = f"/{texts[0].strip(chr(34))}/"
        return f"a pattern stands between slashes: write {line(node.span, pattern)}"
    return ""


def instead_of_name(scope: Scope, node: tree.NameRef) -> str:
    """The help for a plain name that nothing has; '' where nothing is known."""
    name, line = node.name.text, scope.program.line_with
    if name in ("None", "nil", "undefined", "nan", "NaN", "NA"):
        return f"the missing value is `null`: write {line(node.span, 'null')}"
    if name.lower() in _MOMENTS:
        return f"write {line(node.span, _MOMENTS[name.lower()])}"
    if name in FUNCTIONS and not any(p.default is REQUIRED for p in FUNCTIONS[name].parameters):
        return f"a function has parentheses: write {line(node.span, f'{name}()')}"
    return ""


def bare_texts(scope: Scope, node: tree.NameRef) -> list[tree.NameRef]:
    """The names among the alternatives of the column's value that ``node`` is one of and nothing has:
    likely texts whose quotes were left out."""
    known = set(scope.table.columns) if scope.table is not None else set()
    for group in _alternatives(scope.root):
        if any(item is node for item in group):
            names = [item for item in group if isinstance(item, tree.NameRef)]
            return [item for item in names if item.name.text not in known | {"now", "row"}]
    return [node]


def _alternatives(root: tree.Expr | None) -> Iterator[list[tree.Expr]]:
    match root:
        case tree.Choice(arms=arms):
            yield [arm.value for arm in arms]
        case tree.Call(args=(tree.Arg(value=tree.MapLiteral(entries=entries)),)):
            yield [entry.key for entry in entries]
        case tree.Call(args=(tree.Arg(value=tree.ListLiteral(items=items)),)):
            yield list(items)
        case tree.Call(args=(tree.Arg(value=tree.Choice(arms=arms)),)):
            yield [arm.value for arm in arms]


def quoted_line(scope: Scope, nodes: list[tree.NameRef]) -> str:
    """The user's line with quotes around ``nodes``, which stand in one line."""
    first, last = nodes[0].span, nodes[-1].span
    whole = first.to(last)
    text = scope.text(whole)
    for node in reversed(nodes):
        at = node.span.start - whole.start
        name = node.name.text
        text = f'{text[:at]}"{name}"{text[at + node.span.end - node.span.start :]}'
    return scope.program.line_with(whole, text)
