import { useMutation, useQuery } from "@tanstack/react-query";
import { signInOptions } from "../../api/people";
import { departTo } from "../../api/signin";
import type { Schema } from "../../api/types";
import { useText } from "../../i18n/i18n";
import { Button } from "../../ui/Button";
import { EntryProblem } from "./EntryProblem";

/** A button for each identity provider whose word the exchange takes. */
export function ProviderButtons(journey: Omit<Schema<"ProviderSignIn">, "provider">) {
  const { t } = useText();
  const { data } = useQuery(signInOptions());
  const depart = useMutation({ mutationFn: (provider: string) => departTo({ ...journey, provider }) });
  return (
    <>
      {data?.providers.map(({ id, title }) => (
        <Button key={id} busy={depart.isPending && depart.variables === id} onClick={() => depart.mutate(id)}>
          {t(journey.link ? "account.linkWith" : "signin.with", { name: title })}
        </Button>
      ))}
      <EntryProblem error={depart.error} />
    </>
  );
}
