"""Things that people make tables of: lists of the locale library, and short lists of our own."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions.arguments import stream_of
from specdsl.functions.entry import Constants, Example, Function, Invocation
from specdsl.functions.lists import of_list, split_index
from specdsl.functions.network import of_pattern
from specdsl.functions.wordlists import international, words
from specdsl.vectors.vector import Int64Array, Vector

_LOCAL: Final = (
    ("academic_degree", "people", "An academic degree.", "person/academic_degree", '"Master"'),
    ("gender", "people", "A gender.", "person/gender", '"Female"'),
    ("continent", "places", "The name of a continent.", "address/continent", '"Asia"'),
    ("drink", "commerce", "The name of a drink.", "food/drinks", '"Absinthe"'),
    ("spice", "commerce", "The name of a spice.", "food/spices", '"Anise"'),
    (
        "legal_form",
        "commerce",
        "A legal form of companies, in full.",
        "finance/company/type/title",
        '"Corporation"',
    ),
    ("month_name", "text", "The name of a month.", "datetime/month/name", '"January"'),
    ("weekday_name", "text", "The name of a day of the week.", "datetime/day/name", '"Monday"'),
    ("quote", "text", "A line from a film.", "text/quotes", '"I\'ll be back."'),
)
"""Name, family, summary, place in the locale's files, and an example."""

_WORLD: Final = (
    ("aircraft", "things", "A type of aircraft.", ("transport", "AIRPLANES"), '"Airbus A220-100"'),
    ("airport_code", "things", "A code of an airport (IATA).", ("address", "IATA_CODES"), '"FAT"'),
    ("blood_type", "things", "A blood group.", ("person", "BLOOD_GROUPS"), '"AB+"'),
    (
        "card_network",
        "commerce",
        "A network of payment cards.",
        ("payment", "CREDIT_CARD_NETWORKS"),
        '"Visa"',
    ),
    ("computer_maker", "things", "A maker of computers.", ("hardware", "MANUFACTURERS"), '"Lenovo"'),
    (
        "content_encoding",
        "network",
        "A content encoding of HTTP.",
        ("internet", "CONTENT_ENCODING_DIRECTIVES"),
        '"gzip"',
    ),
    ("cpu", "things", "A model of processor.", ("hardware", "CPU"), '"AMD Ryzen 7 1700"'),
    (
        "crypto_code",
        "commerce",
        "The code of a crypto-currency.",
        ("finance", "CRYPTOCURRENCY_ISO_CODES"),
        '"XRP"',
    ),
    ("graphics_card", "things", "A model of graphics card.", ("hardware", "GRAPHICS"), '"AMD Radeon RX 560"'),
    ("operating_system", "things", "An operating system.", ("development", "OS"), '"FreeBSD"'),
    ("phone_model", "things", "A model of telephone.", ("hardware", "PHONE_MODELS"), '"iPhone 12"'),
    (
        "programming_language",
        "things",
        "A programming language.",
        ("development", "PROGRAMMING_LANGS"),
        '"Clojure"',
    ),
    ("project_name", "things", "A name for a project.", ("development", "PROJECT_NAMES"), '"aardonyx"'),
    ("ram_size", "things", "A size of memory.", ("hardware", "RAM_SIZES"), '"16GB"'),
    ("release_stage", "things", "A stage of software.", ("development", "STAGES"), '"Beta"'),
    ("screen_resolution", "things", "A resolution of screens.", ("hardware", "RESOLUTIONS"), '"1440x960"'),
    ("software_license", "things", "A licence of software.", ("development", "LICENSES"), '"MIT License"'),
    ("stock_exchange", "commerce", "A stock exchange.", ("finance", "STOCK_EXCHANGES"), '"NASDAQ"'),
    ("stock_name", "commerce", "A company that is traded.", ("finance", "STOCK_NAMES"), '"10x Genomics"'),
    ("stock_ticker", "commerce", "The symbol of a share.", ("finance", "STOCK_TICKERS"), '"AAPL"'),
    (
        "web_server",
        "network",
        "What a web server calls itself.",
        ("internet", "HTTP_SERVERS"),
        '"cloudflare"',
    ),
)
"""Name, family, summary, place among what belongs to no locale, and an example."""

_OWN: Final = (
    ("allergen", "things", "Something that people are allergic to.",
     """celery|crab|egg|hazelnut|house dust mite|latex|lupin|milk|mould|mustard|nickel|peanut|
     penicillin|pollen|sesame|shrimp|soya|sulphite|walnut|wasp venom|wheat"""),
    ("animal", "things", "An animal, in English.",
     """alpaca|ant|badger|bat|bear|beaver|bee|bison|boar|buffalo|butterfly|camel|cat|chamois|cheetah|
     chicken|cod|cormorant|cow|crab|crane|crow|deer|dog|dolphin|donkey|dove|duck|eagle|eel|elephant|
     elk|falcon|ferret|flamingo|fox|frog|gecko|giraffe|goat|goose|hamster|hare|hawk|hedgehog|heron|
     hippopotamus|horse|hyena|ibex|jackal|jaguar|kangaroo|koala|lark|lemur|leopard|lion|llama|
     lobster|lynx|magpie|mole|moose|mouse|mule|newt|octopus|okapi|ostrich|otter|owl|ox|panda|parrot|
     peacock|pelican|penguin|pig|pigeon|pony|rabbit|raccoon|rat|raven|reindeer|rhinoceros|salmon|
     seal|shark|sheep|snail|sparrow|squid|squirrel|stork|swan|tapir|tiger|toad|trout|turkey|turtle|
     vulture|walrus|whale|wolf|wombat|woodpecker|yak|zebra"""),
    ("department", "commerce", "A department of a company, in English.",
     """Accounting|Administration|Communications|Compliance|Customer Service|Data|Design|Engineering|
     Facilities|Finance|Human Resources|Information Technology|Internal Audit|Legal|Logistics|
     Maintenance|Marketing|Operations|Procurement|Product|Production|Public Relations|Quality|
     Research|Sales|Security|Strategy|Support|Training|Treasury"""),
    ("emoji", "text", "An emoji.",
     """😀|😁|😂|😃|😄|😅|😆|😇|😉|😊|😋|😌|😍|😎|😏|😐|😑|😒|😓|😔|😕|😖|😗|😘|😙|😚|😛|😜|😝|😞|😟|😠|😡|😢|😣|😤|😥|😨|😩|😪|😫|😭|😮|😯|😰|😱|😲|😳|
     😴|😵|😷|🤓|🤔|🤗|🤩|🤯|🥰|🥳|👍|👎|👏|🙌|🙏|💪|👀|💯|🔥|⭐|🎉|🎁|💡|🚀|🌈|🌍|🌸|🍀|🍎|🍕|🎵|📷"""),
    ("file_type", "things", "The ending of a file's name, without the dot.",
     """avi|bmp|csv|doc|docx|gif|gz|html|jpg|json|log|md|mov|mp3|mp4|odt|parquet|pdf|png|ppt|pptx|svg|
     tar|tiff|txt|wav|webm|webp|xls|xlsx|xml|yaml|zip"""),
    ("http_header", "network", "The name of a header of HTTP.",
     """Accept|Accept-Encoding|Accept-Language|Authorization|Cache-Control|Connection|Content-Encoding|
     Content-Length|Content-Type|Cookie|Date|ETag|Expires|Host|If-Modified-Since|If-None-Match|
     Last-Modified|Location|Origin|Range|Referer|Retry-After|Server|Set-Cookie|
     Strict-Transport-Security|Transfer-Encoding|User-Agent|Vary|Via|X-Forwarded-For|X-Request-Id"""),
    ("log_level", "things", "A level of log messages.", "TRACE|DEBUG|INFO|WARN|ERROR|FATAL"),
    ("material", "commerce", "What a product is made of, in English.",
     """aluminium|bamboo|brass|bronze|canvas|cardboard|ceramic|cork|cotton|denim|felt|fleece|glass|
     granite|hemp|iron|leather|linen|marble|nylon|oak|paper|plastic|polyester|porcelain|rubber|silk|
     silver|slate|steel|stone|velvet|walnut|wicker|wood|wool"""),
    ("payment_method", "commerce", "A way to pay.",
     """bank transfer|cash|cheque|credit card|debit card|direct debit|gift card|invoice|mobile payment|
     prepaid card|wallet"""),
    ("product_category", "commerce", "A kind of goods, in English.",
     """Automotive|Baby|Bags|Beauty|Books|Cameras|Clothing|Computers|Electronics|Food|Furniture|Games|
     Garden|Grocery|Health|Home|Jewellery|Kitchen|Lighting|Luggage|Movies|Music|Office|Outdoors|Pets|
     Phones|Shoes|Software|Sports|Stationery|Tools|Toys|Watches"""),
    ("team", "commerce", "A name of a team at work, in English.",
     """Analytics|Backend|Billing|Brand|Checkout|Cloud|Content|Core|Data Platform|Delivery|
     Developer Tools|Events|Field Sales|Frontend|Growth|Hardware|Infrastructure|Insights|
     Integrations|Machine Learning|Mobile|Networks|Onboarding|Partnerships|Payments|Performance|
     Platform|Quality|Recruiting|Release|Reliability|Research|Search|Security|Solutions|Storage|
     Success|Trust|Web"""),
    ("buzzword", "commerce", "A word of business, in English.",
     """agile|benchmark|best practice|bottom line|bandwidth|core competency|deliverable|disruptive|
     ecosystem|empower|end-to-end|game changer|granular|holistic|impactful|innovation|leverage|
     low-hanging fruit|mission-critical|next-generation|paradigm|pipeline|proactive|roadmap|robust|
     scalable|seamless|silo|stakeholder|streamline|synergy|thought leader|touchpoint|turnkey|
     value-added|visionary|win-win"""),
)  # fmt: skip
"""Name, family, summary, and the list."""


def _local(place: str) -> Any:
    file, *path = place.split("/")
    return lambda locale: words(locale, file, *path)


def _world(module: str, constant: str) -> Any:
    return lambda _: tuple(dict.fromkeys(str(v).strip() for v in international(module, constant)))


def _own(listed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in listed.split("|")))


def _listed(name: str) -> tuple[str, ...]:
    """One of our own lists."""
    return _own(next(entry[3] for entry in _OWN if entry[0] == name))


def _fixed(name: str, family: str, summary: str, listed: str) -> Function:
    values = _own(listed)
    return of_list(name, family, summary, lambda _: values, f'"{values[0]}"', in_locale=False)


# --- numbers -------------------------------------------------------------------------------


def _statuses() -> Int64Array:
    return np.array(international("internet", "HTTP_STATUS_CODES"), dtype=np.int64)


_PORTS: Final = (1024, 49151)


def _of_numbers(name: str, family: str, summary: str, doc: str, values: Any, example: str) -> Function:
    """A function that draws from a list of whole numbers, all equally likely."""

    def at(_: Invocation, index: Int64Array) -> Vector:
        return Vector(t.INT, values()[index])

    def bounds(_: Constants) -> tuple[int, int]:
        return int(values().min()), int(values().max())

    return Function(
        name=name,
        family=family,
        summary=summary,
        doc=doc,
        result=t.INT,
        kernel=lambda call: at(call, stream_of(call).below(len(values()))),
        examples=(Example(f"{name}()", "int", f"such as {example}"),),
        draws=True,
        domain=lambda _: len(values()),
        bounds=bounds,
        at=at,
    )


# --- names made of parts -------------------------------------------------------------------

_TRAITS: Final = _own(
    "Compact|Classic|Deluxe|Elegant|Ergonomic|Fresh|Handmade|Heavy-duty|Light|Modern|Portable|"
    "Practical|Premium|Refined|Rustic|Simple|Sleek|Small|Sturdy|Vintage"
)
_GOODS: Final = _own(
    "Bag|Basket|Bench|Blanket|Bottle|Bowl|Box|Candle|Chair|Clock|Cup|Desk|Frame|Gloves|Hat|Jacket|"
    "Jug|Lamp|Mat|Mirror|Mug|Notebook|Pan|Pen|Pillow|Plate|Pot|Rack|Ring|Rug|Scarf|Shelf|Shoes|Sofa|"
    "Spoon|Stool|Table|Towel|Tray|Vase|Wallet"
)
_HOSTS: Final = _own(
    "api|app|auth|backup|cache|cron|db|dns|edge|files|git|lb|log|mail|mq|proxy|queue|search|web|worker"
)
_PATHS: Final = _own(
    "account|admin|api|archive|assets|blog|cart|categories|checkout|contact|docs|events|feed|files|"
    "help|home|images|jobs|login|news|orders|pages|posts|prices|products|profile|reports|reviews|"
    "search|settings|shop|static|status|support|users"
)
_KEYS: Final = _own(
    "category|color|from|id|lang|limit|offset|order|page|q|ref|session|size|sort|tag|to|user|view"
)


def _product(call: Invocation, index: Int64Array) -> Any:
    materials = tuple(m.capitalize() for m in _listed("material"))
    lists = (_TRAITS, materials, _GOODS)
    return _side_by_side(lists, split_index(index, [len(x) for x in lists]), (b" ", b" "), len(index))


def _side_by_side(
    lists: tuple[tuple[str, ...], ...], places: list[Int64Array], gaps: tuple[bytes, ...], n: int
) -> Any:
    from specdsl.vectors import text

    pieces: list[Any] = []
    for i, (values, place) in enumerate(zip(lists, places, strict=True)):
        pieces += [text.table_of(values, place), gaps[i] if i < len(gaps) else b""]
    return text.join(pieces, n)


_NUMBERS: Final = tuple(f"{i:02d}" for i in range(1, 100))


def _host(_: Invocation, index: Int64Array) -> Any:
    lists = (_HOSTS, _NUMBERS, ("example.com", "example.org", "example.net"))
    return _side_by_side(lists, split_index(index, [len(x) for x in lists]), (b"-", b"."), len(index))


def _path(_: Invocation, index: Int64Array) -> Any:
    lists = (tuple("/" + p for p in _PATHS), _PATHS, tuple(map(str, range(1, 1000))))
    return _side_by_side(lists, split_index(index, [len(x) for x in lists]), (b"/", b"/"), len(index))


def _query(_: Invocation, index: Int64Array) -> Any:
    lists = (_KEYS, tuple(map(str, range(1, 100))), _KEYS, _PATHS)
    return _side_by_side(lists, split_index(index, [len(x) for x in lists]), (b"=", b"&", b"="), len(index))


def _file(_: Invocation, index: Int64Array) -> Any:
    lists = (_file_words(), _listed("file_type"))
    return _side_by_side(lists, split_index(index, [len(x) for x in lists]), (b".",), len(index))


def _file_words() -> tuple[str, ...]:
    return tuple(dict.fromkeys(w for w in international("file", "FILENAMES") if w.isalpha() and len(w) > 2))


def _hashtag(call: Invocation, index: Int64Array) -> Any:
    tags = _world("person", "USERNAMES")("")
    return _side_by_side((tuple("#" + w for w in tags),), [index], (), len(index))


def _composed(name: str, family: str, summary: str, doc: str, size: Any, make: Any, example: str) -> Function:
    """A function whose value number i is made of parts, all equally likely."""

    def at(call: Invocation, index: Int64Array) -> Vector:
        return Vector(t.STRING, make(call, index))

    return Function(
        name=name,
        family=family,
        summary=summary,
        doc=doc,
        result=t.STRING,
        kernel=lambda call: at(call, stream_of(call).below(size())),
        examples=(Example(f"{name}()", "string", f"such as {example}"),),
        draws=True,
        domain=lambda _: size(),
        at=at,
    )


FUNCTIONS: Final = (
    *(
        of_list(name, family, summary, _local(place), example)
        for name, family, summary, place, example in _LOCAL
    ),
    *(
        of_list(name, family, summary, _world(*place), example, in_locale=False)
        for name, family, summary, place, example in _WORLD
    ),
    *(_fixed(*entry) for entry in _OWN),
    of_pattern(
        "hex_color",
        "A colour as `#rrggbb`.",
        "#[0-9a-f]{6}",
        "All 16,777,216 are equally likely. A name comes from `color`.",
        'such as "#1abc9c"',
        family="things",
    ),
    _of_numbers(
        "http_status",
        "network",
        "A status code of HTTP.",
        "All are equally likely; weigh the usual ones with a choice: `200 90% | 404 8% | 500`.",
        _statuses,
        "404",
    ),
    _of_numbers(
        "port",
        "network",
        "A number of a registered port.",
        "From 1024 to 49151.",
        lambda: np.arange(_PORTS[0], _PORTS[1] + 1),
        "8080",
    ),
    _composed(
        "product_name",
        "commerce",
        "A name of a product, in English.",
        "Made of a trait, a material and a thing.",
        lambda: len(_TRAITS) * len(_listed("material")) * len(_GOODS),
        _product,
        '"Sturdy Oak Chair"',
    ),
    _composed(
        "hostname",
        "network",
        "A name of a server.",
        "On a domain for examples.",
        lambda: len(_HOSTS) * len(_NUMBERS) * 3,
        _host,
        '"db-07.example.com"',
    ),
    _composed(
        "url_path",
        "network",
        "A path of a page.",
        "Of two words and a number.",
        lambda: len(_PATHS) * len(_PATHS) * 999,
        _path,
        '"/shop/orders/417"',
    ),
    _composed(
        "query_string",
        "network",
        "What stands behind the `?` of an address.",
        "Of two keys with values.",
        lambda: len(_KEYS) * 99 * len(_KEYS) * len(_PATHS),
        _query,
        '"page=3&sort=news"',
    ),
    _composed(
        "file_name",
        "things",
        "A name of a file.",
        "A word and an ending.",
        lambda: len(_file_words()) * len(_listed("file_type")),
        _file,
        '"paper.pdf"',
    ),
    _composed(
        "hashtag",
        "text",
        "A word with `#` before it.",
        "Of letters only.",
        lambda: len(_world("person", "USERNAMES")("")),
        _hashtag,
        '"#harbour"',
    ),
)
