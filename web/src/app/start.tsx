import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { isLong } from "../api/live";
import { mayPass } from "../api/problem";
import { whoami } from "../api/queries";
import { TextProvider } from "../i18n/i18n";
import { chosen, loadMessages, type Language } from "../i18n/languages";
import type { Messages } from "../i18n/messages/en";
import { usePreferences } from "../lib/usePreferences";
import { loadAhead, makeRouter, type Router } from "./router";

interface Spoken {
  language: Language;
  messages: Messages;
}

function App({ initial, router, queries }: { initial: Spoken; router: Router; queries: QueryClient }) {
  const language = chosen(usePreferences().language);
  const [spoken, setSpoken] = useState(initial);
  useEffect(() => {
    document.documentElement.lang = spoken.language;
    if (spoken.language !== language) {
      void loadMessages(language).then((messages) => setSpoken({ language, messages }));
    }
  }, [language, spoken.language]);
  return (
    <TextProvider language={spoken.language} messages={spoken.messages}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </TextProvider>
  );
}

/** Shows the console, in the words that are given. `identity` is the answer to who is signed in, if it was asked. */
export function start(initial: Spoken, identity: Promise<Response> | undefined): void {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5000,
        retry: (failures, error) => failures < 2 && mayPass(error),
        refetchOnWindowFocus: (query) => !isLong(query),
      },
    },
  });
  // Whoever needs to be known asks again, and deals with what went wrong.
  if (identity) void queries.query(whoami(identity)).catch(() => undefined);
  const router = makeRouter(queries);
  loadAhead(router);
  const root = document.getElementById("root");
  if (!root) throw new Error("the page has no place for the console");
  createRoot(root).render(
    <StrictMode>
      <App initial={initial} router={router} queries={queries} />
    </StrictMode>,
  );
}
