#!/usr/bin/env python3
"""Makes this folder's files from the collected sources: derive.py FOLDER (see ../README.md)."""
import collections
import csv
import io
import lzma
import pathlib
import shutil
import sys

source = pathlib.Path(sys.argv[1])
target = pathlib.Path(__file__).parent


def rows(name):
    path = source / name
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt") as file:
        return list(csv.DictReader(file))


def write(name, header, lines):
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(header)
    table.writerows(lines)
    data = text.getvalue().encode()
    packed = lzma.compress(data, preset=9 | lzma.PRESET_EXTREME) if name.endswith(".xz") else data
    (target / name).write_bytes(packed)


def zone_names():
    """One account's names where they are known; elsewhere the name of the zone that offers the same
    types, and where two do, names and IDs in alphabetical order."""
    by_name = collections.defaultdict(set)
    by_id = collections.defaultdict(set)
    for row in rows("catalog/moto_offerings_by_az-name.csv.xz"):
        by_name[row["az_name"]].add(row["instance_type"])
    for row in rows("catalog/moto_offerings_by_az-id.csv.xz"):
        by_id[row["az_id"]].add(row["instance_type"])
    names = {row["az_id"]: row["az_name"] for row in rows("catalog/az_name_to_id.csv")}
    names = {zone: name for zone, name in names.items() if zone in by_id}
    taken = set(names.values())
    for zone in sorted(by_id):
        if zone not in names:
            alike = (name for name in sorted(by_name) if by_name[name] == by_id[zone])
            names[zone] = next(name for name in alike if name not in taken)
            taken.add(names[zone])
    return names


names = zone_names()
assert len(set(names.values())) == len(names)
write("zones.csv", ["region", "zone_id", "zone_name"],
      sorted([name[:-1], zone, name] for zone, name in names.items()))
write("on_demand_2026-03-15.csv.xz", ["instance_type", "region", "price_usd_hour"],
      sorted([row["instance_type"], row["region"], row["price_usd_hour"]]
             for row in rows("catalog/ondemand_allregions_2026-03-15_varadmore.csv.xz")))
for old, new in [("catalog/moto_instance_types_2026-08-02.json.xz", "instance_types_2026-08-02.json.xz"),
                 ("catalog/moto_offerings_by_az-id.csv.xz", "offerings_by_zone_id.csv.xz"),
                 ("advisor/spot-advisor-data_2025-06-28.json.xz", "spot_advisor_2025-06-28.json.xz")]:
    shutil.copyfile(source / old, target / new)
