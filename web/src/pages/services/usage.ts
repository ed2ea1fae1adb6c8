import type { Schema } from "../../api/types";
import type { Formatter } from "../../lib/format";

/** A metered quantity as people read it. */
export function quantityText(
  meter: Schema<"Meter">,
  quantity: number,
  format: Pick<Formatter, "duration" | "bytes" | "number">,
): string {
  switch (meter) {
    case "time.allocated":
    case "time.running":
      return format.duration(quantity);
    case "cpu.time":
      return `${format.number(quantity / 1000, 1)} s`;
    case "network.egress":
    case "network.ingress":
      return format.bytes(quantity);
    case "storage.used":
      return `${format.bytes(quantity)} · s`;
  }
}
