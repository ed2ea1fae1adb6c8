"""OR-tools CP-SAT with two workers, as many as Hansa's search has."""

import time

from ortools.sat.python import cp_model

import instance


def solve(problem, limit):
    model = cp_model.CpModel()
    variables = {}

    def variable(key):
        if key not in variables:
            variables[key] = model.new_bool_var(str(key))
        return variables[key]

    rows = problem.rows()
    for terms, least, most in rows:
        total = sum(factor * variable(key) for factor, key in terms)
        if least is not None and least == most:
            model.add(total == least)
            continue
        if least is not None:
            model.add(total >= least)
        if most is not None:
            model.add(total <= most)
    model.minimize(sum(factor * variable(key) for factor, key in rows[-1][0]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.max_time_in_seconds = limit
    start = time.perf_counter()
    status = solver.solve(model)
    seconds = time.perf_counter() - start
    names = {cp_model.OPTIMAL: "optimal", cp_model.FEASIBLE: "feasible", cp_model.INFEASIBLE: "infeasible"}
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return names.get(status, "unknown"), solver.objective_value if found else None, seconds


instance.main(solve)
