import { Link, type ErrorComponentProps } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { useText } from "../i18n/i18n";
import { Button, buttonClass } from "../ui/Button";
import { Card } from "../ui/Card";
import { Empty } from "../ui/Empty";
import { Row, Stack } from "../ui/Layout";
import { Page } from "../ui/Page";
import { ProblemNotice } from "../ui/Problem";
import styles from "./Fallbacks.module.css";

/** Stands in for a page that failed, without taking the rest down. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const { t } = useText();
  return (
    <Stack>
      <ProblemNotice error={error instanceof Error ? error : new Error(String(error))} retry={reset} />
      <Row>
        <Button onClick={() => globalThis.location.reload()}>{t("problem.reload")}</Button>
      </Row>
    </Stack>
  );
}

/** Says that nothing is at an address. */
export function NotFound() {
  const { t } = useText();
  return (
    <Page title={t("problem.notFound")}>
      <Card>
        <Empty
          icon={Compass}
          title={t("problem.notFoundWhy")}
          actions={
            <Link to="/" className={buttonClass({ look: "primary" })}>
              {t("problem.home")}
            </Link>
          }
        >
          {t("problem.notFoundHint")}
        </Empty>
      </Card>
    </Page>
  );
}

/** The same for addresses that lead nowhere at all, where there is no shell around it. */
export function Nowhere() {
  return (
    <main className={styles.nowhere}>
      <NotFound />
    </main>
  );
}
