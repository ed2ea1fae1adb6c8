import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { itemsOf, offers as offersQuery, sites as sitesQuery } from "../../api/queries";
import { useIdentity } from "../../app/identity";
import { useText } from "../../i18n/i18n";
import { SelectField } from "../../ui/Field";

/** What evidence is about: the participant itself, or one of its sites or offers. */
export function SubjectField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useText();
  const { participant } = useIdentity();
  const sites = useQuery(sitesQuery()).data?.filter((site) => site.provider === participant.id) ?? [];
  const offers = itemsOf(useInfiniteQuery(offersQuery({ provider: participant.id })).data);
  return (
    <SelectField
      label={t("evidence.about")}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      choices={[
        { value: "", label: participant.legalName },
        ...sites.map(({ id, name }) => ({ value: id, label: `${t("common.site")}: ${name}` })),
        ...offers.map(({ id, siteName, sku }) => ({ value: id, label: `${t("evidence.offer")}: ${siteName}/${sku}` })),
      ]}
    />
  );
}
