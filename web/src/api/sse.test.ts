import { describe, expect, it } from "vitest";
import { EventParser } from "./sse";

const stream =
  "id: 42\n: listening\n\n" +
  ": still here\n\n" +
  'id: 43\nevent: order.submitted\ndata: {"kind":"order.submitted"}\n\n' +
  "id: 44\r\ndata: one\r\ndata: two\r\n\r\n" +
  "data:no space\n\n";

const events = [
  { id: "42", data: undefined },
  { id: "43", data: '{"kind":"order.submitted"}' },
  { id: "44", data: "one\ntwo" },
  { id: undefined, data: "no space" },
];

describe("server-sent events", () => {
  it("are read the same wherever the network cuts the stream", () => {
    for (let first = 0; first <= stream.length; first += 1) {
      for (const second of [first, first + 1, first + 7]) {
        const parser = new EventParser();
        const pieces = [stream.slice(0, first), stream.slice(first, second), stream.slice(second)];
        expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(events);
      }
    }
  });

  it("are not told before they are complete", () => {
    expect(new EventParser().push("id: 1\ndata: half")).toEqual([]);
  });
});
