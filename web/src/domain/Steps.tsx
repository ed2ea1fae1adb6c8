import { Check, Hourglass, LoaderCircle, Undo2, X } from "lucide-react";
import type { Schema } from "../api/types";
import { useText } from "../i18n/i18n";
import styles from "./Steps.module.css";

const icons = { done: Check, failed: X, running: LoaderCircle, waiting: Hourglass };

/** What was done for an order, step by step, as the exchange recorded it. */
export function Steps({ steps }: { steps: readonly Schema<"OrderStep">[] }) {
  const { t, maybe, format } = useText();
  return (
    <ol className={styles.steps}>
      {steps.map((step) => {
        const { name, direction, state, attempts, detail, startedAt, endedAt } = step;
        const Icon = direction === "undo" && state === "done" ? Undo2 : icons[state];
        const seconds = endedAt ? (Date.parse(endedAt) - Date.parse(startedAt)) / 1000 : undefined;
        return (
          <li key={`${direction} ${name}`} className={styles.step} data-state={state}>
            <span className={styles.mark} aria-hidden>
              <Icon size={15} />
            </span>
            <span>
              <span className={styles.name}>
                {direction === "undo"
                  ? t("orders.undo", { step: maybe(`orders.step.${name}`, name) })
                  : maybe(`orders.step.${name}`, name)}
              </span>
              <span className="visually-hidden"> {t(`state.${state}`)}</span>
              {detail ? <span className="muted small"> {detail}</span> : null}
              <br />
              <span className="muted small">
                {seconds === undefined
                  ? t(`state.${state}`)
                  : seconds < 1
                    ? t("orders.atOnce")
                    : t("orders.took", { time: format.duration(seconds) })}
                {attempts > 1 ? ` · ${t("orders.looks", { count: attempts })}` : null}
              </span>
            </span>
            <time className="muted small number" dateTime={startedAt}>
              {format.clock(startedAt)}
            </time>
          </li>
        );
      })}
    </ol>
  );
}
