import { useText } from "../i18n/i18n";
import { Problem, Unreachable, sentence } from "../api/problem";
import { Button } from "./Button";
import { CopyButton } from "./Copy";
import { Row } from "./Layout";
import { Notice } from "./Notice";

/** What went wrong, why, what to do, and the number under which the operator finds it. */
export function ProblemNotice({ error, retry }: { error: Error; retry?: () => void }) {
  const { t } = useText();
  const again = retry ? (
    <Row>
      <Button small onClick={retry}>
        {t("common.retry")}
      </Button>
    </Row>
  ) : null;
  if (error instanceof Unreachable) {
    return (
      <Notice tone="bad" title={t("problem.unreachable")} actions={again}>
        <p>{t("problem.unreachableHint")}</p>
      </Notice>
    );
  }
  if (!(error instanceof Problem)) {
    return (
      <Notice tone="bad" title={t("problem.unexpected")} actions={again}>
        <p>{t("problem.unexpectedHint")}</p>
      </Notice>
    );
  }
  const { detail, hint, requestId, errors = [] } = error.body;
  return (
    <Notice tone="bad" title={sentence(detail)} actions={again}>
      {hint ? <p>{sentence(hint)}</p> : null}
      {errors.length > 1 ? (
        <ul>
          {errors.map(({ field, message }) => (
            <li key={`${field} ${message}`}>
              <code>{field}</code> {message}
            </li>
          ))}
        </ul>
      ) : null}
      {requestId ? (
        <Row gap={1} className="muted small">
          {t("problem.request")} <code>{requestId}</code> <CopyButton text={requestId} />
        </Row>
      ) : null}
    </Notice>
  );
}
