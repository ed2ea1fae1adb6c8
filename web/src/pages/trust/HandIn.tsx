import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { Schema } from "../../api/types";
import { CopyAs } from "../../domain/CopyAs";
import { FormDialog } from "../../domain/FormDialog";
import { Claims } from "../../domain/trust/Claims";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Button } from "../../ui/Button";
import { TextArea, TextField } from "../../ui/Field";
import { Row } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { ProblemNotice } from "../../ui/Problem";
import { toast } from "../../ui/Toasts";
import { SubjectField } from "./SubjectField";

function Found({ check }: { check: Schema<"CredentialCheck"> }) {
  const { t } = useText();
  return check.credentials.map(({ id, kind, issuer, refusal, faults = [], claims = [] }, at) => (
    <Notice
      key={id ?? at}
      tone={refusal ? "bad" : faults.length > 0 ? "warn" : "good"}
      title={refusal ? t("evidence.refused", { why: refusal }) : t("evidence.accepted", { kind: kind ?? "" })}
    >
      {issuer ? <p className="small">{issuer}</p> : null}
      {faults.length > 0 ? (
        <ul>
          {faults.map((fault) => (
            <li key={fault}>{fault}</li>
          ))}
        </ul>
      ) : null}
      <Claims claims={claims} />
    </Notice>
  ));
}

/** Takes in what somebody else has signed: from a file, pasted, or from where it is published. */
export function HandIn({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const [credential, setCredential] = useState("");
  const [url, setUrl] = useState("");
  const [subject, setSubject] = useState("");
  const text = credential.trim();
  const request: Schema<"NewEvidence"> = {
    subject: subject || undefined,
    credential: text || undefined,
    url: text ? undefined : url.trim() || undefined,
  };
  const check = useMutation({ mutationFn: () => body(api.POST("/v1/trust/check", { body: request })) });
  const submit = useMutation({
    mutationFn: () => body(api.POST("/v1/evidence", { body: request })),
    onSuccess: async (taken) => {
      onClose();
      toast("good", t("evidence.taken", { count: taken.length }));
      await queries.invalidateQueries({ queryKey: ["evidence"] });
      await queries.invalidateQueries({ queryKey: ["trust"] });
    },
  });
  const nothing = request.credential === undefined && request.url === undefined;
  const source = request.url ?? "credential.jwt";
  const error = submit.error ?? check.error;
  return (
    <FormDialog
      wide
      title={t("evidence.handIn")}
      description={t("evidence.handInLead")}
      submit={t("evidence.handIn")}
      onSubmit={() => submit.mutate()}
      onClose={onClose}
      sending={submit}
      incomplete={nothing}
      aside={
        <Button busy={check.isPending} disabled={nothing} onClick={() => check.mutate()}>
          {t("evidence.check")}
        </Button>
      }
      copy={{
        request: { method: "POST", path: "/v1/evidence", body: request },
        cli: commandLine(["hansa", "evidence", "add", source]),
      }}
      problem={error ? <ProblemNotice error={error} /> : null}
    >
      <TextField
        label={t("evidence.file")}
        type="file"
        accept=".jwt,.jws,.txt,.json,application/vc+jwt,application/vp+jwt"
        onChange={({ target }) => {
          check.reset();
          void target.files?.[0]?.text().then(setCredential);
        }}
      />
      <TextArea
        label={t("evidence.paste")}
        hint={t("evidence.pasteHint")}
        rows={4}
        spellCheck={false}
        value={credential}
        onChange={({ target }) => {
          check.reset();
          setCredential(target.value);
        }}
      />
      <TextField
        label={t("evidence.url")}
        type="url"
        placeholder="https://…"
        disabled={text !== ""}
        value={url}
        onChange={({ target }) => {
          check.reset();
          setUrl(target.value);
        }}
      />
      <SubjectField value={subject} onChange={setSubject} />
      {check.data ? (
        <>
          <Found check={check.data} />
          <Row>
            <CopyAs
              request={{ method: "POST", path: "/v1/trust/check", body: request }}
              cli={commandLine(["hansa", "trust", "check", source])}
            />
          </Row>
        </>
      ) : null}
    </FormDialog>
  );
}
