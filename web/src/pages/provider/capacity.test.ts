import { describe, expect, it } from "vitest";
import { roomsOf, taken } from "./capacity";

const gib = 2 ** 30;
const capability = (site: string, capacity: Record<string, number>) => ({
  site,
  kind: "compute.instance" as const,
  driver: "simulated",
  actions: [],
  capacity,
});
const service = (siteName: string, state: "active" | "provisioning" | "stopped" | "terminated") => ({
  site: `sit_${siteName}`,
  siteName,
  kind: "compute.instance" as const,
  state,
  properties: { cpu: "2", memory: "4 GiB", disk: "40 GiB" },
});

describe("the capacity of a site", () => {
  it("counts what services take in the units of reports", () => {
    const { properties } = service("a", "active");
    expect(taken({ properties }, "cpu")).toBe(2000);
    expect(taken({ properties }, "memory")).toBe(4 * gib);
    expect(taken({ properties }, "storage")).toBe(40 * gib);
    expect(taken({ properties: { cpu: 1 } }, "memory")).toBe(0);
    expect(taken({ properties: {} }, "instances")).toBe(1);
  });

  it("tells what is in use, what is set aside, and what is free", () => {
    const agent = {
      capabilities: [capability("a", { instances: 10, cpu: 16_000, memory: 64 * gib })],
      lastSeen: "2026-01-01T00:00:00Z",
      online: true,
    };
    const services = [service("a", "active"), service("a", "stopped"), service("a", "provisioning")];
    const elsewhere = [service("b", "active"), service("a", "terminated")];
    const [room] = roomsOf([agent], [...services, ...elsewhere]);
    expect(room).toMatchObject({ site: "a", stale: false, lastSeen: agent.lastSeen });
    expect(room?.uses).toEqual([
      { resource: "instances", total: 10, used: 2, reserved: 1, free: 7 },
      { resource: "cpu", total: 16_000, used: 4000, reserved: 2000, free: 10_000 },
      { resource: "memory", total: 64 * gib, used: 8 * gib, reserved: 4 * gib, free: 52 * gib },
    ]);
  });

  it("adds what several agents have, and is stale only when none of them is heard", () => {
    const agent = (online: boolean, lastSeen: string) => ({
      capabilities: [capability("a", { instances: 5 })],
      lastSeen,
      online,
    });
    const early = "2026-01-01T00:00:00Z";
    const late = "2026-01-02T00:00:00Z";
    expect(roomsOf([agent(false, late), agent(true, early)], [])).toMatchObject([
      { stale: false, lastSeen: late, uses: [{ total: 10 }] },
    ]);
    expect(roomsOf([agent(false, early)], [])).toMatchObject([{ stale: true }]);
    expect(roomsOf([{ ...agent(true, early), revokedAt: late }], [])).toEqual([]);
  });
});
