import { useQuery } from "@tanstack/react-query";
import { orderPreview } from "../api/queries";
import type { Schema } from "../api/types";
import { useText } from "../i18n/i18n";
import { micros } from "../lib/money";
import { useDebounced } from "../lib/useDebounced";
import { Loading } from "../ui/Empty";
import { Stack } from "../ui/Layout";
import { Notice } from "../ui/Notice";
import { ProblemNotice } from "../ui/Problem";
import { Details } from "../ui/Table";

/** What an order would cost and need, as the exchange says before it is placed. */
export function OrderPreview({ order }: { order: Schema<"NewOrder"> }) {
  const { t, format } = useText();
  const asked = JSON.parse(useDebounced(JSON.stringify(order), 200)) as Schema<"NewOrder">;
  const { data, error } = useQuery(orderPreview(asked));
  if (error) return <ProblemNotice error={error} />;
  if (!data) return <Loading lines={2} />;
  const { monthlyBefore, monthly, oneOff, projectMonthly, budget, withinBudget, needsApproval } = data;
  return (
    <Stack gap={3}>
      <Details
        facts={[
          [
            t("preview.monthly"),
            t("services.fromTo", { from: format.money(monthlyBefore), to: format.money(monthly) }),
          ],
          [t("preview.once"), micros(oneOff.amount) === 0n ? undefined : format.money(oneOff)],
          [
            t("preview.project"),
            budget
              ? t("preview.ofBudget", { amount: format.money(projectMonthly), budget: format.money(budget) })
              : format.money(projectMonthly),
          ],
        ]}
      />
      {withinBudget ? null : (
        <Notice tone="bad" title={t("preview.overBudget")}>
          <p>{t("preview.overBudgetHint")}</p>
        </Notice>
      )}
      {needsApproval ? <Notice tone="accent" title={t("preview.needsApproval")} /> : null}
    </Stack>
  );
}
