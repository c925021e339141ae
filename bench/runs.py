"""Reads the runs of the bench: the values of a row and a client, the clients of a row, and a value as text."""

# SPDX-License-Identifier: MIT

import plan


def number(value):
    """Three significant digits, thousands apart."""
    if value >= 100:
        digits = len(str(int(value))) - 3
        return "{:,}".format(int(round(value, -digits))).replace(",", " ")
    return "%.3g" % value


def select(runs, mode, row, client, key="value"):
    return [run[key] for run in runs if run["mode"] == mode and run["row"] == row and run["client"] == client]


def clients_of(runs, mode, rows):
    found = []
    for run in runs:
        if run["mode"] == mode and run["row"] in rows and run["client"] not in found:
            found.append(run["client"])
    order = {client.name: place for place, client in enumerate(plan.clients(""))}
    return sorted(found, key=order.get)
