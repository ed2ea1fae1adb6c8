import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, useEffect, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { mayPass } from "./api/problem";
import { makeRouter } from "./app/router";
import { loadMessages, TextProvider } from "./i18n/i18n";
import { preferred, type Language } from "./i18n/languages";
import type { Messages } from "./i18n/messages/en";
import { current, paint, usePreferences } from "./lib/preferences";
import { Toasts } from "./ui/Toasts";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      retry: (failures, error) => failures < 2 && mayPass(error),
      refetchOnWindowFocus: true,
    },
  },
});

interface Spoken {
  language: Language;
  messages: Messages;
}

function chosen(language: Language | undefined): Language {
  return language ?? preferred(navigator.languages);
}

function App({ initial }: { initial: Spoken }) {
  const router = useMemo(() => makeRouter(queries), []);
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
        <Toasts>
          <RouterProvider router={router} />
        </Toasts>
      </QueryClientProvider>
    </TextProvider>
  );
}

paint();
const language = chosen(current().language);
const messages = await loadMessages(language);
const root = document.getElementById("root");
if (!root) throw new Error("the page has no place for the console");
createRoot(root).render(
  <StrictMode>
    <App initial={{ language, messages }} />
  </StrictMode>,
);
