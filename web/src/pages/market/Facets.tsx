import { useText } from "../../i18n/i18n";
import styles from "./Market.module.css";

export const facetNames = ["kind", "state", "country", "provider"] as const;
export type FacetName = (typeof facetNames)[number];
/** Those of which only one can be asked for at a time. */
const single: ReadonlySet<FacetName> = new Set(["provider"]);

interface FacetsProps {
  counts: Record<string, Record<string, number>>;
  chosen: Record<FacetName, string | undefined>;
  onChange: (name: FacetName, value: string | undefined) => void;
}

/** How what was found is spread, and a way to narrow it down. */
export function Facets({ counts, chosen, onChange }: FacetsProps) {
  const { t, maybe, format } = useText();
  const label = (name: FacetName, value: string) => {
    if (name === "country") return format.country(value);
    return name === "provider" ? value : maybe(`${name}.${value}`, value);
  };
  return (
    <div className={styles.facets}>
      {facetNames.map((name) => {
        const picked = chosen[name]?.split(",") ?? [];
        const values = { ...Object.fromEntries(picked.map((value) => [value, 0])), ...counts[name] };
        const entries = Object.entries(values).sort(([, left], [, right]) => right - left);
        if (entries.length === 0) return null;
        return (
          <div key={name} className={styles.facet} role="group" aria-labelledby={`facet-${name}`}>
            <h3 id={`facet-${name}`}>{t(`market.facet.${name}`)}</h3>
            <ul>
              {entries.map(([value, count]) => {
                const on = picked.includes(value);
                const next = on
                  ? picked.filter((one) => one !== value)
                  : single.has(name)
                    ? [value]
                    : [...picked, value];
                return (
                  <li key={value}>
                    <label className={styles.choice}>
                      <input
                        type="checkbox"
                        checked={on}
                        onChange={() => onChange(name, next.join(",") || undefined)}
                      />
                      <span>{label(name, value)}</span>
                      <span className="muted small number">{format.number(count)}</span>
                    </label>
                  </li>
                );
              })}
            </ul>
          </div>
        );
      })}
    </div>
  );
}
