import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Play, Square, Trash2, Scaling } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { Schema } from "../../api/types";
import { useHasRole, useIdentity } from "../../app/identity";
import { Confirm } from "../../domain/Confirm";
import { OrderPreview } from "../../domain/OrderPreview";
import { serviceName } from "../../domain/ServiceTable";
import { standing } from "../../domain/states";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { Resize } from "./Resize";

type Service = Schema<"Service">;

/** Orders that change a service. What they cost, or stop costing, is said before. */
export function Actions({ service }: { service: Service }) {
  const { t, format } = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { projects } = useIdentity();
  const [asking, setAsking] = useState<"start" | "stop" | "terminate" | "resize">();
  const buyer = useHasRole("buyer") && projects.some(({ id }) => id === service.project);
  const send = async (request: Schema<"NewOrder">) => {
    const { id } = await body(api.POST("/v1/orders", { body: request }));
    await Promise.all(["orders", "services"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    await navigate({ to: "/orders/$order", params: { order: id } });
  };
  if (!buyer || !standing.has(service.state)) return null;
  const name = serviceName(service);
  const close = () => setAsking(undefined);
  const orderOf = (kind: "start" | "stop" | "terminate") => ({ kind, services: [service.id] });
  const copyOf = (kind: "start" | "stop" | "terminate") => ({
    request: { method: "POST" as const, path: "/v1/orders", body: orderOf(kind) },
    cli: commandLine(["hansa", "service", kind, service.id]),
  });
  return (
    <>
      {service.state === "stopped" ? (
        <Button onClick={() => setAsking("start")}>
          <Play size={16} aria-hidden />
          {t("services.start")}
        </Button>
      ) : (
        <Button onClick={() => setAsking("stop")}>
          <Square size={16} aria-hidden />
          {t("services.stop")}
        </Button>
      )}
      <Button onClick={() => setAsking("resize")}>
        <Scaling size={16} aria-hidden />
        {t("services.resize")}
      </Button>
      <Button look="danger" onClick={() => setAsking("terminate")}>
        <Trash2 size={16} aria-hidden />
        {t("services.end")}
      </Button>
      {asking === "start" ? (
        <Confirm
          title={t("services.startTitle", { name })}
          action={t("services.start")}
          look="primary"
          run={() => send(orderOf("start"))}
          copy={copyOf("start")}
          onClose={close}
        >
          <p>{t("services.startText", { amount: format.money(service.monthly) })}</p>
          <OrderPreview order={orderOf("start")} />
        </Confirm>
      ) : null}
      {asking === "stop" ? (
        <Confirm
          title={t("services.stopTitle", { name })}
          action={t("services.stop")}
          run={() => send(orderOf("stop"))}
          copy={copyOf("stop")}
          onClose={close}
        >
          <p>{t("services.stopText", { amount: format.money(service.monthly) })}</p>
          <OrderPreview order={orderOf("stop")} />
        </Confirm>
      ) : null}
      {asking === "terminate" ? (
        <Confirm
          title={t("services.endTitle", { name })}
          action={t("services.end")}
          typed={service.component}
          run={() => send(orderOf("terminate"))}
          copy={copyOf("terminate")}
          onClose={close}
        >
          <Notice tone="warn" title={t("services.endText")} />
          <OrderPreview order={orderOf("terminate")} />
        </Confirm>
      ) : null}
      {asking === "resize" ? <Resize onClose={close} service={service} onOrder={send} /> : null}
    </>
  );
}
