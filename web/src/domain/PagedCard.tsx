import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { itemsOf } from "../api/queries";
import { Async } from "../ui/Async";
import { Card } from "../ui/Card";
import type { More } from "../ui/Table";
import { LongList } from "./LongList";

/** The way to the rest of what a query holds. */
export function moreOf(
  query: Pick<UseInfiniteQueryResult, "hasNextPage" | "isFetchingNextPage" | "fetchNextPage">,
): More {
  return {
    has: query.hasNextPage,
    busy: query.isFetchingNextPage,
    load: () => void query.fetchNextPage(),
  };
}

interface PagedCardProps<Row> {
  query: UseInfiniteQueryResult<InfiniteData<{ items: Row[] }>>;
  title?: string;
  lines?: number;
  /** Which of the rows are shown, and in which order; all as they come when absent. */
  choose?: (rows: Row[]) => Row[];
  /** What is there while nothing is: what it means, and what to do next. */
  empty: ReactNode;
  children: (rows: Row[], more: More) => ReactNode;
}

/** A list that comes page by page. */
export function PagedCard<Row>({ query, title, lines, choose, empty, children }: PagedCardProps<Row>) {
  return (
    <Card flush title={title}>
      <Async query={query} lines={lines}>
        {(data) => {
          const all = itemsOf(data);
          const rows = choose ? choose(all) : all;
          if (rows.length === 0 && !query.hasNextPage) return empty;
          return (
            <>
              <LongList query={query} />
              {children(rows, moreOf(query))}
            </>
          );
        }}
      </Async>
    </Card>
  );
}
