"""Options of streams of change records: some are of the form of the records, others of where they go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from specdsl.changes.formats.registry import change_format
from specdsl.changes.names import STREAMED_FORMS
from specdsl.errors import UsageError
from specdsl.sinks.options import Options
from specdsl.streaming.targets.base import Settings
from specdsl.streaming.targets.registry import WITH_CLIENT_OPTIONS, options_at, scheme_of

_PLACES = {"-": "standard output", "file": "the files"}


def require_of_form(names: Iterable[str], form: str) -> None:
    """Raises UsageError for an option that the form does not have."""
    known = change_format(form).options
    for name in names:
        if name not in known:
            _require_of_this_form(name, form)
            raise UsageError(f"`{form}` has no option `{name}`", _near(name, known) + _listed(form, known))


def require_of_target(settings: Settings, address: str, form: str) -> None:
    """Raises UsageError for an option that ``address`` does not have."""
    there = options_at(address, settings)
    if there is None:  # which is told as such
        return
    scheme = scheme_of(address)
    place, known = _PLACES.get(scheme, scheme), change_format(form).options
    for name, _ in settings.values:
        if name in there or ("." in name and scheme in WITH_CLIENT_OPTIONS):
            continue
        if name in known:
            raise UsageError(
                f"`{name}` is an option of {form}, not of {place}", "give it to `stream`, not to `send`"
            )
        _require_of_this_form(name, form)
        raise UsageError(
            f"neither {place} nor {form} has an option `{name}`",
            _near(name, {**there, **known}) + "; ".join((_listed(place, there), _listed(form, known))),
        )


def _require_of_this_form(name: str, form: str) -> None:
    other = next(_forms_with(name), None)
    if other is not None:
        raise UsageError(f"`{form}` has no option `{name}`, which belongs to {other}", f"--changes {other}")


def _forms_with(name: str) -> Iterator[str]:
    return (form for form in STREAMED_FORMS if name in change_format(form).options)


def _near(name: str, known: Options) -> str:
    near = get_close_matches(name, known, 1)
    return f"did you mean `{near[0]}`? " if near else ""


def _listed(what: str, known: Options) -> str:
    return f"options of {what}: {', '.join(sorted(known)) or 'none'}"
