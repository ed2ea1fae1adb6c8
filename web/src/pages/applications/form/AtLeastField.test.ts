import { expect, it } from "vitest";
import { readAtLeast } from "./AtLeastField";

it("reads bounds from below and leaves everything else as text", () => {
  expect(readAtLeast(">= 4 GiB", ["MiB", "GiB"])).toEqual({ number: "4", unit: "GiB" });
  expect(readAtLeast("512 MiB", ["MiB", "GiB"])).toEqual({ number: "512", unit: "MiB" });
  expect(readAtLeast(2, [])).toEqual({ number: "2", unit: "" });
  expect(readAtLeast(undefined, ["GiB"])).toEqual({ number: "", unit: "GiB" });
  for (const other of ["<= 4 GiB", "2 GiB..8 GiB", "4 PiB", "any"]) expect(readAtLeast(other, ["GiB"])).toBeUndefined();
});
