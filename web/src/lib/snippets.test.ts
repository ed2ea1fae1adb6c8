import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { commandLine, curl, quoted } from "./snippets";

/** What a real shell makes of words. */
function asShellReads(words: string): string[] {
  const output = execFileSync("sh", ["-c", `printf '%s\\0' ${words}`], { encoding: "utf8" });
  return output.split("\0").slice(0, -1);
}

describe("snippets", () => {
  it("quotes words so that a shell reads them as they are", () => {
    const words = ["plain", "two words", "it's", "$HOME", "`id`", "a\nb", '"', "\\", "*", "", "prj_01-x/y=z"];
    expect(asShellReads(words.map(quoted).join(" "))).toEqual(words);
    expect(commandLine(["hansa", "match", "-f", "my app.yaml"])).toBe("hansa match -f 'my app.yaml'");
  });

  it("writes a request whose body a shell hands on unchanged", () => {
    const body = { name: "it's", note: "$(reboot) `x` \\" };
    const command = curl({ method: "POST", path: "/v1/projects", body });
    const data = /--data (.*)$/s.exec(command)?.[1] ?? "";
    expect(JSON.parse(asShellReads(data)[0] ?? "")).toEqual(body);
    expect(command).toContain('"idempotency-key: $(uuidgen)"');
  });

  it("comes in for a cookie, and is who it is by that cookie where no token will do", () => {
    const comes = curl({ method: "POST", path: "/v1/sign-in/password", body: { login: "a", password: "<password>" } });
    expect(comes).toContain('--cookie-jar "$HANSA_COOKIES"');
    expect(comes).not.toContain("HANSA_TOKEN");
    expect(curl({ method: "DELETE", path: "/v1/account/sessions" })).toContain('--cookie "$HANSA_COOKIES"');
    expect(curl({ method: "DELETE", path: "/v1/tokens/tok_1" })).toContain("Bearer $HANSA_TOKEN");
  });

  it("asks without a body or a key where nothing changes", () => {
    const command = curl({ method: "GET", path: "/v1/offers/compare?ids=a,b" });
    expect(command).not.toContain("--data");
    expect(command).not.toContain("idempotency-key");
  });
});
