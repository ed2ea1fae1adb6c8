// What one types on the machine of a new agent, one after the other.
import type { Schema } from "../../api/types";
import { commandLine } from "../../lib/snippets";

type Kind = Schema<"Offer">["kind"];
type Sold = Pick<Schema<"Offer">, "siteName" | "kind" | "properties">;

/** Whether services are real or only pretended. */
export type BackEnds = "real" | "simulated";

/** What the agent is set up for. */
export interface AgentPlan {
  exchange: string;
  /** The one-time token. */
  token: string;
  backEnds: BackEnds;
  /** Where all that it keeps will be. */
  directory: string;
  /** The names of the sites that it works at. */
  sites: readonly string[];
  /** What is sold there. */
  sold: readonly Sold[];
}

/** One command, and what it is for. */
export interface AgentStep {
  does: "install" | "enrol" | "image" | "configure" | "check" | "run";
  command: string;
}

/** Where an agent keeps everything unless somebody says otherwise. */
export const usualDirectory: Record<BackEnds, string> = { real: "/var/lib/hansa", simulated: "hansa-agent" };

/** What Hansa itself delivers a kind with: the driver, and the Debian packages that it takes. */
const delivery: Record<Kind, { driver: string; packages: readonly string[] }> = {
  "compute.instance": { driver: "qemu", packages: ["qemu-system-x86", "qemu-utils"] },
  "database.postgresql": { driver: "postgres", packages: ["postgresql"] },
  "database.mariadb": { driver: "mariadb", packages: ["mariadb-server"] },
};

/** The images that Hansa can build, with the Debian packages that building them takes. */
const recipes: Record<string, readonly string[]> = {
  "debian-12": ["mmdebstrap", "e2fsprogs"],
  "debian-12-micro": ["busybox-static", "dropbear-bin", "postgresql-client", "e2fsprogs"],
};

function step(does: AgentStep["does"], ...words: string[]): AgentStep {
  return { does, command: commandLine(words) };
}

/** The images that are sold and that Hansa can build; one to begin with where machines are not sold yet. */
function imagesToBuild(sold: readonly Sold[]): string[] {
  const machines = sold.filter(({ kind }) => kind === "compute.instance");
  if (machines.length === 0) return ["debian-12"];
  const named = new Set(machines.flatMap(({ properties }) => properties.image ?? []).map(String));
  return Object.keys(recipes).filter((image) => named.has(image));
}

/** The commands, for what is sold at each site, and for machines where nothing is sold yet. */
export function agentSteps({ exchange, token, backEnds, directory, sites, sold }: AgentPlan): AgentStep[] {
  const delivered = sites.flatMap((site) => {
    const kinds = new Set(sold.filter(({ siteName }) => siteName === site).map(({ kind }) => kind));
    return [...(kinds.size > 0 ? kinds : (["compute.instance"] as const))].map((kind) => ({ site, kind }));
  });
  const config = `${directory}/agent.yaml`;
  const enrol = step(
    "enrol",
    ...["hansa", "agent", "enrol", "--exchange", exchange, "--token", token, "--state", `${directory}/agent`],
  );
  const configure = (driver: (kind: Kind) => string) =>
    step(
      "configure",
      ...["hansa", "agent", "configure", "--exchange", exchange, "--directory", directory],
      ...delivered.flatMap(({ site, kind }) => ["--driver", `${site}=${driver(kind)}`]),
    );
  const run = step("run", "hansa", "agent", "run", "--config", config);
  if (backEnds === "simulated") return [enrol, configure((kind) => `simulated:${kind}`), run];

  const images = delivered.some(({ kind }) => kind === "compute.instance") ? imagesToBuild(sold) : [];
  const packages = new Set([
    ...delivered.flatMap(({ kind }) => delivery[kind].packages),
    ...images.flatMap((image) => recipes[image] ?? []),
  ]);
  return [
    step("install", "apt-get", "install", "--yes", ...packages),
    enrol,
    ...images.map((image) => step("image", "hansa", "image", "build", image, "--images", `${directory}/images`)),
    configure((kind) => delivery[kind].driver),
    step("check", "hansa", "agent", "check", "--config", config),
    run,
  ];
}
