"""Writes the Parquet files beside this one: python make_parquet.py, with pyarrow (26 was used) and pandas not needed."""

import datetime as dt
import decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

HERE = Path(__file__).parent

# Every kind of value that a column of a table can hold, with a gap in each column, and two that it cannot.
when = [dt.datetime(2015, 7, 31, 13, 45, 10, 250000), None, dt.datetime(1969, 12, 31, 23, 59, 59, 500000), dt.datetime(2024, 2, 29)]
kinds = pa.table(
    {
        "int32": pa.array([1, None, -3, 4], pa.int32()),
        "int64": pa.array([1, None, 9007199254740991, -4], pa.int64()),
        "beyond": pa.array([9007199254740993, None, 1, 2], pa.int64()),
        "unsigned": pa.array([4294967295, None, 0, 1], pa.uint32()),
        "float": pa.array([0.5, None, float("nan"), -2.0], pa.float32()),
        "double": pa.array([0.1, None, 1e300, 3.0], pa.float64()),
        "half": pa.array([0.5, None, 1.5, 65504.0], pa.float32()).cast(pa.float16()),
        "decimal": pa.array([decimal.Decimal("0.07"), None, decimal.Decimal("-1234567.89"), decimal.Decimal("4.35")], pa.decimal128(12, 2)),
        "boolean": pa.array([True, None, False, True]),
        "text": pa.array(["a", None, "ü", ""], pa.string()),
        "dictionary": pa.array(["x", None, "y", "x"]).dictionary_encode(),
        "iso": pa.array(["2015-07-31", None, "2015-08-01", "2015-07-31"]),
        "day": pa.array([dt.date(2015, 7, 31), None, dt.date(1969, 12, 31), dt.date(2024, 2, 29)], pa.date32()),
        "millis": pa.array(when, pa.timestamp("ms")),
        "micros": pa.array(when, pa.timestamp("us")),
        "nanos": pa.array(when, pa.timestamp("ns")),
        "zoned": pa.array(when, pa.timestamp("us", tz="Europe/Berlin")),
        "empty": pa.nulls(4, pa.float64()),
        "list": pa.array([[1, 2], None, [], [3]], pa.list_(pa.int32())),
        "struct": pa.array([{"a": 1}, None, {"a": 2}, {"a": 3}]),
    }
)
pq.write_table(kinds, HERE / "kinds.parquet", row_group_size=3, compression="zstd")

# Hive and old Spark wrote times as INT96.
int96 = pa.table({"when": pa.array(when, pa.timestamp("ns")), "value": pa.array([1.5, 2.5, None, 4.5])})
pq.write_table(int96, HERE / "int96.parquet", use_deprecated_int96_timestamps=True, compression="gzip")

# The same rows as shops.csv.
types = {"Date": pa.date32(), "Promo": pa.int8(), "SchoolHoliday": pa.int8()}
options = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True)
shops = pyarrow.csv.read_csv(HERE / "shops.csv", convert_options=options)
pq.write_table(shops, HERE / "shops.parquet", compression="snappy")
