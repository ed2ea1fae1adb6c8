"""SkyPilot's own optimizer on our candidates.

`sky.optimizer.Optimizer._optimize_by_ilp` (and `_optimize_by_dp` for chains) is called as the package has it: the same
variables, the same constraints, the same solver (PuLP with CBC). Its cost estimates come from cloud catalogues, so
two things are put in their place: the map of each task's costs, and the price of traffic between two candidates.
It knows nothing of round trips, budgets, providers or capacity, so it is asked for instances without those only.
"""

import pathlib
import sys
import time

# This file has the package's name.
sys.path = [path for path in sys.path if pathlib.Path(path or ".").resolve() != pathlib.Path(__file__).resolve().parent]
import networkx
from sky import optimizer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import instance


class Task:
    def __init__(self, number):
        self.number = number
        self.name = f"c{number}"
        self.best_resources = None


class Candidate:
    def __init__(self, component, number):
        self.component = component
        self.number = number


def solve(problem, _limit):
    if not problem.is_core():
        return "unsupported", None, 0.0
    traffic = problem.traffic()

    def egress(_minimize_cost, parent, parent_resources, node, resources):
        source, target = parent_resources, resources
        if problem.sites[parent.number][source.number] == problem.sites[node.number][target.number]:
            return 0.0
        rate = problem.egress[parent.number][source.number]
        return rate * traffic[parent.number, node.number] / 1e6

    optimizer.Optimizer._egress_cost_or_time = staticmethod(egress)
    tasks = [Task(number) for number in range(len(problem.components))]
    costs = {
        task: {Candidate(task, a): price / 1e6 for a, price in enumerate(problem.prices[task.number])}
        for task in tasks
    }
    graph = networkx.DiGraph()
    graph.add_nodes_from(tasks)
    graph.add_edges_from((tasks[src], tasks[dst]) for src, dst in traffic)
    start = time.perf_counter()
    _, objective = optimizer.Optimizer._optimize_by_ilp(graph, tasks, costs, True)
    seconds = time.perf_counter() - start
    return "optimal", objective * 1e6, seconds


instance.main(solve)
