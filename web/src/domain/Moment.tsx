import { useEffect, useState } from "react";
import { useText } from "../i18n/i18n";

/** A point in time as a distance from now, which goes on; the exact time is in its title. */
export function Moment({ at }: { at: string }) {
  const { format } = useText();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(
      () => setNow(Date.now()),
      1000 * (Math.abs(Date.now() - Date.parse(at)) < 90_000 ? 1 : 20),
    );
    return () => clearInterval(timer);
  }, [at]);
  return (
    <time dateTime={at} title={format.time(at)}>
      {format.relative(at, now)}
    </time>
  );
}
