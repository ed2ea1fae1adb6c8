"""Reads instances for the peers and prints their answers: the one thing they share."""

import json
import sys
import time


class Instance:
    """An instance in whole micro units of money."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        self.components = document["components"]
        self.edges = document["edges"]
        self.budget = document.get("budget")
        self.max_providers = document.get("max_providers")
        self.anti = document.get("anti") or []
        self.same_site = document.get("same_site") or []
        self.same_provider = document.get("same_provider") or []
        self.capacity = document.get("capacity") or []
        self.sites = [[(o["provider"], o["region"]) for o in c["cands"]] for c in self.components]
        self.prices = [[micros(o["price"]) * c["count"] for o in c["cands"]] for c in self.components]
        self.egress = [[micros(o["egress"]) for o in c["cands"]] for c in self.components]

    def providers(self):
        return sorted({site[0] for sites in self.sites for site in sites})

    def traffic(self):
        """GB by pair of source and destination."""
        volumes = {}
        for edge in self.edges:
            key = (edge["src"], edge["dst"])
            volumes[key] = volumes.get(key, 0) + edge["gb"]
        return volumes

    def is_core(self):
        """Whether there is nothing but prices and traffic."""
        bounded = any(edge.get("max_rtt") is not None for edge in self.edges)
        joint = self.budget is not None or self.max_providers is not None
        return not (bounded or joint or self.anti or self.same_site or self.same_provider or self.capacity)

    def rows(self):
        """The conditions as linear rows `(terms, least, most)` over variables.

        Variables are ("x", component, candidate) and ("u", provider), whole numbers from 0 to 1, and
        ("z", source, destination, candidate), what is remote. The last row is the cost without bounds.
        """
        rows = []
        for i, sites in enumerate(self.sites):
            rows.append(([(1, ("x", i, a)) for a in range(len(sites))], 1, 1))
        cost = [(price, ("x", i, a)) for i, prices in enumerate(self.prices) for a, price in enumerate(prices)]
        for (src, dst), gb in self.traffic().items():
            for a, site in enumerate(self.sites[src]):
                rate = self.egress[src][a] * gb
                if rate:
                    same = [(1, ("x", dst, b)) for b, other in enumerate(self.sites[dst]) if other == site]
                    z = ("z", src, dst, a)
                    rows.append(([(1, z), (-1, ("x", src, a))] + same, 0, None))
                    cost.append((rate, z))
        for edge in self.edges:
            if edge.get("max_rtt") is not None:
                rows.extend(self.near(edge))
        for one, other in self.anti:
            rows.extend(self.apart(one, other))
        for pairs, part in ((self.same_site, slice(0, 2)), (self.same_provider, slice(0, 1))):
            for one, other in pairs:
                rows.extend(self.together(one, other, part))
        if self.max_providers is not None:
            rows.extend(self.few_providers())
        for capacity in self.capacity:
            site = (capacity["provider"], capacity["region"])
            terms = [
                (c["count"], ("x", i, a))
                for i, c in enumerate(self.components)
                for a, own in enumerate(self.sites[i])
                if own == site
            ]
            if terms:
                rows.append((terms, None, capacity["instances"]))
        rows.append((cost, None, None if self.budget is None else micros(self.budget)))
        return rows

    def near(self, edge):
        src, dst, rtt, most = edge["src"], edge["dst"], edge["rtt"], edge["max_rtt"]
        for a in range(len(self.sites[src])):
            fits = [(-1, ("x", dst, b)) for b in range(len(self.sites[dst])) if rtt[a][b] <= most]
            yield [(1, ("x", src, a))] + fits, None, 0
        for b in range(len(self.sites[dst])):
            fits = [(-1, ("x", src, a)) for a in range(len(self.sites[src])) if rtt[a][b] <= most]
            yield [(1, ("x", dst, b))] + fits, None, 0

    def at(self, component, part, key):
        return [("x", component, a) for a, site in enumerate(self.sites[component]) if site[part] == key]

    def apart(self, one, other):
        provider = slice(0, 1)
        for name in self.providers():
            both = self.at(one, provider, (name,)) + self.at(other, provider, (name,))
            yield [(1, x) for x in both], None, 1

    def together(self, one, other, part):
        for key in {site[part] for site in self.sites[one] + self.sites[other]}:
            terms = [(1, x) for x in self.at(one, part, key)] + [(-1, x) for x in self.at(other, part, key)]
            yield terms, 0, 0

    def few_providers(self):
        used = [(1, ("u", name)) for name in self.providers()]
        yield used, None, self.max_providers
        for i in range(len(self.sites)):
            for name in {site[0] for site in self.sites[i]}:
                terms = [(1, x) for x in self.at(i, slice(0, 1), (name,))]
                yield terms + [(-1, ("u", name))], None, 0


def micros(money):
    return round(money * 1_000_000)


def main(solve):
    """Runs `solve(instance, seconds)`, which returns status, objective in micros and seconds taken."""
    instance = Instance(sys.argv[1])
    limit = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    start = time.perf_counter()
    status, objective, seconds = solve(instance, limit)
    answer = {
        "status": status,
        "objective": None if objective is None else objective / 1e6,
        "seconds": seconds,
        "seconds_with_model": time.perf_counter() - start,
    }
    print(json.dumps(answer))
