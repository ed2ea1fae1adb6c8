import { useText } from "../../../i18n/i18n";
import { Card } from "../../../ui/Card";
import { TextField } from "../../../ui/Field";
import { Grid, Stack } from "../../../ui/Layout";
import { Slider } from "../../../ui/Slider";
import type { FormProps } from "./edit";

const goals = ["price", "latency", "carbon", "providers"] as const;

/** The amount of `450 EUR`; nothing when it is written in another way. */
export function amountOf(budget: string | undefined): string {
  return /^(\d+(?:\.\d+)?) [A-Z]{3}$/.exec(budget ?? "")?.[1] ?? "";
}

/** What holds for the whole: its name, what it may cost, and what counts. */
export function GeneralForm({ value, edit }: FormProps) {
  const { t, format } = useText();
  const { spec, metadata } = value;
  const currency = spec?.budget?.monthly?.split(" ")[1] ?? "EUR";
  const objective = spec?.objective ?? {};
  const weight = (goal: (typeof goals)[number]) => {
    const written = objective[goal];
    if (typeof written === "number") return written;
    return goal === "price" && !spec?.objective ? 1 : 0;
  };
  return (
    <Card title={t("describe.general")}>
      <Stack>
        <Grid column="10rem">
          <TextField
            label={t("common.name")}
            hint={t("describe.nameHint")}
            value={metadata?.name ?? ""}
            onChange={({ target }) => edit(["metadata", "name"], target.value.toLowerCase())}
            spellCheck={false}
          />
          <TextField
            label={t("describe.budget", { currency })}
            hint={t("describe.budgetHint")}
            inputMode="decimal"
            value={amountOf(spec?.budget?.monthly)}
            onChange={({ target }) =>
              edit(["spec", "budget", "monthly"], target.value === "" ? undefined : `${target.value} ${currency}`)
            }
          />
          <TextField
            label={t("describe.maxProviders")}
            hint={t("describe.maxProvidersHint")}
            type="number"
            min={1}
            value={spec?.maxProviders ?? ""}
            onChange={({ target }) =>
              edit(["spec", "maxProviders"], target.value === "" ? undefined : Number(target.value))
            }
          />
        </Grid>
        <Grid column="12rem">
          {goals.map((goal) => (
            <Slider
              key={goal}
              label={t(`describe.goal.${goal}`)}
              value={Math.min(2, weight(goal))}
              min={0}
              max={2}
              step={0.1}
              shown={weight(goal) === 0 ? t("describe.goal.off") : format.number(weight(goal), 1)}
              onChange={(next) => {
                const rounded = Math.round(next * 10) / 10;
                edit(["spec", "objective", goal], rounded === 0 && goal !== "price" ? undefined : rounded);
              }}
            />
          ))}
        </Grid>
      </Stack>
    </Card>
  );
}
