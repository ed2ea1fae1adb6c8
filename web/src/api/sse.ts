/** One server-sent event. One without data only says from which id on to ask again. */
export interface ServerEvent {
  id: string | undefined;
  data: string | undefined;
}

/** Cuts a stream of server-sent events into events, wherever the network cuts it. */
export class EventParser {
  #rest = "";

  /** The events that this piece completes. */
  push(piece: string): ServerEvent[] {
    // A carriage return at the very end may be the first half of a line break: it waits for the rest.
    const text = this.#rest + piece;
    const whole = text.endsWith("\r") ? text.slice(0, -1) : text;
    const blocks = whole.replaceAll("\r\n", "\n").split("\n\n");
    this.#rest = (blocks.pop() ?? "") + text.slice(whole.length);
    return blocks.map(read).filter((event) => event !== undefined);
  }
}

function read(block: string): ServerEvent | undefined {
  let id: string | undefined;
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "id") id = value;
    else if (name === "data") data.push(value);
  }
  if (data.length > 0) return { id, data: data.join("\n") };
  return id === undefined ? undefined : { id, data: undefined };
}
