import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Play, Square, Trash2, Scaling } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { Schema } from "../../api/types";
import { useHasRole, useIdentity } from "../../app/identity";
import { MonthlyPrice } from "../../domain/Price";
import { serviceName } from "../../domain/ServiceTable";
import { standing } from "../../domain/states";
import { useText } from "../../i18n/i18n";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Dialog";
import { Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { toast } from "../../ui/Toasts";
import { Resize } from "./Resize";

type Service = Schema<"Service">;

/** Orders that change a service. What they cost, or stop costing, is said before. */
export function Actions({ service }: { service: Service }) {
  const { t, format } = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { projects } = useIdentity();
  const [asking, setAsking] = useState<"stop" | "terminate" | "resize">();
  const buyer = useHasRole("buyer") && projects.some(({ id }) => id === service.project);
  const order = useMutation({
    mutationFn: (request: Schema<"NewOrder">) => body(api.POST("/v1/orders", { body: request })),
    onSuccess: async ({ id }) => {
      await Promise.all(["orders", "services"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
      await navigate({ to: "/orders/$order", params: { order: id } });
    },
    onError: (error) => toast("bad", t("services.actionFailed"), error.message),
  });
  if (!buyer || !standing.has(service.state)) return null;
  const name = serviceName(service);
  const close = () => setAsking(undefined);
  return (
    <>
      {service.state === "stopped" ? (
        <Button busy={order.isPending} onClick={() => order.mutate({ kind: "start", services: [service.id] })}>
          <Play size={16} aria-hidden />
          {t("services.start")}
        </Button>
      ) : (
        <Button busy={order.isPending} onClick={() => setAsking("stop")}>
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
      <Confirm
        open={asking === "stop"}
        onClose={close}
        onConfirm={() => {
          close();
          order.mutate({ kind: "stop", services: [service.id] });
        }}
        title={t("services.stopTitle", { name })}
        action={t("services.stop")}
      >
        <p>{t("services.stopText", { amount: format.money(service.monthly) })}</p>
      </Confirm>
      <Confirm
        open={asking === "terminate"}
        onClose={close}
        onConfirm={() => {
          close();
          order.mutate({ kind: "terminate", services: [service.id] });
        }}
        title={t("services.endTitle", { name })}
        action={t("services.end")}
        typed={service.component}
      >
        <Stack gap={3}>
          <Notice tone="warn" title={t("services.endText")} />
          <p>
            {t("services.endSaves")} <MonthlyPrice money={service.monthly} />
          </p>
        </Stack>
      </Confirm>
      <Resize
        open={asking === "resize"}
        onClose={close}
        service={service}
        onOrder={(request) => {
          close();
          order.mutate(request);
        }}
      />
    </>
  );
}
