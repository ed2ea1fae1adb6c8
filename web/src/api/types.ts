import type { components } from "./schema";

/** A type of the API by its name in the API document. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];
