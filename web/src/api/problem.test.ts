import { describe, expect, it } from "vitest";
import { mayPass, Problem, problemFrom, sentence, Unreachable } from "./problem";

const body = {
  type: "/problems/no-capacity",
  title: "It can't be done",
  status: 422,
  detail: "there is no room",
  hint: "take fewer",
  requestId: "req_1",
};

describe("problems", () => {
  it("keep what the exchange told", () => {
    const problem = problemFrom(new Response(null, { status: 422 }), body);
    expect(problem).toBeInstanceOf(Problem);
    expect([problem.code, problem.status, problem.message]).toEqual(["no-capacity", 422, "there is no room"]);
  });

  it("are made of what is no problem document, with the number of the request", () => {
    const response = new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "x-request-id": "req_2" } });
    const problem = problemFrom(response, "<h1>Bad gateway</h1>");
    expect([problem.status, problem.body.requestId]).toEqual([502, "req_2"]);
  });

  it("may pass only where asking again can help", () => {
    expect(mayPass(new Unreachable(undefined))).toBe(true);
    expect(mayPass(new Problem({ ...body, status: 503 }))).toBe(true);
    expect(mayPass(new Problem(body))).toBe(false);
    expect(mayPass(new Error("a mistake of the console"))).toBe(false);
  });

  it("are told as sentences, with fields and names as they are", () => {
    expect(sentence("there is no room")).toBe("There is no room");
    for (const as of ["name: write it", "m.small is gone", "`web` is gone", "ord_1 waits"])
      expect(sentence(as)).toBe(as);
  });
});
