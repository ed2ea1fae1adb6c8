import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { Fingerprint } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import { invitationPreview, session, signInOptions } from "../../api/people";
import {
  resetWithPasskey,
  resetWithPassword,
  signUpWithPasskey,
  signUpWithPassword,
  type Newcomer,
} from "../../api/signin";
import { Unreachable } from "../../api/problem";
import type { Schema } from "../../api/types";
import { CopyAs } from "../../domain/CopyAs";
import { useText } from "../../i18n/i18n";
import { placeholder } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Entrance, Form, Or } from "./Entrance";
import { EntryProblem } from "./EntryProblem";
import { ProviderButtons } from "./ProviderButtons";
import { useArrive } from "./useArrive";
import { WayField, type Way } from "./WayField";

/** The code stands behind the `#` of an invitation's address: browsers send that part to nobody. */
function codeIn(hash: string): string | undefined {
  return new URLSearchParams(hash).get("code") ?? undefined;
}

function CodeForm() {
  const { t } = useText();
  const navigate = useNavigate();
  const [code, setCode] = useState("");
  return (
    <Form
      onSubmit={() => void navigate({ to: "/sign-up", hash: new URLSearchParams({ code: code.trim() }).toString() })}
    >
      <TextField
        label={t("signin.code")}
        hint={t("signin.codeHint")}
        value={code}
        onChange={({ target }) => setCode(target.value)}
        placeholder="hansa-invite_…"
        autoComplete="off"
        spellCheck={false}
        required
      />
      <Button type="submit" look="primary">
        {t("signin.goOn")}
      </Button>
    </Form>
  );
}

interface NewAccountProps {
  code: string;
  preview: Schema<"InvitationPreview">;
  onDone: () => void;
}

function NewAccount({ code, preview, onDone }: NewAccountProps) {
  const { t } = useText();
  const options = useQuery(signInOptions()).data;
  const [way, setWay] = useState<Way>("password");
  const [person, setPerson] = useState({ login: "", name: preview.member ?? "" });
  const [password, setPassword] = useState("");
  const newcomer: Newcomer = { code, login: person.login.trim(), name: person.name.trim() };
  const signUp = useMutation({
    mutationFn: (triedBefore: boolean): Promise<unknown> =>
      way === "passkey"
        ? signUpWithPasskey(newcomer, t("account.firstPasskey"))
        : signUpWithPassword(newcomer, password, triedBefore),
    onSuccess: onDone,
  });
  return (
    <Stack>
      <Form onSubmit={() => signUp.mutate(signUp.error instanceof Unreachable)}>
        <TextField
          label={t("signin.name")}
          hint={t("signin.nameHint")}
          value={person.name}
          onChange={({ target }) => setPerson({ ...person, name: target.value })}
          autoComplete="name"
          required
        />
        <TextField
          label={t("signin.login")}
          hint={t("signin.loginHint")}
          value={person.login}
          onChange={({ target }) => setPerson({ ...person, login: target.value })}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          minLength={3}
          required
        />
        <WayField way={way} onWay={setWay} password={password} onPassword={setPassword} />
        <EntryProblem error={signUp.error} />
        <Button type="submit" look="primary" busy={signUp.isPending}>
          {way === "passkey" ? <Fingerprint size={17} aria-hidden /> : null}
          {t("signin.join")}
        </Button>
        <CopyAs
          request={{
            method: "POST",
            path: "/v1/sign-up",
            body: { ...newcomer, code: placeholder("invitation"), [way]: placeholder(way) },
          }}
        />
      </Form>
      {options?.providers.length ? (
        <>
          <Or>{t("signin.or")}</Or>
          <ProviderButtons invitation={code} />
        </>
      ) : null}
    </Stack>
  );
}

interface ResetProps {
  code: string;
  login: string;
  name: string;
  onDone: () => void;
}

/** For those who have lost password or passkey: others take their place. */
function Reset({ code, login, name, onDone }: ResetProps) {
  const { t } = useText();
  const [way, setWay] = useState<Way>("password");
  const [password, setPassword] = useState("");
  const reset = useMutation({
    mutationFn: () =>
      way === "passkey"
        ? resetWithPasskey({ code, login, name }, t("account.firstPasskey"))
        : resetWithPassword(code, password),
    onSuccess: onDone,
  });
  return (
    <Form onSubmit={() => reset.mutate()}>
      <WayField way={way} onWay={setWay} password={password} onPassword={setPassword} />
      <EntryProblem error={reset.error} />
      <Button type="submit" look="primary" busy={reset.isPending}>
        {t("signin.reset")}
      </Button>
      <CopyAs
        request={{
          method: "POST",
          path: "/v1/sign-up/reset",
          body: { code: placeholder("code of the reset"), [way]: placeholder(way) },
        }}
      />
    </Form>
  );
}

interface JoinProps {
  code: string;
  person: Schema<"SignedIn">;
  onDone: () => void;
  onOther: () => void;
}

/** For those who have an account already: it acts for the participant as well from now on. */
function Join({ code, person, onDone, onOther }: JoinProps) {
  const { t } = useText();
  const join = useMutation({
    mutationFn: async () => {
      const { member } = await body(api.POST("/v1/account/memberships", { body: { code } }));
      return body(api.PATCH("/v1/session", { body: { member: member.id } }));
    },
    onSuccess: onDone,
  });
  return (
    <Stack>
      <p>{t("signin.joinAs", { name: person.account.name })}</p>
      <EntryProblem error={join.error} />
      <Button look="primary" busy={join.isPending} onClick={() => join.mutate()}>
        {t("signin.joinNow")}
      </Button>
      <CopyAs
        request={{ method: "POST", path: "/v1/account/memberships", body: { code: placeholder("invitation") } }}
      />
      <Button look="quiet" onClick={onOther}>
        {t("signin.otherPerson")}
      </Button>
    </Stack>
  );
}

function Invitation({ code }: { code: string }) {
  const { t, format } = useText();
  const preview = useQuery(invitationPreview(code));
  const person = useQuery({ ...session(), retry: false });
  const [other, setOther] = useState(false);
  const arrive = useArrive(undefined);
  return (
    <Async query={preview}>
      {(found) =>
        found.resets ? (
          <Stack>
            <Notice tone="accent" title={t("signin.resets", { login: found.resets })}>
              <p>{t("signin.resetsHint")}</p>
            </Notice>
            <Reset code={code} login={found.resets} name={found.member ?? found.resets} onDone={arrive} />
          </Stack>
        ) : (
          <Stack>
            <Notice tone="accent" title={t("signin.invites", { name: found.legalName })}>
              <p>
                {found.member
                  ? t("signin.invitesMember", { name: found.member })
                  : t("signin.invitesAs", { roles: format.list(found.roles.map((role) => t(`role.${role}`))) })}
              </p>
            </Notice>
            {person.isPending ? null : person.data && !other ? (
              <Join code={code} person={person.data} onDone={arrive} onOther={() => setOther(true)} />
            ) : (
              <NewAccount code={code} preview={found} onDone={arrive} />
            )}
          </Stack>
        )
      }
    </Async>
  );
}

/** Where an invitation is taken up: by a new person, or by one who is signed in. */
export default function SignUp() {
  const { t } = useText();
  const hash = useLocation({ select: (location) => location.hash });
  const code = codeIn(hash);
  const back = code ? `/sign-up#${hash}` : undefined;
  return (
    <Entrance
      title={t("signin.signUpTitle")}
      lead={t("signin.lead")}
      foot={
        <Link to="/sign-in" search={{ to: back }}>
          {t("signin.haveAccount")}
        </Link>
      }
    >
      {code ? <Invitation key={code} code={code} /> : <CodeForm />}
    </Entrance>
  );
}
