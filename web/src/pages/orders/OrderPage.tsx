import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, body } from "../../api/client";
import { itemsOf, order as orderQuery, orderSteps, orderWhy, services } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useHasRole, useIdentity } from "../../app/identity";
import { Confirm } from "../../domain/Confirm";
import { CopyAs } from "../../domain/CopyAs";
import { FormDialog } from "../../domain/FormDialog";
import { Moment } from "../../domain/Moment";
import { MonthlyPrice } from "../../domain/Price";
import { ServiceTable } from "../../domain/ServiceTable";
import { StateBadge } from "../../domain/StateBadge";
import { cancellable } from "../../domain/states";
import { Steps } from "../../domain/Steps";
import { WhyCard } from "../../domain/WhyCard";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { TextField } from "../../ui/Field";
import { Row, Split, Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { Details } from "../../ui/Table";
import { toast } from "../../ui/Toasts";

const route = getRouteApi("/inside/orders/$order");

type Order = Schema<"Order">;

function Actions({ order }: { order: Order }) {
  const { t } = useText();
  const queries = useQueryClient();
  const { member } = useIdentity();
  const [asking, setAsking] = useState<"reject" | "cancel">();
  const [message, setMessage] = useState("");
  const buyer = useHasRole("buyer");
  const params = { path: { order: order.id } };
  const refresh = () => queries.invalidateQueries({ queryKey: ["orders"] });
  const close = () => setAsking(undefined);
  const rejection = { message: message || undefined };
  const approve = useMutation({
    mutationFn: () => body(api.POST("/v1/orders/{order}/approve", { params })),
    onSuccess: refresh,
    onError: (error) => toast("bad", t("orders.approveFailed"), error.message),
  });
  const reject = useMutation({
    mutationFn: () => body(api.POST("/v1/orders/{order}/reject", { params, body: rejection })),
    onSuccess: async () => {
      await refresh();
      close();
    },
  });
  const cancel = async () => {
    await body(api.POST("/v1/orders/{order}/cancel", { params }));
    await refresh();
  };
  if (!buyer || !cancellable.has(order.state)) return null;
  const waiting = order.state === "submitted";
  const own = order.orderedBy === member.id;
  return (
    <>
      {waiting && !own ? (
        <>
          <CopyAs
            request={{ method: "POST", path: `/v1/orders/${order.id}/approve` }}
            cli={commandLine(["hansa", "order", "approve", order.id])}
          />
          <Button look="primary" busy={approve.isPending} onClick={() => approve.mutate()}>
            {t("orders.approve")}
          </Button>
          <Button look="danger" onClick={() => setAsking("reject")}>
            {t("orders.reject")}
          </Button>
        </>
      ) : null}
      <Button look="danger" onClick={() => setAsking("cancel")}>
        {t("orders.cancel")}
      </Button>
      {asking === "cancel" ? (
        <Confirm
          title={t("orders.cancelTitle")}
          action={t("orders.cancel")}
          run={cancel}
          copy={{
            request: { method: "POST", path: `/v1/orders/${order.id}/cancel` },
            cli: commandLine(["hansa", "order", "cancel", order.id]),
          }}
          onClose={close}
        >
          <p>{t("orders.cancelText")}</p>
        </Confirm>
      ) : null}
      {asking === "reject" ? (
        <FormDialog
          title={t("orders.rejectTitle")}
          submit={t("orders.reject")}
          look="danger"
          onSubmit={() => reject.mutate()}
          onClose={close}
          sending={reject}
          copy={{
            request: { method: "POST", path: `/v1/orders/${order.id}/reject`, body: rejection },
            cli: commandLine(["hansa", "order", "reject", order.id, ...(message ? ["--message", message] : [])]),
          }}
        >
          <TextField
            label={t("orders.rejectWhy")}
            value={message}
            onChange={({ target }) => setMessage(target.value)}
          />
        </FormDialog>
      ) : null}
    </>
  );
}

function Content({ order }: { order: Order }) {
  const { t, format } = useText();
  const { projects, member } = useIdentity();
  const steps = useQuery(orderSteps(order.id));
  const made = useInfiniteQuery(services({ order: order.id, all: true }));
  const list = itemsOf(made.data);
  return (
    <Page
      title={order.application ?? t(`order.kind.${order.kind}`)}
      mark={<StateBadge state={order.state} />}
      above={{ label: t("shell.orders"), to: "/orders" }}
      actions={<Actions order={order} />}
    >
      {order.reason ? (
        <Notice tone="bad" title={t(`orders.reason.${order.reason.code}`)}>
          <p>{order.reason.message}</p>
        </Notice>
      ) : null}
      {order.state === "submitted" && order.orderedBy === member.id ? (
        <Notice tone="accent" title={t("orders.waitsForApproval")}>
          <p>{t("orders.waitsForApprovalHint")}</p>
        </Notice>
      ) : null}
      <Split>
        <Stack>
          <Card title={t("orders.steps")}>
            <Async query={steps}>{(found) => <Steps steps={found} />}</Async>
          </Card>
          {list.length > 0 ? (
            <Card flush title={t("shell.services")}>
              <ServiceTable services={list} />
            </Card>
          ) : null}
        </Stack>
        <Stack>
          <Card title={t("orders.cost")}>
            <Stack gap={2}>
              <MonthlyPrice money={order.monthly} large />
              <span className="muted">{t("match.andOnce", { amount: format.money(order.oneOff) })}</span>
            </Stack>
          </Card>
          <WhyCard query={useQuery(orderWhy(order.id))} />
          <Card title={t("common.details")}>
            <Stack gap={3}>
              <Details
                facts={[
                  [
                    t("orders.number"),
                    <code key="id" className="mono">
                      {order.id}
                    </code>,
                  ],
                  [t("orders.kind"), t(`order.kind.${order.kind}`)],
                  [t("common.project"), projects.find(({ id }) => id === order.project)?.name],
                  [t("common.created"), <Moment key="created" at={order.createdAt} />],
                  [t("common.updated"), <Moment key="updated" at={order.updatedAt} />],
                  [
                    t("orders.quote"),
                    order.quote ? (
                      <Link key="quote" to="/quotes/$quote" params={{ quote: order.quote }}>
                        {t("orders.seeQuote")}
                      </Link>
                    ) : undefined,
                  ],
                ]}
              />
              <Row>
                <CopyAs
                  request={{ method: "GET", path: `/v1/orders/${order.id}` }}
                  cli={commandLine(["hansa", "why", order.id])}
                />
              </Row>
            </Stack>
          </Card>
        </Stack>
      </Split>
    </Page>
  );
}

/** An order as it comes about: its steps live, what it waits for, and what it made. */
export default function OrderPage() {
  const { order } = route.useParams();
  return <Async query={useQuery(orderQuery(order))}>{(found) => <Content order={found} />}</Async>;
}
