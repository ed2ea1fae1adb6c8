const browsers: readonly [RegExp, string][] = [
  [/\bEdg\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bFirefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const systems: readonly [RegExp, string][] = [
  [/\bAndroid\b/, "Android"],
  [/\b(iPhone|iPad)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

/** What people call a browser, out of what it calls itself; that itself where it is none of the known ones. */
export function browserName(agent: string | null | undefined): string | undefined {
  if (!agent) return undefined;
  const find = (known: readonly [RegExp, string][]) => known.find(([sign]) => sign.test(agent))?.[1];
  const browser = find(browsers);
  const system = find(systems);
  if (!browser) return agent.slice(0, 40);
  return system ? `${browser} · ${system}` : browser;
}
