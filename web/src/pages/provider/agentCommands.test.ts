import { expect, it } from "vitest";
import { agentSteps, type AgentPlan } from "./agentCommands";

const plan: AgentPlan = {
  exchange: "https://exchange.example",
  token: "hansa-enrol_1",
  backEnds: "real",
  directory: "/var/lib/hansa",
  sites: ["leiden-1"],
  sold: [],
};
const machine = { siteName: "leiden-1", kind: "compute.instance" } as const;
const database = { siteName: "leiden-1", kind: "database.postgresql", properties: { storage: "1 GiB" } } as const;

function commands(changes: Partial<AgentPlan>): string[] {
  return agentSteps({ ...plan, ...changes }).map(({ command }) => command);
}

it("sets real machines up where nothing is sold yet", () => {
  expect(commands({})).toEqual([
    "apt-get install --yes qemu-system-x86 qemu-utils mmdebstrap e2fsprogs",
    "hansa agent enrol --exchange https://exchange.example --token hansa-enrol_1 --state /var/lib/hansa/agent",
    "hansa image build debian-12 --images /var/lib/hansa/images",
    "hansa agent configure --exchange https://exchange.example --directory /var/lib/hansa --driver leiden-1=qemu",
    "hansa agent check --config /var/lib/hansa/agent.yaml",
    "hansa agent run --config /var/lib/hansa/agent.yaml",
  ]);
});

it("builds the images that are sold, each once, and leaves the provider's own to the provider", () => {
  const sold = [
    { ...machine, properties: { image: ["debian-12-micro", "our-windows"] } },
    { ...machine, properties: { image: "debian-12-micro" } },
    database,
  ];
  const steps = agentSteps({ ...plan, sold });
  expect(steps.filter(({ does }) => does === "image").map(({ command }) => command)).toEqual([
    "hansa image build debian-12-micro --images /var/lib/hansa/images",
  ]);
  expect(steps[0]?.command).toContain(" postgresql ");
  expect(steps.find(({ does }) => does === "configure")?.command).toMatch(
    / --driver leiden-1=qemu --driver leiden-1=postgres$/,
  );
});

it("takes neither machines nor images for databases", () => {
  const sold = [database, { ...database, kind: "database.mariadb" as const }];
  expect(agentSteps({ ...plan, sold }).map(({ does }) => does)).toEqual([
    "install",
    "enrol",
    "configure",
    "check",
    "run",
  ]);
  expect(commands({ sold })[0]).toBe("apt-get install --yes postgresql mariadb-server");
});

it("pretends what is sold at each site, without installing anything", () => {
  const sold = [database, { ...machine, properties: {} }];
  expect(commands({ backEnds: "simulated", directory: "my agent", sites: ["leiden-1", "leiden-2"], sold })).toEqual([
    "hansa agent enrol --exchange https://exchange.example --token hansa-enrol_1 --state 'my agent/agent'",
    "hansa agent configure --exchange https://exchange.example --directory 'my agent' --driver leiden-1=simulated:database.postgresql --driver leiden-1=simulated:compute.instance --driver leiden-2=simulated:compute.instance",
    "hansa agent run --config 'my agent/agent.yaml'",
  ]);
});
