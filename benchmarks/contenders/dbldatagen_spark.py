"""dbldatagen on a local Spark.

usage: dbldatagen_spark.py w1 ROWS OUT
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import dbldatagen as dg
from lists import FIRST, LAST, NOTES
from pyspark.sql import SparkSession

n, out = int(sys.argv[2]), Path(sys.argv[3])
os.environ["PYSPARK_PYTHON"] = sys.executable
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.ansi.enabled", "false")
    .config("spark.sql.parquet.compression.codec", "snappy")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
YEAR = {"begin": "2024-01-01 00:00:00", "end": "2024-12-31 23:59:59", "interval": "1 second"}
STATUS = {"values": ["new", "paid", "shipped", "returned"], "weights": [50, 30, 15, 5]}
BELL = {"minValue": 0, "maxValue": 200, "distribution": dg.distributions.Normal(100, 40)}
COUNTRY = "element_at(array('US', 'DE', 'BR'), place + 1)"
CURRENCY = "element_at(array('USD', 'EUR', 'BRL'), place + 1)"
EMAIL = "concat(first, '.', last, '.', id, '@example.com')"
(
    dg.DataGenerator(spark, name="events", rows=n, partitions=4, randomSeed=42)
    .withColumn("key", "string", expr="lpad(cast(id as string), 10, '0')")
    .withColumn("at", "timestamp", random=True, **YEAR)
    .withColumn("amount", "decimal(10,2)", random=True, **BELL)
    .withColumn("status", "string", random=True, **STATUS)
    .withColumn("place", "int", values=[0, 1, 2], weights=[50, 30, 20], random=True, omit=True)
    .withColumn("country", "string", expr=COUNTRY, baseColumn="place")
    .withColumn("currency", "string", expr=CURRENCY, baseColumn="place")
    .withColumn("first", "string", values=FIRST, random=True, omit=True)
    .withColumn("last", "string", values=LAST, random=True, omit=True)
    .withColumn("email", "string", expr=EMAIL, baseColumn=["first", "last"])
    .withColumn("flagged", "boolean", expr="rand() < 0.01")
    .withColumn("note", "string", values=list(NOTES), random=True, percentNulls=0.9)
    .withColumn("sku", "string", template=r"KKK-dddddd", random=True)
    .build()
    .write.mode("overwrite")
    .parquet(str(out / "events"))
)
# The process of Spark is waited for, so that its CPU time counts.
gateway = spark.sparkContext._gateway
spark.stop()
gateway.shutdown()
gateway.proc.stdin.close()
gateway.proc.wait()
