import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, body } from "../../../api/client";
import type { ApplicationValue } from "../../../application/types";
import type { Package } from "../../../application/useMatch";
import { useProject } from "../../../app/identity";
import { CopyAs } from "../../../domain/CopyAs";
import { useText } from "../../../i18n/i18n";
import { commandLine } from "../../../lib/snippets";
import { Button } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { Row, Stack } from "../../../ui/Layout";
import { Notice } from "../../../ui/Notice";
import { ProblemNotice } from "../../../ui/Problem";

interface QuoteButtonProps {
  application: ApplicationValue;
  yaml: string;
  one: Package;
}

/** Asks for a quote of a package. Its price holds; nothing is ordered by it. */
export function QuoteButton({ application, yaml, one }: QuoteButtonProps) {
  const { t, format } = useText();
  const project = useProject();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const request = {
    project: project?.id ?? "",
    application: application as Record<string, unknown>,
    package: one.name === "chosen" ? undefined : one.name,
    hold: true,
  };
  const quote = useMutation({
    mutationFn: () => body(api.POST("/v1/quotes", { body: request })),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ["quotes"] });
      await navigate({ to: "/quotes/$quote", params: { quote: id } });
    },
  });
  return (
    <Card>
      <Stack gap={3}>
        <p>
          <strong className="number">{t("common.perMonth", { amount: format.money(one.price.monthly) })}</strong>{" "}
          <span className="muted">{t("match.andOnce", { amount: format.money(one.price.oneOff) })}</span>
        </p>
        {one.orderable ? null : (
          <Notice tone="accent" title={t("match.notOrderable")}>
            <p>{t("match.notOrderableHint")}</p>
          </Notice>
        )}
        {quote.error ? <ProblemNotice error={quote.error} /> : null}
        <Row justify="between">
          <Button
            look="primary"
            busy={quote.isPending}
            disabled={!one.orderable || !project}
            onClick={() => quote.mutate()}
          >
            {t("match.quote")}
          </Button>
          <CopyAs
            request={{ method: "POST", path: "/v1/quotes", body: request }}
            cli={commandLine([
              ...["hansa", "quote", "create", "-f", "app.yaml", "--hold"],
              ...(request.package ? ["--package", request.package] : []),
            ])}
            yaml={yaml}
          />
        </Row>
        <p className="muted small">{t("match.quoteHint")}</p>
      </Stack>
    </Card>
  );
}
