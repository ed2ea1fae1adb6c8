import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { isLong } from "../api/live";
import { useText } from "../i18n/i18n";
import { Button } from "../ui/Button";
import { Row, classes } from "../ui/Layout";
import styles from "./LongList.module.css";

/** Says of a list of which much was read that it does not follow by itself any more, and offers to read it again. */
export function LongList({ query }: { query: UseInfiniteQueryResult<InfiniteData<unknown>> }) {
  const { t, format } = useText();
  if (!isLong({ state: query })) return null;
  return (
    <Row justify="between" gap={3} className={classes(styles.notice, "muted", "small")}>
      {t("common.longList", { time: format.clock(new Date(query.dataUpdatedAt).toISOString()) })}
      <Button small busy={query.isRefetching && !query.isFetchingNextPage} onClick={() => void query.refetch()}>
        {t("common.readAgain")}
      </Button>
    </Row>
  );
}
