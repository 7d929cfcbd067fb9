"""Words that the hand-written contenders draw from."""

_FIRST = (
    "james mary robert patricia john jennifer michael linda david elizabeth william barbara richard susan "
    "joseph jessica thomas sarah charles karen christopher lisa daniel nancy matthew betty anthony "
    "margaret mark sandra donald ashley steven kimberly paul emily andrew donna joshua michelle kenneth "
    "carol kevin amanda brian dorothy george melissa timothy deborah ronald stephanie edward rebecca "
    "jason sharon jeffrey laura ryan cynthia jacob kathleen gary amy "
)
_LAST = (
    "smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez "
    "wilson anderson thomas taylor moore jackson martin lee perez thompson white harris sanchez clark "
    "ramirez lewis robinson walker young allen king wright scott torres nguyen hill flores green adams "
    "nelson baker hall rivera campbell mitchell carter roberts gomez phillips evans turner diaz parker "
    "cruz edwards collins reyes stewart morris morales murphy "
)
FIRST = _FIRST.split()
LAST = _LAST.split()
STATUS = ("new", "paid", "shipped", "returned")
STATUS_SHARES = (0.50, 0.30, 0.15, 0.05)
COUNTRY = ("US", "DE", "BR")
CURRENCY = ("USD", "EUR", "BRL")
COUNTRY_SHARES = (0.5, 0.3, 0.2)
NOTES = ("call back", "gift", "fragile", "leave at the door")
SECOND = 1_000_000
YEAR_2024 = (1_704_067_200, 1_735_689_599)  # seconds, both included
YEARS_2020_2023 = (1_577_836_800, 1_704_067_199)
