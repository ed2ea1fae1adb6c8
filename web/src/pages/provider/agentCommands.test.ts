import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { configureCommand } from "./agentCommands";

it("writes a configuration with a back end for each kind that is sold at a site", () => {
  const directory = mkdtempSync(join(tmpdir(), "hansa-agent-commands-"));
  try {
    const sold = [
      { siteName: "leiden-1", kind: "database.postgresql" },
      { siteName: "leiden-1", kind: "compute.instance" },
      { siteName: "leiden-1", kind: "database.postgresql" },
    ] as const;
    const command = configureCommand("https://exchange.example", ["leiden-1", "leiden-2"], sold);
    execFileSync("sh", ["-c", command], { cwd: directory });
    const written: unknown = parse(readFileSync(join(directory, "agent.yaml"), "utf8"));
    expect(written).toEqual({
      exchange: "https://exchange.example",
      state: "hansa-agent",
      drivers: [
        { site: "leiden-1", type: "simulated", kind: "database.postgresql" },
        { site: "leiden-1", type: "simulated", kind: "compute.instance" },
        { site: "leiden-2", type: "simulated", kind: "compute.instance" },
      ],
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
});
