"""HiGHS with two threads, as many as Hansa's search has."""

import time

import highspy
import numpy

import instance


def solve(problem, limit):
    numbers = {}
    rows = problem.rows()
    for terms, _, _ in rows:
        for _, key in terms:
            numbers.setdefault(key, len(numbers))
    model = highspy.HighsLp()
    infinite = highspy.kHighsInf
    model.num_col_ = len(numbers)
    model.num_row_ = len(rows)
    costs = numpy.zeros(len(numbers))
    for factor, key in rows[-1][0]:
        # Units of money: micro units would be beyond what doubles bear well.
        costs[numbers[key]] += factor / 1e6
    model.col_cost_ = costs
    model.col_lower_ = numpy.zeros(len(numbers))
    model.col_upper_ = numpy.ones(len(numbers))
    whole = [highspy.HighsVarType.kContinuous if key[0] == "z" else highspy.HighsVarType.kInteger for key in numbers]
    model.integrality_ = whole
    scales = [1.0] * (len(rows) - 1) + [1e6]
    model.row_lower_ = numpy.array([-infinite if row[1] is None else row[1] / scale for row, scale in zip(rows, scales)])
    model.row_upper_ = numpy.array([infinite if row[2] is None else row[2] / scale for row, scale in zip(rows, scales)])
    starts, indices, values = [0], [], []
    for (terms, _, _), scale in zip(rows, scales):
        for factor, key in terms:
            indices.append(numbers[key])
            values.append(factor / scale)
        starts.append(len(indices))
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = numpy.array(starts)
    model.a_matrix_.index_ = numpy.array(indices)
    model.a_matrix_.value_ = numpy.array(values)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 2)
    solver.setOptionValue("time_limit", limit)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 1e-4)
    solver.passModel(model)
    start = time.perf_counter()
    solver.run()
    seconds = time.perf_counter() - start
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return "infeasible", None, seconds
    if status == highspy.HighsModelStatus.kOptimal:
        return "optimal", solver.getInfo().objective_function_value * 1e6, seconds
    return "unknown", None, seconds


instance.main(solve)
