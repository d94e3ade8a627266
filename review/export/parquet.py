"""Gold labels as Parquet: typed columns, written group by group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from review.export.rows import COLUMNS, Kind, Row, batches
from review.filters import Selection

if TYPE_CHECKING:
    import pyarrow as pa

GROUP_ROWS = 10_000  # a row group has at least, but for the last


def parquet_file(selection: Selection) -> Iterator[bytes]:
    """The file's bytes as they are written; memory is that of one row group."""
    sink = _Sink()
    with writer(sink) as write:
        held: list[Row] = []
        for batch in batches(selection):
            held += batch
            if len(held) >= GROUP_ROWS:
                write.write_table(table(held))
                held = []
                yield sink.taken()
        if held:
            write.write_table(table(held))
    yield sink.taken()


def writer(where: Any) -> Any:
    """A writer of such tables to a path or a file; closing it ends the file."""
    import pyarrow.parquet as pq  # here, so that only exports pay for it

    return pq.ParquetWriter(where, schema(), compression="zstd")


def schema() -> pa.Schema:
    """The columns with their types; any value may be missing."""
    import pyarrow as pa

    types: dict[Kind, pa.DataType] = {
        "int": pa.int64(),
        "float": pa.float64(),
        "text": pa.string(),
        "time": pa.timestamp("us", tz="UTC"),
        "ints": pa.list_(pa.int64()),
        "texts": pa.list_(pa.string()),
    }
    return pa.schema([(name, types[kind]) for name, kind in COLUMNS.items()])


def table(rows: Iterable[Row]) -> pa.Table:
    """Rows as a table of that schema."""
    import pyarrow as pa

    return pa.Table.from_pylist([row.values for row in rows], schema=schema())


class _Sink:
    """A file that keeps what was written since it was last asked."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._length = 0

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        self._length += len(part)
        return len(part)

    def tell(self) -> int:
        return self._length

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        whole = b"".join(self._parts)
        self._parts = []
        return whole
