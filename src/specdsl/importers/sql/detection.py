"""Which dialect a script is in, as its words tell."""

from __future__ import annotations

import re

_TELLS: dict[str, str] = {
    "mysql": r"\bMySQL\b|\bENGINE\s*=|\bAUTO_INCREMENT\b|`\w+`|\bUNSIGNED\b|\bDELIMITER\b|\bCHARSET\s*=",
    "tsql": r"\[dbo\]|^\s*GO\s*$|\bIDENTITY\s*\("
    r"|\]\s+\[(?:int|n?varchar|datetime)\]|\bSQL Server\b|\bNVARCHAR\s*\(MAX\)"
    r"|\bCLUSTERED\b|\bUNIQUEIDENTIFIER\b",
    "oracle": r"\bOracle\b|\bVARCHAR2\b|\bNUMBER\s*[(,\s]|^\s*/\s*$|\bNVARCHAR2\b|\bSYSDATE\b",
    "sqlite": r"\bAUTOINCREMENT\b|\bsqlite|\]\s+INTEGER\b|BLOB SUB_TYPE"
    r"|\bWITHOUT\s+ROWID\b|\bPRAGMA\b|\bGLOB\b",
    "postgres": r"\bPostgre|::\w|\bSERIAL\b|\bcharacter varying\b|\bOWNER TO\b|\bTIMESTAMPTZ\b|\$\$"
    r"|\bnextval\(|\bJSONB\b|\bCREATE TYPE\b|\bWITH(?:OUT)? TIME ZONE\b",
    "duckdb": r"\bDuckDB\b|\buuid\(\)|\w\[\]|\bHUGEINT\b|\bUBIGINT\b|\bSTRUCT\s*\(|\bUINTEGER\b",
}
_LOOKED_AT = 200_000
_INSERT = re.compile(r"^\s*(?:\(|INSERT\b|VALUES\b).*$", re.IGNORECASE | re.MULTILINE)


def dialect_of(text: str) -> str:
    """The dialect with the most words of its own in a script; ``postgres`` where none has any."""
    head = _INSERT.sub("", text[:_LOOKED_AT])
    flags = re.IGNORECASE | re.MULTILINE
    scores = {name: len(re.findall(tell, head, flags)) for name, tell in _TELLS.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else "postgres"
