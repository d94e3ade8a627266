"""How dates stand on the pages in English; the short form is the one with seconds, for moments that name a row."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y H:i"
SHORT_DATETIME_FORMAT = "j M Y H:i:s"
MONTH_DAY_FORMAT = "j M"
