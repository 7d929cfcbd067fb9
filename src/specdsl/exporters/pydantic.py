"""Pydantic models of the rows in JSON, made from their JSON Schema by datamodel-code-generator (needs
``specdsl[pydantic]``)."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from typing import Any, Final

from specdsl.errors import EnvironmentFailure
from specdsl.exporters.json_schema import vocabulary as v
from specdsl.exporters.json_schema.exporter import schema_of
from specdsl.exporters.json_schema.written import pointer
from specdsl.exporters.spec import Spec, Wanted

ROOT: Final = "Tables"
_VALUES: Final = frozenset({"enum", "const", "examples"})


def export(spec: Spec, wanted: Wanted) -> str:
    """A module with a model for each table and each declared type, and the model ``Tables``, which has the
    models of rows by table. Raises KeyError for a table that there is not, EnvironmentFailure where the
    generator is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import datamodel_code_generator as generator
            from datamodel_code_generator.format import Formatter, PythonVersion
    except ImportError:
        raise EnvironmentFailure(
            "export to pydantic needs the package datamodel-code-generator", "pip install 'specdsl[pydantic]'"
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about its own options to come
        made = generator.generate(
            json.dumps(_rows(spec, wanted), ensure_ascii=False),
            input_file_type=generator.InputFileType.JsonSchema,
            output_model_type=generator.DataModelType.PydanticV2BaseModel,
            target_python_version=PythonVersion.PY_311,
            class_name=ROOT,
            disable_timestamp=True,
            formatters=[Formatter.BUILTIN],
            use_annotated=True,
            field_constraints=True,
            enum_field_as_literal=generator.LiteralType.All,
            use_tuple_for_fixed_items=True,
            use_standard_collections=True,
            use_union_operator=True,
            use_schema_description=True,
            use_field_description=True,
            custom_file_header=_heading(spec),
        )
    return str(made).rstrip() + "\n"


def _heading(spec: Spec) -> str:
    return f"# Rows of {spec.dataset.name} in JSON. Made by `specdsl export --to pydantic`."


def _rows(spec: Spec, wanted: Wanted) -> dict[str, Any]:
    """The schema of an object that has the rows of each table as members."""
    schema = schema_of(spec, replace(wanted, plain=True, examples=0))
    tables = [table.name for table in spec.tables(wanted)]
    definitions = dict(schema.get("$defs", {}))
    if len(tables) == 1:
        own = {word: one for word, one in schema.items() if word not in ("$defs", "$schema")}
        definitions = {tables[0]: own, **definitions}
    return {
        "$schema": schema["$schema"],
        "type": "object",
        "description": "A row of each table.",
        "properties": {name: {"$ref": f"#/$defs/{pointer(name)}"} for name in tables},
        "required": tables,
        "additionalProperties": False,
        "$defs": {name: _plain(one) for name, one in definitions.items()},
    }


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A definition without what would only name it a second time."""
    kept = {word: one for word, one in schema.items() if word != "title" and not word.startswith(v.PREFIX)}
    plain: dict[str, Any] = _with_any_names(kept)
    return plain


def _with_any_names(schema: Any) -> Any:
    """The schema in which members beside known ones may have any name: the generator knows no patterns of
    names there."""
    if isinstance(schema, list):
        return [_with_any_names(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    out = {word: one if word in _VALUES else _with_any_names(one) for word, one in schema.items()}
    patterns = out.pop("patternProperties", None) if out.get("additionalProperties") is False else None
    if patterns:
        out["additionalProperties"] = next(iter(patterns.values()))  # one for all of them
    return out
