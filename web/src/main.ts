// The first thing that a browser runs, and small: it asks for the program, its words, and who it is that comes, all at
// the same time.
import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import { chosen, loadMessages } from "./i18n/languages";
import { current, paint } from "./lib/preferences";

/** Whether nobody needs to be signed in there. */
const isEntrance = (path: string) => ["/sign-in", "/sign-up", "/second-factor"].includes(path);

paint();
const language = chosen(current().language);
const identity = isEntrance(globalThis.location.pathname) ? undefined : fetch("/v1/whoami");
// Not awaited: the program imports this module's file, and would wait for it in vain.
Promise.all([import("./app/start"), loadMessages(language)])
  .then(([{ start }, messages]) => start({ language, messages }, identity))
  .catch((error: unknown) => {
    // The words are lost as well, so these stand here.
    const lost =
      language === "de"
        ? "Die Konsole konnte nicht geladen werden. Laden Sie die Seite neu."
        : "The console could not be loaded. Load the page again.";
    document.body.append(lost);
    throw error;
  });
