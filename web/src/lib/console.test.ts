import { expect, test } from "vitest";
import { endOf, readable } from "./console";

test("what only a terminal understands is left out of a log, and nothing else is", () => {
  expect(readable("\u001b[1;32mready\u001b[0m\r\nä\tb\u0007\n")).toBe("ready\nä\tb\n");
  expect(readable("\u001b]0;title\u0007$ ls\n")).toBe("$ ls\n");
});

test("every end of a terminal has its reason", () => {
  expect([1000, 4403, 4408, 4413, 4409, 4503, 1006, 4500].map(endOf)).toEqual([
    "ended",
    "forbidden",
    "timedOut",
    "timedOut",
    "refused",
    "agentAway",
    "broken",
    "broken",
  ]);
});
