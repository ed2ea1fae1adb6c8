// What one types on the machine of a new agent. Everything it keeps is in the directory where this is typed.
import { stringify } from "yaml";
import type { Schema } from "../../api/types";
import { commandLine } from "../../lib/snippets";

const state = "hansa-agent";
const file = "agent.yaml";

type Sold = Pick<Schema<"Offer">, "siteName" | "kind">;

/** Makes the agent's key and shows it to the exchange. */
export function enrolCommand(exchange: string, token: string): string {
  return commandLine(["hansa", "agent", "enrol", "--exchange", exchange, "--token", token, "--state", state]);
}

/**
 * Writes a configuration to begin with: a simulated back end for what is sold at each site, and for machines where
 * nothing is sold yet.
 */
export function configureCommand(exchange: string, sites: readonly string[], sold: readonly Sold[]): string {
  const drivers = sites.flatMap((site) => {
    const kinds = new Set(sold.filter(({ siteName }) => siteName === site).map(({ kind }) => kind));
    const delivered: Sold["kind"][] = kinds.size > 0 ? [...kinds] : ["compute.instance"];
    return delivered.map((kind) => ({ site, type: "simulated", kind }));
  });
  return `cat >${file} <<'END'\n${stringify({ exchange, state, drivers })}END`;
}

/** Starts the agent. */
export const runCommand = commandLine(["hansa", "agent", "run", "--config", file]);
