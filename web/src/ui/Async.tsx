import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Loading } from "./Empty";
import { ProblemNotice } from "./Problem";

interface AsyncProps<T> {
  query: UseQueryResult<T>;
  lines?: number;
  children: (data: T) => ReactNode;
}

/** Shows what a query answers: a skeleton at first, then the data, or what is wrong. Old data stays visible. */
export function Async<T>({ query, lines, children }: AsyncProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ProblemNotice error={query.error} retry={() => void query.refetch()} />;
  return <Loading lines={lines} />;
}
