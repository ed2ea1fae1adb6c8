import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { api, body } from "../../api/client";
import type { Schema } from "../../api/types";
import { Confirm } from "../../domain/Confirm";
import { CopyAs } from "../../domain/CopyAs";
import { FormDialog } from "../../domain/FormDialog";
import { useText } from "../../i18n/i18n";
import { placeholder } from "../../lib/snippets";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Code } from "../../ui/Copy";
import { Loading } from "../../ui/Empty";
import { TextField } from "../../ui/Field";
import { Row, Stack } from "../../ui/Layout";
import { ProblemNotice } from "../../ui/Problem";
import { RecoveryCodes } from "./RecoveryCodes";

const QrCode = lazy(() => import("./QrCode").then(({ QrCode }) => ({ default: QrCode })));

interface SetUpProps {
  secret: Schema<"OneTimeSecret">;
  onClose: () => void;
  onCodes: (codes: string[]) => void;
}

function SetUp({ secret, onClose, onCodes }: SetUpProps) {
  const { t } = useText();
  const queries = useQueryClient();
  const [code, setCode] = useState("");
  const activate = useMutation({
    mutationFn: () => body(api.POST("/v1/account/one-time-codes/activate", { body: { code: code.trim() } })),
    onSuccess: async ({ codes }) => {
      onCodes(codes);
      await queries.invalidateQueries({ queryKey: ["session"] });
    },
  });
  return (
    <FormDialog
      title={t("account.codesSetUp")}
      description={t("account.codesScan")}
      submit={t("account.codesActivate")}
      onSubmit={() => activate.mutate()}
      onClose={onClose}
      sending={activate}
      copy={{
        request: { method: "POST", path: "/v1/account/one-time-codes/activate", body: { code: placeholder("code") } },
      }}
    >
      <Suspense fallback={<Loading />}>
        <QrCode text={secret.uri} label={t("account.codesQr")} />
      </Suspense>
      <Stack gap={1}>
        <span className="muted small">{t("account.codesType")}</span>
        <Code text={secret.secret} label={t("account.codesType")} wrap />
      </Stack>
      <TextField
        label={t("account.codesFirst")}
        value={code}
        onChange={({ target }) => setCode(target.value)}
        autoComplete="one-time-code"
        inputMode="numeric"
        pattern="[0-9 ]*"
        maxLength={7}
        required
      />
    </FormDialog>
  );
}

/** One-time codes beside the password, and what helps when the app that makes them is lost. */
export function OneTimeCodes({ account }: { account: Schema<"Account"> }) {
  const { t, format } = useText();
  const queries = useQueryClient();
  const [codes, setCodes] = useState<string[]>();
  const [asking, setAsking] = useState<"stop" | "renew">();
  const since = account.oneTimeCodesSince;
  const refresh = () => queries.invalidateQueries({ queryKey: ["session"] });
  const offer = useMutation({ mutationFn: () => body(api.POST("/v1/account/one-time-codes")) });
  const stop = async () => {
    await body(api.DELETE("/v1/account/one-time-codes"));
    await refresh();
  };
  const renew = async () => {
    const made = await body(api.POST("/v1/account/recovery-codes"));
    setCodes(made.codes);
    await refresh();
  };
  const close = () => setAsking(undefined);
  return (
    <Card
      title={t("account.codesTitle")}
      actions={
        since ? (
          <Badge tone="good" dot>
            {t("common.yes")}
          </Badge>
        ) : account.hasPassword ? (
          <Button small busy={offer.isPending} onClick={() => offer.mutate()}>
            {t("account.codesSetUp")}
          </Button>
        ) : undefined
      }
    >
      <Stack gap={3}>
        {since ? (
          <>
            <p>{t("account.codesOn", { date: format.date(since) })}</p>
            <p>{t("account.recoveryLeft", { count: account.recoveryCodes })}</p>
            <Row>
              <Button small onClick={() => setAsking("renew")}>
                {t("account.recoveryNew")}
              </Button>
              <Button small look="quiet" onClick={() => setAsking("stop")}>
                {t("account.codesStop")}
              </Button>
            </Row>
          </>
        ) : (
          <>
            <p>{t(account.hasPassword ? "account.codesOff" : "account.codesNeedPassword")}</p>
            {account.hasPassword ? (
              <Row>
                <CopyAs request={{ method: "POST", path: "/v1/account/one-time-codes" }} />
              </Row>
            ) : null}
          </>
        )}
        {offer.error ? <ProblemNotice error={offer.error} /> : null}
      </Stack>
      {offer.data && !codes ? <SetUp secret={offer.data} onClose={() => offer.reset()} onCodes={setCodes} /> : null}
      {codes ? (
        <RecoveryCodes
          codes={codes}
          onClose={() => {
            setCodes(undefined);
            offer.reset();
          }}
        />
      ) : null}
      {asking === "stop" ? (
        <Confirm
          title={t("account.codesStop")}
          action={t("account.codesStop")}
          run={stop}
          copy={{ request: { method: "DELETE", path: "/v1/account/one-time-codes" } }}
          onClose={close}
        >
          <p>{t("account.codesStopText")}</p>
        </Confirm>
      ) : null}
      {asking === "renew" ? (
        <Confirm
          title={t("account.recoveryNew")}
          action={t("account.recoveryNew")}
          run={renew}
          copy={{ request: { method: "POST", path: "/v1/account/recovery-codes" } }}
          onClose={close}
        >
          <p>{t("account.recoveryNewText")}</p>
        </Confirm>
      ) : null}
    </Card>
  );
}
