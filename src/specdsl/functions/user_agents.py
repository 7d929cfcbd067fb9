"""What browsers call themselves: the usual ones of 2023 and 2024, in the forms that their makers describe
(Chrome and Edge say 0.0.0 after their version, Safari's system stands still, Firefox repeats its version)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_CHROME: Final = range(112, 132)
_FIREFOX: Final = range(115, 133)
_IOS: Final = ("16.5", "16.6", "17.0", "17.1", "17.2", "17.3", "17.4", "17.5", "17.6", "18.0", "18.1")
_SAMSUNG: Final = {22: 111, 23: 115, 24: 117, 25: 121, 26: 122}
"""Versions of Samsung's browser, and of the Chrome in each."""

_WINDOWS, _MAC, _LINUX = (
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
)
_ANDROID: Final = "Linux; Android 10; K"
_BLINK: Final = "AppleWebKit/537.36 (KHTML, like Gecko)"
_WEBKIT: Final = "AppleWebKit/605.1.15 (KHTML, like Gecko)"


@lru_cache(maxsize=1)
def browsers() -> tuple[str, ...]:
    """All of them, each once."""
    chrome = [f"({on}) {_BLINK} Chrome/{v}.0.0.0" for on in (_WINDOWS, _MAC, _LINUX) for v in _CHROME]
    edge = [f"({on}) {_BLINK} Chrome/{v}.0.0.0" for on in (_WINDOWS, _MAC) for v in _CHROME]
    firefox = [
        f"({on}; rv:{v}.0) Gecko/20100101 Firefox/{v}.0"
        for on in (_WINDOWS, "Macintosh; Intel Mac OS X 10.15", _LINUX)
        for v in _FIREFOX
    ]
    apple = [
        f"({device} {v.replace('.', '_')} like Mac OS X) {_WEBKIT} Version/{v} Mobile/15E148 Safari/604.1"
        for device in ("iPhone; CPU iPhone OS", "iPad; CPU OS")
        for v in _IOS
    ]
    return tuple(
        f"Mozilla/5.0 {rest}"
        for rest in (
            *(f"{one} Safari/537.36" for one in chrome),
            *(f"{one} Safari/537.36 Edg/{one.split('Chrome/')[1]}" for one in edge),
            *(f"({_ANDROID}) {_BLINK} Chrome/{v}.0.0.0 Mobile Safari/537.36" for v in _CHROME),
            *(
                f"({_ANDROID}) {_BLINK} SamsungBrowser/{v}.0 Chrome/{chrome_in}.0.0.0 Mobile Safari/537.36"
                for v, chrome_in in _SAMSUNG.items()
            ),
            *firefox,
            *(f"({_MAC}) {_WEBKIT} Version/{v} Safari/605.1.15" for v in _IOS),
            *apple,
        )
    )
