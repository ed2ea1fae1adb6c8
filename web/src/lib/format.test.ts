import { describe, expect, it } from "vitest";
import { formatter } from "./format";

const english = formatter("en-GB");
const german = formatter("de-DE");
/** Languages put spaces of several kinds between a number and its unit. */
const plain = (text: string) => text.replace(/\s/g, " ");

describe("format", () => {
  it("shows money by locale and to the cent", () => {
    expect(plain(english.money({ amount: "1234.5", currency: "EUR" }))).toBe("€1,234.50");
    expect(plain(german.money({ amount: "1234.5", currency: "EUR" }))).toBe("1.234,50 €");
  });

  it("never takes an amount through a floating-point number", () => {
    expect(plain(english.money({ amount: "9007199254740993.01", currency: "EUR" }))).toBe("€9,007,199,254,740,993.01");
    expect(plain(english.money({ amount: "0.1000001".slice(0, 8), currency: "EUR" }, true))).toBe("€0.10");
  });

  it("shows what cents would hide", () => {
    expect(plain(english.money({ amount: "0.0044", currency: "EUR" }))).toBe("€0.0044");
    expect(plain(english.money({ amount: "20.256", currency: "EUR" }))).toBe("€20.26");
    expect(plain(english.money({ amount: "20.256", currency: "EUR" }, true))).toBe("€20.256");
  });

  it("tells distances in time in the largest unit that says something", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    expect(english.relative("2026-11-22T11:59:30Z", now)).toBe("30 seconds ago");
    expect(english.relative("2026-11-22T13:00:00Z", now)).toBe("in 1 hour");
    expect(german.relative("2026-11-19T12:00:00Z", now)).toBe("vor 3 Tagen");
  });

  it("tells durations in their two largest units", () => {
    expect(plain(english.duration(0))).toBe("0 secs");
    expect(plain(english.duration(3661))).toBe("1 hr 1 min");
    expect(plain(english.duration(90_000))).toBe("1 day 1 hr");
  });

  it("tells sizes in twos", () => {
    expect(english.bytes(0)).toBe("0 B");
    expect(english.bytes(1536)).toBe("1.5 KiB");
    expect(german.bytes(1536)).toBe("1,5 KiB");
    expect(english.bytes(5 * 2 ** 30)).toBe("5 GiB");
  });

  it("tells what was measured in the unit that is priced", () => {
    const sent = (priced: string) => ({ meter: "network.egress" as const, quantity: 0, priced, unit: "GB" as const });
    expect(plain(english.measured(sent("12.4")))).toBe("12.4 GB");
    expect(plain(german.measured(sent("1234.5678")))).toBe("1.234,568 GB");
    expect(plain(english.measured(sent("0.000000001")))).toBe("0.000000001 GB");
    expect(plain(english.measured({ ...sent("720"), unit: "h" }))).toBe("720 hrs");
    expect(plain(german.measured({ ...sent("1.5"), unit: "GB*s" }))).toBe("1,5 GB·s");
  });

  it("names countries in the reader's language", () => {
    expect(english.country("NL")).toBe("Netherlands");
    expect(german.country("NL")).toBe("Niederlande");
  });
});
