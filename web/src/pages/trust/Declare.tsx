import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useId, useState } from "react";
import { stringify } from "yaml";
import { api, body } from "../../api/client";
import { criteria, ruleSets } from "../../api/trust";
import type { Schema } from "../../api/types";
import { FormDialog } from "../../domain/FormDialog";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Button, IconButton } from "../../ui/Button";
import { CheckField, FieldGroup, TextField } from "../../ui/Field";
import { Row, Stack } from "../../ui/Layout";
import { toast } from "../../ui/Toasts";
import { claimsOf, type TypedFact } from "./facts";
import { SubjectField } from "./SubjectField";

/** The facts that rule sets ask for, with what they ask. */
function useKnownFacts(): Map<string, string> {
  const sets = useQuery(ruleSets()).data ?? [];
  const lists = useQueries({ queries: sets.map(({ id, version }) => criteria(id, version)) });
  const all = lists.flatMap(({ data }) => data ?? []);
  return new Map(all.flatMap(({ fact, title }) => (fact ? [[fact, title]] : [])));
}

/** Says something of one's own participant, site or offer; the exchange signs it with the participant's key. */
export function Declare({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const list = useId();
  const queries = useQueryClient();
  const known = useKnownFacts();
  const [subject, setSubject] = useState("");
  const [facts, setFacts] = useState<TypedFact[]>([{ name: "", value: "" }]);
  const [alone, setAlone] = useState(false);
  const [until, setUntil] = useState("");
  const claims = claimsOf(facts, alone);
  const request: Schema<"NewDeclaration"> = {
    subject: subject || undefined,
    claims,
    validUntil: until ? `${until}T00:00:00Z` : undefined,
  };
  const declare = useMutation({
    mutationFn: () => body(api.POST("/v1/evidence/declarations", { body: request })),
    onSuccess: async () => {
      onClose();
      toast("good", t("evidence.declared"));
      await queries.invalidateQueries({ queryKey: ["evidence"] });
      await queries.invalidateQueries({ queryKey: ["trust"] });
    },
  });
  const set = (at: number, change: Partial<TypedFact>) =>
    setFacts(facts.map((fact, other) => (other === at ? { ...fact, ...change } : fact)));
  return (
    <FormDialog
      wide
      title={t("evidence.declare")}
      description={t("evidence.declareLead")}
      submit={t("evidence.sign")}
      onSubmit={() => declare.mutate()}
      onClose={onClose}
      sending={declare}
      incomplete={claims.length === 0}
      copy={{
        request: { method: "POST", path: "/v1/evidence/declarations", body: request },
        cli: commandLine([
          ...["hansa", "evidence", "declare"],
          ...facts.filter(({ name }) => name).flatMap(({ name, value }) => ["--fact", `${name}=${value}`]),
        ]),
        yaml: stringify({
          facts: Object.fromEntries(claims.flatMap((one) => (one.claim === "fact" ? [[one.name, one.value]] : []))),
          ...(alone ? { subcontractors: [] } : {}),
        }),
      }}
    >
      <SubjectField value={subject} onChange={setSubject} />
      <FieldGroup label={t("evidence.facts")}>
        <datalist id={list}>
          {[...known].map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </datalist>
        <Stack gap={3}>
          {facts.map((fact, at) => (
            <Row key={at} gap={2}>
              <TextField
                label={t("evidence.fact")}
                hint={known.get(fact.name.trim())}
                list={list}
                placeholder="csf.sov-1-q1"
                spellCheck={false}
                value={fact.name}
                onChange={({ target }) => set(at, { name: target.value })}
              />
              <TextField
                label={t("evidence.value")}
                placeholder="4"
                value={fact.value}
                onChange={({ target }) => set(at, { value: target.value })}
              />
              {facts.length > 1 ? (
                <IconButton
                  label={t("common.remove")}
                  onClick={() => setFacts(facts.filter((_, other) => other !== at))}
                >
                  <X size={16} aria-hidden />
                </IconButton>
              ) : null}
            </Row>
          ))}
          <Row>
            <Button small onClick={() => setFacts([...facts, { name: "", value: "" }])}>
              <Plus size={16} aria-hidden />
              {t("evidence.addFact")}
            </Button>
          </Row>
        </Stack>
      </FieldGroup>
      <CheckField label={t("evidence.alone")} checked={alone} onChange={({ target }) => setAlone(target.checked)} />
      <TextField
        label={t("evidence.until")}
        hint={t("evidence.untilHint")}
        type="date"
        value={until}
        onChange={({ target }) => setUntil(target.value)}
      />
    </FormDialog>
  );
}
