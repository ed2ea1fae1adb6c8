import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { acceptInvitation, signInWithToken } from "../api/signin";
import { useText } from "../i18n/i18n";
import { Logo } from "../shell/Logo";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import { Code } from "../ui/Copy";
import { TextField } from "../ui/Field";
import { Stack } from "../ui/Layout";
import { Notice } from "../ui/Notice";
import { ProblemNotice } from "../ui/Problem";
import { Tabs } from "../ui/Tabs";
import styles from "./SignIn.module.css";

type Way = "invitation" | "token";

const route = getRouteApi("/sign-in");

function InvitationForm({ onSecret }: { onSecret: (secret: string) => void }) {
  const { t } = useText();
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  const accept = useMutation({ mutationFn: () => acceptInvitation(code.trim(), name.trim()), onSuccess: onSecret });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        accept.mutate();
      }}
    >
      <TextField
        label={t("signin.code")}
        hint={t("signin.codeHint")}
        value={code}
        onChange={(event) => setCode(event.target.value)}
        placeholder="hansa-invite_…"
        autoComplete="one-time-code"
        spellCheck={false}
        required
      />
      <TextField
        label={t("signin.name")}
        hint={t("signin.nameHint")}
        value={name}
        onChange={(event) => setName(event.target.value)}
        autoComplete="name"
        required
      />
      {accept.error ? <ProblemNotice error={accept.error} /> : null}
      <Button type="submit" look="primary" busy={accept.isPending}>
        {t("signin.join")}
      </Button>
    </form>
  );
}

function TokenForm({ onDone }: { onDone: () => void }) {
  const { t } = useText();
  const [token, setToken] = useState("");
  const signIn = useMutation({ mutationFn: () => signInWithToken(token.trim()), onSuccess: onDone });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate();
      }}
    >
      <TextField
        label={t("signin.token")}
        hint={t("signin.tokenHint")}
        type="password"
        value={token}
        onChange={(event) => setToken(event.target.value)}
        placeholder="hansa_…"
        autoComplete="current-password"
        required
      />
      {signIn.error ? <ProblemNotice error={signIn.error} /> : null}
      <Button type="submit" look="primary" busy={signIn.isPending}>
        {t("signin.go")}
      </Button>
    </form>
  );
}

/** Where one becomes a member with an invitation, or signs in with a token. */
export default function SignIn() {
  const { t } = useText();
  const router = useRouter();
  const queries = useQueryClient();
  const { to } = route.useSearch();
  const [way, setWay] = useState<Way>("invitation");
  const [secret, setSecret] = useState<string>();
  useEffect(() => {
    document.title = `${t("signin.go")} · Hansa`;
  }, [t]);
  const goOn = () => {
    queries.clear();
    // Only ways within the console: what stands in an address may come from anywhere.
    const inside = to?.startsWith("/") && !to.startsWith("//") ? to : "/";
    router.history.push(inside);
  };
  return (
    <main className={styles.page}>
      <div className={styles.box}>
        <div className={styles.brand}>
          <Logo size={52} />
          <h1>{t("signin.title")}</h1>
          <p className="muted">{t("signin.lead")}</p>
        </div>
        <Card>
          {secret ? (
            <Stack>
              <Notice tone="good" title={t("signin.saveToken")}>
                <p>{t("signin.saveTokenHint")}</p>
              </Notice>
              <Code text={secret} label={t("signin.token")} wrap />
              <Button look="primary" onClick={goOn}>
                {t("signin.goOn")}
              </Button>
            </Stack>
          ) : (
            <Tabs<Way>
              value={way}
              onChange={setWay}
              tabs={[
                {
                  value: "invitation",
                  label: t("signin.invitation"),
                  content: <InvitationForm onSecret={setSecret} />,
                },
                { value: "token", label: t("signin.token"), content: <TokenForm onDone={goOn} /> },
              ]}
            />
          )}
        </Card>
        <p className="muted small">{t("signin.tryIt")}</p>
      </div>
    </main>
  );
}
