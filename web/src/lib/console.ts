const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** What a console wrote, as plain lines: without what only a terminal understands. */
export function readable(text: string): string {
  return text.replaceAll(escapes, "").replaceAll("\r\n", "\n").replaceAll(controls, "");
}

/** Why a terminal ended, by the code that its connection was closed with. */
export function endOf(code: number): "ended" | "forbidden" | "timedOut" | "refused" | "agentAway" | "broken" {
  switch (code) {
    case 1000:
      return "ended";
    case 4403:
      return "forbidden";
    case 4408:
    case 4413:
      return "timedOut";
    case 4409:
      return "refused";
    case 4503:
      return "agentAway";
    default:
      return "broken";
  }
}
