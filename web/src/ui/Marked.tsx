/** A sentence of the exchange, in which what stands between backticks is a name as programs write it. */
export function Marked({ text }: { text: string }) {
  return text.split("`").map((part, at) =>
    at % 2 === 1 ? (
      <code key={at} className="small">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
