"""How dates stand on the pages in Romanian; the short form is the one with seconds, for moments that name a row."""

DATE_FORMAT = "d.m.Y"
DATETIME_FORMAT = "d.m.Y H:i"
SHORT_DATETIME_FORMAT = "d.m.Y H:i:s"
MONTH_DAY_FORMAT = "d.m"
