import type { Schema } from "../../api/types";
import { useText } from "../../i18n/i18n";
import styles from "./DayChart.module.css";
import { daysOf } from "./days";

const series = 5;

/** What was charged each day, by provider, as stacked bars; the same figures are a table for those who do not see. */
export function DayChart({ costs }: { costs: Schema<"Costs"> }) {
  const { format } = useText();
  const days = daysOf(costs);
  const highest = Math.max(...days.map(({ total }) => Number(total.amount)), 0.000001);
  const names = days[0]?.parts.map(({ name }) => name) ?? [];
  const colour = (index: number) => `var(--series-${(index % series) + 1})`;
  return (
    <figure>
      <div className={styles.days} aria-hidden>
        {days.map(({ date, total, parts }) => (
          <div key={date} className={styles.day} title={`${format.date(date)}: ${format.money(total, true)}`}>
            <div className={styles.stack}>
              {parts.map(({ name, amount }, index) => (
                <span
                  key={name}
                  style={{ height: `${(Number(amount.amount) / highest) * 100}%`, background: colour(index) }}
                />
              ))}
            </div>
            <span className={styles.date}>{Number(date.slice(8))}</span>
          </div>
        ))}
      </div>
      <figcaption className={styles.legend}>
        {names.map((name, index) => (
          <span key={name}>
            <i style={{ background: colour(index) }} aria-hidden />
            {name}
          </span>
        ))}
        <ul className="visually-hidden">
          {days
            .filter(({ total }) => Number(total.amount) > 0)
            .map(({ date, total }) => (
              <li key={date}>
                {format.date(date)}: {format.money(total, true)}
              </li>
            ))}
        </ul>
      </figcaption>
    </figure>
  );
}
