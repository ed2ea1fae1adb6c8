import type { ReactNode } from "react";
import { useText } from "../i18n/i18n";
import { Button } from "./Button";
import { classes } from "./Layout";
import styles from "./Table.module.css";

export interface Column<Row> {
  header: string;
  cell: (row: Row) => ReactNode;
  /** Whether it holds numbers. */
  right?: boolean;
}

interface TableProps<Row> {
  /** What the table is of, for those who do not see it. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  footer?: ReactNode;
  more?: { has: boolean; busy: boolean; load: () => void };
}

/** Rows of like things; each becomes a card on a phone. The first column names the row. */
export function Table<Row>({ label, columns, rows, keyOf, footer, more }: TableProps<Row>) {
  const { t } = useText();
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={label}>
        <table className={classes(styles.table, styles.cards)} aria-label={label}>
          <thead>
            <tr>
              {columns.map(({ header, right }) => (
                <th key={header} scope="col" className={classes(right && styles.right)}>
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={keyOf(row)}>
                {columns.map(({ header, cell, right }, index) => {
                  const className = classes(right && styles.right);
                  return index === 0 ? (
                    <th key={header} scope="row" className={className}>
                      {cell(row)}
                    </th>
                  ) : (
                    <td key={header} data-label={header} className={className}>
                      {cell(row)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
          {footer ? <tfoot>{footer}</tfoot> : null}
        </table>
      </div>
      {more?.has ? (
        <div className={styles.more}>
          <Button busy={more.busy} onClick={more.load}>
            {t("common.more")}
          </Button>
        </div>
      ) : null}
    </>
  );
}

/** Facts about one thing: what is what. Facts without a value are left out. */
export function Details({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={styles.details}>
      {facts
        .filter(([, value]) => value !== undefined && value !== null && value !== "")
        .map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
