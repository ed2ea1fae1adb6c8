import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Component } from "../../../application/types";
import { useText } from "../../../i18n/i18n";
import { Button, IconButton } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { SelectField, TextField } from "../../../ui/Field";
import { Grid, Row, Stack } from "../../../ui/Layout";
import { AtLeastField } from "./AtLeastField";
import type { FormProps } from "./edit";

const kinds = ["compute.instance", "database.postgresql", "database.mariadb"] as const;
const sizes = ["MiB", "GiB", "TiB", "MB", "GB", "TB"] as const;

const fresh: Record<(typeof kinds)[number], Component> = {
  "compute.instance": { kind: "compute.instance", cpu: ">= 1", memory: ">= 1 GiB" },
  "database.postgresql": { kind: "database.postgresql", version: ">= 15", storage: ">= 10 GiB" },
  "database.mariadb": { kind: "database.mariadb", version: ">= 10", storage: ">= 10 GiB" },
};

interface ComponentFormProps extends FormProps {
  name: string;
  component: Component;
  onRename: (to: string) => void;
}

function ComponentForm({ name, component, edit, onRename }: ComponentFormProps) {
  const { t } = useText();
  const [written, setWritten] = useState(name);
  const set = (path: (string | number)[], next: unknown) => edit(["spec", "components", name, ...path], next);
  const machine = component.kind === "compute.instance";
  const rename = () => {
    if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(written) && written !== name) onRename(written);
    else setWritten(name);
  };
  return (
    <Card
      title={name}
      actions={
        <Row>
          <span className="muted small">
            {component.kind && component.kind in fresh
              ? t(`kind.${component.kind as (typeof kinds)[number]}`)
              : component.kind}
          </span>
          <IconButton
            small
            label={t("describe.removeComponent", { name })}
            onClick={() => edit(["spec", "components", name], undefined)}
          >
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </Row>
      }
    >
      <Grid column="10rem">
        <TextField
          label={t("common.name")}
          value={written}
          onChange={({ target }) => setWritten(target.value)}
          onBlur={rename}
          onKeyDown={(event) => {
            if (event.key === "Enter") event.currentTarget.blur();
          }}
          spellCheck={false}
        />
        <TextField
          label={t("describe.count")}
          type="number"
          min={1}
          max={100}
          value={component.count ?? 1}
          onChange={({ target }) => set(["count"], Number(target.value) > 1 ? Number(target.value) : undefined)}
        />
        {machine ? (
          <>
            <AtLeastField
              label={t("property.cpu")}
              value={component.cpu}
              units={[]}
              onChange={(next) => set(["cpu"], next)}
            />
            <AtLeastField
              label={t("property.memory")}
              value={component.memory}
              units={sizes}
              onChange={(next) => set(["memory"], next)}
            />
            <AtLeastField
              label={t("property.disk")}
              value={component.disk}
              units={["GiB", "MiB", "TiB", "GB", "TB"]}
              onChange={(next) => set(["disk"], next)}
            />
            <TextField
              label={t("property.image")}
              value={typeof component.image === "string" ? component.image : ""}
              placeholder={t("common.any")}
              onChange={({ target }) => set(["image"], target.value)}
            />
          </>
        ) : (
          <>
            <AtLeastField
              label={t("property.version")}
              value={component.version}
              units={[]}
              onChange={(next) => set(["version"], next)}
            />
            <AtLeastField
              label={t("property.storage")}
              value={component.storage}
              units={["GiB", "MiB", "TiB", "GB", "TB"]}
              onChange={(next) => set(["storage"], next)}
            />
            <TextField
              label={t("property.backup.every")}
              placeholder="24h"
              value={(component.backup as { every?: string } | undefined)?.every ?? ""}
              onChange={({ target }) => set(["backup", "every"], target.value)}
            />
            <TextField
              label={t("property.backup.keep")}
              placeholder="14d"
              value={(component.backup as { keep?: string } | undefined)?.keep ?? ""}
              onChange={({ target }) => set(["backup", "keep"], target.value)}
            />
          </>
        )}
        <SelectField
          label={t("describe.spread")}
          value={component.spread?.by ?? ""}
          onChange={({ target }) => set(["spread", "by"], target.value)}
          choices={[
            { value: "", label: t("describe.spread.none") },
            ...(["site", "provider", "country"] as const).map((by) => ({
              value: by,
              label: t(`describe.spread.${by}`),
            })),
          ]}
        />
        <TextField
          label={t("describe.near")}
          placeholder="Utrecht"
          value={component.near?.place ?? ""}
          onChange={({ target }) =>
            set(["near"], target.value ? { place: target.value, rtt: component.near?.rtt ?? "<= 10 ms" } : undefined)
          }
        />
        {component.near ? (
          <TextField
            label={t("describe.nearRtt")}
            placeholder="<= 10 ms"
            value={component.near.rtt ?? ""}
            onChange={({ target }) => set(["near", "rtt"], target.value)}
          />
        ) : null}
      </Grid>
    </Card>
  );
}

interface ComponentsFormProps extends FormProps {
  onRename: (from: string, to: string) => void;
}

/** What the application is made of. */
export function ComponentsForm({ value, edit, onRename }: ComponentsFormProps) {
  const { t } = useText();
  const components = Object.entries(value.spec?.components ?? {});
  const add = (kind: (typeof kinds)[number]) => {
    const base = kind === "compute.instance" ? "machine" : "database";
    const names = new Set(components.map(([name]) => name));
    let name = base;
    for (let number = 2; names.has(name); number += 1) name = `${base}-${number}`;
    edit(["spec", "components", name], fresh[kind]);
  };
  return (
    <Stack>
      {components.map(([name, component]) => (
        <ComponentForm
          key={name}
          name={name}
          component={component ?? {}}
          value={value}
          edit={edit}
          onRename={(to) => onRename(name, to)}
        />
      ))}
      <Row>
        {kinds.map((kind) => (
          <Button key={kind} small onClick={() => add(kind)}>
            <Plus size={16} aria-hidden />
            {t(`kind.${kind}`)}
          </Button>
        ))}
      </Row>
    </Stack>
  );
}
