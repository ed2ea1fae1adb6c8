import { Boxes, Plus } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Problem, Unreachable } from "../api/problem";
import { Confirm } from "../domain/Confirm";
import { CopyAs } from "../domain/CopyAs";
import { MonthlyPrice } from "../domain/Price";
import { StateBadge } from "../domain/StateBadge";
import type { State } from "../domain/states";
import { Steps } from "../domain/Steps";
import { useText } from "../i18n/i18n";
import { Badge, type Tone } from "../ui/Badge";
import { Button, IconButton } from "../ui/Button";
import { Card, Stat } from "../ui/Card";
import { Code } from "../ui/Copy";
import { Dialog } from "../ui/Dialog";
import { Empty, Loading } from "../ui/Empty";
import { CheckField, SearchField, SelectField, TextArea, TextField } from "../ui/Field";
import { Grid, Row, Stack } from "../ui/Layout";
import { Menu, MenuItem } from "../ui/Menu";
import { Notice } from "../ui/Notice";
import { Page } from "../ui/Page";
import { ProblemNotice } from "../ui/Problem";
import { Slider } from "../ui/Slider";
import { Details, Table } from "../ui/Table";
import { Switcher, Tabs } from "../ui/Tabs";
import { toast } from "../ui/Toasts";

const tones: Tone[] = ["plain", "accent", "good", "wait", "warn", "bad"];
const states: State[] = [
  "listed",
  "orderable",
  "stale",
  "provisioning",
  "fulfilled",
  "failed",
  "active",
  "unreachable",
];
const at = "2026-11-22T08:06:21Z";

function Sample({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card title={title}>
      <Stack gap={3}>{children}</Stack>
    </Card>
  );
}

/** Every building block of the console in every state, to look at in light and dark. */
export default function Components() {
  const { t, format } = useText();
  const [tab, setTab] = useState<"one" | "two">("one");
  const [number, setNumber] = useState(40);
  const [dialog, setDialog] = useState<"plain" | "typed">();
  const close = () => setDialog(undefined);
  const problem = new Problem({
    type: "/problems/no-capacity",
    title: "It can't be done",
    status: 422,
    detail: "there is no room for 3 instances at utrecht-1",
    hint: "take two, or another site",
    requestId: "req_01kaj2m3n4p5q6r7s8t9v0w1x2",
  });
  return (
    <Page title={t("shell.components")} lead={t("components.lead")}>
      <Grid column="24rem" gap={5}>
        <Sample title="Button">
          <Row>
            <Button look="primary">{t("common.save")}</Button>
            <Button>{t("common.cancel")}</Button>
            <Button look="quiet">{t("common.more")}</Button>
            <Button look="danger">{t("common.remove")}</Button>
          </Row>
          <Row>
            <Button look="primary" busy>
              {t("common.save")}
            </Button>
            <Button disabled>{t("common.save")}</Button>
            <Button small>{t("common.copy")}</Button>
            <IconButton label={t("common.add")}>
              <Plus size={16} aria-hidden />
            </IconButton>
          </Row>
        </Sample>
        <Sample title="Badge">
          <Row>
            {tones.map((tone) => (
              <Badge key={tone} tone={tone}>
                {tone}
              </Badge>
            ))}
          </Row>
          <Row>
            {states.map((state) => (
              <StateBadge key={state} state={state} />
            ))}
          </Row>
        </Sample>
        <Sample title="Field">
          <TextField label={t("common.name")} hint={t("describe.nameHint")} defaultValue="town-archive" />
          <TextField
            label={t("describe.budget", { currency: "EUR" })}
            error={t("projects.notAmount")}
            defaultValue="4x0"
          />
          <SelectField label={t("common.kind")} choices={[{ value: "a", label: t("kind.compute.instance") }]} />
          <TextArea label={t("orders.rejectWhy")} />
          <CheckField label={t("match.orderableOnly")} defaultChecked />
          <SearchField label={t("market.search")} />
        </Sample>
        <Sample title="Slider · Switcher · Tabs · Menu">
          <Slider
            label={t("describe.budget", { currency: "EUR" })}
            value={number}
            min={0}
            max={100}
            step={1}
            shown={format.money({ amount: String(number), currency: "EUR" })}
            onChange={setNumber}
          />
          <Row>
            <Switcher
              label={t("market.view")}
              value={tab}
              onChange={setTab}
              options={[
                { value: "one", label: t("market.table") },
                { value: "two", label: t("market.map") },
              ]}
            />
            <Menu trigger={<Button>{t("common.actions")}</Button>}>
              <MenuItem onSelect={() => toast("good", t("common.copied"))}>{t("common.copy")}</MenuItem>
              <MenuItem onSelect={() => toast("bad", t("services.actionFailed"))}>{t("common.remove")}</MenuItem>
            </Menu>
          </Row>
          <Tabs
            value={tab}
            onChange={setTab}
            tabs={[
              { value: "one", label: t("market.table"), content: <p>{t("market.lead")}</p> },
              { value: "two", label: t("market.map"), content: <p>{t("describe.lead")}</p> },
            ]}
          />
        </Sample>
        <Sample title="Notice">
          <Notice tone="good" title={t("ledger.balanced")} />
          <Notice tone="accent" title={t("orders.waitsForApproval")}>
            <p>{t("orders.waitsForApprovalHint")}</p>
          </Notice>
          <Notice tone="warn" title={t("match.nothing")} />
          <ProblemNotice error={problem} />
          <ProblemNotice error={new Unreachable(undefined)} retry={() => undefined} />
        </Sample>
        <Sample title="Steps">
          <Steps
            steps={[
              { name: "approve", direction: "do", state: "done", attempts: 1, startedAt: at, endedAt: at },
              { name: "hold", direction: "do", state: "failed", attempts: 2, startedAt: at, endedAt: at },
              { name: "provision", direction: "do", state: "running", attempts: 12, startedAt: at },
            ]}
          />
        </Sample>
        <Sample title="Dialog · Toast">
          <Row>
            <Button onClick={() => setDialog("plain")}>{t("common.details")}</Button>
            <Button look="danger" onClick={() => setDialog("typed")}>
              {t("services.end")}
            </Button>
            <Button onClick={() => toast("accent", t("account.applied"), t("signin.lead"))}>Toast</Button>
            <CopyAs
              request={{ method: "POST", path: "/v1/match", body: { orderableOnly: true } }}
              cli="hansa match -f app.yaml"
              yaml="kind: Application"
            />
          </Row>
          <Dialog
            open={dialog === "plain"}
            onClose={close}
            title={t("common.details")}
            footer={<Button onClick={close}>{t("common.close")}</Button>}
          >
            <Details
              facts={[
                [t("common.name"), "web"],
                [t("common.site"), "utrecht-1"],
              ]}
            />
          </Dialog>
          {dialog === "typed" ? (
            <Confirm
              title={t("services.endTitle", { name: "web" })}
              action={t("services.end")}
              typed="web"
              run={close}
              copy={undefined}
              onClose={close}
            >
              <p>{t("services.endText")}</p>
            </Confirm>
          ) : null}
        </Sample>
        <Sample title="Price · Code">
          <MonthlyPrice money={{ amount: "20.256", currency: "EUR" }} large />
          <Code label="CLI" text="hansa order create -f app.yaml --max-price '60 EUR' --wait" />
        </Sample>
        <Sample title="Stat · Loading">
          <Stat label={t("home.running")} value="4" note={t("costs.open")} />
          <Loading />
        </Sample>
        <Card flush title="Table">
          <Table
            label="Table"
            rows={[
              { name: "web", state: "active" as const, amount: "6.57" },
              { name: "archive", state: "provisioning" as const, amount: "8.53" },
            ]}
            keyOf={({ name }) => name}
            columns={[
              { header: t("common.name"), cell: ({ name }) => name },
              { header: t("common.state"), cell: ({ state }) => <StateBadge state={state} /> },
              {
                header: t("common.price"),
                cell: ({ amount }) => format.money({ amount, currency: "EUR" }),
                right: true,
              },
            ]}
          />
        </Card>
        <Card flush title="Empty">
          <Empty icon={Boxes} title={t("services.none")} actions={<Button look="primary">{t("home.describe")}</Button>}>
            {t("services.noneHint")}
          </Empty>
        </Card>
      </Grid>
    </Page>
  );
}
