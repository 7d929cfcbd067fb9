"""The examples said again with the builder."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from specdsl import builder as b

DAY = dt.timedelta(days=1)


def at(year: int, month: int, day: int) -> dt.datetime:
    return dt.datetime(year, month, day, tzinfo=dt.UTC)


def shop() -> b.Dataset:
    out = b.Dataset("shop", seed=42, now=at(2025, 6, 1), locale="en_US")
    status = out.enum("Status", {"pending": 20, "paid": 55, "shipped": 20, "cancelled": 5})
    money = out.type("Money", "decimal(10, 2)", within=(0, 100_000))
    plans = out.pool("Plans", "plans.csv")

    users = out.table("users", 10_000, doc="People who have signed up.")
    users.column("id", "uuid", key=True)
    first = users.column("first", "string", value=b.fn.first_name())
    last = users.column("last", "string", value=b.fn.last_name())
    users.column("name", "string", value=b.f("{first} {last}"))
    users.column(
        "email",
        "string",
        unique=True,
        value=b.f("{}.{}{row}@example.com", b.fn.lower(first), b.fn.lower(last)),
    )
    users.column("age", "int", within=(18, 90), value=b.fn.normal(mean=38, sd=12))
    users.group(
        "country", "currency", value=b.choice({("US", "USD"): 50, ("DE", "EUR"): 30, ("BR", "BRL"): 20})
    )
    plan = users.column("plan", "string", value=b.pick(plans["name"]))
    device = users.column("device", "string", value=b.choice({"phone": 60, "desktop": None}))
    users.column(
        "os",
        "string",
        value=b.match(
            device,
            {
                "phone": b.choice({"android": 70, "ios": 30}),
                "desktop": b.choice("windows", "macos", "linux"),
            },
        ),
    )
    octet = b.between(0, 255)
    users.column(
        "ip",
        "string",
        value=b.f("{}.{}.{}.{}", b.choice("10", "172", "192"), octet, octet, b.between(1, 254)),
    )
    users.reference("referrer_id", users, null=60)
    users.column("created_at", "timestamp", value=b.between(dt.date(2023, 1, 1), dt.date(2025, 5, 31)))
    users.column("bio", "string", null=90, value=b.fn.sentence(words=b.between(4, 12)))
    luck = users.column("luck", "int", hidden=True, value=b.between(0, 99))
    users.column("newsletter", "bool", value=(plan != "free") | (luck < 30))
    users.column("lifetime", money, value=b.fn.sum(b.expr("orders.total")))
    users.check("adult", users["age"] >= 18)

    products = out.table("products", 500, doc="What the shop sells.")
    products.column("sku", "string", key=True, value=b.pattern("[A-Z]{3}-[0-9]{6}"))
    products.column("price", money, value=b.fn.lognormal(mean=3.2, sigma=0.8))
    products.column(
        "tags", b.list_of("string", (0, 3)), value=b.distinct(b.choice("new", "sale", "eco", "gift"))
    )
    side = b.field("float", value=b.between(1.0, 80.0))
    products.column("dims", b.struct(w=side, h=side))

    orders = out.table(
        "orders", doc="One to eight items each; how many orders a user has follows a Poisson distribution."
    )
    orders.column("id", "int", key=True, value=b.fn.sequence(start=1000))
    user = orders.reference("user_id", users, each=b.fn.poisson(3), max=40)
    placed = orders.column(
        "placed_at",
        "timestamp",
        within=(None, b.now),
        value=user["created_at"] + b.fn.exponential(mean=30 * DAY),
    )
    state = orders.column("status", status)
    shipped = orders.column(
        "shipped_at",
        "timestamp",
        nullable=True,
        value=b.when(state == status["shipped"], placed + b.between(DAY, 7 * DAY), None),
    )
    orders.column("total", money, value=b.fn.sum(b.expr("order_items.line_total")))
    orders.check("ship_after_place", shipped.is_null() | (shipped > placed))

    items = out.table("order_items")
    order = items.reference("order_id", orders, each=(1, 5))
    items.column("line_no", "int", value=1 + b.fn.index_in(order))
    product = items.reference("product_id", products, skew=b.fn.zipf(1.1), distinct_per="order_id")
    quantity = items.column("quantity", "int", value=b.between(1, 5))
    items.column("line_total", money, value=quantity * product["price"])
    items.key("order_id", "line_no")
    return out


def bank() -> b.Dataset:
    out = b.Dataset("bank", seed=2024, now=at(2025, 1, 1))
    kind = out.enum("AccountKind", {"checking": 60, "savings": 30, "credit": 10})
    money = out.type("Money", "decimal(14, 2)")
    customers = out.table("customers", 2_000)
    customers.column("id", "uuid", key=True)
    customers.column("name", "string", value=b.fn.full_name())
    customers.column("email", "string", unique=True, value=b.f("customer{row}@bank.example"))
    customers.column("born", "date", value=b.between(dt.date(1940, 1, 1), dt.date(2006, 12, 31)))
    pairs = {("US", "USD"): 40, ("GB", "GBP"): 25, ("DE", "EUR"): 20, ("JP", "JPY"): 15}
    customers.group("country", "currency", value=b.choice(pairs))
    customers.column("city", "string", value=b.fn.city(country=b.name("country")))
    customers.column("joined_on", "date", value=b.between(dt.date(2015, 1, 1), dt.date(2024, 6, 30)))
    customers.column("accounts", "int", value=b.fn.count(b.name("accounts")))

    accounts = out.table("accounts")
    accounts.column("id", "uuid", key=True)
    customer = accounts.reference("customer_id", customers, each=(1, 3))
    accounts.column("number", "string", unique=True, value=b.pattern("[0-9]{4}-[0-9]{4}-[0-9]{4}"))
    accounts.column("kind", kind)
    accounts.column("currency", "string", value=customer["currency"])
    opened = customer["joined_on"] + b.between(b.expr("0d"), 180 * DAY)
    accounts.column("opened_on", "date", within=(None, dt.date(2024, 12, 31)), value=opened)
    opening = accounts.column("opening", money, within=(0, None), value=b.fn.lognormal(mean=7, sigma=1.2))
    moved = b.expr("transactions.amount")
    outgoing = accounts.column("outgoing", money, value=b.fn.sum(moved, via=b.name("from_account")))
    incoming = accounts.column("incoming", money, value=b.fn.sum(moved, via=b.name("to_account")))
    accounts.column("balance", money, value=opening + incoming - outgoing)

    transactions = out.table("transactions", 40_000)
    transactions.column("id", "uuid", key=True)
    source = transactions.reference("from_account", accounts, skew=b.fn.zipf(1.05))
    target = transactions.reference(
        "to_account", accounts, where=b.candidate["currency"] == source["currency"]
    )
    transactions.column(
        "amount", money, within=(Decimal("0.01"), 50_000), value=b.fn.lognormal(mean=4, sigma=1.5)
    )
    transactions.column("currency", "string", value=source["currency"])
    transactions.column("booked_at", "timestamp", value=b.between(dt.date(2024, 1, 1), dt.date(2024, 12, 31)))
    transactions.column(
        "method", "string", value=b.choice({"card": 55, "transfer": 30, "direct debit": None})
    )
    transactions.column("reference", "string?", null=40, value=b.f("INV-{}", b.between(100_000, 999_999)))
    transactions.check("not_to_itself", source != target)
    return out


def blog() -> b.Dataset:
    out = b.Dataset("blog", seed=7, now=at(2025, 6, 1))
    authors = out.table("authors", 200)
    authors.column("id", "int", key=True, value=b.fn.sequence(start=1))
    first = authors.column("first", "string", hidden=True, value=b.fn.first_name())
    authors.column("last", "string", hidden=True, value=b.fn.last_name())
    authors.column("name", "string", value=b.f("{first} {last}"))
    authors.column("handle", "string", unique=True, value=b.f("{}_{row}", b.fn.lower(first)))
    authors.column("joined_at", "timestamp", value=b.between(dt.date(2022, 1, 1), dt.date(2024, 12, 31)))

    posts = out.table("posts", 3_000)
    posts.column("id", "int", key=True, value=b.fn.sequence(start=1))
    author = posts.reference("author_id", authors, skew=b.fn.zipf(1.2))
    posts.column("title", "string", value=b.fn.title(b.fn.words(b.between(3, 8))))
    posts.column("slug", "string", unique=True, value=b.f("post-{id:06d}"))
    written = posts.column(
        "written_at",
        "timestamp",
        within=(None, dt.date(2025, 5, 1)),
        value=author["joined_at"] + b.between(DAY, 600 * DAY),
    )
    draft = posts.column("draft", "bool", value=b.choice({True: 10, False: None}))
    published = b.when(draft, None, written + b.fn.exponential(mean=2 * DAY))
    posts.column("published_at", "timestamp", nullable=True, value=published)
    posts.column("body", "string", value=b.fn.sentence(words=b.between(20, 60)))
    posts.column("comments", "int", value=b.fn.count(b.name("comments")))
    posts.column("last_comment", "timestamp?", value=b.fn.max(b.expr("comments.written_at")))

    tags = out.table("tags", 40)
    tags.column("id", "int", key=True, value=b.fn.sequence(start=1))
    tags.column("name", "string", unique=True, value=b.pattern("[a-z]{4}-[a-z]{3}"))

    post_tags = out.table(
        "post_tags", doc="One row for each tag of a post: one to three, never the same twice."
    )
    post_tags.reference("post_id", posts, each=(1, 3))
    post_tags.reference("tag_id", tags, skew=b.fn.zipf(1.1))
    post_tags.key("post_id", "tag_id")

    comments = out.table("comments", 12_000)
    comments.column("id", "int", key=True, value=b.fn.sequence(start=1))
    post = comments.reference("post_id", posts, where=~b.candidate["draft"])
    comments.reference("reply_to", comments, nullable=True, null=70, where=b.candidate["post_id"] == post)
    comments.column("author", "string", value=b.fn.full_name())
    said = comments.column(
        "written_at",
        "timestamp",
        within=(None, b.now),
        value=post["written_at"] + 30 * DAY + b.fn.exponential(mean=5 * DAY),
    )
    comments.column("text", "string", value=b.fn.sentence(words=b.between(3, 25)))
    comments.check("after_post", said > post["written_at"])
    return out


def employees() -> b.Dataset:
    out = b.Dataset("company", seed=11, now=at(2025, 6, 1))
    level = out.enum("Level", ["junior", "mid", "senior", "lead"])
    departments = out.table("departments", 4)
    departments.column("id", "int", key=True, value=b.fn.sequence(start=1))
    departments.column(
        "name", "string", unique=True, value=b.choice("engineering", "sales", "finance", "people")
    )
    departments.column("budget", "decimal(14, 2)", value=b.fn.sum(b.expr("employees.salary")))

    people = out.table("employees", 1_200)
    people.column("id", "int", key=True, value=b.fn.sequence(start=1))
    people.column("name", "string", value=b.fn.full_name())
    department = people.reference("department_id", departments)
    rank, years = people.group(
        {"level": level, "years": "int"},
        value=b.choice(
            b.Arm((level["junior"], b.between(0, 2)), 35),
            b.Arm((level["mid"], b.between(2, 6)), 35),
            b.Arm((level["senior"], b.between(5, 15)), 22),
            b.Arm((level["lead"], b.between(8, 30)), 8),
        ),
    )
    people.column(
        "role",
        "string",
        value=b.match(
            (department["name"], rank),
            (("engineering", level["lead"]), "engineering manager"),
            (("engineering", b.anything), b.choice({"software engineer": 70, "data engineer": None})),
            (("sales", level["lead"]), "sales director"),
            (("sales", b.anything), b.choice("account manager", "sales representative")),
            (("finance", b.anything), b.choice({"accountant": 60, "controller": None})),
            otherwise=b.choice("recruiter", "people partner"),
        ),
    )
    pay = {
        "junior": (48_000, 5_000),
        "mid": (68_000, 8_000),
        "senior": (95_000, 12_000),
        "lead": (130_000, 20_000),
    }
    people.column(
        "salary",
        "decimal(10, 2)",
        within=(25_000, 400_000),
        value=b.match(
            rank, *((level[name], b.fn.normal(mean=mean, sd=sd)) for name, (mean, sd) in pay.items())
        ),
    )
    manager = people.reference("manager_id", people, null=5)
    hired = dt.date(2025, 5, 31) - years * b.lit(365 * DAY) - b.between(b.expr("0d"), 364 * DAY)
    people.column("hired_on", "date", within=(None, dt.date(2025, 5, 31)), value=hired)
    people.column("reports", "int", value=b.fn.count(people))
    people.column("depth", "int", value=b.when(manager.is_null(), 0, manager["depth"] + 1))
    people.check("adult_career", years <= 30)

    trainings = out.table("trainings", 12, doc="Every department runs every training once a year.")
    trainings.column("code", "string", key=True, value=b.pattern("[A-Z]{2}-[0-9]{3}"))
    trainings.column("hours", "int", value=b.choice(4, 8, 16))

    sessions = out.table("sessions", over=b.over("year", 2022, 2025))
    sessions.reference("department_id", departments, each=True)
    sessions.reference("training_code", trainings, each=True)
    held = b.fn.make_date(sessions["year"], 1, 1) + b.between(b.expr("0d"), 364 * DAY)
    sessions.column("held_on", "date", value=held)
    sessions.column("seats", "int", value=b.between(8, 24))
    sessions.key("department_id", "training_code", "year")
    return out


def star() -> b.Dataset:
    out = b.Dataset("star", seed=5, now=at(2025, 1, 1))
    money = out.type("Money", "decimal(12, 2)")
    calendar = out.table("calendar", over=b.over("day", dt.date(2024, 1, 1), dt.date(2024, 12, 31), by=DAY))
    day = calendar.column("day", "date", key=True)
    for part in ("year", "month", "week", "weekday"):
        calendar.column(part, "int", value=b.call(part, day))
    calendar.column("weekend", "bool", value=calendar["weekday"] >= 6)
    calendar.column("quarter", "string", value=b.f("Q{}", b.fn.quarter(day)))

    stores = out.table("stores", 12)
    stores.column("id", "int", key=True, value=b.fn.sequence(start=1))
    stores.column("city", "string", value=b.fn.city())
    stores.column("region", "string", value=b.exact({"north": 50, "south": 25, "west": 25}))
    stores.column("opened", "date", value=b.between(dt.date(2010, 1, 1), dt.date(2023, 12, 31)))

    products = out.table("products", 80)
    products.column("sku", "string", key=True, value=b.pattern("[A-Z]{2}[0-9]{4}"))
    products.column("category", "string", value=b.choice({"food": 50, "drinks": 30, "household": None}))
    products.column("price", money, within=(0.5, 200), value=b.fn.lognormal(mean=1.5, sigma=0.9))

    takings = out.table("takings", doc="Takings of every store on every day.")
    on = takings.reference("day", calendar, each=True)
    takings.reference("store_id", stores, each=True)
    number = b.when(on["weekend"], b.fn.poisson(140), b.fn.poisson(90))
    customers = takings.column("customers", "int", value=number)
    takings.column("amount", money, value=customers * b.between(5, 25))
    takings.key("day", "store_id")

    sales = out.table("sales", doc="The takings, shared out among one to six products.")
    taken = sales.reference(("day", "store_id"), takings, each=(1, 6))
    sales.reference("product_sku", products, skew=b.fn.zipf(1.2))
    sales.column("line", "int", value=1 + b.fn.index_in(taken))
    weight = sales.column("weight", "int", hidden=True, value=b.between(1, 10))
    sales.column("amount", money, value=b.fn.split(taken["amount"], by=weight))
    sales.key("day", "store_id", "line")

    out.query(
        "by_month",
        """
  select c.year, c.month, s.region, sum(t.amount) as amount, count(*) as store_days
  from takings t
  join calendar c on c.day = t.day
  join stores s on s.id = t.store_id
  group by all
  order by all
""",
    )
    return out


def university() -> b.Dataset:
    out = b.Dataset("university", seed=3, now=at(2025, 7, 1))
    faculties = out.table(
        "faculties",
        over=b.over("id", 1, 6),
        doc="There are six of them, however large or small the rest is made.",
    )
    names = b.match(
        faculties["id"],
        (1, "Arts"),
        (2, "Business"),
        (3, "Engineering"),
        (4, "Law"),
        (5, "Medicine"),
        otherwise="Science",
    )
    faculties.column("name", "string", value=names)
    faculties.key("id")

    students = out.table("students", 2_000)
    students.column("id", "int", key=True, value=b.fn.sequence(start=10_000))
    students.column("name", "string", value=b.fn.full_name())
    students.reference("faculty_id", faculties)
    matric = b.f("M{}-{:05d}", b.between(2018, 2024), b.fn.permutation())
    students.column("matric", "string", unique=True, value=matric)
    students.column("enrolled", "date", value=b.between(dt.date(2018, 9, 1), dt.date(2024, 9, 30)))
    passed = b.fn.sum(b.expr("enrolments.credits"), where=b.candidate["passed"])
    students.column("credits", "int", value=passed)

    courses = out.table("courses")
    code = b.f("{}-{}", b.pattern("[A-Z]{3}"), b.between(100, 499))
    courses.column("code", "string", key=True, value=code)
    courses.reference("faculty_id", faculties, each=40)
    courses.column("title", "string", value=b.fn.title(b.fn.words(b.between(2, 5))))
    courses.column("credits", "int", value=b.choice({3: 20, 6: 60, 9: 20}))

    enrolments = out.table("enrolments")
    student = enrolments.reference("student_id", students, each=(3, 10))
    course = enrolments.reference(
        "course_code",
        courses,
        where=b.candidate["faculty_id"] == student["faculty_id"],
        distinct_per="student_id",
    )
    enrolments.column("year", "int", value=b.fn.year(student["enrolled"]) + b.between(0, 3))
    attended = enrolments.column("attended", "int", within=(0, 100), value=b.fn.normal(mean=78, sd=18))
    grade = enrolments.column(
        "grade",
        "float?",
        within=(1.0, 10.0),
        null=b.null_when(attended < 40, 60, 3),
        value=b.fn.normal(mean=6.8, sd=1.6),
    )
    enrolments.column("passed", "bool", value=grade.is_not_null() & (grade >= 5.5))
    enrolments.column("credits", "int", value=course["credits"])
    enrolments.key("student_id", "course_code")

    lecturers = out.table("lecturers", 150, doc="Everyone who teaches holds at most one office.")
    lecturers.column("id", "int", key=True, value=b.fn.sequence(start=1))
    lecturers.column("name", "string", value=b.fn.full_name())
    lecturers.reference("faculty_id", faculties)
    offices = out.table("offices", 150)
    offices.reference("lecturer_id", lecturers, key=True)
    offices.column("building", "string", value=b.choice("A", "B", "C"))
    offices.column("room", "int", value=b.between(1, 400))
    return out


RESAID = {
    "shop": shop,
    "bank": bank,
    "blog": blog,
    "employees": employees,
    "star": star,
    "university": university,
}
