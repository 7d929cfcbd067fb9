"""Strings of each format, of many lengths: what is tried where a format meets other clauses."""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "date-time": (
        "2021-03-04T05:06:07Z", "2024-12-31T23:59:59.5Z", "2022-07-08T09:10:11+02:00",
        "2020-02-29T12:00:00.123456Z", "2023-01-01T00:00:00.000-05:30", "1999-11-30T08:15:00z",
    ),
    "date": ("2021-03-04", "2020-02-29", "1999-12-31", "2024-07-15", "2030-01-01"),
    "time": ("05:06:07Z", "23:59:59.5Z", "09:10:11+02:00", "12:00:00.123456Z", "00:00:00-05:30"),
    "duration": ("P1D", "PT5M", "P3W", "P1Y2M3DT4H5M6S", "PT36H", "P1YT1S", "P12M"),
    "email": (
        "a@b.co", "ann.lee@example.com", "x+tag@example.org", "first.last@mail.example.net",
        "o'neil@example.com", "someone_with_a_long_name@department.example.org",
    ),
    "idn-email": ("a@b.co", "ann.lee@example.com", "j\u00fcrgen@example.de", "x+tag@example.org"),
    "hostname": ("a", "example", "example.com", "www.example.org", "a-b.example.net",
        "db1.internal.example.com"),
    "idn-hostname": ("example.com", "b\u00fccher.example", "www.example.org", "a-b.example.net"),
    "ipv4": ("1.2.3.4", "10.0.0.1", "192.168.1.254", "172.16.254.1", "255.255.255.255"),
    "ipv6": ("::1", "fe80::1", "2001:db8::8a2e:370:7334", "2001:db8:85a3:0:0:8a2e:370:7334", "::"),
    "uri": (
        "http://a.b", "https://example.com", "https://example.com/", "https://example.com/a/b?c=d#e",
        "urn:isbn:0451450523", "mailto:ann@example.com", "ftp://ftp.example.org/file.txt",
        "http://localhost:8080/x", "https://example.com/v1.json", "https://github.com/example/project", "file:///tmp/data.csv",
    ),
    "uri-reference": ("a", "/a/b", "#x", "?q=1", "../up", "https://example.com/a", "//example.com/b"),
    "iri": ("https://example.com", "https://b\u00fccher.example/\u00e4", "urn:isbn:0451450523"),
    "iri-reference": ("a", "/\u00e4/b", "#x", "https://example.com/a"),
    "uuid": (
        "123e4567-e89b-42d3-a456-426614174000", "00000000-0000-4000-8000-000000000001",
        "f47ac10b-58cc-4372-a567-0e02b2c3d479", "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    ),
    "uri-template": ("/a", "/users/{id}", "https://example.com/{a}/{b}", "{?q,page}"),
    "json-pointer": ("", "/a", "/a/b", "/0/1", "/a~1b/m~0n"),
    "relative-json-pointer": ("0", "1/a", "2/a/b", "0#"),
    "regex": ("a", "^a+$", "[0-9]{3}", "(a|b)*", "x?"),
    "color": ("#0a1b2c", "#ffffff", "#000000", "red", "blue"),
}  # fmt: skip
"""What may be tried, by format."""
