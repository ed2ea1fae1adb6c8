import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useId, useState } from "react";
import { api, body } from "../../api/client";
import type { Schema } from "../../api/types";
import { useText } from "../../i18n/i18n";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Code } from "../../ui/Copy";
import { Confirm, Dialog } from "../../ui/Dialog";
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
  const form = useId();
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
    <Dialog
      open
      onClose={onClose}
      title={t("account.codesSetUp")}
      description={t("account.codesScan")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" form={form} look="primary" busy={activate.isPending}>
            {t("account.codesActivate")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          activate.mutate();
        }}
      >
        <Stack gap={3}>
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
          {activate.error ? <ProblemNotice error={activate.error} /> : null}
        </Stack>
      </form>
    </Dialog>
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
  const stop = useMutation({ mutationFn: () => body(api.DELETE("/v1/account/one-time-codes")), onSuccess: refresh });
  const renew = useMutation({
    mutationFn: () => body(api.POST("/v1/account/recovery-codes")),
    onSuccess: async (made) => {
      setCodes(made.codes);
      await refresh();
    },
  });
  const error = offer.error ?? stop.error ?? renew.error;
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
              <Button small busy={renew.isPending} onClick={() => setAsking("renew")}>
                {t("account.recoveryNew")}
              </Button>
              <Button small look="quiet" busy={stop.isPending} onClick={() => setAsking("stop")}>
                {t("account.codesStop")}
              </Button>
            </Row>
          </>
        ) : (
          <p>{t(account.hasPassword ? "account.codesOff" : "account.codesNeedPassword")}</p>
        )}
        {error ? <ProblemNotice error={error} /> : null}
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
      <Confirm
        open={asking === "stop"}
        onClose={() => setAsking(undefined)}
        onConfirm={() => {
          setAsking(undefined);
          stop.mutate();
        }}
        title={t("account.codesStop")}
        action={t("account.codesStop")}
      >
        <p>{t("account.codesStopText")}</p>
      </Confirm>
      <Confirm
        open={asking === "renew"}
        onClose={() => setAsking(undefined)}
        onConfirm={() => {
          setAsking(undefined);
          renew.mutate();
        }}
        title={t("account.recoveryNew")}
        action={t("account.recoveryNew")}
      >
        <p>{t("account.recoveryNewText")}</p>
      </Confirm>
    </Card>
  );
}
