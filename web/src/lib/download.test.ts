import { describe, expect, it } from "vitest";
import { csv } from "./download";

describe("csv", () => {
  it("quotes what would break a row", () => {
    expect(csv([["a,b", 'say "x"', "two\nlines", 3]])).toBe('"a,b","say ""x""","two\nlines",3\r\n');
  });

  it("gives spreadsheets no formula", () => {
    expect(csv([["=1+1", "@x", "-0.5"]])).toBe("'=1+1,'@x,-0.5\r\n");
  });
});
