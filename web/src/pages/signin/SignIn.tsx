import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Fingerprint } from "lucide-react";
import { useState } from "react";
import { browserHasPasskeys } from "../../api/passkeys";
import { signInOptions } from "../../api/people";
import { signInWithCode, signInWithPasskey, signInWithPassword } from "../../api/signin";
import { CopyAs } from "../../domain/CopyAs";
import { useText } from "../../i18n/i18n";
import { commandLine, placeholder } from "../../lib/snippets";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Entrance, Form, Or } from "./Entrance";
import { EntryProblem } from "./EntryProblem";
import { ProviderButtons } from "./ProviderButtons";
import { useArrive } from "./useArrive";

const route = getRouteApi("/sign-in");

function PasswordForm({ onCode, onDone }: { onCode: (attempt: string) => void; onDone: () => void }) {
  const { t } = useText();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => signInWithPassword(login, password),
    onSuccess: (outcome) => (outcome.state === "code-needed" ? onCode(outcome.attempt) : onDone()),
  });
  return (
    <Form onSubmit={() => signIn.mutate()}>
      <TextField
        label={t("signin.login")}
        value={login}
        onChange={({ target }) => setLogin(target.value)}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <TextField
        label={t("signin.password")}
        type="password"
        value={password}
        onChange={({ target }) => setPassword(target.value)}
        autoComplete="current-password"
        required
      />
      <EntryProblem error={signIn.error} />
      <Button type="submit" look="primary" busy={signIn.isPending}>
        {t("signin.go")}
      </Button>
      <CopyAs
        request={{
          method: "POST",
          path: "/v1/sign-in/password",
          body: { login: login || placeholder("name"), password: placeholder("password") },
        }}
        cli={commandLine(["hansa", "login", "--exchange", globalThis.location.origin])}
      />
    </Form>
  );
}

function CodeForm({ attempt, onBack, onDone }: { attempt: string; onBack: () => void; onDone: () => void }) {
  const { t } = useText();
  const [code, setCode] = useState("");
  const signIn = useMutation({ mutationFn: () => signInWithCode(attempt, code.trim()), onSuccess: onDone });
  return (
    <Form onSubmit={() => signIn.mutate()}>
      <TextField
        label={t("signin.oneTimeCode")}
        hint={t("signin.oneTimeCodeHint")}
        value={code}
        onChange={({ target }) => setCode(target.value)}
        autoComplete="one-time-code"
        autoFocus
        spellCheck={false}
        required
      />
      <EntryProblem error={signIn.error} />
      <Button type="submit" look="primary" busy={signIn.isPending}>
        {t("signin.go")}
      </Button>
      <CopyAs
        request={{ method: "POST", path: "/v1/sign-in/code", body: { attempt, code: placeholder("one-time code") } }}
      />
      <Button look="quiet" onClick={onBack}>
        {t("signin.back")}
      </Button>
    </Form>
  );
}

function PasskeyButton({ onDone }: { onDone: () => void }) {
  const { t } = useText();
  const signIn = useMutation({ mutationFn: signInWithPasskey, onSuccess: onDone });
  return (
    <>
      <Button busy={signIn.isPending} onClick={() => signIn.mutate()}>
        <Fingerprint size={17} aria-hidden />
        {t("signin.passkey")}
      </Button>
      <EntryProblem error={signIn.error} />
    </>
  );
}

function OtherWays({ to, onDone }: { to: string | undefined; onDone: () => void }) {
  const { t } = useText();
  const { data } = useQuery(signInOptions());
  const passkeys = data?.passkeys === true && browserHasPasskeys;
  if (!passkeys && !data?.providers.length) return null;
  return (
    <>
      <Or>{t("signin.or")}</Or>
      {passkeys ? <PasskeyButton onDone={onDone} /> : null}
      <ProviderButtons returnTo={to} />
    </>
  );
}

/** What an identity provider's word led to, where it led nowhere. */
function JourneyProblem({ code }: { code: string | undefined }) {
  const { t } = useText();
  if (!code) return null;
  const known = code === "forbidden" ? "forbidden" : code === "unauthenticated" ? "unauthenticated" : "other";
  return (
    <Notice tone="bad" title={t("signin.providerFailed")}>
      <p>{t(`signin.providerFailed.${known}`)}</p>
    </Notice>
  );
}

/** Where somebody signs in who has an account. */
export default function SignIn() {
  const { t } = useText();
  const { to, problem } = route.useSearch();
  const [attempt, setAttempt] = useState<string>();
  const arrive = useArrive(to);
  return (
    <Entrance
      title={t("signin.title")}
      lead={t("signin.lead")}
      foot={
        <>
          <Link to="/sign-up">{t("signin.invited")}</Link>
          <p>{t("signin.tryIt")}</p>
        </>
      }
    >
      {attempt ? (
        <CodeForm attempt={attempt} onBack={() => setAttempt(undefined)} onDone={arrive} />
      ) : (
        <Stack>
          <JourneyProblem code={problem} />
          <PasswordForm onCode={setAttempt} onDone={arrive} />
          <OtherWays to={to} onDone={arrive} />
        </Stack>
      )}
    </Entrance>
  );
}
