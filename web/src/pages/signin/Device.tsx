import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, body } from "../../api/client";
import { device as deviceQuery } from "../../api/people";
import { useProofAsked } from "../../api/proof";
import type { Schema } from "../../api/types";
import { useIdentity, useSessionGuard } from "../../app/identity";
import { CopyAs } from "../../domain/CopyAs";
import { Moment } from "../../domain/Moment";
import { useText } from "../../i18n/i18n";
import ProofDialog from "../../shell/ProofDialog";
import { Async } from "../../ui/Async";
import { Button, buttonClass } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { Row, Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Details } from "../../ui/Table";
import { Entrance, Form } from "./Entrance";
import { EntryProblem } from "./EntryProblem";

const route = getRouteApi("/device");

function CodeForm() {
  const { t } = useText();
  const navigate = useNavigate();
  const [code, setCode] = useState("");
  return (
    <Form onSubmit={() => void navigate({ to: "/device", search: { code: code.trim() } })}>
      <TextField
        label={t("device.code")}
        hint={t("device.codeHint")}
        value={code}
        onChange={({ target }) => setCode(target.value.toUpperCase())}
        placeholder="BCDF-GHJK"
        autoComplete="off"
        spellCheck={false}
        autoFocus
        required
      />
      <Button type="submit" look="primary">
        {t("signin.goOn")}
      </Button>
    </Form>
  );
}

function Answered({ state }: { state: Schema<"DeviceState"> }) {
  const { t } = useText();
  const denied = state === "denied";
  return (
    <Stack>
      <Notice tone={denied ? "warn" : "good"} title={t(denied ? "device.denied" : "device.approved")}>
        <p>{t(denied ? "device.deniedHint" : "device.approvedHint")}</p>
      </Notice>
      <Link to="/account" className={buttonClass()}>
        {t("device.tokens")}
      </Link>
    </Stack>
  );
}

function Question({ device }: { device: Schema<"DeviceRequest"> }) {
  const { t, format } = useText();
  const queries = useQueryClient();
  const { member, participant } = useIdentity();
  const params = { path: { code: device.userCode } };
  const answer = useMutation({
    mutationFn: (letIn: boolean) =>
      body(
        letIn
          ? api.POST("/v1/device/requests/{code}/approve", { params })
          : api.POST("/v1/device/requests/{code}/deny", { params }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["device"] }),
  });
  return (
    <Stack>
      <p>{t("device.ask", { name: device.name })}</p>
      <Details
        facts={[
          [t("device.code"), <strong key="code">{device.userCode}</strong>],
          [t("device.acts"), `${member.name}, ${participant.legalName}`],
          [t("account.scopes"), format.list(device.scopes.map((scope) => t(`account.scope.${scope}`)))],
          [t("device.address"), device.address],
          [t("device.asked"), <Moment key="asked" at={device.createdAt} />],
          [t("device.until"), <Moment key="until" at={device.expiresAt} />],
        ]}
      />
      <Notice tone="warn" title={t("device.compare")}>
        <p>{t("device.compareHint")}</p>
      </Notice>
      <EntryProblem error={answer.error} />
      <Row justify="end">
        <CopyAs request={{ method: "POST", path: `/v1/device/requests/${device.userCode}/approve` }} />
        <Button busy={answer.isPending && !answer.variables} onClick={() => answer.mutate(false)}>
          {t("device.deny")}
        </Button>
        <Button look="primary" busy={answer.isPending && answer.variables} onClick={() => answer.mutate(true)}>
          {t("device.approve")}
        </Button>
      </Row>
    </Stack>
  );
}

function Request({ code }: { code: string }) {
  const query = useQuery(deviceQuery(code));
  return (
    <Async query={query}>
      {(device) => (device.state === "pending" ? <Question device={device} /> : <Answered state={device.state} />)}
    </Async>
  );
}

/** Where somebody lets a device in that shows them a code. */
export default function Device() {
  const { t } = useText();
  const { code } = route.useSearch();
  const proofAsked = useProofAsked();
  useSessionGuard();
  return (
    <Entrance title={t("device.title")} lead={t("device.lead")}>
      {code ? <Request key={code} code={code} /> : <CodeForm />}
      {proofAsked ? <ProofDialog /> : null}
    </Entrance>
  );
}
