import { useText } from "../i18n/i18n";
import { hourly, type Money } from "../lib/money";

/** What something costs a month, and what that is an hour. */
export function MonthlyPrice({ money, large = false }: { money: Money; large?: boolean }) {
  const { t, format } = useText();
  return (
    <span className="number">
      <strong style={large ? { fontSize: "var(--text-xl)" } : undefined}>
        {t("common.perMonth", { amount: format.money(money) })}
      </strong>
      {large ? (
        <span className="muted small"> · {t("common.perHour", { amount: format.money(hourly(money), true) })}</span>
      ) : null}
    </span>
  );
}
