"""Making a few things ahead of whoever takes them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")
_LOOK_AHEAD = 2


def made_ahead(makes: Iterable[Callable[[], _T]], workers: int) -> Iterator[_T]:
    """What ``makes`` give, in their order, made by ``workers`` threads that stay a few ahead."""
    if workers <= 1:
        for make in makes:
            yield make()
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="specdsl-generate") as pool:
        ahead: deque[Future[_T]] = deque()
        try:
            for make in makes:
                ahead.append(pool.submit(make))
                if len(ahead) >= workers + _LOOK_AHEAD:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()
