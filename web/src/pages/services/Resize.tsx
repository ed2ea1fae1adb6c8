import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { compared, offer as offerQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { FormDialog } from "../../domain/FormDialog";
import { OrderPreview } from "../../domain/OrderPreview";
import { serviceName } from "../../domain/ServiceTable";
import { useText } from "../../i18n/i18n";
import { valueText } from "../../lib/offers";
import { commandLine } from "../../lib/snippets";
import { useDebounced } from "../../lib/useDebounced";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { Grid } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { ProblemNotice } from "../../ui/Problem";

interface ResizeProps {
  onClose: () => void;
  service: Schema<"Service">;
  onOrder: (request: Schema<"NewOrder">) => Promise<unknown>;
}

const resizable = ["cpu", "memory", "disk", "storage", "connections"] as const;

/** Another size on the same offer. The new price is asked of the exchange at each change, and is the most that is paid. */
export function Resize({ onClose, service, onOrder }: ResizeProps) {
  const { t, maybe, format } = useText();
  const [changes, setChanges] = useState<Record<string, string>>({});
  const offered = useQuery(offerQuery(service.offer)).data;
  const choices = resizable.filter((name) => {
    const bounds = offered?.properties[name];
    return typeof bounds === "string" && bounds.includes("..");
  });
  const written = Object.fromEntries(Object.entries(changes).filter(([, value]) => value.trim() !== ""));
  const properties = { ...Object.fromEntries(choices.map((name) => [name, service.properties[name]])), ...written };
  const asked = useDebounced(JSON.stringify(properties), 200);
  const priced = useQuery({ ...compared(service.offer, asked), enabled: choices.length > 0, retry: false });
  const now = priced.data?.[0];
  const monthly = now?.monthly;
  const changed = Object.entries(written).some(([name, value]) => value !== String(service.properties[name]));
  const possible = changed && monthly && now.unmet.length === 0 && !priced.error;
  const request: Schema<"NewOrder"> = {
    kind: "resize",
    service: service.id,
    properties: written,
    ...(monthly ? { max_monthly: monthly } : {}),
  };
  const order = useMutation({ mutationFn: () => onOrder(request) });
  const title = t("services.resizeTitle", { name: serviceName(service) });
  if (offered && choices.length === 0) {
    return (
      <Dialog open onClose={onClose} title={title} footer={<Button onClick={onClose}>{t("common.close")}</Button>}>
        <Notice tone="accent" title={t("services.fixedSize")}>
          <p>{t("services.fixedSizeHint")}</p>
        </Notice>
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={title}
      submit={monthly && possible ? t("services.resizeFor", { amount: format.money(monthly) }) : t("services.resize")}
      onSubmit={() => order.mutate()}
      onClose={onClose}
      sending={order}
      incomplete={!possible}
      copy={{
        request: { method: "POST", path: "/v1/orders", body: request },
        cli: commandLine([
          ...["hansa", "service", "resize", service.id],
          ...Object.entries(written).map(([name, value]) => `${name}=${value}`),
        ]),
      }}
    >
      <Grid column="10rem">
        {choices.map((name) => (
          <TextField
            key={name}
            label={maybe(`property.${name}`, name)}
            hint={valueText(offered?.properties[name]).replace("..", " – ")}
            value={changes[name] ?? valueText(service.properties[name])}
            onChange={({ target }) => setChanges((old) => ({ ...old, [name]: target.value }))}
          />
        ))}
      </Grid>
      {priced.error ? <ProblemNotice error={priced.error} /> : null}
      {now && now.unmet.length > 0 ? <Notice tone="warn" title={now.unmet.join(", ")} /> : null}
      {possible ? (
        <OrderPreview order={request} />
      ) : (
        <p className="number">
          {t("services.fromTo", { from: format.money(service.monthly), to: monthly ? format.money(monthly) : "…" })}
        </p>
      )}
    </FormDialog>
  );
}
